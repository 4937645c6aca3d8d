package edition

import (
	"strings"
	"time"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The limits of what may be typed, in characters.
const (
	maxTitle = 300
	maxShort = 120
	maxSlug  = 60
)

// maxDays is the longest edition: a badge carries its days as eight bits.
const maxDays = 8

// earliestDay is the first day on which the provinces are known.
const earliestDay = "2004-01-01"

// textField is one text of a form: its posted name, where it is kept, how many
// characters it may have, and whether it may be missing.
type textField struct {
	name     string
	value    *string
	max      int
	required bool
}

// checkText gives the text as it is stored.
func checkText(p *conference.Problems, f textField) string {
	s := vietnamese.Normalise(*f.value)
	switch {
	case s == "" && f.required:
		p.Add(f.name, "edition.error.missing")
	case utf8.RuneCountInString(s) > f.max:
		p.Add(f.name, "edition.error.long", "max", f.max)
	}
	return s
}

func checkEmail(p *conference.Problems, field, typed string) string {
	if typed = vietnamese.Normalise(typed); typed == "" {
		return ""
	}
	email, ok := vietnamese.NormaliseEmail(typed)
	if !ok {
		p.Add(field, "edition.error.email")
	}
	return email
}

func checkPhone(p *conference.Problems, field, typed string) string {
	if typed = vietnamese.Normalise(typed); typed == "" {
		return ""
	}
	phone, err := vietnamese.ParsePhone(typed)
	if err != nil {
		p.Add(field, "edition.error.phone")
	}
	return phone
}

// checkDay notes what is no date; it gives the zero time then.
func checkDay(p *conference.Problems, field, day string) time.Time {
	t := dayStart(day)
	if t.IsZero() {
		p.Add(field, "edition.error.date")
	}
	return t
}

// texts lists the settings that are plain text.
func (s *Settings) texts() []textField {
	return []textField{
		{"title_vi", &s.TitleVi, maxTitle, true}, {"title_en", &s.TitleEn, maxTitle, false},
		{"short_vi", &s.ShortVi, maxShort, false}, {"short_en", &s.ShortEn, maxShort, false},
		{"theme_vi", &s.ThemeVi, maxTitle, false}, {"theme_en", &s.ThemeEn, maxTitle, false},
		{"venue_vi", &s.VenueVi, maxTitle, false}, {"venue_en", &s.VenueEn, maxTitle, false},
		{"address_vi", &s.AddressVi, maxTitle, false}, {"address_en", &s.AddressEn, maxTitle, false},
		{"organiser_vi", &s.OrganiserVi, maxTitle, false}, {"organiser_en", &s.OrganiserEn, maxTitle, false},
		{"host_vi", &s.HostVi, maxTitle, false}, {"host_en", &s.HostEn, maxTitle, false},
		{"contact_name", &s.ContactName, maxShort, false}, {"reported_vi", &s.ReportedVi, maxShort, false},
	}
}

// check brings the settings into the form in which they are stored, fills what
// follows from the rest (slug, prefix, short titles), and notes every problem.
func (s *Settings) check(p *conference.Problems, cluster string, now time.Time) {
	for _, f := range s.texts() {
		*f.value = checkText(p, f)
	}
	s.ContactEmail = checkEmail(p, "contact_email", s.ContactEmail)
	s.ContactPhone = checkPhone(p, "contact_phone", s.ContactPhone)
	if s.Ordinal < 1 || s.Ordinal > 200 {
		p.Add("ordinal", "edition.error.ordinal")
	}
	s.checkDates(p, now)
	s.fill(cluster)
	s.checkNames(p)
}

func (s *Settings) checkDates(p *conference.Problems, now time.Time) {
	s.StartsOn, s.EndsOn = vietnamese.Normalise(s.StartsOn), vietnamese.Normalise(s.EndsOn)
	start, end := checkDay(p, "starts_on", s.StartsOn), checkDay(p, "ends_on", s.EndsOn)
	if s.RegisterBy.IsZero() {
		p.Add("register_by", "edition.error.missing")
	}
	if start.IsZero() || end.IsZero() {
		return
	}
	switch {
	case s.StartsOn < earliestDay:
		p.Add("starts_on", "edition.error.too_early", "year", earliestDay[:4])
	case end.Before(start):
		p.Add("ends_on", "edition.error.ends_before_start")
	case s.Days() > maxDays:
		p.Add("ends_on", "edition.error.days", "max", maxDays)
	case !s.DeadlineFits(s.RegisterBy.Time, now):
		p.Add("register_by", "edition.error.register_by")
	}
	// Stored to the millisecond; what is returned must equal what is read later.
	s.RegisterBy = db.At(s.RegisterBy.UTC().Truncate(time.Millisecond))
}

// fill derives what was left empty. The region stands in the slug only outside the
// south, where the house is at home: "xii-2022", "xiv-2025-central".
func (s *Settings) fill(cluster string) {
	s.Slug, s.Prefix = vietnamese.Normalise(s.Slug), vietnamese.Normalise(s.Prefix)
	year, _, _ := strings.Cut(s.StartsOn, "-")
	if s.Slug == "" {
		s.Slug = strings.ToLower(s.Roman()) + "-" + year
		if cluster != ClusterSouth && cluster != "" {
			s.Slug += "-" + cluster
		}
	}
	if s.Prefix == "" && len(year) == 4 {
		s.Prefix = "KC" + year[2:]
	}
	if s.ShortVi == "" {
		s.ShortVi, s.ShortEn = s.TitleVi, s.TitleEn
	}
}

// checkNames looks at slug and prefix. Where ordinal or first day are wrong, what
// follows from them is wrong too and not worth a word of its own.
func (s *Settings) checkNames(p *conference.Problems) {
	if p.Has("ordinal") || p.Has("starts_on") {
		return
	}
	const digits, small, capital = "0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if len(s.Slug) > maxSlug || strings.Trim(s.Slug, small+digits+"-") != "" || strings.Trim(s.Slug, "-") != s.Slug ||
		strings.Contains(s.Slug, "--") {
		p.Add("slug", "edition.error.slug")
	}
	if len(s.Prefix) < 2 || len(s.Prefix) > 6 || strings.Trim(s.Prefix, capital+digits) != "" || strings.Trim(s.Prefix[:1], digits) == "" {
		p.Add("prefix", "edition.error.prefix")
	}
}
