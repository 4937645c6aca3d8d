package agenda

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
)

// FeedType is the media type of a feed.
const FeedType = "application/atom+xml; charset=utf-8"

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Author   atomPerson  `xml:"author"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name  string `xml:"name"`
	Email string `xml:"email,omitempty"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Content atomContent `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// FeedFrame is what a feed needs besides the sessions. URL is the feed's own full
// address, Page that of the programme for people.
type FeedFrame struct {
	Lang, URL, Page string
	Anchor          func(Session) string      // the fragment of a session on the page
	Cancelled       func(title string) string // the title of a session that was cancelled
}

// Feed gives the sessions as an Atom feed (RFC 4287), one entry each, the one that
// changed last first: who reads it learns of every change, also of what was cancelled. An
// entry's id stays the same for the session's whole life, also on another installation or address.
func Feed(e edition.Edition, sessions, cancelled []Session, in FeedFrame) ([]byte, error) {
	updated, lang := e.ChangedAt.Time, in.Lang
	gone := map[int64]bool{}
	for _, s := range cancelled {
		gone[s.ID] = true
	}
	f := atomFeed{Lang: lang, ID: feedID(fmt.Sprintf("edition-%d-%d@hoinghi", e.ID, e.CreatedAt.Unix())), Title: oneLine(e.Title(lang)),
		Subtitle: oneLine(e.Theme(lang)), Author: atomPerson{Name: oneLine(e.Organiser(lang)), Email: e.ContactEmail},
		Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: in.URL}, {Rel: "alternate", Type: "text/html", Href: in.Page}}}
	if f.Author.Name == "" {
		f.Author.Name = oneLine(e.Short(lang))
	}
	for _, s := range latestFirst(slices.Concat(sessions, cancelled)) {
		if s.ChangedAt.After(updated) {
			updated = s.ChangedAt.Time
		}
		title, page := when(s, lang)+" – "+oneLine(s.Title(lang)), in.Page
		if gone[s.ID] {
			title = in.Cancelled(title)
		} else {
			page += in.Anchor(s)
		}
		f.Entries = append(f.Entries, atomEntry{ID: feedID(s.UID), Title: title, Updated: stamp(s.ChangedAt.Time),
			Links:   []atomLink{{Rel: "alternate", Type: "text/html", Href: page}},
			Content: atomContent{Type: "text", Text: entryText(s, e, lang)}})
	}
	f.Updated = stamp(updated)
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write feed: %w", err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

func latestFirst(sessions []Session) []Session {
	out := slices.Clone(sessions)
	slices.SortStableFunc(out, func(a, b Session) int { return b.ChangedAt.Compare(a.ChangedAt.Time) })
	return out
}

// stamp cuts to seconds: no reader of feeds needs less.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// when gives day and time of a session as titles write them: "13/10/2022 08:30".
func when(s Session, lang string) string {
	at := s.StartsAt.In(vietnamese.Zone())
	day := vietnamese.ShortDate(at)
	if lang == "en" {
		day = vietnamese.EnglishDate(at)
	}
	return day + " " + vietnamese.ClockTime(at)
}

func entryText(s Session, e edition.Edition, lang string) string {
	lines := []string{clock(s.StartsAt.Time) + "–" + clock(s.EndsAt.Time)}
	var place []string
	for _, p := range []string{s.Room(lang), e.Venue(lang)} {
		if p != "" {
			place = append(place, oneLine(p))
		}
	}
	if len(place) > 0 {
		lines = append(lines, strings.Join(place, ", "))
	}
	if text := describe(s, lang); text != "" {
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// feedID makes the permanent identifier of an entry from a uid: a UUID of version 8
// (RFC 9562), so that it names no host, which may change.
func feedID(uid string) string {
	b := sha256.Sum256([]byte("hoinghi feed " + uid))
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
