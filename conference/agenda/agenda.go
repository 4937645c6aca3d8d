// Package agenda holds the programme of an edition: its sessions, who may see
// them, and how they get into people's calendars.
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

// Room is the agenda room. Its methods are safe for concurrent use.
type Room struct{ db *db.DB }

// New makes the room on an open database.
func New(d *db.DB) *Room { return &Room{db: d} }

// Kind says what sort of item a session is.
type Kind string

// The kinds of session.
const (
	KindReception   Kind = "reception"
	KindPerformance Kind = "performance"
	KindCeremony    Kind = "ceremony"
	KindSpeech      Kind = "speech"
	KindReport      Kind = "report"
	KindPaper       Kind = "paper"
	KindDiscussion  Kind = "discussion"
	KindBreak       Kind = "break"
	KindMeal        Kind = "meal"
	KindFieldTrip   Kind = "field_trip"
	KindGala        Kind = "gala"
)

// Kinds lists every kind in the order in which they are shown.
func Kinds() []Kind {
	return []Kind{KindReception, KindPerformance, KindCeremony, KindSpeech, KindReport, KindPaper, KindDiscussion, KindBreak,
		KindMeal, KindFieldTrip, KindGala}
}

// KindText gives the name of a kind for people.
func KindText(k Kind) conference.Text { return conference.Say("agenda.kind." + string(k)) }

// Audience says who sees a session; each sees what those before it see too.
type Audience string

// The audiences, from the widest to the narrowest.
const (
	Public    Audience = "public"
	Press     Audience = "press"
	Delegates Audience = "delegates"
	Internal  Audience = "internal" // the organisers
)

// Audiences lists the audiences from the widest to the narrowest.
func Audiences() []Audience { return []Audience{Public, Press, Delegates, Internal} }

// AudienceText gives the name of an audience for people.
func AudienceText(a Audience) conference.Text {
	return conference.Say("agenda.visibility." + string(a))
}

// Draft is all that an organiser types about a session. Its form fields are the
// columns: kind, title_vi, starts_at and so on. An empty English text falls back
// to the Vietnamese.
type Draft struct {
	Kind       Kind
	TitleVi    string
	TitleEn    string
	ByVi       string // who speaks or leads, as text
	ByEn       string
	RoomVi     string
	RoomEn     string
	StartsAt   db.Time
	EndsAt     db.Time
	Visibility Audience // empty means public
}

// Session is one item of the programme.
type Session struct {
	ID        int64
	EditionID int64
	UID       string // of calendars; the same for the session's whole life
	Draft
	Sequence  int // of calendars; raised by each change
	ChangedAt db.Time
}

func pick(lang, vi, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return vi
}

// Title gives the title.
func (d Draft) Title(lang string) string { return pick(lang, d.TitleVi, d.TitleEn) }

// By gives who speaks or leads, "" for nobody.
func (d Draft) By(lang string) string { return pick(lang, d.ByVi, d.ByEn) }

// Room gives the room, "" for the venue as a whole.
func (d Draft) Room(lang string) string { return pick(lang, d.RoomVi, d.RoomEn) }

// Minutes gives the length.
func (d Draft) Minutes() int { return int(d.EndsAt.Sub(d.StartsAt.Time) / time.Minute) }

// Day gives the day of the start in Vietnam, "2006-01-02".
func (d Draft) Day() string { return d.StartsAt.In(vietnamese.Zone()).Format(time.DateOnly) }

func (s *Session) fields() []any {
	return []any{&s.ID, &s.EditionID, &s.UID, &s.Kind, &s.TitleVi, &s.TitleEn, &s.ByVi, &s.ByEn, &s.RoomVi, &s.RoomEn,
		&s.StartsAt, &s.EndsAt, &s.Visibility, &s.Sequence, &s.ChangedAt}
}

const sqlVisible = `SELECT id, edition_id, uid, kind, title_vi, title_en, by_vi, by_en, room_vi, room_en, starts_at, ends_at,
	visibility, sequence, changed_at
FROM agenda_session
WHERE edition_id = ?1
	AND CASE visibility WHEN 'public' THEN 0 WHEN 'press' THEN 1 WHEN 'delegates' THEN 2 ELSE 3 END <= ?2
ORDER BY starts_at, ends_at, id`

// Visible gives the sessions that an audience may see, by time. An unknown audience
// sees what everybody sees.
func Visible(ctx context.Context, q db.Reader, editionID int64, audience Audience) ([]Session, error) {
	return db.Many(ctx, q, sqlVisible, (*Session).fields, editionID, max(0, slices.Index(Audiences(), audience)))
}

const sqlSession = `SELECT id, edition_id, uid, kind, title_vi, title_en, by_vi, by_en, room_vi, room_en, starts_at, ends_at,
	visibility, sequence, changed_at
FROM agenda_session WHERE id = ?`

// ByID gives a session, whoever may see it, or conference.NotFound.
func ByID(ctx context.Context, q db.Reader, id int64) (Session, error) {
	return db.One(ctx, q, sqlSession, (*Session).fields, id)
}

// Topic gives what a change of an edition's programme is published under.
func Topic(editionID int64) string { return fmt.Sprintf("agenda/%d", editionID) }

// The limits of what may be typed, in characters.
const (
	maxTitle = 300
	maxBy    = 200
	maxRoom  = 120
)

// check brings the draft into the form in which it is stored and notes every problem.
func (d *Draft) check(p *conference.Problems, e edition.Edition) {
	for _, f := range []struct {
		name  string
		value *string
		max   int
	}{{"title_vi", &d.TitleVi, maxTitle}, {"title_en", &d.TitleEn, maxTitle}, {"by_vi", &d.ByVi, maxBy}, {"by_en", &d.ByEn, maxBy},
		{"room_vi", &d.RoomVi, maxRoom}, {"room_en", &d.RoomEn, maxRoom}} {
		*f.value = vietnamese.Normalise(*f.value)
		if utf8.RuneCountInString(*f.value) > f.max {
			p.Add(f.name, "agenda.error.long", "max", f.max)
		}
	}
	if d.TitleVi == "" {
		p.Add("title_vi", "agenda.error.missing")
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

// Add puts a session into the programme of an edition. Errors: not found; invalid
// with fields, also when the session lies outside the edition's days.
func (r *Room) Add(ctx context.Context, editionID int64, d Draft) (Session, error) {
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
	(edition_id, uid, kind, title_vi, title_en, by_vi, by_en, room_vi, room_en, starts_at, ends_at, visibility, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// Add is Room.Add inside a write.
func Add(ctx context.Context, tx *db.Tx, e edition.Edition, d Draft) (Session, error) {
	var p conference.Problems
	d.check(&p, e)
	if err := p.Err(); err != nil {
		return Session{}, err
	}
	// The uid must be the session's alone for all time, also after its row is gone.
	uid := strings.ToLower(conference.NewSecret()) + "@hoinghi"
	id, err := db.Insert(ctx, tx, sqlAdd, e.ID, uid, d.Kind, d.TitleVi, d.TitleEn, d.ByVi, d.ByEn, d.RoomVi, d.RoomEn,
		d.StartsAt, d.EndsAt, d.Visibility, db.At(tx.Now()))
	if err != nil {
		return Session{}, fmt.Errorf("add session: %w", err)
	}
	tx.Publish(Topic(e.ID))
	if err := audit.Note(ctx, tx, audit.Change{Edition: e.ID, Action: "agenda.add", SubjectKind: "agenda_session", SubjectID: id,
		Detail: d.detail()}); err != nil {
		return Session{}, err
	}
	return ByID(ctx, tx, id)
}

func (d Draft) detail() map[string]any {
	return map[string]any{"kind": d.Kind, "title_vi": d.TitleVi, "starts_at": d.StartsAt, "ends_at": d.EndsAt, "visibility": d.Visibility}
}

const sqlChange = `UPDATE agenda_session SET kind = ?2, title_vi = ?3, title_en = ?4, by_vi = ?5, by_en = ?6, room_vi = ?7, room_en = ?8,
	starts_at = ?9, ends_at = ?10, visibility = ?11, sequence = sequence + 1, changed_at = ?12
WHERE id = ?1`

// Change replaces what a session says and tells calendars so by a higher sequence;
// a change of nothing is none. Errors: not found; invalid with fields.
func (r *Room) Change(ctx context.Context, id int64, d Draft) error {
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
		if err := p.Err(); err != nil {
			return err
		}
		if d == before.Draft {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlChange, id, d.Kind, d.TitleVi, d.TitleEn, d.ByVi, d.ByEn, d.RoomVi, d.RoomEn,
			d.StartsAt, d.EndsAt, d.Visibility, db.At(tx.Now())); err != nil {
			return fmt.Errorf("change session: %w", err)
		}
		tx.Publish(Topic(e.ID))
		return audit.Note(ctx, tx, audit.Change{Edition: e.ID, Action: "agenda.change", SubjectKind: "agenda_session", SubjectID: id,
			Detail: map[string]any{"before": before.detail(), "after": d.detail()}})
	})
}

const sqlRemove = `DELETE FROM agenda_session WHERE id = ?`

// Remove takes a session out of the programme. Calendars that subscribed to the
// programme drop it by themselves. Errors: not found.
func (r *Room) Remove(ctx context.Context, id int64) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlRemove, id); err != nil {
			return fmt.Errorf("remove session: %w", err)
		}
		tx.Publish(Topic(s.EditionID))
		return audit.Note(ctx, tx, audit.Change{Edition: s.EditionID, Action: "agenda.remove", SubjectKind: "agenda_session", SubjectID: id,
			Detail: s.detail()})
	})
}
