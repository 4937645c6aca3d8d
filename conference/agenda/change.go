package agenda

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The limits of what may be typed, in characters.
const (
	maxTitle = 300
	maxBy    = 200
	maxRoom  = 120
	maxSlots = 50
)

type text struct {
	name  string
	value *string
	max   int
}

// tidy brings one-line texts into the form in which they are stored and notes those that are too long.
func tidy(p *conference.Problems, texts ...text) {
	for _, f := range texts {
		*f.value = vietnamese.Normalise(*f.value)
		if utf8.RuneCountInString(*f.value) > f.max {
			p.Add(f.name, "agenda.error.long", "max", f.max)
		}
	}
}

// check brings the draft into the form in which it is stored and notes every problem.
func (d *Draft) check(p *conference.Problems, e edition.Edition) {
	tidy(p, text{"title_vi", &d.TitleVi, maxTitle}, text{"title_en", &d.TitleEn, maxTitle}, text{"by_vi", &d.ByVi, maxBy},
		text{"by_en", &d.ByEn, maxBy}, text{"room_vi", &d.RoomVi, maxRoom}, text{"room_en", &d.RoomEn, maxRoom})
	if d.TitleVi == "" {
		p.Add("title_vi", "agenda.error.missing")
	}
	if d.RoomEn != "" && d.RoomVi == "" {
		p.Add("room_vi", "agenda.error.room_vi") // rooms are told apart by their Vietnamese names
	}
	if !slices.Contains(Kinds(), d.Kind) {
		p.Add("kind", "agenda.error.kind")
	}
	if d.Visibility == "" {
		d.Visibility = Public
	}
	if !slices.Contains(Audiences(), d.Visibility) {
		p.Add("visibility", "agenda.error.visibility")
	}
	switch {
	case d.Slots < 0 || d.Slots > maxSlots:
		p.Add("slots", "agenda.error.slots", "max", maxSlots)
	case d.Slots > 0 && d.Kind != KindPaper:
		p.Add("slots", "agenda.error.slots_kind")
	}
	d.checkTimes(p, e)
}

func (d *Draft) checkTimes(p *conference.Problems, e edition.Edition) {
	outside := func(field string) {
		p.Add(field, "agenda.error.outside", "from", vietnamese.ShortDate(e.Start()), "to", vietnamese.ShortDate(e.End().AddDate(0, 0, -1)))
	}
	// Calendars know whole seconds, programmes whole minutes.
	d.StartsAt, d.EndsAt = db.At(d.StartsAt.UTC().Truncate(time.Minute)), db.At(d.EndsAt.UTC().Truncate(time.Minute))
	if d.StartsAt.IsZero() {
		p.Add("starts_at", "agenda.error.missing")
	} else if d.StartsAt.Before(e.Start()) || !d.StartsAt.Before(e.End()) {
		outside("starts_at")
	}
	switch {
	case d.EndsAt.IsZero():
		p.Add("ends_at", "agenda.error.missing")
	case !d.EndsAt.After(d.StartsAt.Time):
		p.Add("ends_at", "agenda.error.ends_before_start")
	case d.EndsAt.After(e.End()):
		outside("ends_at")
	}
}

// holds notes what of the session's speeches its new form has no place for.
func (d *Draft) holds(p *conference.Problems, speeches []Speech, before Session) {
	if d.Slots > 0 && d.Slots < len(speeches) {
		p.Add("slots", "agenda.error.slots_used", "n", len(speeches))
	}
	if len(speeches) == 0 || !d.EndsAt.After(d.StartsAt.Time) {
		return
	}
	last := slices.MaxFunc(speeches, func(a, b Speech) int { return a.EndsAt().Compare(b.EndsAt()) })
	if end := last.EndsAt().Add(d.StartsAt.Sub(before.StartsAt.Time)); end.After(d.EndsAt.Time) {
		p.Add("ends_at", "agenda.error.speech_outside", "speaker", last.Speaker.FullName, "time", clock(end))
	}
}

// Add puts a session into the programme of an edition. Errors: not found; forbidden;
// invalid with fields, also when the session lies outside the edition's days or its room is taken.
func (r *Room) Add(ctx context.Context, editionID int64, d Draft) (Session, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return Session{}, err
	}
	var s Session
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := edition.ByID(ctx, tx, editionID)
		if err != nil {
			return err
		}
		s, err = Add(ctx, tx, e, d)
		return err
	})
	return s, err
}

const sqlAdd = `INSERT INTO agenda_session
	(edition_id, uid, kind, title_vi, title_en, by_vi, by_en, room_vi, room_en, starts_at, ends_at, visibility, slots, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// Add is Room.Add inside a write.
func Add(ctx context.Context, tx *db.Tx, e edition.Edition, d Draft) (Session, error) {
	var p conference.Problems
	d.check(&p, e)
	if err := p.Err(); err != nil {
		return Session{}, err
	}
	var id int64
	err := act(ctx, tx, e.ID, ofSession, d.AllowOverlap, func() (audit.Change, error) {
		// The uid must be the session's alone for all time, also after it was removed.
		uid := strings.ToLower(conference.NewSecret()) + "@hoinghi"
		var err error
		id, err = db.Insert(ctx, tx, sqlAdd, e.ID, uid, d.Kind, d.TitleVi, d.TitleEn, d.ByVi, d.ByEn, d.RoomVi, d.RoomEn,
			d.StartsAt, d.EndsAt, d.Visibility, d.Slots, db.At(tx.Now()))
		if err != nil {
			return audit.Change{}, fmt.Errorf("add session: %w", err)
		}
		return audit.Change{Action: "agenda.add", SubjectKind: "agenda_session", SubjectID: id, Detail: d.detail()}, nil
	})
	if err != nil {
		return Session{}, err
	}
	return ByID(ctx, tx, id)
}

func (d Draft) detail() map[string]any {
	return map[string]any{"kind": d.Kind, "title_vi": d.TitleVi, "room_vi": d.RoomVi, "starts_at": d.StartsAt, "ends_at": d.EndsAt,
		"visibility": d.Visibility, "slots": d.Slots}
}

const sqlChange = `UPDATE agenda_session SET kind = ?2, title_vi = ?3, title_en = ?4, by_vi = ?5, by_en = ?6, room_vi = ?7, room_en = ?8,
	starts_at = ?9, ends_at = ?10, visibility = ?11, slots = ?12, sequence = sequence + 1, changed_at = ?13
WHERE id = ?1`

// Change replaces what a session says and tells calendars so by a higher sequence;
// its speeches move with its start. A change of nothing is none. Errors: not found;
// forbidden; invalid with fields, also when it would newly meet another session in
// its room, or one of its speakers would have to be in two places.
func (r *Room) Change(ctx context.Context, id int64, d Draft) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		e, err := edition.ByID(ctx, tx, before.EditionID)
		if err != nil {
			return err
		}
		var p conference.Problems
		d.check(&p, e)
		d.holds(&p, before.Speeches, before)
		if err := p.Err(); err != nil {
			return err
		}
		allow := d.AllowOverlap
		d.AllowOverlap = false
		if d == before.Draft {
			return nil
		}
		return act(ctx, tx, e.ID, ofSession, allow, func() (audit.Change, error) {
			if err := db.Exec(ctx, tx, sqlChange, id, d.Kind, d.TitleVi, d.TitleEn, d.ByVi, d.ByEn, d.RoomVi, d.RoomEn,
				d.StartsAt, d.EndsAt, d.Visibility, d.Slots, db.At(tx.Now())); err != nil {
				return audit.Change{}, fmt.Errorf("change session: %w", err)
			}
			return audit.Change{Action: "agenda.change", SubjectKind: "agenda_session", SubjectID: id,
				Detail: map[string]any{"before": before.detail(), "after": d.detail()}}, nil
		})
	})
}

const sqlRemove = `UPDATE agenda_session SET removed_at = ?2, changed_at = ?2 WHERE id = ?1`

// Remove takes a session with its speeches out of the programme; Restore brings it
// back. Calendars that subscribed to the programme drop it by themselves. Errors: not
// found; forbidden.
func (r *Room) Remove(ctx context.Context, id int64) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		return act(ctx, tx, s.EditionID, ofSession, false, func() (audit.Change, error) {
			if err := db.Exec(ctx, tx, sqlRemove, id, db.At(tx.Now())); err != nil {
				return audit.Change{}, fmt.Errorf("remove session: %w", err)
			}
			return audit.Change{Action: "agenda.remove", SubjectKind: "agenda_session", SubjectID: id, Detail: s.detail()}, nil
		})
	})
}

const (
	sqlRestore = `UPDATE agenda_session SET removed_at = NULL, sequence = sequence + 1, changed_at = ?2 WHERE id = ?1`
	// A speaker may have been removed while the session was away.
	sqlRestoreSpeakers = `UPDATE agenda_speaker SET removed_at = NULL, changed_at = ?2
WHERE removed_at IS NOT NULL AND id IN (SELECT speaker_id FROM agenda_speech WHERE session_id = ?1 AND removed_at IS NULL)`
)

// Restore puts a removed session back as it was; what calendars know of it by its
// uid holds again. Errors: not found; forbidden; invalid when its room or a speaker
// is taken meanwhile and allowOverlap is false, or when the edition's days changed.
func (r *Room) Restore(ctx context.Context, id int64, allowOverlap bool) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := Removed(ctx, tx, id)
		if err != nil {
			return err
		}
		e, err := edition.ByID(ctx, tx, s.EditionID)
		if err != nil {
			return err
		}
		var p conference.Problems
		d := s.Draft
		d.check(&p, e)
		if err := p.Err(); err != nil {
			return err
		}
		return act(ctx, tx, s.EditionID, ofSession, allowOverlap, func() (audit.Change, error) {
			for _, query := range []string{sqlRestore, sqlRestoreSpeakers} {
				if err := db.Exec(ctx, tx, query, id, db.At(tx.Now())); err != nil {
					return audit.Change{}, fmt.Errorf("restore session: %w", err)
				}
			}
			return audit.Change{Action: "agenda.restore", SubjectKind: "agenda_session", SubjectID: id, Detail: s.detail()}, nil
		})
	})
}
