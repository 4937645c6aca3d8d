// Package agenda holds the programme of an edition: its sessions and the speeches
// in them, who may see them, and how they get into people's calendars.
package agenda

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hoinghi/conference"
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
	Slots      int      // places for papers, of sessions of papers only; 0 for any number
	// AllowOverlap stores the session although its room or a speaker is taken. It
	// belongs to the one act and is not kept; the audit tells of it.
	AllowOverlap bool
}

// Session is one item of the programme.
type Session struct {
	ID        int64
	EditionID int64
	UID       string // of calendars; the same for the session's whole life
	Draft
	Sequence  int // of calendars; raised by each change
	ChangedAt db.Time
	Speeches  []Speech // by time
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

// Free gives how many papers can still be added, 0 when the session takes none or any number.
func (s Session) Free() int {
	if s.Kind != KindPaper {
		return 0
	}
	return max(0, s.Slots-len(s.Speeches))
}

func (s *Session) fields() []any {
	return []any{&s.ID, &s.EditionID, &s.UID, &s.Kind, &s.TitleVi, &s.TitleEn, &s.ByVi, &s.ByEn, &s.RoomVi, &s.RoomEn,
		&s.StartsAt, &s.EndsAt, &s.Visibility, &s.Slots, &s.Sequence, &s.ChangedAt}
}

const sqlVisible = `SELECT id, edition_id, uid, kind, title_vi, title_en, by_vi, by_en, room_vi, room_en, starts_at, ends_at,
	visibility, slots, sequence, changed_at
FROM agenda_session
WHERE edition_id = ?1 AND (removed_at IS NOT NULL) = ?3
	AND CASE visibility WHEN 'public' THEN 0 WHEN 'press' THEN 1 WHEN 'delegates' THEN 2 ELSE 3 END <= ?2
ORDER BY starts_at, ends_at, id`

// Visible gives the sessions that an audience may see, by time, each with its
// speeches. An unknown audience sees what everybody sees.
func Visible(ctx context.Context, q db.Reader, editionID int64, audience Audience) ([]Session, error) {
	sessions, err := db.Many(ctx, q, sqlVisible, (*Session).fields, editionID, max(0, slices.Index(Audiences(), audience)), false)
	if err != nil {
		return nil, err
	}
	speeches, err := speechesOf(ctx, q, editionID, 0)
	if err != nil {
		return nil, err
	}
	at := map[int64]int{}
	for i, s := range sessions {
		at[s.ID] = i
	}
	for _, p := range speeches {
		if i, ok := at[p.SessionID]; ok {
			sessions[i].Speeches = append(sessions[i].Speeches, p)
		}
	}
	return sessions, nil
}

// Cancelled gives the sessions that an audience could see until they were taken out of
// the programme, by time and without their speeches.
func Cancelled(ctx context.Context, q db.Reader, editionID int64, audience Audience) ([]Session, error) {
	return db.Many(ctx, q, sqlVisible, (*Session).fields, editionID, max(0, slices.Index(Audiences(), audience)), true)
}

const sqlSession = `SELECT id, edition_id, uid, kind, title_vi, title_en, by_vi, by_en, room_vi, room_en, starts_at, ends_at,
	visibility, slots, sequence, changed_at
FROM agenda_session WHERE id = ?1 AND (removed_at IS NOT NULL) = ?2`

// ByID gives a session with its speeches, whoever may see it, or conference.NotFound.
func ByID(ctx context.Context, q db.Reader, id int64) (Session, error) {
	return one(ctx, q, id, false)
}

// Removed gives a session that was taken out of the programme, or conference.NotFound.
func Removed(ctx context.Context, q db.Reader, id int64) (Session, error) {
	return one(ctx, q, id, true)
}

func one(ctx context.Context, q db.Reader, id int64, removed bool) (Session, error) {
	s, err := db.One(ctx, q, sqlSession, (*Session).fields, id, removed)
	if err != nil {
		return s, err
	}
	s.Speeches, err = speechesOf(ctx, q, s.EditionID, s.ID)
	return s, err
}

// TopicAny is published with each change of any edition's programme.
const TopicAny = "agenda"

// Topic gives what a change of an edition's programme is published under.
func Topic(editionID int64) string { return fmt.Sprintf("agenda/%d", editionID) }

func publish(tx *db.Tx, editionID int64) {
	tx.Publish(Topic(editionID))
	tx.Publish(TopicAny)
}
