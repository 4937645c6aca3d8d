package ui

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/static"
	"hoinghi/templates"
)

func TestLocalPathNeverLeavesTheSite(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"/desk/e/xii-2022?state=sent", "/desk/e/xii-2022?state=sent"},
		{"", "/desk"}, {"https://other.example/", "/desk"}, {"//other.example/", "/desk"}, {`/\other.example`, "/desk"},
		{"javascript:alert(1)", "/desk"}, {"desk", "/desk"}, {"/\tx", "/desk"}, {"/%2f%2fother.example", "/%2f%2fother.example"},
	} {
		if got := LocalPath(c.in, "/desk"); got != c.want {
			t.Errorf("LocalPath(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestLimitsCountPerAddressAndInAll(t *testing.T) {
	now := time.Date(2022, 9, 5, 8, 0, 0, 0, time.UTC)
	l := newLimits(func() time.Time { return now })
	each := Limit{Name: "each", Per: time.Minute, Burst: 2}
	all := Limit{Name: "all", Per: time.Minute, Burst: 3, Global: true}
	for i, c := range []struct {
		limit Limit
		ip    string
		want  bool
	}{
		{each, "192.0.2.1", true}, {each, "192.0.2.1", true}, {each, "192.0.2.1", false}, {each, "192.0.2.2", true},
		{each, "2001:db8::1", true}, {each, "2001:db8::2", true}, {each, "2001:db8::ffff", false}, {each, "2001:db8:0:1::1", true},
		{all, "192.0.2.1", true}, {all, "192.0.2.2", true}, {all, "192.0.2.3", true}, {all, "192.0.2.4", false},
	} {
		if got := l.allow(c.limit, c.ip); got != c.want {
			t.Errorf("try %d of %s from %s: %v", i, c.limit.Name, c.ip, got)
		}
	}
	now = now.Add(time.Minute)
	if !l.allow(each, "192.0.2.1") {
		t.Error("a minute later one more try must be free")
	}
}

func TestLimitsStayBoundedUnderManyAddresses(t *testing.T) {
	l := newLimits(time.Now)
	for i := range maxBuckets + 10 {
		l.allow(Limit{Name: "x", Per: time.Minute, Burst: 1}, "192.0."+Itoa(int64(i/256))+"."+Itoa(int64(i%256)))
	}
	if len(l.buckets) > maxBuckets {
		t.Errorf("%d buckets", len(l.buckets))
	}
}

func locale(t *testing.T) *templates.Locale {
	t.Helper()
	all, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	return all.In("vi")
}

func form(t *testing.T, values url.Values) *Form {
	return &Form{values: values, errors: map[string]string{}, locale: locale(t)}
}

func TestRefusedFormKeepsWhatWasTypedAndSaysWhatIsWrong(t *testing.T) {
	f := form(t, url.Values{"name": {"  Nguyễn   Văn Mẫu "}, "n": {"x"}, "id": {"7", "x", "-1", "9"}})
	if got := f.Get("name"); got != "Nguyễn Văn Mẫu" {
		t.Errorf("name reads %q", got)
	}
	if f.Int("n") != 0 || f.Error("n") == "" {
		t.Error("a number that is none was not noted")
	}
	if ids := f.IDs("id"); len(ids) != 2 || ids[0] != 7 || ids[1] != 9 {
		t.Errorf("ids read %v", ids)
	}
	var p conference.Problems
	p.Add("name", "error.fields")
	if !f.Refuse(p.Err()) || f.Error("name") == "" || f.Message != "" {
		t.Errorf("fields of a refusal: %q, message %q", f.Error("name"), f.Message)
	}
	if f.Refuse(conference.NotFound()) {
		t.Error("a missing thing is no matter of the form")
	}
	if !f.Refuse(conference.Fail(conference.KindConflict, "error.busy")) || f.Message == "" {
		t.Error("a conflict has to be shown above the form")
	}
	if got := f.Problems(); len(got) != 2 || got[0].Field != "f-n" || got[1].Field != "f-name" {
		t.Errorf("summary %v", got)
	}
}

func TestFieldTakesTypedValueOptionsAndRefusesUnknownSettings(t *testing.T) {
	f := form(t, url.Values{"g": {"2"}, "pw": {"secret"}, "yes": {"1"}})
	d, err := f.Field("g", "label", "Nhóm", "type", "select", "required", true, "options", []Option{{Value: "1"}, {Value: "2"}})
	if err != nil || !d.Options[1].Selected || d.Options[0].Selected || !d.Required || d.ID != "f-g" {
		t.Errorf("select: %+v %v", d, err)
	}
	if d, _ := f.Field("pw", "type", "password"); d.Value != "" {
		t.Error("a password is never sent back")
	}
	if d, _ := f.Field("yes", "type", "checkbox"); !d.Checked {
		t.Error("a ticked box stays ticked")
	}
	if _, err := f.Field("g", "colour", "red"); err == nil {
		t.Error("an unknown setting must fail, not vanish")
	}
	if _, err := f.Field("g", "required", "yes"); err == nil {
		t.Error("an ill-typed setting must fail, not vanish")
	}
}

func TestDatesForPeople(t *testing.T) {
	for _, c := range []struct{ from, to, lang, want string }{
		{"2022-10-13", "2022-10-13", "vi", "thứ Năm, 13/10/2022"},
		{"2022-10-13", "2022-10-13", "en", "Thursday, 13 October 2022"},
		{"2027-10-14", "2027-10-15", "vi", "14/10/2027 – 15/10/2027"},
		{"x", "2027-10-15", "vi", ""},
	} {
		if got := DateRange(c.from, c.to, c.lang); got != c.want {
			t.Errorf("DateRange(%s, %s, %s) = %q, want %q", c.from, c.to, c.lang, got, c.want)
		}
	}
	moment := time.Date(2022, 10, 12, 20, 30, 0, 0, time.UTC)
	if got := Moment(moment, "vi"); got != "03:30, 13/10/2022" {
		t.Errorf("Moment = %q", got)
	}
	back, ok := ParseLocalMinute(LocalMinute(moment))
	if !ok || !back.Equal(moment) {
		t.Errorf("a moment comes back as %v", back)
	}
	if _, ok := ParseLocalMinute("13/10/2022"); ok {
		t.Error("another form of a moment was taken")
	}
}

func TestEveryKindOfErrorHasAStatus(t *testing.T) {
	seen := map[int]bool{}
	for _, k := range []conference.Kind{conference.KindInvalid, conference.KindNotFound, conference.KindConflict, conference.KindForbidden,
		conference.KindGone, conference.KindTooMany, conference.KindTooLarge, conference.KindUnavailable} {
		s := Status(k)
		if s < 400 || s == 500 || seen[s] {
			t.Errorf("%s has status %d", k, s)
		}
		seen[s] = true
	}
	if Status("") != 500 {
		t.Error("an error of no kind is the program's own")
	}
}

func TestBrowserNames(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36": "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1":            "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/121.0":                           "Firefox, Windows",
		"": "?, ?",
	} {
		if got := browserName(agent); got != want {
			t.Errorf("browserName(%q) = %q, want %q", agent, got, want)
		}
	}
}

func TestEveryPageParses(t *testing.T) {
	assets, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	p, err := findPages(assets)
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range p.sets {
		if _, err := page.parsed(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(p.names()) < 20 {
		t.Errorf("only %d pages found", len(p.names()))
	}
	if _, err := p.render("public/nothing", "layout", nil); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("an unknown page: %v", err)
	}
}
