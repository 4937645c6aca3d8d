package agenda

import (
	"context"
	"fmt"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// DefaultMinutes is the length of a speech when none is typed (domain.md 4.4).
const DefaultMinutes = 10

const maxMinutes = 600

// SpeechDraft is all that an organiser types about one speaker's slot in a session.
// Its form fields are speaker_id, topic_vi, topic_en, starts_at and minutes.
type SpeechDraft struct {
	SpeakerID int64
	TopicVi   string
	TopicEn   string
	StartsAt  db.Time // zero means after the last speech of the session
	Minutes   int     // 0 means DefaultMinutes
	// AllowOverlap stores the speech although its speaker speaks elsewhere at that
	// time. It belongs to the one act and is not kept; the audit tells of it.
	AllowOverlap bool
}

// Speech is one speaker's slot in a session. Slots of one session may overlap, as
// they do on a panel; slots of one speaker may not.
type Speech struct {
	ID        int64
	SessionID int64
	SpeechDraft
	Speaker Speaker
}

// Topic gives what the speech is about, "" for a speech without a title.
func (d SpeechDraft) Topic(lang string) string { return pick(lang, d.TopicVi, d.TopicEn) }

// EndsAt gives the end.
func (d SpeechDraft) EndsAt() time.Time {
	return d.StartsAt.Add(time.Duration(d.Minutes) * time.Minute)
}

func (s *Speech) fields() []any {
	return append([]any{&s.ID, &s.SessionID, &s.SpeakerID, &s.TopicVi, &s.TopicEn, &s.StartsAt, &s.Minutes}, s.Speaker.fields()...)
}

const sqlSpeeches = `SELECT p.id, p.session_id, p.speaker_id, p.topic_vi, p.topic_en, s.starts_at + p.offset_minutes * 60000, p.minutes,
	k.id, k.edition_id, k.full_name, k.gender, k.degree, k.job_title_vi, k.job_title_en, k.organisation_vi, k.organisation_en
FROM agenda_session s JOIN agenda_speech p ON p.session_id = s.id JOIN agenda_speaker k ON k.id = p.speaker_id
WHERE s.edition_id = ?1 AND (?2 = 0 OR s.id = ?2) AND p.removed_at IS NULL
ORDER BY s.starts_at, s.id, p.offset_minutes, p.id`

// speechesOf gives the speeches of an edition, or of one session of it, by time.
func speechesOf(ctx context.Context, q db.Reader, editionID, sessionID int64) ([]Speech, error) {
	return db.Many(ctx, q, sqlSpeeches, (*Speech).fields, editionID, sessionID)
}

const sqlSpeech = `SELECT p.id, p.session_id, p.speaker_id, p.topic_vi, p.topic_en, s.starts_at + p.offset_minutes * 60000, p.minutes,
	k.id, k.edition_id, k.full_name, k.gender, k.degree, k.job_title_vi, k.job_title_en, k.organisation_vi, k.organisation_en
FROM agenda_speech p JOIN agenda_session s ON s.id = p.session_id JOIN agenda_speaker k ON k.id = p.speaker_id
WHERE p.id = ?1 AND (p.removed_at IS NOT NULL) = ?2 AND s.removed_at IS NULL`

// SpeechByID gives a speech or conference.NotFound.
func SpeechByID(ctx context.Context, q db.Reader, id int64) (Speech, error) {
	return db.One(ctx, q, sqlSpeech, (*Speech).fields, id, false)
}

// RemovedSpeech gives a speech that was taken out of its session, or conference.NotFound.
func RemovedSpeech(ctx context.Context, q db.Reader, id int64) (Speech, error) {
	return db.One(ctx, q, sqlSpeech, (*Speech).fields, id, true)
}

// check brings the draft into the form in which it is stored and notes every
// problem. others are the session's other speeches.
func (d *SpeechDraft) check(ctx context.Context, tx *db.Tx, s Session, others []Speech) error {
	var p conference.Problems
	tidy(&p, text{"topic_vi", &d.TopicVi, maxTitle}, text{"topic_en", &d.TopicEn, maxTitle})
	speaker, err := SpeakerByID(ctx, tx, d.SpeakerID)
	switch {
	case err != nil && conference.KindOf(err) != conference.KindNotFound:
		return err
	case err != nil || speaker.EditionID != s.EditionID:
		p.Add("speaker_id", "agenda.error.speaker")
	case s.Kind == KindPaper && s.Slots > 0 && len(others) >= s.Slots:
		p.Add("speaker_id", "agenda.error.slots_full", "n", s.Slots)
	}
	if d.Minutes == 0 {
		d.Minutes = DefaultMinutes
	}
	if d.Minutes < 0 || d.Minutes > maxMinutes {
		p.Add("minutes", "agenda.error.minutes", "max", maxMinutes)
		return p.Err()
	}
	if d.StartsAt.IsZero() {
		d.StartsAt = s.StartsAt
		for _, o := range others {
			if o.EndsAt().After(d.StartsAt.Time) {
				d.StartsAt = db.At(o.EndsAt())
			}
		}
	}
	d.StartsAt = db.At(d.StartsAt.UTC().Truncate(time.Minute))
	if d.StartsAt.Before(s.StartsAt.Time) || d.EndsAt().After(s.EndsAt.Time) {
		p.Add("starts_at", "agenda.error.speech_fits", "from", clock(s.StartsAt.Time), "to", clock(s.EndsAt.Time), "end", clock(d.EndsAt()))
	}
	return p.Err()
}

func (d SpeechDraft) offset(s Session) int { return int(d.StartsAt.Sub(s.StartsAt.Time) / time.Minute) }

func (d SpeechDraft) detail(s Session) map[string]any {
	return map[string]any{"session": s.ID, "speaker": d.SpeakerID, "topic_vi": d.TopicVi, "starts_at": d.StartsAt, "minutes": d.Minutes}
}

// sqlTouch tells calendars that a session's speeches changed.
const sqlTouch = `UPDATE agenda_session SET sequence = sequence + 1, changed_at = ?2 WHERE id = ?1`

// inSession does something to the speeches of a session.
func inSession(ctx context.Context, tx *db.Tx, s Session, allow bool, do func() (audit.Change, error)) error {
	return act(ctx, tx, s.EditionID, ofSpeech, allow, func() (audit.Change, error) {
		change, err := do()
		if err != nil {
			return change, err
		}
		change.SubjectKind = "agenda_speech"
		if err := db.Exec(ctx, tx, sqlTouch, s.ID, db.At(tx.Now())); err != nil {
			return change, fmt.Errorf("touch session: %w", err)
		}
		return change, nil
	})
}

const sqlAddSpeech = `INSERT INTO agenda_speech (session_id, speaker_id, topic_vi, topic_en, offset_minutes, minutes, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?)`

// AddSpeech gives a speaker a slot in a session. Errors: not found; forbidden;
// invalid with fields, also when the session is full or the speaker speaks elsewhere at that time.
func (r *Room) AddSpeech(ctx context.Context, sessionID int64, d SpeechDraft) (Speech, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return Speech{}, err
	}
	var out Speech
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := ByID(ctx, tx, sessionID)
		if err != nil {
			return err
		}
		if err := d.check(ctx, tx, s, s.Speeches); err != nil {
			return err
		}
		var id int64
		err = inSession(ctx, tx, s, d.AllowOverlap, func() (audit.Change, error) {
			var err error
			id, err = db.Insert(ctx, tx, sqlAddSpeech, s.ID, d.SpeakerID, d.TopicVi, d.TopicEn, d.offset(s), d.Minutes, db.At(tx.Now()))
			if err != nil {
				return audit.Change{}, fmt.Errorf("add speech: %w", err)
			}
			return audit.Change{Action: "agenda.add_speech", SubjectID: id, Detail: d.detail(s)}, nil
		})
		if err != nil {
			return err
		}
		out, err = SpeechByID(ctx, tx, id)
		return err
	})
	return out, err
}

const sqlChangeSpeech = `UPDATE agenda_speech SET speaker_id = ?2, topic_vi = ?3, topic_en = ?4, offset_minutes = ?5, minutes = ?6, changed_at = ?7
WHERE id = ?1`

// ChangeSpeech replaces a slot; a change of nothing is none. Errors: as AddSpeech.
func (r *Room) ChangeSpeech(ctx context.Context, id int64, d SpeechDraft) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := SpeechByID(ctx, tx, id)
		if err != nil {
			return err
		}
		s, err := ByID(ctx, tx, before.SessionID)
		if err != nil {
			return err
		}
		if err := d.check(ctx, tx, s, without(s.Speeches, id)); err != nil {
			return err
		}
		allow := d.AllowOverlap
		d.AllowOverlap = false
		if d == before.SpeechDraft {
			return nil
		}
		return inSession(ctx, tx, s, allow, func() (audit.Change, error) {
			if err := db.Exec(ctx, tx, sqlChangeSpeech, id, d.SpeakerID, d.TopicVi, d.TopicEn, d.offset(s), d.Minutes, db.At(tx.Now())); err != nil {
				return audit.Change{}, fmt.Errorf("change speech: %w", err)
			}
			return audit.Change{Action: "agenda.change_speech", SubjectID: id,
				Detail: map[string]any{"before": before.detail(s), "after": d.detail(s)}}, nil
		})
	})
}

func without(speeches []Speech, id int64) []Speech {
	var out []Speech
	for _, p := range speeches {
		if p.ID != id {
			out = append(out, p)
		}
	}
	return out
}

const sqlRemoveSpeech = `UPDATE agenda_speech SET removed_at = ?2, changed_at = ?2 WHERE id = ?1`

// RemoveSpeech takes a slot out of its session, which is free again for another
// paper; RestoreSpeech brings it back. Errors: not found; forbidden.
func (r *Room) RemoveSpeech(ctx context.Context, id int64) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := SpeechByID(ctx, tx, id)
		if err != nil {
			return err
		}
		s, err := ByID(ctx, tx, p.SessionID)
		if err != nil {
			return err
		}
		return inSession(ctx, tx, s, false, func() (audit.Change, error) {
			if err := db.Exec(ctx, tx, sqlRemoveSpeech, id, db.At(tx.Now())); err != nil {
				return audit.Change{}, fmt.Errorf("remove speech: %w", err)
			}
			return audit.Change{Action: "agenda.remove_speech", SubjectID: id, Detail: p.detail(s)}, nil
		})
	})
}

const (
	sqlRestoreSpeech        = `UPDATE agenda_speech SET removed_at = NULL, changed_at = ?2 WHERE id = ?1`
	sqlRestoreSpeechSpeaker = `UPDATE agenda_speaker SET removed_at = NULL, changed_at = ?2
WHERE removed_at IS NOT NULL AND id = (SELECT speaker_id FROM agenda_speech WHERE id = ?1)`
)

// RestoreSpeech puts a removed slot back, with its speaker. Errors: not found;
// forbidden; invalid with fields when the session is full meanwhile, no longer has
// that hour, or the speaker speaks elsewhere then and allowOverlap is false.
func (r *Room) RestoreSpeech(ctx context.Context, id int64, allowOverlap bool) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := RemovedSpeech(ctx, tx, id)
		if err != nil {
			return err
		}
		s, err := ByID(ctx, tx, p.SessionID)
		if err != nil {
			return err
		}
		return inSession(ctx, tx, s, allowOverlap, func() (audit.Change, error) {
			if err := db.Exec(ctx, tx, sqlRestoreSpeechSpeaker, id, db.At(tx.Now())); err != nil {
				return audit.Change{}, fmt.Errorf("restore speaker: %w", err)
			}
			d := p.SpeechDraft
			if err := d.check(ctx, tx, s, s.Speeches); err != nil {
				return audit.Change{}, err
			}
			if err := db.Exec(ctx, tx, sqlRestoreSpeech, id, db.At(tx.Now())); err != nil {
				return audit.Change{}, fmt.Errorf("restore speech: %w", err)
			}
			return audit.Change{Action: "agenda.restore_speech", SubjectID: id, Detail: p.detail(s)}, nil
		})
	})
}
