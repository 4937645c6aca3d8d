package agenda_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

func TestPapersFillTheirSlots(t *testing.T) {
	d, _, r, e := house(t)
	draft := in("A", 900, 1000)
	draft.Slots = 2
	s := added(t, r, e, draft)
	free := func() int {
		t.Helper()
		s, err := agenda.ByID(t.Context(), d, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		return s.Free()
	}
	if free() != 2 {
		t.Fatalf("%d free at first", free())
	}
	x, y, z := speaker(t, r, e, "Nguyễn Thị Mẫu"), speaker(t, r, e, "Lê Văn Ví Dụ"), speaker(t, r, e, "Trần Giả Định")
	first := speech(t, r, s, agenda.SpeechDraft{SpeakerID: x.ID, TopicVi: "Bài một", TopicEn: "Paper one"})
	second := speech(t, r, s, agenda.SpeechDraft{SpeakerID: y.ID, Minutes: 15})
	if first.Minutes != agenda.DefaultMinutes || !first.StartsAt.Equal(at(13, 9, 0).Time) || !second.StartsAt.Equal(first.EndsAt()) {
		t.Errorf("the second follows the first: %v %v", first, second)
	}
	if free() != 0 {
		t.Errorf("%d free", free())
	}
	_, err := r.AddSpeech(t.Context(), s.ID, agenda.SpeechDraft{SpeakerID: z.ID})
	if diff := cmp.Diff(map[string]string{"speaker_id": "slots_full"}, fields(t, err)); diff != "" || agenda.IsClash(err) {
		t.Errorf("a third paper: %s", diff)
	}
	draft.Slots = 1
	if got := fields(t, r.Change(t.Context(), s.ID, draft)); got["slots"] != "slots_used" {
		t.Errorf("fewer slots than papers: %v", got)
	}
	draft.Slots, draft.EndsAt = 2, at(13, 9, 24)
	if got := fields(t, r.Change(t.Context(), s.ID, draft)); got["ends_at"] != "speech_outside" {
		t.Errorf("shorter than its papers: %v", got)
	}
	draft.EndsAt = at(13, 9, 25)
	if err := r.Change(t.Context(), s.ID, draft); err != nil {
		t.Errorf("as long as its papers: %v", err)
	}
	before, err := agenda.ByID(t.Context(), d, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.RemoveSpeech(t.Context(), first.ID); err != nil || free() != 1 {
		t.Fatalf("%d free after removing one: %v", free(), err)
	}
	after, err := agenda.ByID(t.Context(), d, s.ID)
	if err != nil || after.Sequence != before.Sequence+1 {
		t.Errorf("calendars are not told: %d, %d, %v", before.Sequence, after.Sequence, err)
	}
	if err := r.RestoreSpeech(t.Context(), first.ID, false); err != nil || free() != 0 {
		t.Errorf("restore: %v, %d free", err, free())
	}
	for _, err := range []error{r.RestoreSpeech(t.Context(), first.ID, false), r.RemoveSpeech(t.Context(), 99), r.ChangeSpeech(t.Context(), 99, agenda.SpeechDraft{})} {
		if conference.KindOf(err) != conference.KindNotFound {
			t.Errorf("no such speech: %v", err)
		}
	}
	open := in("B", 900, 1000)
	open.Slots = 0
	if s := added(t, r, e, open); s.Free() != 0 {
		t.Errorf("a session of any number of papers promises %d places", s.Free())
	}
}

func TestSpeechIsChecked(t *testing.T) {
	d, _, r, e := house(t)
	s := added(t, r, e, in("A", 900, 1000))
	x := speaker(t, r, e, "Nguyễn Thị Mẫu")
	for name, c := range map[string]struct {
		draft agenda.SpeechDraft
		want  map[string]string
	}{
		"nobody":     {agenda.SpeechDraft{}, map[string]string{"speaker_id": "speaker"}},
		"too early":  {agenda.SpeechDraft{SpeakerID: x.ID, StartsAt: at(13, 8, 59)}, map[string]string{"starts_at": "speech_fits"}},
		"too long":   {agenda.SpeechDraft{SpeakerID: x.ID, Minutes: 61}, map[string]string{"starts_at": "speech_fits"}},
		"no length":  {agenda.SpeechDraft{SpeakerID: x.ID, Minutes: -1}, map[string]string{"minutes": "minutes"}},
		"long topic": {agenda.SpeechDraft{SpeakerID: x.ID, TopicVi: strings.Repeat("ế", 301)}, map[string]string{"topic_vi": "long"}},
	} {
		_, err := r.AddSpeech(t.Context(), s.ID, c.draft)
		if diff := cmp.Diff(c.want, fields(t, err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if left, err := agenda.ByID(t.Context(), d, s.ID); err != nil || len(left.Speeches) != 0 {
		t.Errorf("refused speeches stayed: %v %v", left.Speeches, err)
	}
}

func TestSpeakersList(t *testing.T) {
	d, _, r, e := house(t)
	mau := speaker(t, r, e, "Nguyễn Thị  Mẫu")
	speaker(t, r, e, "Trần Văn An")
	list, err := agenda.Speakers(t.Context(), d, e.ID)
	if err != nil || len(list) != 2 || list[0].FullName != "Trần Văn An" || list[1].FullName != "Nguyễn Thị Mẫu" {
		t.Fatalf("by given name: %v %v", list, err)
	}
	_, err = r.AddSpeaker(t.Context(), e.ID, agenda.SpeakerDraft{FullName: "NGUYỄN THỊ MẪU"})
	if got := fields(t, err); got["full_name"] != "speaker_known" {
		t.Errorf("twice on the list: %v", got)
	}
	if _, err := r.AddSpeaker(t.Context(), e.ID, agenda.SpeakerDraft{FullName: "Nguyễn Thị Mẫu", OrganisationVi: "Đơn vị Mẫu"}); err != nil {
		t.Errorf("a namesake of another organisation: %v", err)
	}
	_, err = r.AddSpeaker(t.Context(), e.ID, agenda.SpeakerDraft{Gender: "x", JobTitleVi: strings.Repeat("a", 201)})
	if diff := cmp.Diff(map[string]string{"full_name": "missing", "gender": "gender", "job_title_vi": "long"}, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	s := added(t, r, e, in("A", 900, 1000))
	p := speech(t, r, s, agenda.SpeechDraft{SpeakerID: mau.ID})
	if err := r.RemoveSpeaker(t.Context(), mau.ID); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("removed although they speak: %v", err)
	}
	if err := r.RemoveSpeech(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.RemoveSpeaker(t.Context(), mau.ID); err != nil {
		t.Fatal(err)
	}
	// A speech that comes back brings its speaker along.
	if err := r.RestoreSpeech(t.Context(), p.ID, false); err != nil {
		t.Fatal(err)
	}
	renamed := mau.SpeakerDraft
	renamed.JobTitleEn = "Director"
	if err := r.ChangeSpeaker(t.Context(), mau.ID, renamed); err != nil {
		t.Errorf("change: %v", err)
	}
	after, err := agenda.ByID(t.Context(), d, s.ID)
	if err != nil || len(after.Speeches) != 1 || after.Speeches[0].Speaker.Position("en") != "Director" || after.Speeches[0].Speaker.Position("vi") != "Giám đốc" {
		t.Errorf("%+v %v", after.Speeches, err)
	}
	if err := r.RestoreSpeaker(t.Context(), mau.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("restored who was not removed: %v", err)
	}
}

func TestRemovingCanBeUndone(t *testing.T) {
	d, _, r, e := house(t)
	s := added(t, r, e, in("A", 900, 1000))
	x := speaker(t, r, e, "Nguyễn Thị Mẫu")
	speech(t, r, s, agenda.SpeechDraft{SpeakerID: x.ID})
	if err := r.Remove(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.RemoveSpeaker(t.Context(), x.ID); err != nil {
		t.Errorf("a speaker of a removed session only: %v", err)
	}
	removed, err := agenda.Removed(t.Context(), d, s.ID)
	if err != nil || removed.UID != s.UID {
		t.Fatalf("%+v %v", removed, err)
	}
	other := added(t, r, e, in("A", 930, 1030))
	if err := r.Restore(t.Context(), s.ID, false); !agenda.IsClash(err) {
		t.Errorf("restored into a taken room: %v", err)
	}
	if err := r.Remove(t.Context(), other.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.Restore(t.Context(), s.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := r.Restore(t.Context(), other.ID, true); err != nil {
		t.Errorf("insisted: %v", err)
	}
	after, err := agenda.ByID(t.Context(), d, s.ID)
	if err != nil || after.UID != s.UID || len(after.Speeches) != 1 || after.Sequence <= s.Sequence {
		t.Errorf("after: %+v %v", after, err)
	}
	if list, err := agenda.Speakers(t.Context(), d, e.ID); err != nil || len(list) != 1 {
		t.Errorf("the speaker did not come back: %v %v", list, err)
	}
	history, err := audit.History(t.Context(), d, "agenda_session", s.ID)
	if err != nil || history[0].Action != "agenda.restore" {
		t.Errorf("audit: %v %v", history, err)
	}
}

func TestShiftMovesWhatFollows(t *testing.T) {
	d, _, r, e := house(t)
	first, second, third := added(t, r, e, in("A", 800, 900)), added(t, r, e, in("A", 900, 1000)), added(t, r, e, in("B", 930, 1030))
	if n, err := r.Shift(t.Context(), second.ID, 10, false); err != nil || n != 2 {
		t.Fatalf("%d moved: %v", n, err)
	}
	starts := func() string {
		t.Helper()
		var out []string
		for _, s := range visible(t, d, e, agenda.Internal) {
			out = append(out, s.StartsAt.Add(7*time.Hour).Format("15:04"))
		}
		return strings.Join(out, " ")
	}
	if got := starts(); got != "08:00 09:10 09:40" {
		t.Errorf("after: %s", got)
	}
	if s, err := agenda.ByID(t.Context(), d, third.ID); err != nil || s.Sequence != 1 || s.Minutes() != 60 {
		t.Errorf("%+v %v", s, err)
	}
	_, err := r.Shift(t.Context(), second.ID, -11, false)
	if diff := cmp.Diff(map[string]string{"minutes": "room_taken"}, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		minutes int
		want    string
	}{{0, "shift"}, {601, "shift"}, {-555, "shift_day"}, {599, ""}} { // in this order: the last one moves them
		_, err := r.Shift(t.Context(), second.ID, c.minutes, false)
		if c.want == "" {
			if err != nil {
				t.Errorf("%d: %v", c.minutes, err)
			}
			continue
		}
		if got := fields(t, err); got["minutes"] != c.want {
			t.Errorf("%d: %v", c.minutes, got)
		}
	}
	if got := starts(); got != "08:00 19:09 19:39" {
		t.Errorf("at the end: %s", got)
	}
	if _, err := r.Shift(t.Context(), first.ID, 220, false); fields(t, err)["minutes"] != "shift_day" {
		t.Errorf("past midnight: %v", err)
	}
}

// Only organisers change the programme; the room itself sees to it.
func TestOnlyOrganisersChangeTheProgramme(t *testing.T) {
	_, _, r, e := house(t)
	s, x := added(t, r, e, in("A", 900, 1000)), speaker(t, r, e, "Nguyễn Thị Mẫu")
	p := speech(t, r, s, agenda.SpeechDraft{SpeakerID: x.ID})
	steward := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 1, Roles: []conference.Role{conference.RoleSteward}})
	nobody := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorNobody})
	for _, ctx := range []context.Context{steward, nobody} {
		_, add := r.Add(ctx, e.ID, in("B", 900, 1000))
		_, shift := r.Shift(ctx, s.ID, 5, false)
		_, addSpeaker := r.AddSpeaker(ctx, e.ID, agenda.SpeakerDraft{FullName: "Lê Ví Dụ"})
		_, addSpeech := r.AddSpeech(ctx, s.ID, agenda.SpeechDraft{SpeakerID: x.ID})
		for i, err := range []error{add, shift, addSpeaker, addSpeech, r.Change(ctx, s.ID, s.Draft), r.Remove(ctx, s.ID), r.Restore(ctx, s.ID, true),
			r.ChangeSpeaker(ctx, x.ID, x.SpeakerDraft), r.RemoveSpeaker(ctx, x.ID), r.RestoreSpeaker(ctx, x.ID),
			r.ChangeSpeech(ctx, p.ID, p.SpeechDraft), r.RemoveSpeech(ctx, p.ID), r.RestoreSpeech(ctx, p.ID, true)} {
			if conference.KindOf(err) != conference.KindForbidden {
				t.Errorf("verb %d: %v", i, err)
			}
		}
	}
}

func TestSpeechesAreInTheCalendar(t *testing.T) {
	d, _, r, e := house(t)
	filled(t, d, e)
	for _, s := range visible(t, d, e, agenda.Public) {
		if s.Kind != agenda.KindPaper {
			continue
		}
		for _, p := range agenda.SamplePapersXII() {
			x, err := r.AddSpeaker(t.Context(), e.ID, p.Speaker)
			if err != nil {
				t.Fatal(err)
			}
			p.Speech.SpeakerID = x.ID
			speech(t, r, s, p.Speech)
		}
	}
	for lang, want := range map[string]string{
		"vi": "Các Trung tâm Khuyến công\n09:30 – Tham luận của tỉnh Đồng Tháp: hỗ trợ cơ sở công nghiệp nông thôn chế biến nông sản – Nguyễn Thị Mẫu – Giám đốc, Trung tâm Khuyến công Đồng Tháp\n",
		"en": "The industrial promotion centres\n09:30 – Paper from Dong Thap Province: support for rural establishments that process farm produce – Nguyễn Thị Mẫu – Director, Industrial Promotion Centre of Dong Thap\n",
	} {
		file, err := agenda.Calendar(e, visible(t, d, e, agenda.Public), lang, pageURL, sentAt)
		if err != nil {
			t.Fatal(err)
		}
		unfolded(t, file)
		cal, err := ics.ParseCalendar(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, event := range cal.Events() {
			if p := event.GetProperty(ics.ComponentPropertyDescription); p != nil && strings.HasPrefix(p.Value, want) {
				found = strings.Count(p.Value, "\n") == 3
			}
		}
		if !found {
			t.Errorf("%s: no entry with %q", lang, want)
		}
	}
}

// The programme of a database that an earlier version filled is as it was.
func TestRowsOfTheEarlierSchemaAreRead(t *testing.T) {
	d, _, r, e := house(t)
	const old = `INSERT INTO agenda_session (edition_id, uid, kind, title_vi, starts_at, ends_at, changed_at) VALUES (?, 'a@hoinghi', 'paper', 'Cũ', ?, ?, 0)`
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, old, e.ID, at(13, 8, 0), at(13, 9, 0))
	})
	if err != nil {
		t.Fatal(err)
	}
	all := visible(t, d, e, agenda.Public)
	if len(all) != 1 || all[0].Slots != 0 || all[0].Free() != 0 || all[0].Speeches != nil {
		t.Errorf("%+v", all)
	}
	if err := r.Change(t.Context(), all[0].ID, in("A", 800, 900)); err != nil {
		t.Error(err)
	}
}
