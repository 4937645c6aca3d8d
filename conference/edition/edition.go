// Package edition holds the conferences as they follow one another, the provinces
// with their names over time, the organisations, and the delegate groups. A province
// is known by its identity and a date, never by a bare statistical code.
package edition

import (
	"context"
	"time"

	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Room is the edition room. Its methods are safe for concurrent use.
type Room struct {
	db     *db.DB
	sheets *sheet.Reader
	wake   chan struct{} // holds one while there may be a list to import
}

// New makes the room on an open database. Seed must have run once before the
// first edition is created.
func New(d *db.DB) *Room {
	return &Room{db: d, sheets: sheet.NewReader(), wake: make(chan struct{}, 1)}
}

// Settings are what an organiser decides about an edition. Texts come in pairs;
// an empty English one falls back to the Vietnamese. The form field of each is its
// column: title_vi, register_by and so on.
type Settings struct {
	Slug         string // of addresses: "xii-2022"
	Ordinal      int    // as announced, never computed from the year
	TitleVi      string
	TitleEn      string
	ShortVi      string
	ShortEn      string
	Prefix       string // of delegate numbers: "KC22"
	ThemeVi      string
	ThemeEn      string
	StartsOn     string // first day, "2006-01-02"
	EndsOn       string // last day
	VenueVi      string
	VenueEn      string
	AddressVi    string
	AddressEn    string
	OrganiserVi  string
	OrganiserEn  string
	HostVi       string // the hosting agency
	HostEn       string
	ContactName  string
	ContactPhone string // E.164
	ContactEmail string
	RegisterBy   db.Time // the deadline of registration
	IsPublic     bool
	IsSample     bool   // invented in part; every page says so
	ReportedVi   string // attendance as the press reported it: "trên 250"
}

// Edition is one conference.
type Edition struct {
	ID int64
	Settings
	IsFront   bool // the one on the front page
	CreatedAt db.Time
	ChangedAt db.Time
}

func (e *Edition) fields() []any {
	return []any{
		&e.ID, &e.Slug, &e.Ordinal, &e.TitleVi, &e.TitleEn, &e.ShortVi, &e.ShortEn, &e.Prefix, &e.ThemeVi, &e.ThemeEn,
		&e.StartsOn, &e.EndsOn, &e.VenueVi, &e.VenueEn, &e.AddressVi, &e.AddressEn, &e.OrganiserVi, &e.OrganiserEn,
		&e.HostVi, &e.HostEn, &e.ContactName, &e.ContactPhone, &e.ContactEmail, &e.RegisterBy,
		&e.IsPublic, &e.IsFront, &e.IsSample, &e.ReportedVi, &e.CreatedAt, &e.ChangedAt,
	}
}

// pick gives the text of a language, the Vietnamese one where the English is missing.
func pick(lang, vi, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return vi
}

// Title gives the full title.
func (s Settings) Title(lang string) string { return pick(lang, s.TitleVi, s.TitleEn) }

// Short gives the title for narrow places.
func (s Settings) Short(lang string) string { return pick(lang, s.ShortVi, s.ShortEn) }

// Theme gives the theme, "" if the edition has none.
func (s Settings) Theme(lang string) string { return pick(lang, s.ThemeVi, s.ThemeEn) }

// Venue gives the name of the place.
func (s Settings) Venue(lang string) string { return pick(lang, s.VenueVi, s.VenueEn) }

// Address gives the postal address of the place.
func (s Settings) Address(lang string) string { return pick(lang, s.AddressVi, s.AddressEn) }

// Organiser gives the organising agency.
func (s Settings) Organiser(lang string) string { return pick(lang, s.OrganiserVi, s.OrganiserEn) }

// Host gives the hosting agency.
func (s Settings) Host(lang string) string { return pick(lang, s.HostVi, s.HostEn) }

// Roman gives the ordinal as titles write it: "XII".
func (s Settings) Roman() string { return vietnamese.Roman(s.Ordinal) }

// Days gives the number of days, the first and the last included; 0 if the dates are no dates.
func (s Settings) Days() int {
	start, end := s.Start(), s.End()
	if start.IsZero() || end.IsZero() {
		return 0
	}
	return int(end.Sub(start) / (24 * time.Hour))
}

// Start gives the first moment of the first day, Vietnamese time.
func (s Settings) Start() time.Time { return dayStart(s.StartsOn) }

// End gives the first moment after the last day, Vietnamese time.
func (s Settings) End() time.Time {
	last := dayStart(s.EndsOn)
	if last.IsZero() {
		return last
	}
	return last.AddDate(0, 0, 1)
}

// dayStart gives the zero time for what is no date.
func dayStart(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, vietnamese.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// RegistrationOpen reports whether the deadline of registration has not passed.
// The deadline itself still counts as open.
func (s Settings) RegistrationOpen(now time.Time) bool { return !now.After(s.RegisterBy.Time) }

// DeadlineFits reports whether registration may be open until a moment: not beyond
// the edition's end. Only a sample of a conference that is over may stay open, or
// nobody could try out how delegates are entered.
func (s Settings) DeadlineFits(deadline, now time.Time) bool {
	return !deadline.After(s.End()) || s.IsSample && now.After(s.End())
}

// BadgeEpoch gives the moment from which the hours of this edition's badges are
// counted: when the edition was created, cut to the hour, so that it never moves.
func (e Edition) BadgeEpoch() time.Time { return e.CreatedAt.UTC().Truncate(time.Hour) }

const sqlEditions = `SELECT id, slug, ordinal, title_vi, title_en, short_vi, short_en, prefix, theme_vi, theme_en,
	starts_on, ends_on, venue_vi, venue_en, address_vi, address_en, organiser_vi, organiser_en,
	host_vi, host_en, contact_name, contact_phone, contact_email, register_by,
	is_public, is_front, is_sample, reported_vi, created_at, changed_at
FROM edition
WHERE (?1 = 0 OR id = ?1) AND (?2 = '' OR slug = ?2) AND (?3 = 0 OR is_public = 1)
ORDER BY CASE WHEN ?3 = 1 THEN is_front END DESC, starts_on DESC, id DESC`

// All gives every edition, the latest first.
func All(ctx context.Context, q db.Reader) ([]Edition, error) {
	return db.Many(ctx, q, sqlEditions, (*Edition).fields, 0, "", false)
}

// ByID gives an edition or conference.NotFound.
func ByID(ctx context.Context, q db.Reader, id int64) (Edition, error) {
	return db.One(ctx, q, sqlEditions, (*Edition).fields, idOrNone(id), "", false)
}

// idOrNone keeps 0, which the query reads as any, from finding something.
func idOrNone(id int64) int64 {
	if id == 0 {
		return -1
	}
	return id
}

// BySlug gives the edition of an address or conference.NotFound.
func BySlug(ctx context.Context, q db.Reader, slug string) (Edition, error) {
	if slug == "" {
		slug = "-" // no edition's, while an empty one would mean any
	}
	return db.One(ctx, q, sqlEditions, (*Edition).fields, 0, slug, false)
}

// Front gives the edition of the front page: the public one that was chosen for
// it, else the public one that starts last; conference.NotFound if none is public.
func Front(ctx context.Context, q db.Reader) (Edition, error) {
	return db.One(ctx, q, sqlEditions, (*Edition).fields, 0, "", true)
}
