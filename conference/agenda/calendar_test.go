package agenda_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"

	"hoinghi/conference/agenda"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

const pageURL = "https://hoinghi.example/xii-2022/agenda"

var sentAt = time.Date(2022, 9, 20, 3, 4, 5, 0, time.UTC)

type reporter interface {
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// unfolded checks the file by the rules of RFC 5545, 3.1, without the library that
// wrote it, and gives its lines: CRLF after each, 75 octets at most, no letter cut in two.
func unfolded(t reporter, file []byte) []string {
	text, ended := strings.CutSuffix(string(file), "\r\n")
	if !ended || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		t.Fatalf("not every line ends with CRLF:\n%q", file)
	}
	var lines []string
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
		if rest, folded := strings.CutPrefix(line, " "); folded {
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// value gives the unescaped value of the first line of a property.
func value(lines []string, name string) string {
	for _, line := range lines {
		if head, v, ok := strings.Cut(line, ":"); ok && (head == name || strings.HasPrefix(head, name+";")) {
			return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\;`, ";", `\,`, ",").Replace(v)
		}
	}
	return ""
}

func TestCalendarCanBeReadBack(t *testing.T) {
	d, _, r, e := house(t)
	filled(t, d, e)
	all := visible(t, d, e, agenda.Public)
	moved := all[1].Draft
	moved.RoomVi, moved.RoomEn = "Sân khấu; ngoài trời", ""
	if err := r.Change(t.Context(), all[1].ID, moved); err != nil {
		t.Fatal(err)
	}
	all = visible(t, d, e, agenda.Public)
	for _, lang := range []string{"vi", "en"} {
		file, err := agenda.Calendar(e, all, lang, pageURL, sentAt)
		if err != nil {
			t.Fatal(err)
		}
		lines := unfolded(t, file)
		if value(lines, "METHOD") != "PUBLISH" || value(lines, "VERSION") != "2.0" || value(lines, "X-WR-CALNAME") != e.Short(lang) {
			t.Errorf("head: %v", lines[:8])
		}
		if !bytes.Contains(file, []byte("\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n")) {
			t.Error("no interval to ask again")
		}
		if bytes.Contains(file, []byte("ATTENDEE")) {
			t.Error("a published calendar has no attendees")
		}
		cal, err := ics.ParseCalendar(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		events := cal.Events()
		if len(events) != len(all) {
			t.Fatalf("%d entries for %d sessions", len(events), len(all))
		}
		for i, s := range all {
			start, err1 := events[i].GetStartAt()
			end, err2 := events[i].GetEndAt()
			stamp, err3 := events[i].GetDtStampTime()
			if err1 != nil || err2 != nil || err3 != nil || !start.Equal(s.StartsAt.Time) || !end.Equal(s.EndsAt.Time) || !stamp.Equal(sentAt) {
				t.Errorf("times of %q: %v – %v", s.TitleVi, start, end)
			}
			if got := events[i].GetProperty(ics.ComponentPropertySummary).Value; got != s.Title(lang) || events[i].Id() != s.UID {
				t.Errorf("entry %q: %q", events[i].Id(), got)
			}
		}
		if got := events[1].GetProperty(ics.ComponentPropertyLocation).Value; got != "Sân khấu; ngoài trời, "+e.Venue(lang) {
			t.Errorf("location %q", got)
		}
		if got := events[1].GetProperty(ics.ComponentPropertySequence).Value; got != "1" {
			t.Errorf("sequence %s after one change", got)
		}
		if value(lines, "DTSTART") != "20221013T000000Z" || value(lines, "URL") != pageURL { // 07:00 in Vietnam
			t.Errorf("starts %s", value(lines, "DTSTART"))
		}
	}
}

func TestInvitationEntry(t *testing.T) {
	d, _, _, e := house(t)
	e.OrganiserVi = `Cục "CTĐP": A, B; C's \ D`
	file, err := agenda.Invite(e, nil, "Thẻ đại biểu: https://hoinghi.example/x\nXin, mời; đến", "vi", pageURL, sentAt)
	if err != nil {
		t.Fatal(err)
	}
	lines := unfolded(t, file)
	for name, want := range map[string]string{
		"DTSTART": "20221013", "DTEND": "20221014", "SUMMARY": e.TitleVi, "LOCATION": "Tây Ninh, " + e.AddressVi,
		"DESCRIPTION": "Thẻ đại biểu: https://hoinghi.example/x\nXin, mời; đến", "METHOD": "PUBLISH", "DTSTAMP": "20220920T030405Z",
	} {
		if got := value(lines, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(strings.Join(lines, "\n"), "\nORGANIZER;CN=Cục CTĐP A B C s D:mailto:banthuky@hoinghi.example\n") {
		t.Errorf("organiser: %q", value(lines, "ORGANIZER"))
	}
	filled(t, d, e)
	later, err := agenda.Invite(e, visible(t, d, e, agenda.Delegates), "", "en", "", sentAt.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	second := unfolded(t, later)
	if value(second, "DTSTART") != "20221013T000000Z" || value(second, "DTEND") != "20221013T093000Z" || value(second, "SUMMARY") != e.TitleEn {
		t.Errorf("entry with a programme: %v", second)
	}
	if a, b := value(lines, "UID"), value(second, "UID"); a != b || a == "" {
		t.Errorf("uids %q and %q", a, b)
	}
	if a, b := value(lines, "SEQUENCE"), value(second, "SEQUENCE"); a != "21364" || b != "21365" {
		t.Errorf("sequences %s and %s", a, b)
	}
	if cal, err := ics.ParseCalendar(bytes.NewReader(file)); err != nil || len(cal.Events()) != 1 {
		t.Errorf("read back: %v", err)
	}
}

// Whatever is typed into a programme, the file keeps its form and loses no letter.
func TestAnyTextSurvivesFolding(t *testing.T) {
	words := rapid.StringOfN(rapid.RuneFrom([]rune("aăâđêơư ếộẵỹ,;:\"'\\<>…’中😀")), 1, 200, -1)
	rapid.Check(t, func(rt *rapid.T) {
		title, by := words.Draw(rt, "title"), words.Draw(rt, "by")
		s := agenda.Session{UID: "x@hoinghi", Draft: agenda.Draft{TitleVi: title, ByVi: by, StartsAt: db.At(sentAt), EndsAt: db.At(sentAt.Add(time.Hour))}}
		e := edition.Edition{Settings: edition.Settings{OrganiserVi: by, ContactEmail: "a@vidu.example", ShortVi: title}}
		file, err := agenda.Calendar(e, []agenda.Session{s}, "vi", pageURL, sentAt)
		if err != nil {
			rt.Fatal(err)
		}
		lines := unfolded(rt, file)
		if value(lines, "SUMMARY") != title || value(lines, "DESCRIPTION") != by || value(lines, "ORGANIZER") == "" {
			rt.Fatalf("%q, %q came back as %q, %q", title, by, value(lines, "SUMMARY"), value(lines, "DESCRIPTION"))
		}
	})
}
