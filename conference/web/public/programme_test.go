package public_test

import (
	"bytes"
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"hoinghi/conference/agenda"
)

// escaped gives a text as it stands in a page.
func escaped(s string) string { return html.EscapeString(s) }

func TestProgrammePageShowsWhatIsPublic(t *testing.T) {
	s := open(t)
	body := s.page(programme)
	for _, session := range s.sessions(agenda.Internal) {
		shown := strings.Contains(body, escaped(session.TitleVi))
		if public := session.Visibility == agenda.Public; shown != public {
			t.Errorf("%q (%s) is shown: %v", session.TitleVi, session.Visibility, shown)
		}
	}
	for _, want := range []string{"Bà Nguyễn Thị Mẫu", "Giám đốc, Trung tâm Khuyến công Đồng Tháp", "Còn 1 suất tham luận", "09:40", "thứ Năm, 13/10/2022"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	front := s.page("/")
	if !strings.Contains(front, `href="/e/xii-2022/programme"`) || strings.Contains(front, "Bà Nguyễn Thị Mẫu") || strings.Contains(front, "Giải lao") {
		t.Error("the front page has no link to the programme, or has all of it")
	}
	if !strings.Contains(front, "Còn 1 suất tham luận") {
		t.Error("the front page does not tell of the free place")
	}
}

var scripts = regexp.MustCompile(`(?s)<script.*?</script>`)

// Everything can be read and used before or without any script.
func TestProgrammeNeedsNoScript(t *testing.T) {
	s := open(t)
	body := s.page(programme)
	bare := scripts.ReplaceAllString(body, "")
	if strings.Contains(bare, "<script") || len(scripts.FindAllString(body, -1)) != 1 || !strings.Contains(body, `<script type="module" src="/static/`) {
		t.Errorf("scripts: %v", scripts.FindAllString(body, -1))
	}
	_, main, _ := strings.Cut(bare, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	for _, dependence := range []string{"data-live", " hidden", "data-dialog", "js-hide", "<template", "<noscript", "onclick"} {
		if strings.Contains(main, dependence) {
			t.Errorf("the content has %q", dependence)
		}
	}
	// The one thing that a script adds is a button that copies; what it would copy is there to read.
	if n := strings.Count(main, "js-only"); n != 1 || !strings.Contains(main, `<span class="copy-value">https://hoinghi.example`+programme+`.ics</span>`) {
		t.Errorf("%d things need a script", n)
	}
}

func parsed(t *testing.T, res *http.Response) []*ics.VEvent {
	t.Helper()
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(got, "text/calendar") || !strings.Contains(got, "method=PUBLISH") {
		t.Fatalf("%d %s", res.StatusCode, got)
	}
	cal, err := ics.ParseCalendar(bytes.NewReader([]byte(text(t, res))))
	if err != nil {
		t.Fatal(err)
	}
	return cal.Events()
}

func TestCalendarsCanBeReadBack(t *testing.T) {
	s := open(t)
	public := s.sessions(agenda.Public)
	whole := parsed(t, s.ask(programme+".ics"))
	if len(whole) != len(public) {
		t.Fatalf("%d entries for %d sessions", len(whole), len(public))
	}
	body := s.page(programme)
	for i, session := range public {
		id := session.UID[:10]
		path := programme + "/" + id + ".ics"
		if !strings.Contains(body, `href="`+path+`"`) || !strings.Contains(body, `id="s-`+id+`"`) {
			t.Errorf("the page has no link to %s", path)
		}
		res := s.ask(path)
		if name := res.Header.Get("Content-Disposition"); !strings.Contains(name, "xii-2022-2022101") {
			t.Errorf("file name %q", name)
		}
		one := parsed(t, res)
		start, err := one[0].GetStartAt()
		if len(one) != 1 || err != nil || one[0].Id() != session.UID || one[0].Id() != whole[i].Id() || !start.Equal(session.StartsAt.Time) {
			t.Errorf("%s: %v", path, one)
		}
	}
	// The files follow a change and a removal.
	moved := public[0].Draft
	moved.EndsAt.Time = moved.EndsAt.Add(-5 * 60e9)
	if err := s.site.Agenda.Change(context.Background(), public[0].ID, moved); err != nil {
		t.Fatal(err)
	}
	if got := parsed(t, s.ask(programme+".ics"))[0].GetProperty(ics.ComponentPropertySequence).Value; got != "1" {
		t.Errorf("sequence %s", got)
	}
	id := public[0].UID[:10]
	if err := s.site.Agenda.Remove(context.Background(), public[0].ID); err != nil {
		t.Fatal(err)
	}
	if n := len(parsed(t, s.ask(programme+".ics"))); n != len(public)-1 {
		t.Errorf("%d entries after a removal", n)
	}
	internal := s.sessions(agenda.Internal)
	hidden := internal[len(internal)-1].UID[:10]
	for _, path := range []string{id + ".ics", hidden + ".ics", "x.ics", id, ".ics"} {
		if res := s.ask(programme + "/" + path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
