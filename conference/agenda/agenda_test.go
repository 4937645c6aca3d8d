package agenda_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// house gives a store with the example edition, its programme still empty.
func house(t *testing.T) (*db.DB, *testkit.Clock, *agenda.Room, edition.Edition) {
	t.Helper()
	clock := testkit.NewClock()
	d := testkit.Store(t, clock)
	editions := edition.New(d)
	if err := editions.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := editions.Create(t.Context(), edition.XII())
	if err != nil {
		t.Fatal(err)
	}
	return d, clock, agenda.New(d), e
}

// filled adds the sample programme in one write.
func filled(t *testing.T, d *db.DB, e edition.Edition) {
	t.Helper()
	testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) error {
		for _, s := range agenda.SampleXII(e) {
			if _, err := agenda.Add(ctx, tx, e, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func visible(t *testing.T, d *db.DB, e edition.Edition, a agenda.Audience) []agenda.Session {
	t.Helper()
	all, err := agenda.Visible(t.Context(), d, e.ID, a)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func at(day, hour, minute int) db.Time {
	return db.At(time.Date(2022, 10, day, hour, minute, 0, 0, vietnamese.Zone()))
}

func draft() agenda.Draft {
	return agenda.Draft{Kind: agenda.KindPaper, TitleVi: "Tham luận mẫu", StartsAt: at(13, 8, 0), EndsAt: at(13, 8, 15)}
}

func fields(t *testing.T, err error) map[string]string {
	t.Helper()
	return testkit.FieldErrors(t, err, "agenda.error.")
}

func TestSampleProgramme(t *testing.T) {
	d, _, _, e := house(t)
	filled(t, d, e)
	all := visible(t, d, e, agenda.Internal)
	var got []agenda.Draft
	uids := map[string]bool{}
	for _, s := range all {
		got = append(got, s.Draft)
		uids[s.UID] = true
		if s.TitleEn == "" || s.RoomEn == "" || (s.ByVi == "") != (s.ByEn == "") || s.Day() != "2022-10-13" || s.Sequence != 0 || !strings.HasSuffix(s.UID, "@hoinghi") {
			t.Errorf("session %+v", s)
		}
	}
	if diff := cmp.Diff(agenda.SampleXII(e), got); diff != "" {
		t.Error(diff)
	}
	if len(uids) != len(all) {
		t.Errorf("%d uids for %d sessions", len(uids), len(all))
	}
	for i := 1; i < len(all); i++ {
		if !all[i].StartsAt.Equal(all[i-1].EndsAt.Time) {
			t.Errorf("%q does not follow %q", all[i].TitleVi, all[i-1].TitleVi)
		}
	}
	if s := all[4]; s.By("vi") != "Ông Ngô Quang Trung, Cục trưởng Cục Công Thương địa phương" || s.Title("en") != "Opening address" || s.Minutes() != 15 {
		t.Errorf("opening: %+v", s)
	}
}

func TestEachAudienceSeesItsOwn(t *testing.T) {
	d, _, r, e := house(t)
	for i, a := range []agenda.Audience{agenda.Internal, agenda.Delegates, agenda.Press, ""} {
		s := draft()
		s.TitleVi, s.Visibility, s.StartsAt = string(a), a, at(13, 7, i)
		if a == "" {
			s.TitleVi = "public"
		}
		if _, err := r.Add(t.Context(), e.ID, s); err != nil {
			t.Fatal(err)
		}
	}
	for a, want := range map[agenda.Audience]string{
		agenda.Public: "public", agenda.Press: "press public", agenda.Delegates: "delegates press public",
		agenda.Internal: "internal delegates press public", "stranger": "public",
	} {
		var got []string
		for _, s := range visible(t, d, e, a) {
			got = append(got, s.TitleVi)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s sees %v, want %s", a, got, want)
		}
	}
	if all, err := agenda.Visible(t.Context(), d, e.ID+1, agenda.Internal); err != nil || len(all) != 0 {
		t.Errorf("another edition's programme: %v %v", all, err)
	}
}

func TestAddChecksEveryField(t *testing.T) {
	d, _, r, e := house(t)
	for name, c := range map[string]struct {
		change func(*agenda.Draft)
		want   map[string]string
	}{
		"no title":          {func(s *agenda.Draft) { s.TitleVi = " " }, map[string]string{"title_vi": "missing"}},
		"long title":        {func(s *agenda.Draft) { s.TitleEn = strings.Repeat("ế", 301) }, map[string]string{"title_en": "long"}},
		"kind":              {func(s *agenda.Draft) { s.Kind = "party" }, map[string]string{"kind": "kind"}},
		"visibility":        {func(s *agenda.Draft) { s.Visibility = "all" }, map[string]string{"visibility": "visibility"}},
		"no times":          {func(s *agenda.Draft) { s.StartsAt, s.EndsAt = db.Time{}, db.Time{} }, map[string]string{"starts_at": "missing", "ends_at": "missing"}},
		"ends as it starts": {func(s *agenda.Draft) { s.EndsAt = s.StartsAt }, map[string]string{"ends_at": "ends_before_start"}},
		"ends before":       {func(s *agenda.Draft) { s.EndsAt = at(13, 7, 59) }, map[string]string{"ends_at": "ends_before_start"}},
		"the day before":    {func(s *agenda.Draft) { s.StartsAt = at(12, 23, 59) }, map[string]string{"starts_at": "outside"}},
		"the day after":     {func(s *agenda.Draft) { s.StartsAt, s.EndsAt = at(14, 0, 0), at(14, 1, 0) }, map[string]string{"starts_at": "outside", "ends_at": "outside"}},
		"past midnight":     {func(s *agenda.Draft) { s.EndsAt = at(14, 0, 1) }, map[string]string{"ends_at": "outside"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := draft()
			c.change(&s)
			_, err := r.Add(t.Context(), e.ID, s)
			if diff := cmp.Diff(c.want, fields(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if all := visible(t, d, e, agenda.Internal); len(all) != 0 {
		t.Errorf("refused sessions stayed: %v", all)
	}
	whole := draft()
	whole.StartsAt, whole.EndsAt = at(13, 0, 0), at(14, 0, 0)
	if _, err := r.Add(t.Context(), e.ID, whole); err != nil {
		t.Errorf("a session of the whole day: %v", err)
	}
	if _, err := r.Add(t.Context(), 99, draft()); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("no such edition: %v", err)
	}
}

func TestChangeAndRemove(t *testing.T) {
	d, clock, r, e := house(t)
	told, stop := d.Subscribe(agenda.Topic(e.ID))
	defer stop()
	wasTold := func() bool {
		select {
		case <-told:
			return true
		default:
			return false
		}
	}
	s, err := r.Add(t.Context(), e.ID, draft())
	if err != nil || !wasTold() {
		t.Fatalf("add: %v", err)
	}
	clock.Advance(time.Hour)
	if err := r.Change(t.Context(), s.ID, s.Draft); err != nil || wasTold() {
		t.Fatalf("a change of nothing was one: %v", err)
	}
	changed := s.Draft
	changed.RoomVi, changed.EndsAt = "Hội trường  B", at(13, 8, 30)
	if err := r.Change(t.Context(), s.ID, changed); err != nil || !wasTold() {
		t.Fatalf("change: %v", err)
	}
	after, err := agenda.ByID(t.Context(), d, s.ID)
	if err != nil || after.Sequence != 1 || after.UID != s.UID || after.Room("en") != "Hội trường B" || !after.ChangedAt.Equal(clock.Now()) {
		t.Errorf("after: %+v %v", after, err)
	}
	changed.TitleVi = ""
	if got := fields(t, r.Change(t.Context(), s.ID, changed)); got["title_vi"] != "missing" {
		t.Errorf("problems: %v", got)
	}
	if err := r.Remove(t.Context(), s.ID); err != nil || !wasTold() {
		t.Fatalf("remove: %v", err)
	}
	if _, err := agenda.ByID(t.Context(), d, s.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("removed session: %v", err)
	}
	for what, err := range map[string]error{"remove": r.Remove(t.Context(), s.ID), "change": r.Change(t.Context(), s.ID, draft())} {
		if conference.KindOf(err) != conference.KindNotFound {
			t.Errorf("%s of nothing: %v", what, err)
		}
	}
	history, err := audit.History(t.Context(), d, "agenda_session", s.ID)
	var actions []string
	for _, h := range history {
		actions = append(actions, h.Action)
	}
	if err != nil || strings.Join(actions, " ") != "agenda.remove agenda.change agenda.add" {
		t.Errorf("audit: %v %v", actions, err)
	}
}

func TestEveryNameHasItsTexts(t *testing.T) {
	loc, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	var texts []conference.Text
	for _, k := range agenda.Kinds() {
		texts = append(texts, agenda.KindText(k))
	}
	for _, a := range agenda.Audiences() {
		texts = append(texts, agenda.AudienceText(a))
	}
	for _, text := range texts {
		if !loc.In("vi").Has(text.Key) || !loc.In("en").Has(text.Key) {
			t.Errorf("no text for %s", text.Key)
		}
	}
}
