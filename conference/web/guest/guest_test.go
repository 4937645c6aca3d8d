package guest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/invitation"
	"hoinghi/conference/testkit"
)

func TestShortCodeInEverySpelling(t *testing.T) {
	s := open(t)
	code := s.rooms.Invitations.ShortCode(s.mine)
	plain := strings.ReplaceAll(code, "-", "")
	for _, typed := range []string{code, strings.ToLower(code), plain, strings.ToLower(plain), "  " + code + " ", plain[:3] + " " + plain[3:6] + " " + plain[6:],
		plain[:3] + "–" + plain[3:], strings.NewReplacer("0", "O", "1", "l").Replace(plain)} {
		s.post("/m", "code", typed).leads(s.base())
	}
}

func TestWrongShortCode(t *testing.T) {
	s := open(t)
	code := s.rooms.Invitations.ShortCode(s.mine)
	for _, c := range []struct{ name, typed, message string }{
		{"empty", "", "Vui lòng nhập mã đơn vị"},
		{"unknown", code[:len(code)-1] + "?", "Không có đơn vị nào mang mã này"},
		{"another province", "XXX" + code[strings.Index(code, "-"):], "Không có đơn vị nào mang mã này"},
		{"a script", `"><script>alert(1)</script>`, "Không có đơn vị nào mang mã này"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := s.post("/m", "code", c.typed).want(http.StatusUnprocessableEntity)
			p.has(c.message, `aria-invalid="true"`)
			if c.typed != "" {
				p.has(`value="` + c.typed + `"`)
			}
			if strings.Contains(p.body, "<script>") {
				t.Error("what was typed became a script")
			}
		})
	}
	if _, err := s.rooms.Invitations.Reissue(t.Context(), s.mine.ID); err != nil {
		t.Fatal(err)
	}
	s.post("/m", "code", code).want(http.StatusUnprocessableEntity).has("thu hồi liên kết hoặc mã đơn vị này lúc 14:00 ngày 05/09/2022")
}

// Twenty tries are let through at once, then ten a minute; a right code is held
// back as well, or the answer would tell them apart.
func TestGuessingShortCodesIsSlow(t *testing.T) {
	s := open(t)
	for range 20 {
		s.post("/m", "code", "TNI-000000").want(http.StatusUnprocessableEntity)
	}
	code := s.rooms.Invitations.ShortCode(s.mine)
	p := s.post("/m", "code", code).want(http.StatusTooManyRequests).has("Đã thử quá nhiều lần", `value="`+code+`"`)
	if p.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.clock.Advance(6 * time.Second)
	s.post("/m", "code", code).leads(s.base())
	s.post("/m", "code", code).leads(s.base()) // right codes cost nothing: an office shares one address
	s.post("/m", "code", s.rooms.Invitations.Link(s.mine)).leads(s.base())
	s.post("/m", "code", "TNI-000000").want(http.StatusUnprocessableEntity)
	s.post("/m", "code", code).want(http.StatusTooManyRequests)
}

// Together all visitors get a hundred wrong guesses at once and then 1,000 an hour;
// right codes count nothing.
func TestWrongGuessesOfAllTogetherAreBounded(t *testing.T) {
	s := open(t)
	right := s.rooms.Invitations.ShortCode(s.mine)
	try := func(address int, code string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/m", strings.NewReader(url.Values{"code": {code}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", address)
		answer := httptest.NewRecorder()
		s.server.Config.Handler.ServeHTTP(answer, r)
		return answer.Code
	}
	for n := range 120 {
		if got := try(n/20, right); got != http.StatusSeeOther {
			t.Fatalf("right code %d: %d", n, got)
		}
	}
	for n := range 100 {
		if got := try(10+n/20, "TNI-000000"); got != http.StatusUnprocessableEntity {
			t.Fatalf("wrong code %d: %d", n, got)
		}
	}
	if a, b := try(20, "TNI-000000"), try(20, right); a != http.StatusTooManyRequests || b != http.StatusTooManyRequests {
		t.Errorf("after a hundred wrong guesses: %d for a wrong code, %d for the right one", a, b)
	}
	s.clock.Advance(3600 * time.Millisecond)
	if a, b := try(20, "TNI-000000"), try(20, "TNI-000000"); a != http.StatusUnprocessableEntity || b != http.StatusTooManyRequests {
		t.Errorf("3.6 s later: %d, then %d", a, b)
	}
}

func TestLinkThatIsNone(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/m/x", "/m/" + strings.Repeat("0", 26), "/m/" + strings.Repeat("0", 26) + "/codes", "/m/%00", s.base() + "0"} {
		s.get(path).want(http.StatusNotFound).has("Ban Thư ký")
	}
	s.post("/m/"+strings.Repeat("0", 26)+"/submit", "informed", "1").want(http.StatusNotFound)
}

func TestLinkThatWasReplaced(t *testing.T) {
	s := open(t)
	old := s.base()
	now, err := s.rooms.Invitations.Reissue(t.Context(), s.mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.get(old).want(http.StatusGone).has("thu hồi liên kết hoặc mã đơn vị này lúc 14:00 ngày 05/09/2022", "0900 000 001")
	s.post(old + "/accept").want(http.StatusGone)
	s.get(s.rooms.Invitations.Path(now)).want(http.StatusOK)
}

// Links are typed, and QR codes hold them in capitals.
func TestLinkIgnoresCase(t *testing.T) {
	s := open(t)
	for _, path := range []string{s.base(), strings.ToLower(s.base()), strings.ToUpper(s.base())} {
		p := s.get(path).want(http.StatusOK).has(s.mine.Organisation.Vi)
		if !strings.Contains(p.body, `action="`+s.base()+`/contact"`) {
			t.Errorf("%s: the forms lead elsewhere", path)
		}
	}
}

func TestHeadersOfALink(t *testing.T) {
	s := open(t)
	p := s.get(s.base()).want(http.StatusOK).has(`name="robots" content="noindex`)
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if strings.Contains(p.body, "style=") || strings.Contains(p.body, "onclick=") {
		t.Error("the page needs what its policy forbids")
	}
}

// A program that reads mail opens every link in it: nothing but the note may come of it.
func TestOpeningChangesNothingElse(t *testing.T) {
	s := open(t)
	for range 2 {
		s.get(s.base()).want(http.StatusOK)
		s.get(s.base() + "/codes").want(http.StatusOK)
	}
	i := s.invitation()
	if i.OpenedAt.IsZero() {
		t.Error("the opening was not noted")
	}
	if i.Answer != invitation.Unanswered {
		t.Errorf("opening answered %q", i.Answer)
	}
	if d := s.delegation(); d.ID != 0 {
		t.Error("opening made a delegation")
	}
	for _, path := range []string{"/accept", "/decline", "/submit", "/contact", "/delegates"} {
		if got := s.get(s.base() + path).status; got != http.StatusMethodNotAllowed && got != http.StatusNotFound && got != http.StatusSeeOther {
			t.Errorf("GET %s: %d", path, got)
		}
	}
}

func TestEnglish(t *testing.T) {
	s := open(t)
	s.add("Phạm Quốc Mẫu", 0, "head", "1")
	for _, path := range []string{"/m", s.base(), s.base() + "/codes", s.base() + "/delegates/1"} {
		s.get(path+"?lang=en").want(http.StatusOK).has(`<html lang="en">`).hasNot("Kính", "Vui lòng", "Hạn đăng ký")
	}
}

func TestCalendarOfTheFocalPoint(t *testing.T) {
	s := open(t)
	for _, file := range []string{"conference.ics", "programme.ics"} {
		p := s.get(s.base() + "/" + file).want(http.StatusOK)
		if got := p.header.Get("Content-Type"); !strings.HasPrefix(got, "text/calendar") {
			t.Errorf("%s: %s", file, got)
		}
		if !strings.HasPrefix(p.body, "BEGIN:VCALENDAR\r\n") {
			t.Errorf("%s is no calendar: %.40q", file, p.body)
		}
		if strings.Contains(p.body, s.base()) {
			t.Errorf("%s holds the personal link", file)
		}
	}
}

func TestDelegatesPage(t *testing.T) {
	s := open(t)
	s.add("Đặng Thị Thí Dụ", 0, "gender", "female", "job_title", "Phó Giám đốc", "head", "1").leads(s.base() + "?added=1#add")
	d := s.only()
	path := s.rooms.Delegations.Path(d)
	s.get(path).want(http.StatusNotFound) // no page before the list is sent
	s.post(s.base()+"/submit", "informed", "1").leads(s.base() + "/codes")
	s.get(path).want(http.StatusOK).has("Kính chào Bà Đặng Thị Thí Dụ", d.Number, "Phó Giám đốc", s.mine.Organisation.Vi, "0900 000 001", `<svg class="qr"`)
	code, err := s.rooms.Delegations.Code(t.Context(), s.rooms.DB, d)
	if err != nil {
		t.Fatal(err)
	}
	png := s.get(path + "/badge.png").want(http.StatusOK)
	if got := testkit.ReadQR(t, []byte(png.body)); len(got) != 1 || got[0] != code.Text {
		t.Errorf("the picture holds %q, want %q", got, code.Text)
	}
	s.get(path + "/conference.ics").want(http.StatusOK).has(d.Number)

	// A delegate's link opens nothing of the delegation.
	s.get(path + "/codes").want(http.StatusNotFound)
	s.post(path+"/submit", "informed", "1").want(http.StatusNotFound)
	s.post(path + "/delegates/" + itoa(d.ID) + "/remove").want(http.StatusNotFound)

	s.post(s.base() + "/delegates/" + itoa(d.ID) + "/remove").want(http.StatusSeeOther)
	s.get(path).want(http.StatusOK).has("đã được rút").hasNot(`<svg class="qr"`, "badge.png")
	s.get(path + "/badge.png").want(http.StatusGone)
}
