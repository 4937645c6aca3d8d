package public_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"hoinghi/conference/agenda"
)

const programme = "/e/xii-2022/programme"

var keptPaths = []string{"/", "/e/xii-2022", programme, programme + ".ics"}

func TestKeptPagesAreCompressedOnceAndRecognised(t *testing.T) {
	s := open(t)
	for _, path := range keptPaths {
		plain, packed := s.ask(path), s.ask(path, "Accept-Encoding", "br, gzip")
		a, b := text(t, plain), text(t, packed)
		if packed.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: encodings %q and %q", path, plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding"))
		}
		if a != b || len(a) < 1000 {
			t.Errorf("%s: two forms of %d and %d bytes differ, or it was packed twice", path, len(a), len(b))
		}
		tags := []string{plain.Header.Get("ETag"), packed.Header.Get("ETag")}
		if tags[0] == tags[1] || strings.HasPrefix(tags[0], "W/") || !strings.HasPrefix(tags[1], `"`) {
			t.Errorf("%s: validators %v", path, tags)
		}
		for _, res := range []*http.Response{plain, packed} {
			vary := strings.Split(strings.Join(res.Header.Values("Vary"), ", "), ", ")
			slices.Sort(vary)
			if !slices.Equal(vary, []string{"Accept-Encoding", "Cookie"}) || res.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: Vary %v, Cache-Control %q", path, vary, res.Header.Get("Cache-Control"))
			}
		}
		for _, held := range []string{tags[1], `"x", W/` + tags[1], "*"} {
			res := s.ask(path, "Accept-Encoding", "gzip", "If-None-Match", held)
			if body := text(t, &http.Response{Body: res.Body, Header: http.Header{}}); res.StatusCode != http.StatusNotModified || body != "" || res.Header.Get("ETag") != tags[1] {
				t.Errorf("%s with %s: %d, %d bytes", path, held, res.StatusCode, len(body))
			}
		}
		if res := s.ask(path, "Accept-Encoding", "gzip", "If-None-Match", `"other"`); res.StatusCode != http.StatusOK {
			t.Errorf("%s with another copy: %d", path, res.StatusCode)
		}
		if res := s.ask(path, "Accept-Encoding", "gzip;q=0"); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: packed for who refuses it", path)
		}
	}
}

// A change that was acknowledged is on the very next page, in both languages.
func TestKeptPagesFollowEveryChange(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	first := s.sessions(agenda.Public)[3]
	seen := map[string]string{}
	changed := func(what string, paths ...string) {
		t.Helper()
		for _, path := range paths {
			for _, lang := range []string{"vi", "en"} {
				body := s.page(path, "Cookie", "lang="+lang)
				if seen[path+lang] == body {
					t.Errorf("%s: %s (%s) is the old one", what, path, lang)
				}
				if again := s.page(path, "Cookie", "lang="+lang); again != body {
					t.Errorf("%s: %s (%s) differs at the second asking", what, path, lang)
				}
				seen[path+lang] = body
			}
		}
	}
	changed("at first", keptPaths...)
	d := first.Draft
	d.TitleVi, d.TitleEn = "Phát biểu đã đổi", "Changed address"
	if err := s.site.Agenda.Change(ctx, first.ID, d); err != nil {
		t.Fatal(err)
	}
	changed("new title", keptPaths...)
	if body := s.page(programme); !strings.Contains(body, "Phát biểu đã đổi") {
		t.Error("the new title is not there")
	}
	i := slices.IndexFunc(s.sessions(agenda.Public), func(s agenda.Session) bool { return s.Kind == agenda.KindPaper })
	papers := s.sessions(agenda.Public)[i]
	if err := s.site.Agenda.RemoveSpeech(ctx, papers.Speeches[0].ID); err != nil {
		t.Fatal(err)
	}
	changed("a paper less", programme, programme+".ics")
	speaker := papers.Speeches[1].Speaker.SpeakerDraft
	speaker.JobTitleVi, speaker.JobTitleEn = "Phó Giám đốc", "Deputy Director"
	if err := s.site.Agenda.ChangeSpeaker(ctx, papers.Speeches[1].SpeakerID, speaker); err != nil {
		t.Fatal(err)
	}
	changed("a speaker's title", programme, programme+".ics")
	e := s.e.Draft()
	e.VenueVi, e.VenueEn = "Nơi khác", "Another place"
	if err := s.site.Editions.Change(ctx, s.e.ID, e); err != nil {
		t.Fatal(err)
	}
	changed("venue", keptPaths...)
	if err := s.site.Agenda.Remove(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	changed("removed", keptPaths...)
	e.IsPublic = false
	if err := s.site.Editions.Change(ctx, s.e.ID, e); err != nil {
		t.Fatal(err)
	}
	for _, path := range keptPaths[1:] {
		if res := s.ask(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of an edition that is not public: %d", path, res.StatusCode)
		}
	}
}

// Readers never see a programme that is older than what they know to be stored.
func TestKeptPageIsNeverOlderThanTheStore(t *testing.T) {
	s := open(t)
	session := s.sessions(agenda.Public)[0]
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Go(func() { // a crowd that keeps the page in memory
			for {
				select {
				case <-stop:
					return
				default:
					s.ask(programme)
				}
			}
		})
	}
	for i := range 40 {
		d := session.Draft
		d.TitleVi = fmt.Sprintf("Tên lần %d.", i)
		if err := s.site.Agenda.Change(context.Background(), session.ID, d); err != nil {
			t.Fatal(err)
		}
		if body := s.page(programme); !strings.Contains(body, d.TitleVi) {
			t.Errorf("change %d is not on the page", i)
		}
	}
	close(stop)
	wg.Wait()
}

// Whoever is signed in, or has a message waiting, gets a page of their own.
func TestVisitorsWithASessionAreNotServedFromMemory(t *testing.T) {
	s := open(t)
	s.page(programme)
	for _, cookie := range []string{"__Host-hoinghi=x", "flash=x"} {
		res := s.ask(programme, "Cookie", cookie)
		if res.StatusCode != http.StatusOK || res.Header.Get("ETag") != "" {
			t.Errorf("%s: %d, validator %q", cookie, res.StatusCode, res.Header.Get("ETag"))
		}
	}
	// The message is taken away by the answer, so that answer belongs to one visitor.
	if res := s.ask(programme, "Cookie", "flash=x"); !strings.Contains(res.Header.Get("Set-Cookie"), "flash=;") {
		t.Errorf("the message stays: %q", res.Header.Get("Set-Cookie"))
	}
}

func TestLanguagesAreKeptApart(t *testing.T) {
	s := open(t)
	vi := s.page(programme)
	en := s.page(programme + "?lang=en")
	if s.page(programme, "Cookie", "lang=en") != en || s.page(programme) != vi {
		t.Error("one language's page was given for the other")
	}
	if res := s.ask(programme + "?lang=en"); !strings.Contains(res.Header.Get("Set-Cookie"), "lang=en") {
		t.Error("the choice is forgotten when the page comes from memory")
	}
	check := func(body, lang, own, other string) {
		t.Helper()
		if !strings.Contains(body, `<html lang="`+lang+`"`) {
			t.Errorf("%s: not marked as such", lang)
		}
		if own == other || own == "" {
			return
		}
		if !strings.Contains(body, escaped(own)) {
			t.Errorf("%s: %q is missing", lang, own)
		}
		if strings.Contains(body, escaped(other)) {
			t.Errorf("%s: %q is in the other language", lang, other)
		}
	}
	for _, session := range s.sessions(agenda.Public) {
		texts := [][2]string{{session.TitleVi, session.TitleEn}, {session.ByVi, session.ByEn}, {session.RoomVi, session.RoomEn}}
		for _, p := range session.Speeches {
			texts = append(texts, [2]string{p.TopicVi, p.TopicEn}, [2]string{p.Speaker.Position("vi"), p.Speaker.Position("en")})
		}
		for _, pair := range texts {
			check(vi, "vi", pair[0], pair[1])
			check(en, "en", pair[1], pair[0])
		}
	}
}

// BenchmarkProgrammeCached and BenchmarkProgrammeUncached ask for a programme of 200
// sessions through the whole chain of handlers; compare them in one run.
func BenchmarkProgrammeCached(b *testing.B) { benchmarkProgramme(b, "lang=vi") }

func BenchmarkProgrammeUncached(b *testing.B) { benchmarkProgramme(b, "flash=x") }

func benchmarkProgramme(b *testing.B, cookie string) {
	s := open(b)
	s.crowd(200)
	req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, programme, http.NoBody)
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Cookie", cookie)
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
		size = w.Body.Len()
	}
	b.ReportMetric(float64(size), "wire-bytes")
}
