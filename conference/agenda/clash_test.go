package agenda_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/db"
	"hoinghi/templates"
)

// in gives a session of a room on the edition's day; hours and minutes as 830.
func in(room string, from, to int) agenda.Draft {
	return agenda.Draft{Kind: agenda.KindPaper, TitleVi: fmt.Sprintf("Phiên %d", from), RoomVi: room,
		StartsAt: at(13, from/100, from%100), EndsAt: at(13, to/100, to%100)}
}

func added(t *testing.T, r *agenda.Room, e edition.Edition, d agenda.Draft) agenda.Session {
	t.Helper()
	s, err := r.Add(t.Context(), e.ID, d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func speaker(t *testing.T, r *agenda.Room, e edition.Edition, name string) agenda.Speaker {
	t.Helper()
	s, err := r.AddSpeaker(t.Context(), e.ID, agenda.SpeakerDraft{FullName: name, JobTitleVi: "Giám đốc"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func speech(t *testing.T, r *agenda.Room, s agenda.Session, d agenda.SpeechDraft) agenda.Speech {
	t.Helper()
	p, err := r.AddSpeech(t.Context(), s.ID, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lastDetail(t *testing.T, d *db.DB) string {
	t.Helper()
	entries, err := audit.Entries(t.Context(), d, 0, 0, 1)
	if err != nil || len(entries) != 1 {
		t.Fatalf("audit: %v %v", entries, err)
	}
	return entries[0].Detail
}

// A room under its English name alone would be told apart from nothing.
func TestARoomNeedsItsVietnameseName(t *testing.T) {
	_, _, r, e := house(t)
	d := in("", 800, 900)
	d.RoomEn = "Main hall"
	_, err := r.Add(t.Context(), e.ID, d)
	if diff := cmp.Diff(map[string]string{"room_vi": "room_vi"}, fields(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestRoomsAreNotBookedTwice(t *testing.T) {
	for name, c := range map[string]struct {
		second agenda.Draft
		clash  bool
	}{
		"the same hour":            {in("Hội trường A", 800, 900), true},
		"begins inside":            {in("Hội trường A", 859, 1000), true},
		"ends inside":              {in("Hội trường A", 700, 801), true},
		"lies inside":              {in("Hội trường A", 815, 830), true},
		"lies around":              {in("Hội trường A", 700, 1000), true},
		"another spelling":         {in("hoi truong  a", 800, 900), true},
		"decomposed, other accent": {in("Hội trường A", 830, 845), true},
		"follows at once":          {in("Hội trường A", 900, 1000), false},
		"ends as it starts":        {in("Hội trường A", 700, 800), false},
		"another room":             {in("Hội trường B", 800, 900), false},
		"the venue as a whole":     {in("", 800, 900), false},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, r, e := house(t)
			added(t, r, e, in("Hội trường A", 800, 900))
			_, err := r.Add(t.Context(), e.ID, c.second)
			if !c.clash {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if diff := cmp.Diff(map[string]string{"room_vi": "room_taken"}, fields(t, err)); diff != "" || !agenda.IsClash(err) {
				t.Fatalf("clash %v: %s", agenda.IsClash(err), diff)
			}
			if n := len(visible(t, d, e, agenda.Internal)); n != 1 {
				t.Fatalf("%d sessions after a refusal", n)
			}
			c.second.AllowOverlap = true
			s := added(t, r, e, c.second)
			if s.AllowOverlap {
				t.Error("the tick was kept")
			}
			if detail := lastDetail(t, d); !strings.Contains(detail, "overlap_allowed") {
				t.Errorf("the audit does not tell of it: %s", detail)
			}
		})
	}
}

func TestClashTextsNameBothSessions(t *testing.T) {
	d, _, r, e := house(t)
	a := in("Hội trường A", 800, 900)
	a.TitleEn, a.RoomEn = "Session A", "Hall A"
	added(t, r, e, a)
	_, err := r.Add(t.Context(), e.ID, in("Hội trường A", 845, 930))
	loc, lerr := templates.LoadLocales()
	if lerr != nil {
		t.Fatal(lerr)
	}
	fields(t, err)
	second := in("Hội trường A", 845, 930)
	second.AllowOverlap = true
	added(t, r, e, second)
	clashes, err := agenda.Clashes(t.Context(), d, e.ID)
	if err != nil || len(clashes) != 1 {
		t.Fatalf("%v %v", clashes, err)
	}
	if got := loc.In("vi").Text(clashes[0].Text()); !strings.HasPrefix(got, "Hội trường A: “Phiên 800” và “Phiên 845” trùng nhau lúc 08:45–09:00") {
		t.Error(got)
	}
	if got := loc.In("en").Text(clashes[0].Text()); !strings.HasPrefix(got, "Hall A: “Session A” and “Phiên 845” meet at 08:45–09:00") {
		t.Error(got)
	}
}

// What was insisted on once need not be insisted on again for every other change.
func TestAKnownClashIsNoNewOne(t *testing.T) {
	_, _, r, e := house(t)
	added(t, r, e, in("A", 800, 900))
	second := in("A", 830, 930)
	second.AllowOverlap = true
	s := added(t, r, e, second)
	change := s.Draft
	change.TitleVi = "Tên khác"
	if err := r.Change(t.Context(), s.ID, change); err != nil {
		t.Errorf("a new title: %v", err)
	}
	added(t, r, e, in("A", 1000, 1100))
	change.EndsAt = at(13, 10, 30)
	if err := r.Change(t.Context(), s.ID, change); !agenda.IsClash(err) {
		t.Errorf("a third session in the room: %v", err)
	}
}

func TestSpeakersAreInOnePlace(t *testing.T) {
	d, _, r, e := house(t)
	a, b := added(t, r, e, in("A", 800, 900)), added(t, r, e, in("B", 830, 930))
	x, y := speaker(t, r, e, "Nguyễn Thị Mẫu"), speaker(t, r, e, "Lê Văn Ví Dụ")
	speech(t, r, a, agenda.SpeechDraft{SpeakerID: x.ID, StartsAt: at(13, 8, 30), Minutes: 20})
	_, err := r.AddSpeech(t.Context(), b.ID, agenda.SpeechDraft{SpeakerID: x.ID, StartsAt: at(13, 8, 49)})
	if diff := cmp.Diff(map[string]string{"speaker_id": "speaker_taken"}, fields(t, err)); diff != "" || !agenda.IsClash(err) {
		t.Errorf("%s", diff)
	}
	speech(t, r, b, agenda.SpeechDraft{SpeakerID: y.ID, StartsAt: at(13, 8, 49)})
	later := speech(t, r, b, agenda.SpeechDraft{SpeakerID: x.ID, StartsAt: at(13, 8, 50)})
	earlier := later.SpeechDraft
	earlier.StartsAt = at(13, 8, 45)
	if err := r.ChangeSpeech(t.Context(), later.ID, earlier); !agenda.IsClash(err) {
		t.Errorf("moved into the other speech: %v", err)
	}
	// A session takes its speeches along.
	moved := b.Draft
	moved.StartsAt, moved.EndsAt = at(13, 8, 20), at(13, 9, 20)
	err = r.Change(t.Context(), b.ID, moved)
	if diff := cmp.Diff(map[string]string{"starts_at": "speaker_taken"}, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	moved.StartsAt, moved.EndsAt = at(13, 9, 0), at(13, 10, 0)
	if err := r.Change(t.Context(), b.ID, moved); err != nil {
		t.Fatal(err)
	}
	after, err := agenda.SpeechByID(t.Context(), d, later.ID)
	if err != nil || !after.StartsAt.Equal(at(13, 9, 20).Time) {
		t.Errorf("the speech did not move with its session: %v %v", after.StartsAt, err)
	}
	// Panels: several speakers at one time, never one speaker twice.
	speech(t, r, a, agenda.SpeechDraft{SpeakerID: y.ID, StartsAt: at(13, 8, 30)})
	if _, err := r.AddSpeech(t.Context(), a.ID, agenda.SpeechDraft{SpeakerID: x.ID, StartsAt: at(13, 8, 40)}); !agenda.IsClash(err) {
		t.Errorf("one speaker twice on a panel: %v", err)
	}
	insisted := speech(t, r, a, agenda.SpeechDraft{SpeakerID: x.ID, StartsAt: at(13, 8, 40), AllowOverlap: true})
	if detail := lastDetail(t, d); insisted.AllowOverlap || !strings.Contains(detail, "overlap_allowed") {
		t.Errorf("kept %v, audit %s", insisted.AllowOverlap, detail)
	}
}

// TestNoRoomIsEverBookedTwice plays a whole afternoon of an organiser's work and
// looks after each step whether anything met that nobody insisted on.
func TestNoRoomIsEverBookedTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, _, r, e := house(t)
		ctx := context.Background()
		var live, gone []int64
		minute := rapid.IntRange(0, 16)
		slot := func() (db.Time, db.Time) {
			from, length := minute.Draw(rt, "from")*15, 15*rapid.IntRange(1, 6).Draw(rt, "length")
			start := at(13, 8, 0).Add(time.Duration(from) * time.Minute)
			return db.At(start.UTC()), db.At(start.Add(time.Duration(length) * time.Minute).UTC())
		}
		steps := rapid.IntRange(1, 14).Draw(rt, "steps")
		for range steps {
			s := agenda.Draft{Kind: agenda.KindPaper, TitleVi: "Phiên", RoomVi: rapid.SampledFrom([]string{"A", "a", "B", ""}).Draw(rt, "room")}
			s.StartsAt, s.EndsAt = slot()
			var err error
			switch action := rapid.IntRange(0, 4).Draw(rt, "action"); {
			case action == 0 || len(live) == 0 && action < 4:
				var added agenda.Session
				if added, err = r.Add(ctx, e.ID, s); err == nil {
					live = append(live, added.ID)
				}
			case action == 1:
				err = r.Change(ctx, rapid.SampledFrom(live).Draw(rt, "which"), s)
			case action == 2:
				n := rapid.IntRange(0, len(live)-1).Draw(rt, "which")
				err = r.Remove(ctx, live[n])
				gone = append(gone, live[n])
				live = append(live[:n:n], live[n+1:]...)
			case action == 3:
				_, err = r.Shift(ctx, rapid.SampledFrom(live).Draw(rt, "which"), 15*rapid.IntRange(-4, 4).Draw(rt, "by"), false)
			case len(gone) > 0:
				n := rapid.IntRange(0, len(gone)-1).Draw(rt, "which")
				if err = r.Restore(ctx, gone[n], false); err == nil {
					live = append(live, gone[n])
					gone = append(gone[:n:n], gone[n+1:]...)
				}
			}
			if err != nil && conference.KindOf(err) != conference.KindInvalid {
				rt.Fatal(err)
			}
			all, err := agenda.Visible(ctx, d, e.ID, agenda.Internal)
			if err != nil || len(all) != len(live) {
				rt.Fatalf("%d sessions, want %d: %v", len(all), len(live), err)
			}
			// Compared pair by pair, without the room's own search for clashes.
			for i, a := range all {
				for _, b := range all[i+1:] {
					if a.RoomVi != "" && strings.EqualFold(a.RoomVi, b.RoomVi) && a.StartsAt.Before(b.EndsAt.Time) && b.StartsAt.Before(a.EndsAt.Time) {
						rt.Fatalf("room %s: %v–%v and %v–%v", a.RoomVi, a.StartsAt, a.EndsAt, b.StartsAt, b.EndsAt)
					}
				}
			}
		}
	})
}
