package agenda

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"hoinghi/conference/edition"
)

// Calendar gives the sessions as an iCalendar file (RFC 5545) to subscribe to or
// import: METHOD:PUBLISH, times in UTC, no attendees. pageURL is the full address
// of the programme's page, "" for none; now becomes the time stamp.
//
// The MIME type must be "text/calendar; charset=utf-8; method=PUBLISH": some
// programs refuse a file whose method is not that of its type (RFC 6047).
func Calendar(e edition.Edition, sessions []Session, lang, pageURL string, now time.Time) ([]byte, error) {
	cal := newCalendar(e, lang)
	cal.SetXWRTimezone("Asia/Ho_Chi_Minh")
	cal.SetRefreshInterval("PT1H") // the library's name of it holds VALUE=DURATION
	cal.SetXPublishedTTL("PT1H")
	for _, s := range sessions {
		v := cal.AddEvent(s.UID)
		v.SetDtStampTime(now)
		v.SetModifiedAt(s.ChangedAt.Time)
		v.SetSequence(s.Sequence)
		v.SetStartAt(s.StartsAt.Time)
		v.SetEndAt(s.EndsAt.Time)
		v.SetSummary(oneLine(s.Title(lang)))
		setPlace(v, s.Room(lang), e.Venue(lang))
		if text := describe(s, lang); text != "" {
			v.SetDescription(text)
		}
		setOrigin(v, e, lang, pageURL)
	}
	return serialise(cal)
}

// describe gives who speaks in a session, one line for the session and one for each speech.
func describe(s Session, lang string) string {
	var lines []string
	if by := s.By(lang); by != "" {
		lines = append(lines, oneLine(by))
	}
	for _, p := range s.Speeches {
		line := clock(p.StartsAt.Time)
		for _, part := range []string{p.Topic(lang), p.Speaker.FullName, p.Speaker.Position(lang)} {
			if part != "" {
				line += " – " + oneLine(part)
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Invite gives the whole edition as one calendar entry, for the confirmation to a
// delegate: from the first to the last of the sessions given, or whole days when
// there are none yet. description is the entry's text, which may have several lines;
// pageURL the full address that the entry leads to.
func Invite(e edition.Edition, sessions []Session, description, lang, pageURL string, now time.Time) ([]byte, error) {
	cal := newCalendar(e, lang)
	v := cal.AddEvent(fmt.Sprintf("edition-%d-%d@hoinghi", e.ID, e.CreatedAt.Unix()))
	v.SetDtStampTime(now)
	// The minutes since the edition was created: what is sent later replaces what was
	// sent earlier, also after a session was moved or removed.
	v.SetSequence(max(0, int(now.Sub(e.CreatedAt.Time)/time.Minute)))
	start, end := span(sessions)
	if len(sessions) == 0 {
		v.SetAllDayStartAt(e.Start())
		v.SetAllDayEndAt(e.End())
	} else {
		v.SetStartAt(start)
		v.SetEndAt(end)
	}
	v.SetSummary(oneLine(e.Title(lang)))
	setPlace(v, e.Venue(lang), e.Address(lang))
	if description != "" {
		v.SetDescription(strings.ReplaceAll(description, "\r", ""))
	}
	setOrigin(v, e, lang, pageURL)
	return serialise(cal)
}

// span gives the first start and the last end.
func span(sessions []Session) (start, end time.Time) {
	for i, s := range sessions {
		if i == 0 || s.StartsAt.Before(start) {
			start = s.StartsAt.Time
		}
		if s.EndsAt.After(end) {
			end = s.EndsAt.Time
		}
	}
	return start, end
}

func newCalendar(e edition.Edition, lang string) *ics.Calendar {
	cal := ics.NewCalendarFor("hoinghi")
	cal.SetProductId("-//hoinghi//agenda//" + strings.ToUpper(lang))
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(oneLine(e.Short(lang)))
	return cal
}

func setPlace(v *ics.VEvent, parts ...string) {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, oneLine(p))
		}
	}
	if len(known) > 0 {
		v.SetLocation(strings.Join(known, ", "))
	}
}

// setOrigin names the organiser, if there is an address to name, and the page.
func setOrigin(v *ics.VEvent, e edition.Edition, lang, pageURL string) {
	if e.ContactEmail != "" {
		v.SetOrganizer(e.ContactEmail, ics.WithCN(commonName(e.Organiser(lang))))
	}
	if pageURL != "" {
		v.SetURL(pageURL)
	}
}

// commonName drops the signs that break a parameter: the library escapes them by
// backslashes, which RFC 5545 does not know there and readers take for something else.
func commonName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`",:;'\`, r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// oneLine keeps control characters, which the format cannot carry, out of a text.
func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ") }

func serialise(cal *ics.Calendar) ([]byte, error) {
	var b bytes.Buffer
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("write calendar: %w", err)
	}
	return b.Bytes(), nil
}
