package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"hoinghi/conference/testkit"
)

// program is a running serve command inside the test.
type program struct {
	t    *testing.T
	base string
	out  *safeBuffer
}

// safeBuffer is written by the program and read by the test.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serveEmpty starts the real thing on an empty folder, on a clock that runs from
// 5 September 2022, when the example conference was being prepared.
func serveEmpty(t *testing.T, smtp string) *program {
	t.Helper()
	shift := time.Until(time.Date(2022, 9, 5, 8, 0, 0, 0, time.UTC))
	p := &program{t: t, out: &safeBuffer{}}
	c := serveCommand{settings{Data: t.TempDir(), Addr: freeAddress(t), SMTPURL: smtp, MailFrom: "btc@hoinghi.example", MailName: "Ban Tổ chức",
		clock: func() time.Time { return time.Now().Add(shift) }}}
	p.base = "http://" + c.Addr
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, streams{p.out, io.Discard}) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the program ended with: %v", err)
		}
	})
	if !reached(t.Context(), func() bool { return strings.Contains(p.out.String(), "/desk/link/") }) {
		t.Fatalf("no link for the first administrator was printed: %s", p.out.String())
	}
	return p
}

var (
	firstLink = regexp.MustCompile(`http://\S+/desk/link/\S+`)
	mailLink  = regexp.MustCompile(`http://[^\s<>"]+/m/[0-9A-Z]{26}`)
)

// The whole main job, played through the interface by its four kinds of users:
// an administrator sets up an edition of 20 provinces and invites them; mail arrives; a
// focal point registers on a phone; a delegate's QR code, taken out of the mail, is read
// at the door by the camera; the count on the organiser's desk rises by itself.
func TestTheMainJobFromEmptyFolderToGreenLight(t *testing.T) {
	smtp := testkit.NewSMTP(t)
	p := serveEmpty(t, "smtp://"+smtp.Addr()+"?tls=none")
	staff := testkit.NewBrowser(t, testkit.BrowserOptions{})
	desk := staff.Tab(1440, 900)
	p.becomeAdministrator(desk)
	p.createEdition(desk)
	p.setQuotasAndAddresses(desk)
	p.inviteAll(desk, smtp)
	link := focalLink(t, smtp)
	phone := testkit.NewBrowser(t, testkit.BrowserOptions{}).Tab(360, 740)
	registerDelegation(phone, link)
	code := codeFromMail(t, smtp)
	p.admit(staff, desk, code)
}

func (p *program) becomeAdministrator(desk *testkit.Tab) {
	p.t.Helper()
	desk.Go(p.base)
	desk.Shot("public-empty-1440")
	desk.CheckAccessibility("the site before the first edition")
	desk.Go(firstLink.FindString(p.out.String()))
	desk.Shot("first-administrator-1440")
	desk.CheckAccessibility("the first administrator's page")
	desk.Fill("#f-full_name", "Quản Trị Mẫu")
	desk.Fill("#f-email", "quan-tri@hoinghi.example")
	desk.Fill("#f-password", "bốn mùa hoa nở")
	desk.Fill("#f-again", "bốn mùa hoa nở")
	desk.Press("Lưu và đăng nhập")
	desk.WaitText("Tạo kỳ hội nghị")
}

func (p *program) createEdition(desk *testkit.Tab) {
	for field, value := range map[string]string{"ordinal": "12", "short_vi": "Khuyến công phía Nam 2022", "title_vi": "Hội nghị khuyến công phía Nam lần thứ XII, năm 2022",
		"starts_on": "2022-10-13", "ends_on": "2022-10-13", "register_by": "2022-09-24T17:00", "venue_vi": "Trung tâm Hội nghị Mẫu", "organiser_vi": "Cục Mẫu", "contact_phone": "0900 000 001", "host_vi": "Sở Mẫu"} {
		desk.Fill("#f-"+field, value)
	}
	desk.Choose("#f-host_province", "Tây Ninh")
	desk.Press("Tạo kỳ hội nghị")
	desk.WaitText("dẫn đến giấy mời đầu tiên")
	desk.Press("Chỉ tiêu")
}

// setQuotasAndAddresses gives every organisation a quota in one stroke, and a
// mail address each.
func (p *program) setQuotasAndAddresses(desk *testkit.Tab) {
	p.t.Helper()
	testkit.Eval[int](desk, `document.querySelectorAll('input[name^="all-"]').forEach(i => { i.value = "2" }) || 1`)
	desk.Press("Lưu chỉ tiêu")
	desk.WaitText("Đã lưu chỉ tiêu")
	desk.Press("Giấy mời theo tỉnh")
	hrefs := testkit.Eval[[]string](desk, `[...document.querySelectorAll("td.cell-main a")].map(a => a.href)`)
	if len(hrefs) != 20 {
		p.t.Fatalf("%d organisations on the board, want 20", len(hrefs))
	}
	for n, href := range hrefs {
		desk.Go(href)
		desk.Fill("#f-focal_name", "Đầu Mối Mẫu")
		desk.Fill("#f-focal_email", fmt.Sprintf("so-%02d@hoinghi.example", n))
		desk.Press("Lưu đầu mối")
	}
}

func (p *program) inviteAll(desk *testkit.Tab, smtp *testkit.SMTP) {
	p.t.Helper()
	desk.Press("Giấy mời theo tỉnh")
	desk.Press("Gửi giấy mời")
	desk.WaitText("Sẽ nhận thư (20)")
	desk.Press("Gửi giấy mời")
	desk.WaitText("Đã gửi xong")
	desk.Shot("sending-finished-1440")
	if got := len(smtp.WaitFor(20, time.Minute)); got != 20 {
		p.t.Fatalf("%d mails arrived, want 20", got)
	}
}

func focalLink(t *testing.T, smtp *testkit.SMTP) string {
	t.Helper()
	for _, m := range smtp.Messages() {
		if strings.HasPrefix(m.EnvelopeTo, "so-00@") {
			if link := mailLink.FindString(m.Text); link != "" {
				return link
			}
			t.Fatalf("the invitation holds no link:\n%s", m.Text)
		}
	}
	t.Fatal("the host's invitation did not arrive")
	return ""
}

func registerDelegation(phone *testkit.Tab, link string) {
	phone.Go(link)
	phone.Shot("focal-point-empty-360")
	phone.Fill("#f-full_name", "Phạm Quốc Mẫu")
	phone.Choose("#f-group", "Lãnh đạo Sở")
	phone.Fill("#f-job_title", "Phó Giám đốc")
	phone.Fill("#f-phone", "0900 000 011")
	phone.Fill("#f-email", "dai-bieu@hoinghi.example")
	testkit.Eval[bool](phone, `document.querySelector("#f-head").checked = true`)
	phone.Press("Thêm đại biểu")
	phone.WaitText("Phạm Quốc Mẫu")
	testkit.Eval[bool](phone, `document.querySelector("#f-informed").checked = true`)
	phone.Press("Gửi danh sách")
	phone.WaitText("KC22-TNI-001")
	phone.Shot("focal-point-sent-360")
}

// codeFromMail takes the picture out of the delegate's confirmation and reads it as a camera would.
func codeFromMail(t *testing.T, smtp *testkit.SMTP) string {
	t.Helper()
	smtp.WaitFor(22, time.Minute)
	for _, m := range smtp.Messages() {
		if m.EnvelopeTo != "dai-bieu@hoinghi.example" {
			continue
		}
		for _, part := range m.Parts {
			if part.ContentType == "image/png" {
				codes := testkit.ReadQR(t, part.Data)
				if len(codes) == 1 && strings.Contains(codes[0], "/C/") {
					return codes[0]
				}
				t.Fatalf("the picture in the mail reads %q", codes)
			}
		}
		t.Fatal("the confirmation holds no picture")
	}
	t.Fatal("no confirmation arrived")
	return ""
}

// admit pairs a phone, shows it the badge through its camera, and watches the desk.
func (p *program) admit(staff *testkit.Browser, desk *testkit.Tab, code string) {
	p.t.Helper()
	desk.Press("Thiết bị quét thẻ")
	desk.Fill("#f-name", "Điện thoại cửa chính")
	desk.Press("Ghép thiết bị")
	desk.Shot("pairing-1440")
	pairing := pairingLink(p.t, desk)
	arrivals := staff.Tab(1440, 900)
	arrivals.Go(desk.Address("/arrivals"))
	arrivals.WaitFor("nobody counted yet", `document.querySelector("[data-arrived]")?.dataset.arrived === "0"`)

	video := filepath.Join(p.t.TempDir(), "door.mjpeg")
	f, err := os.Create(video)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := testkit.CameraVideo(f, []string{code}, testkit.CameraOptions{Hold: 1500 * time.Millisecond, Gap: 4 * time.Second}); err != nil {
		p.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		p.t.Fatal(err)
	}
	door := testkit.NewBrowser(p.t, testkit.BrowserOptions{Camera: video}).Tab(360, 740)
	door.Go(pairing)
	door.WaitFor("the scanner page", `document.querySelector("[data-start]") != null`)
	door.Touch("Bắt đầu quét")
	door.WaitFor("a green verdict", `document.querySelector("[data-verdict=accepted]") != null`)
	door.WaitText("Phạm Quốc Mẫu")
	door.Shot("door-accepted-360")
	arrivals.WaitFor("the count to rise without a reload", `document.querySelector("[data-arrived]")?.dataset.arrived === "1"`)
	arrivals.Shot("arrivals-1440")
	door.WaitFor("an amber verdict on the second reading", `document.querySelector("[data-verdict=already]") != null`)
	door.Shot("door-already-360")
}

// pairingLink reads the address out of the QR picture on the desk, as a phone would.
func pairingLink(t *testing.T, desk *testkit.Tab) string {
	t.Helper()
	codes := testkit.ReadQR(t, desk.Picture("svg.qr"))
	if len(codes) != 1 {
		t.Fatalf("the pairing code reads %q", codes)
	}
	return codes[0]
}
