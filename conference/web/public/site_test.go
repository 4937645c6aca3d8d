package public_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hoinghi/conference/agenda"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

// site is the whole program with one public edition, asked without a network.
type site struct {
	t       testing.TB
	db      *db.DB
	site    *ui.Site
	e       edition.Edition
	handler http.Handler
}

func open(t testing.TB) *site {
	t.Helper()
	clock := testkit.NewClock()
	d := testkit.Store(t, clock)
	base := &url.URL{Scheme: "https", Host: "hoinghi.example"}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s, err := web.Build(ctx, d, testkit.Keys(t), testkit.Quiet(), outbox.Config{From: "btc@hoinghi.invalid", FromName: "Ban Tổ chức"}, ui.Config{BaseURL: base, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := web.Handler(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Editions.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	draft := edition.XII()
	draft.Slug = "xii-2022"
	e, err := s.Editions.Create(ctx, draft)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Editions.SetFront(ctx, e.ID); err != nil {
		t.Fatal(err)
	}
	out := &site{t: t, db: d, site: s, e: e, handler: handler}
	out.fill()
	return out
}

// fill adds the sample programme with its papers.
func (s *site) fill() {
	s.t.Helper()
	ctx := context.Background()
	for _, d := range agenda.SampleXII(s.e) {
		session, err := s.site.Agenda.Add(ctx, s.e.ID, d)
		if err != nil {
			s.t.Fatal(err)
		}
		if session.Kind != agenda.KindPaper {
			continue
		}
		for _, p := range agenda.SamplePapersXII() {
			speaker, err := s.site.Agenda.AddSpeaker(ctx, s.e.ID, p.Speaker)
			if err != nil {
				s.t.Fatal(err)
			}
			p.Speech.SpeakerID = speaker.ID
			if _, err := s.site.Agenda.AddSpeech(ctx, session.ID, p.Speech); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

func (s *site) sessions(a agenda.Audience) []agenda.Session {
	s.t.Helper()
	all, err := agenda.Visible(context.Background(), s.db, s.e.ID, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// ask sends a request with alternating header names and values.
func (s *site) ask(path string, headers ...string) *http.Response {
	s.t.Helper()
	req := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, req)
	return w.Result()
}

// text reads a response, unpacking it once if it says that it is packed.
func text(t testing.TB, res *http.Response) string {
	t.Helper()
	defer func() { _ = res.Body.Close() }()
	var r io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// page reads a page that must be there.
func (s *site) page(path string, headers ...string) string {
	s.t.Helper()
	res := s.ask(path, headers...)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d", path, res.StatusCode)
	}
	return text(s.t, res)
}

// crowd fills the programme with as many sessions as make 200 in all, on one day in ten rooms.
func (s *site) crowd(n int) {
	s.t.Helper()
	have := len(s.sessions(agenda.Internal))
	for i := have; i < n; i++ {
		d := agenda.Draft{Kind: agenda.KindDiscussion, TitleVi: fmt.Sprintf("Thảo luận nhóm %d về chế biến nông sản và làng nghề", i),
			TitleEn: fmt.Sprintf("Group discussion %d on farm produce and craft villages", i), ByVi: "Sở Công Thương", ByEn: "Department of Industry and Trade",
			RoomVi: fmt.Sprintf("Phòng %d", i), RoomEn: fmt.Sprintf("Room %d", i)}
		d.StartsAt = db.At(s.e.Start().Add(8 * 3600e9).UTC())
		d.EndsAt = db.At(s.e.Start().Add(9 * 3600e9).UTC())
		if _, err := s.site.Agenda.Add(context.Background(), s.e.ID, d); err != nil {
			s.t.Fatal(err)
		}
	}
	if got := strings.Count(s.page("/e/xii-2022/programme"), "<time"); got < n-10 {
		s.t.Fatalf("only %d times on the page", got)
	}
}
