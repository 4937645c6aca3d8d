package agenda

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Clash is one room or one speaker that is needed in two places at one time. Of a
// room A and B are two sessions; of a speaker A and B are the sessions of two
// speeches, which may be one session. A starts no later than B.
type Clash struct {
	Speaker    string // name of the speaker, "" for a clash of a room
	A, B       Session
	idA, idB   int64 // of the sessions, or of the speeches
	start, end time.Time
}

// key tells two clashes apart, whatever the hour at which they happen.
func (c Clash) key() string {
	return fmt.Sprint(c.Speaker != "", min(c.idA, c.idB), max(c.idA, c.idB))
}

const (
	keyRoomTaken    = "agenda.error.room_taken"
	keySpeakerTaken = "agenda.error.speaker_taken"
)

// Text says what clashes and what to do about it.
func (c Clash) Text() conference.Text { return c.say(keyRoomTaken, keySpeakerTaken) }

// Brief says what clashes, for a list of what was insisted on.
func (c Clash) Brief() conference.Text { return c.say("agenda.clash.room", "agenda.clash.speaker") }

func (c Clash) say(ofRoom, ofSpeaker string) conference.Text {
	if c.Speaker != "" {
		return conference.Say(ofSpeaker, "speaker", c.Speaker, "a", c.A.names(), "b", c.B.names(), "from", clock(c.start), "to", clock(c.end))
	}
	return conference.Say(ofRoom, "room", conference.Names{Vi: c.A.RoomVi, En: c.A.RoomEn}, "a", c.A.names(), "b", c.B.names(),
		"from", clock(c.start), "to", clock(c.end))
}

// IsClash reports whether a verb refused because of clashes only, so that it would
// go through with AllowOverlap.
func IsClash(err error) bool {
	var e *conference.Error
	return errors.As(err, &e) && len(e.Fields) > 0 && !slices.ContainsFunc(e.Fields, func(f conference.FieldError) bool {
		return f.Text.Key != keyRoomTaken && f.Text.Key != keySpeakerTaken
	})
}

func (d Draft) names() conference.Names { return conference.Names{Vi: d.TitleVi, En: d.TitleEn} }

// clock gives an hour in Viet Nam as messages write it.
func clock(t time.Time) string { return vietnamese.ClockTime(t.In(vietnamese.Zone())) }

// Clashes gives every room and speaker of an edition that is needed twice at one time.
func Clashes(ctx context.Context, q db.Reader, editionID int64) ([]Clash, error) {
	all, err := Visible(ctx, q, editionID, Internal)
	if err != nil {
		return nil, err
	}
	return clashesOf(all), nil
}

// clashesOf needs the sessions by time.
func clashesOf(sessions []Session) []Clash {
	var out []Clash
	type slot struct {
		session Session
		speech  Speech
	}
	var slots []slot
	for i, a := range sessions {
		for _, p := range a.Speeches {
			slots = append(slots, slot{a, p})
		}
		key := roomKey(a.RoomVi)
		if key == "" {
			continue // the venue as a whole
		}
		for _, b := range sessions[i+1:] {
			if start, end, ok := overlap(a.StartsAt.Time, a.EndsAt.Time, b.StartsAt.Time, b.EndsAt.Time); ok && roomKey(b.RoomVi) == key {
				out = append(out, Clash{A: a, B: b, idA: a.ID, idB: b.ID, start: start, end: end})
			}
		}
	}
	for i, a := range slots {
		for _, b := range slots[i+1:] {
			if a.speech.SpeakerID != b.speech.SpeakerID {
				continue
			}
			if start, end, ok := overlap(a.speech.StartsAt.Time, a.speech.EndsAt(), b.speech.StartsAt.Time, b.speech.EndsAt()); ok {
				out = append(out, Clash{Speaker: a.speech.Speaker.FullName, A: a.session, B: b.session, idA: a.speech.ID, idB: b.speech.ID, start: start, end: end})
			}
		}
	}
	return out
}

func overlap(a0, a1, b0, b1 time.Time) (start, end time.Time, ok bool) {
	start, end = a0, a1
	if b0.After(start) {
		start = b0
	}
	if b1.Before(end) {
		end = b1
	}
	return start, end, start.Before(end)
}

// roomKey makes two spellings of one room the same: "Hội trường A", "hoi truong a".
func roomKey(room string) string {
	if folded := vietnamese.Fold(room); folded != "" {
		return folded
	}
	return strings.ToLower(room) // a name in another script
}

// place says on which form a change was asked for, and so beside which field a clash is shown.
type place string

const (
	ofSession place = "session"
	ofSpeech  place = "speech"
	ofShift   place = "shift"
)

func (p place) field(c Clash) string {
	switch {
	case p == ofShift:
		return "minutes"
	case p == ofSpeech:
		return "speaker_id"
	case c.Speaker != "":
		return "starts_at"
	}
	return "room_vi"
}

// act carries out one change of a programme: it refuses a change that brings a room
// or a speaker into two places at once, unless the organiser insists, and it
// publishes and notes what was done, with what the organiser insisted on.
func act(ctx context.Context, tx *db.Tx, editionID int64, at place, allow bool, do func() (audit.Change, error)) error {
	before, err := Clashes(ctx, tx, editionID)
	if err != nil {
		return err
	}
	change, err := do()
	if err != nil {
		return err
	}
	after, err := Clashes(ctx, tx, editionID)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, c := range before {
		known[c.key()] = true
	}
	fresh := slices.DeleteFunc(after, func(c Clash) bool { return known[c.key()] })
	if len(fresh) > 0 && !allow {
		return refusal(fresh, at)
	}
	if len(fresh) > 0 {
		overlaps := make([]map[string]any, 0, len(fresh))
		for _, c := range fresh {
			overlaps = append(overlaps, map[string]any{"room": c.Speaker == "", "session": c.A.ID, "with": c.B.ID})
		}
		change.Detail["overlap_allowed"] = overlaps
	}
	publish(tx, editionID)
	change.Edition = editionID
	return audit.Note(ctx, tx, change)
}

// refusal names the first clash of each kind.
func refusal(clashes []Clash, at place) error {
	var p conference.Problems
	room, speaker := false, false
	for _, c := range clashes {
		text := c.Text()
		switch {
		case c.Speaker == "" && !room:
			room = true
			p.Add(at.field(c), text.Key, text.Args...)
		case c.Speaker != "" && !speaker:
			speaker = true
			p.Add(at.field(c), text.Key, text.Args...)
		}
	}
	return p.Err()
}
