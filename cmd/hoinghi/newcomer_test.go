package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/testkit"
)

// newcomer is somebody who has never seen the program: they only follow what the page
// before shows them. What they type and open is counted.
type newcomer struct {
	t             *testing.T
	tab           *testkit.Tab
	fields, pages int
	steps         []string
}

func (n *newcomer) fill(values ...string) {
	n.t.Helper()
	for i := 0; i < len(values); i += 2 {
		n.tab.Fill("#f-"+values[i], values[i+1])
		n.fields++
	}
}

// follow clicks what a selector names, if it can be seen and holds a text, and waits for the next page.
func (n *newcomer) follow(selector, text string) {
	n.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.checkVisibility() && !e.disabled && e.innerText.replace(/\s+/g, " ").includes(%q))`, selector, text)
	n.tab.WaitFor(fmt.Sprintf("%q in %s", text, selector), find+" != null")
	testkit.Eval[bool](n.tab, "(() => { window.__left = false; addEventListener('pagehide', () => { window.__left = true }); "+find+".click(); return true })()")
	n.tab.WaitFor("the page after "+text, "document.readyState == 'complete' && window.__left !== false")
	n.pages++
}

// next follows the line that leads on, which must name the expected step.
func (n *newcomer) next(title string) {
	n.t.Helper()
	n.follow(".next-step a", title)
	n.steps = append(n.steps, title)
}

// begin follows the checklist's own button for the step that is next.
func (n *newcomer) begin(title string) {
	n.t.Helper()
	n.tab.WaitFor("the checklist to name "+title, fmt.Sprintf(`document.querySelector(".checklist .is-next")?.innerText.includes(%q)`, title))
	n.follow(".checklist .is-next .button", "Làm bước này")
	n.steps = append(n.steps, title)
}

// The 20 Sở as their host's list writes them.
var southern = []string{"tỉnh An Giang", "tỉnh Bà Rịa - Vũng Tàu", "tỉnh Bạc Liêu", "tỉnh Bến Tre", "tỉnh Bình Dương", "tỉnh Bình Phước", "tỉnh Bình Thuận",
	"tỉnh Cà Mau", "thành phố Cần Thơ", "tỉnh Đồng Nai", "tỉnh Đồng Tháp", "tỉnh Hậu Giang", "Thành phố Hồ Chí Minh", "tỉnh Kiên Giang", "tỉnh Long An",
	"tỉnh Sóc Trăng", "tỉnh Tây Ninh", "tỉnh Tiền Giang", "tỉnh Trà Vinh", "tỉnh Vĩnh Long"}

// How long a person takes, for the estimate: to find and fill a field, to read a page and decide.
const (
	perField = 12 * time.Second
	perPage  = 20 * time.Second
)

// A newcomer with an empty folder comes to the first invitation by following only what
// each page shows: first administrator, edition, provinces, groups, quotas, organisations from a
// file, text, sending. At a person's pace that stays within 15 minutes.
func TestANewcomerComesToTheFirstInvitation(t *testing.T) {
	smtp := testkit.NewSMTP(t)
	p := serveEmpty(t, "smtp://"+smtp.Addr()+"?tls=none")
	n := &newcomer{t: t, tab: testkit.NewBrowser(t, testkit.BrowserOptions{}).Tab(1440, 900)}
	began := time.Now()
	n.tab.Go(firstLink.FindString(p.out.String())) // the one address that is typed: the terminal shows it
	n.pages++
	n.fill("full_name", "Người Mới Mẫu", "email", "nguoi-moi@hoinghi.example", "password", "bốn mùa hoa nở", "again", "bốn mùa hoa nở")
	n.follow("main button", "Lưu và đăng nhập")
	n.fill("ordinal", "12", "short_vi", "Khuyến công phía Nam 2022", "title_vi", "Hội nghị khuyến công phía Nam lần thứ XII, năm 2022", "theme_vi", "Liên kết vùng",
		"starts_on", "2022-10-13", "ends_on", "2022-10-13", "register_by", "2022-09-24T17:00", "venue_vi", "Trung tâm Hội nghị Mẫu", "organiser_vi", "Cục Mẫu",
		"host_vi", "Sở Công Thương tỉnh Tây Ninh", "contact_name", "Ban Thư ký", "contact_phone", "0900 000 001")
	n.tab.Choose("#f-host_province", "Tây Ninh")
	n.fields++
	n.follow("main button", "Tạo kỳ hội nghị")
	n.tab.Shot("newcomer-checklist-1440")
	n.begin("Tỉnh, thành phố tham gia")
	n.tab.WaitText("đang chọn 20 tỉnh")
	n.follow("main form button", "Lưu")
	n.next("Nhóm đại biểu")
	n.arrange()
	n.next("Chỉ tiêu")
	n.fields += testkit.Eval[int](n.tab, `(() => { const all = [...document.querySelectorAll('input[name^="all-"]')]; all.forEach(i => { i.value = "2" }); return all.length })()`)
	n.follow("main form button", "Lưu chỉ tiêu")
	n.next("Đơn vị và đầu mối")
	n.bringList()
	n.next("Nội dung thư mời")
	n.follow("main form button", "Lưu nội dung")
	n.next("Gửi giấy mời đầu tiên")
	n.tab.WaitText("Sẽ nhận thư (20)")
	n.follow("main form button", "Gửi giấy mời")
	n.tab.WaitText("Đã gửi xong")
	got := smtp.WaitFor(20, time.Minute)
	if len(got) != 20 || !strings.Contains(got[0].Text, "Trung tâm Hội nghị Mẫu") {
		t.Fatalf("%d invitations arrived", len(got))
	}
	n.follow(".desk-nav a", "Việc hôm nay")
	if strings.Contains(n.tab.Text(), "Làm bước này") {
		t.Error("the checklist stays when everything is done")
	}
	want := "Tỉnh, thành phố tham gia > Nhóm đại biểu > Chỉ tiêu > Đơn vị và đầu mối > Đơn vị và đầu mối > Nội dung thư mời > Gửi giấy mời đầu tiên"
	if steps := strings.Join(n.steps, " > "); steps != want {
		t.Errorf("the way was %s, want %s", steps, want)
	}
	person := time.Duration(n.fields)*perField + time.Duration(n.pages)*perPage
	t.Logf("%d fields on %d pages; the machine took %s, a person takes about %s", n.fields, n.pages, time.Since(began).Round(time.Second), person)
	if person > 15*time.Minute {
		t.Errorf("a newcomer needs about %s", person)
	}
}

// arrange moves a group by the keyboard, which stays on its button, and confirms the list.
func (n *newcomer) arrange() {
	n.t.Helper()
	third := testkit.Eval[string](n.tab, `(() => { const b = document.querySelectorAll("button[id^=up-]")[2]; b.focus(); return b.id })()`)
	n.follow("button[id^=up-]:focus", "")
	n.tab.WaitFor("the third group to stand second, with the focus on it", fmt.Sprintf(`document.querySelectorAll("button[id^=up-]")[1].id == %q && document.activeElement.id == %q`, third, third))
	n.follow("main form button", "Các nhóm đã đúng")
}

// bringList imports the list of organisations with their focal points and takes these over.
func (n *newcomer) bringList() {
	n.t.Helper()
	var list strings.Builder
	list.WriteString("STT;Tên đơn vị;Tỉnh/Thành phố;Họ tên đầu mối;Điện thoại;Thư điện tử đầu mối\r\n")
	for i, place := range southern {
		_, name, _ := strings.Cut(strings.Replace(place, "hành phố", "p", 1), " ")
		fmt.Fprintf(&list, "%d;Sở Công Thương %s;%s;Trần Thị Thí Dụ;09000001%02d;so-%02d@hoinghi.example\r\n", i+1, place, name, i, i)
	}
	n.follow(".page-head a", "Nhập từ Excel, CSV")
	testkit.Eval[bool](n.tab, fmt.Sprintf(`(() => { const d = new DataTransfer(); d.items.add(new File([%q], "danh-sach.csv", {type: "text/csv"})); document.querySelector("input[type=file]").files = d.files; return true })()`, list.String()))
	n.fields++
	n.follow("main form button", "Tải lên")
	n.follow("main form button", "Nhập")
	n.tab.WaitText("Đã nhập xong lúc")
	n.follow("main a", "Về các bước chuẩn bị")
	n.begin("Đơn vị và đầu mối")
	n.follow("main button", "Lấy đầu mối từ danh bạ")
	n.tab.WaitText("Đã điền đầu mối cho 20 giấy mời")
}
