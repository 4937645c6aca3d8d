package web_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const (
	pressPath = "/e/xii-2022/press"
	pressDesk = "/desk/e/xii-2022/press"
)

// applies posts the application form with changes to it and a letter.
func (v *visitor) applies(letter []byte, pairs ...string) (*http.Response, string) {
	v.h.t.Helper()
	values := map[string]string{"outlet": "Báo Thử", "outlet_kind": "online", "full_name": "Lâm Thị Thí Dụ", "role": "reporter", "phone": "0900000799",
		"email": "thidu@vidu.example", "card_number": "VD 9", "notice": "1", "client_key": "k"}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range values {
		if err := w.WriteField(name, value); err != nil {
			v.h.t.Fatal(err)
		}
	}
	if letter != nil {
		part, err := w.CreateFormFile("letter", "../../giấy\r\nx.pdf")
		if err == nil {
			_, err = part.Write(letter)
		}
		if err != nil {
			v.h.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		v.h.t.Fatal(err)
	}
	return v.send(http.MethodPost, pressPath+"/apply", w.FormDataContentType(), b.String())
}

func (h *house) applications() []press.Application {
	h.t.Helper()
	all, err := press.List(h.t.Context(), h.db, 1, press.Filter{})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// A refused application keeps what was typed, says that the file is to be chosen
// again, and stores nothing.
func TestARefusedApplicationKeepsWhatWasTyped(t *testing.T) {
	h := open(t)
	before := len(h.applications())
	pdf := []byte("%PDF-1.4\n%%EOF")
	for name, c := range map[string]struct {
		letter []byte
		pairs  []string
		status int
		says   string
	}{
		"no notice":     {pdf, []string{"notice", ""}, 422, "chọn lại tệp"},
		"no proof":      {nil, []string{"card_number", ""}, 422, "số thẻ nhà báo, hoặc"},
		"no letter":     {[]byte("<html>"), nil, 422, "không phải PDF"},
		"large letter":  {append([]byte("%PDF-1.4"), bytes.Repeat([]byte("x"), press.MaxLetter)...), nil, 422, "lớn hơn 5 MB"},
		"larger letter": {bytes.Repeat([]byte("x"), press.MaxLetter+1<<20), nil, 413, "lớn"},
		"no address":    {nil, []string{"email", "a@b\r\nBcc: c@d.vn"}, 422, "chưa hợp lệ"},
	} {
		res, body := h.visitor().applies(c.letter, append(c.pairs, "outlet", `Báo "Thử" <b>`)...)
		if res.StatusCode != c.status || !strings.Contains(body, c.says) || !strings.Contains(body, `Báo &#34;Thử&#34; &lt;b&gt;`) {
			t.Errorf("%s: %d\n%s", name, res.StatusCode, problems(body))
		}
	}
	if n := len(h.applications()); n != before {
		t.Errorf("%d applications stored by refused forms", n-before)
	}
}

// Whoever applies too often is told so, with the status that says it.
func TestApplyingTooOftenSaysSo(t *testing.T) {
	v := open(t).visitor()
	for range 100 {
		res, body := v.applies(nil, "outlet", "")
		if res.StatusCode == http.StatusTooManyRequests && strings.Contains(body, "quá nhiều lần") {
			return
		}
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("%d %s", res.StatusCode, problems(body))
		}
	}
	t.Error("a hundred applications and no end")
}

func TestALetterIsSavedAndNeverShown(t *testing.T) {
	h := open(t)
	letter := []byte("%PDF-1.4\n<script>\n%%EOF")
	if res, body := h.visitor().applies(letter); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, problems(body))
	}
	id := h.applications()[0].ID
	res, body := h.staff(conference.RolePressOfficer).get(fmt.Sprintf("%s/%d/letter", pressDesk, id))
	if res.StatusCode != http.StatusOK || body != string(letter) || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment;") ||
		res.Header.Get("Content-Type") != "application/pdf" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}

// The table for Excel starts no formula, and names nobody of another state.
func TestPressListStartsNoFormula(t *testing.T) {
	h := open(t)
	h.visitor().applies(nil, "outlet", "=cmd|' /C calc'!A0", "needs", "@SUM(1)")
	res, body := h.staff(conference.RolePressOfficer).get(pressDesk + "/list.csv")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "\ufeff") || !strings.Contains(body, "'=cmd|") || !strings.Contains(body, "'@SUM") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Content string `xml:"content"`
	} `xml:"entry"`
}

func (h *house) feed() atom {
	h.t.Helper()
	res, body := h.visitor().get(pressPath + "/feed.atom")
	var f atom
	if err := xml.Unmarshal([]byte(body), &f); err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/atom+xml") {
		h.t.Fatalf("%d %v: %v", res.StatusCode, res.Header, err)
	}
	return f
}

// Feed readers tell entries apart by their ids and find news by their moments: ids are
// unique and last, a changed session comes first.
func TestFeed(t *testing.T) {
	h := open(t)
	before := h.feed()
	if len(before.Entries) < 5 || before.Author == "" || before.Links[0].Rel != "self" || before.Links[0].Href != h.base+pressPath+"/feed.atom" {
		t.Fatalf("feed %+v", before)
	}
	ids := map[string]bool{}
	for _, e := range before.Entries {
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || ids[e.ID] || !strings.HasPrefix(e.ID, "urn:uuid:") || e.Title == "" || e.Content == "" {
			t.Errorf("entry %+v: %v", e, err)
		}
		ids[e.ID] = true
	}
	h.clock.Advance(time.Hour)
	s := h.sessionCalled("Phát biểu khai mạc Hội nghị")
	draft := s.Draft
	draft.TitleVi = "Phát biểu khai mạc (đổi)"
	if err := h.site.Agenda.Change(t.Context(), s.ID, draft); err != nil {
		t.Fatal(err)
	}
	after := h.feed()
	if after.Updated <= before.Updated || !strings.HasSuffix(after.Entries[0].Title, draft.TitleVi) || !ids[after.Entries[0].ID] || after.ID != before.ID {
		t.Errorf("after a change: %s, %+v", after.Updated, after.Entries[0])
	}
	draft.Visibility = "press"
	if err := h.site.Agenda.Change(t.Context(), s.ID, draft); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(h.feed().Entries, func(e struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Content string `xml:"content"`
	}) bool {
		return strings.Contains(e.Title, "khai mạc (đổi)")
	}) {
		t.Error("the public feed shows what is for the press only")
	}
	if _, body := h.visitor().get(strings.TrimPrefix(h.links.Press, h.base)); !strings.Contains(body, "khai mạc (đổi)") {
		t.Error("the journalist's page lacks what is for the press")
	}
}

// The press page is kept as bytes, so a change of its words must drop it.
func TestPressPageChangesAtOnce(t *testing.T) {
	h := open(t)
	v := h.visitor()
	if _, body := v.get(pressPath); !strings.Contains(body, "Ngô Thị Minh Họa") || !strings.Contains(body, "application/atom+xml") {
		t.Fatal("the press page lacks contact or feed")
	}
	h.staff(conference.RolePressOfficer).goes(pressDesk+"/settings", "contact_name", "Bà Khác Ví Dụ", "words_vi", "Lời dẫn mới.")
	if _, body := v.get(pressPath); !strings.Contains(body, "Bà Khác Ví Dụ") || !strings.Contains(body, "Lời dẫn mới.") {
		t.Error("the press page is older than its words")
	}
}

// The whole way in a browser at the width of a phone: apply, be approved, get the mail,
// open the link, and be let in by its code.
func TestAJournalistIsAccredited(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	tab := browser.Tab(360, 740)
	tab.Go(h.base + "/press")
	tab.Press("Đăng ký tác nghiệp")
	tab.WaitText("mỗi người gửi một đăng ký")
	tab.Touch("Gửi đăng ký") // the browser itself asks for what is missing
	tab.Fill("#f-outlet", "Báo Thử Nghiệm")
	tab.Choose("#f-outlet_kind", "Báo điện tử")
	tab.Fill("#f-full_name", "Lâm Thị Thí Dụ")
	tab.Choose("#f-role", "Phóng viên")
	tab.Fill("#f-phone", "0900000799")
	tab.Fill("#f-email", "thidu@vidu.example")
	tab.Fill("#f-card_number", "VD 9")
	tab.Click("#f-notice")
	tab.Press("Gửi đăng ký")
	tab.WaitText("Đã nhận đăng ký tác nghiệp")
	tab.Shot("press-applied-360")

	desk := testkit.NewBrowser(t, testkit.BrowserOptions{}).Tab(1440, 900)
	desk.Go(h.links.PressOfficer)
	desk.WaitText("Lâm Thị Thí Dụ")
	desk.Click(`td.cell-main a`)
	desk.Press("Duyệt và gửi mã cho Lâm Thị Thí Dụ")
	desk.WaitText("KC22-BAO-004")
	desk.Shot("press-approved-1440")

	all, err := h.site.Outbox.List(t.Context(), outbox.Filter{Kind: press.KindApproved, Query: "thidu"})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d mails, %v", len(all), err)
	}
	_, msg, err := h.site.Outbox.Render(t.Context(), all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	codes := testkit.ReadQR(t, msg.Files[0].Data)
	tab.Go(msg.Secrets[0])
	tab.WaitText("Chương trình dành cho báo chí")
	if got := testkit.ReadQR(t, tab.Picture("svg.qr")); len(codes) != 1 || !slices.Equal(got, codes) {
		t.Errorf("the mail's code %q, the page's %q", codes, got)
	}
	door := h.device()
	now := h.clock.Now().UnixMilli()
	_, answer := door.send(http.MethodPost, "/door/scans", "application/json", fmt.Sprintf(
		`{"sent":%d,"cursor":0,"scans":[{"id":"00000001-0000-4000-8000-000000000000","seq":1,"token":%q,"t":%d,"off":0}]}`, now, codes[0], now))
	if !strings.Contains(answer, `"verdict":"accepted"`) || !strings.Contains(answer, "KC22-BAO-004") {
		t.Errorf("the door says %s", answer)
	}
	if _, body := h.staff(conference.RoleOrganiser).get("/desk/e/xii-2022/arrivals"); !strings.Contains(body, "Lâm Thị Thí Dụ") {
		t.Error("the arrivals do not show the journalist")
	} else if !strings.Contains(body, `class="tile tile-`) {
		t.Error("guests of no province take the map of the provinces away")
	}
	if pdf := pdfText(t, second(h.staff(conference.RolePressOfficer).get(pressDesk+"/badges.pdf"))); !strings.Contains(pdf, "LÂM THỊ THÍ DỤ") || strings.Count(pdf, "KC22-BAO-") != 4 {
		t.Errorf("the press badges read %s", pdf)
	}
}

func second(_ *http.Response, body string) string { return body }

// The press page, which is kept as bytes, stops inviting once the deadline is over,
// although nothing was changed.
func TestThePressPageClosesByItself(t *testing.T) {
	h := open(t)
	v := h.visitor()
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
	if err := h.site.Press.SetDesk(ctx, 1, press.Desk{ApplyBy: db.At(h.clock.Now().Add(time.Hour))}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		later time.Duration
		open  bool
	}{{0, true}, {time.Hour, true}, {time.Millisecond, false}, {time.Hour, false}} {
		h.clock.Advance(c.later)
		for range 2 {
			if _, body := v.get(pressPath); strings.Contains(body, `href="`+pressPath+`/apply"`) != c.open {
				t.Errorf("%s: it says open: %v", h.clock.Now(), !c.open)
			}
		}
	}
}
