package web_test

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// sendList uploads a list and gives the page it leads to.
func (v *visitor) sendList(name string, file []byte) (*http.Response, string) {
	v.h.t.Helper()
	return v.files("/desk/organisations/import", "file", nil, map[string][]byte{name: file})
}

// applyList presses the button that a list's page shows.
func (v *visitor) applyList(at string, pairs ...string) (*http.Response, string) {
	v.h.t.Helper()
	_, body := v.get(at)
	m := regexp.MustCompile(`name="checked" value="(\w+)"`).FindStringSubmatch(body)
	if m == nil {
		v.h.t.Fatalf("%s offers nothing to apply", at)
	}
	return v.fill(at+"/apply", append(pairs, "checked", m[1])...)
}

// nothingToApply asks that a list's page has no button that would do nothing, and says why.
func (v *visitor) nothingToApply(at string, also ...string) {
	v.h.t.Helper()
	_, body := v.get(at)
	if strings.Contains(body, at+"/apply") {
		v.h.t.Errorf("%s offers to apply nothing", at)
	}
	for _, want := range append(also, "Chưa có gì để nhập") {
		if !strings.Contains(body, want) {
			v.h.t.Errorf("%s lacks %q", at, want)
		}
	}
}

// waitApplied runs the lists that wait until one is applied. No house does so by itself:
// what is written beside a test would be a riddle to whoever compares before and after.
func (h *house) waitApplied(id int64) edition.Import {
	h.t.Helper()
	ctx, stopRun := context.WithCancel(h.t.Context())
	ran := make(chan struct{})
	go func() { defer close(ran); h.site.Editions.RunImports(ctx, testkit.Loud(h.t)) }()
	defer func() { stopRun(); <-ran }()
	changes, stop := h.db.Subscribe(edition.ImportTopic(id))
	defer stop()
	for {
		i, err := edition.ImportByID(h.t.Context(), h.db, id)
		if err != nil {
			h.t.Fatal(err)
		}
		if i.State == edition.ImportApplied || i.State == edition.ImportFailed {
			return i
		}
		select {
		case <-changes:
		case <-h.t.Context().Done():
			h.t.Fatalf("the list stays %s", i.State)
		}
	}
}

const listWithErrors = "DANH SÁCH ĐƠN VỊ MỜI;;;;\r\n;;;;\r\nSTT;Tên đơn vị;Tỉnh/Thành phố;Họ tên đầu mối;Điện thoại\r\n" +
	"1;Sở Công Thương tỉnh Tây Ninh;Tây Ninh;Lê Thị Mẫu;912345678\r\n2;Công ty TNHH Thí Dụ;Cà Mao;Trần Văn Mẫu;0913 222 333\r\n" +
	"3;TRUNG TÂM KHUYẾN CÔNG LONG AN;Long An;;\r\n4;Hôïp taùc xaõ Thí Duï;Bến Tre;;9,12E+08\r\n5;Hợp tác xã <b>Mẫu</b>;TP.HCM;Ngô Mẫu;0912 345 678 / 0913 456 789\r\n"

// A header that is found far down can be seen, and stays chosen when the form is sent.
func TestAHeaderFarDownStaysChosen(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	res, _ := v.sendList("danh sách.csv", []byte(strings.Repeat("Kính gửi\r\n", 55)+"Tên đơn vị;Tỉnh\r\nCông ty Mẫu;Cà Mau\r\n"))
	_, body := v.get(res.Header.Get("Location"))
	if !strings.Contains(body, `<option value="55" selected>Dòng 56: Tên đơn vị | Tỉnh`) {
		t.Error("the header row is not among those to choose from")
	}
}

// A text that only calls itself a workbook holds no organisation: it is named, and nothing
// is offered that would do nothing.
func TestAListOfNothingIsNotOffered(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	for name, text := range map[string]string{"fake.xlsx": "đây không phải là bảng tính", "fake2.XLSX": "Tên đơn vị;Tỉnh\r\n"} {
		res, body := v.sendList(name, []byte(text))
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", name, res.StatusCode, body)
		}
		v.nothingToApply(res.Header.Get("Location"), "bên trong là văn bản")
	}
	res, _ := v.sendList("danh sách.csv", []byte("Tên đơn vị;Tỉnh\r\nCông ty Mẫu;Atlantis\r\n"))
	v.nothingToApply(res.Header.Get("Location"), "Không có tỉnh, thành phố tên này")
}

// Whoever looks on while a list fails is told so in the part of the page that follows
// it: not a whole page within the page, and not that it goes on.
func TestAListThatFailsSaysSoWhereItIsFollowed(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	res, _ := v.sendList("danh sách.csv", []byte("Tên đơn vị;Tỉnh\r\nCông ty Mẫu;Cà Mau\r\n"))
	at := res.Header.Get("Location")
	v.applyList(at)
	if _, body := v.get(at); strings.Count(body, "đang được ghi") != 1 {
		t.Error("the page does not say that the list is being written")
	}
	if err := h.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `UPDATE import_job SET state = 'failed', finished_at = 1`)
	}); err != nil {
		t.Fatal(err)
	}
	_, part := v.get(at + "?part=progress")
	if strings.Contains(part, "<form") || strings.Contains(part, "đang được ghi") || !strings.Contains(part, "bị gián đoạn") {
		t.Errorf("the part that follows a list that failed: %.300s", part)
	}
	if _, body := v.get(at); !strings.Contains(body, "bị gián đoạn") || !strings.Contains(body, at+"/apply") {
		t.Error("the page of the list does not offer to apply it again")
	}
}

func (h *house) checkImportPages(t *testing.T) {
	t.Helper()
	v := h.staff(conference.RoleOrganiser)
	v.get("/desk?lang=en")
	res, _ := v.sendList("danh sách.csv", []byte(listWithErrors))
	at := res.Header.Get("Location")
	_, body := v.get(at)
	checkPage(t, "organiser", "en", at, body)
	v.applyList(at, "leave_out", "1")
	h.waitApplied(1)
	_, body = v.get(at)
	checkPage(t, "organiser", "en", at, body)
}

// The whole way of a list: refused while it has errors, decided, applied with what can
// be taken, and the same file again changes nothing.
func TestAListIsCheckedDecidedAndImported(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	res, body := v.sendList("danh sách.csv", []byte(listWithErrors))
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("upload: %d %s", res.StatusCode, body)
	}
	at := res.Header.Get("Location")
	_, body = v.get(at)
	for _, want := range []string{"Dòng 3: STT | Tên đơn vị", "Cà Mau", "VNI (VNI-Times)", "Excel đã làm tròn số này", "&lt;b&gt;Mẫu&lt;/b&gt;", "0912 345 678; 0913 456 789"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of the list lacks %q", want)
		}
	}
	if res, body = v.applyList(at); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Còn 2 dòng có lỗi") {
		t.Errorf("applying a list with errors: %d", res.StatusCode)
	}
	res, body = v.fill(at, "sheet", "0", "header", "1", "name", "1", "province", "2", "contact_name", "1", "contact_phone", "4")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a column chosen twice: %d", res.StatusCode)
	}
	old := regexp.MustCompile(`name="checked" value="(\w+)"`).FindStringSubmatch(body)
	if old != nil {
		t.Error("the page of refused choices offers to apply others")
	}
	_, body = v.get(at)
	old = regexp.MustCompile(`name="checked" value="(\w+)"`).FindStringSubmatch(body)
	v.fill(at, "sheet", "0", "header", "1", "name", "1", "province", "2", "contact_name", "3", "contact_phone", "4", "encoding", "convert", "title_case", "1")
	if res, body = v.fill(at+"/apply", "leave_out", "1", "checked", old[1]); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "đã đổi sau lần kiểm tra") {
		t.Errorf("applying what was checked with other choices: %d", res.StatusCode)
	}
	if res, body = v.applyList(at, "leave_out", "1"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("apply: %d %s", res.StatusCode, body)
	}
	done := h.waitApplied(1)
	if done.Added != 3 || done.Changed != 1 || done.LeftOut != 2 {
		t.Errorf("applied: %+v", done)
	}
	_, body = v.get(at)
	if !strings.Contains(body, "Trung tâm Khuyến công Long An") || !strings.Contains(body, "<ins>Lê Thị Mẫu</ins>") {
		t.Error("the page of the applied list does not say what changed")
	}
	res, _ = v.sendList("danh sách.csv", []byte(listWithErrors))
	again := res.Header.Get("Location")
	v.fill(again, "sheet", "0", "header", "1", "name", "1", "province", "2", "contact_name", "3", "contact_phone", "4", "encoding", "convert", "title_case", "1")
	v.nothingToApply(again, "Giữ nguyên</dt><dd class=\"num\">4<")
}

// What is exported is read again as it is, and holds no formula.
func TestTheExportOfOrganisationsIsReadAgain(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	v.fill("/desk/organisations/new", "kind", "association", "name_vi", "=HYPERLINK(Mẫu)", "phone", "0912345678")
	// The name that begins like a formula is disarmed in the CSV file, so it is another one there.
	for kind, want := range map[string]string{"xlsx": "29", "csv": "28"} {
		res, body := v.get("/desk/organisations/export." + kind)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("export %s: %d", kind, res.StatusCode)
		}
		if kind == "csv" && strings.Contains(body, "\n=") {
			t.Error("the CSV file holds a formula")
		}
		res, _ = v.sendList("don-vi."+kind, []byte(body))
		_, page := v.get(res.Header.Get("Location"))
		m := regexp.MustCompile(`(?s)Giữ nguyên</dt><dd class="num">(\d+)`).FindStringSubmatch(page)
		if m == nil || m[1] != want {
			t.Errorf("%s: %v organisations are unchanged, want %s", kind, m, want)
		}
		if kind == "csv" { // with changes for the two of one name and province, beside the disarmed one
			edited := strings.NewReplacer("sct@an-giang.vidu.invalid", "nay@mau.example", "An Giang,,,,,,,01/07/2025", "An Giang,sau@mau.example,,,,,,01/07/2025").Replace(body)
			res, _ = v.sendList("don-vi.csv", []byte(edited))
			if _, page := v.get(res.Header.Get("Location")); !strings.Contains(page, "Cập nhật</dt><dd class=\"num\">3<") || !strings.Contains(page, "Dòng có lỗi</dt><dd class=\"num\">0<") {
				t.Error("the edited file does not change the two organisations of one name")
			}
		}
	}
	if res, _ := v.get("/desk/organisations/import/template.xlsx"); res.StatusCode != http.StatusOK {
		t.Errorf("template: %d", res.StatusCode)
	}
}

func TestWhatIsNoListIsRefusedWithWords(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"cũ.xls": {append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...), "định dạng Excel cũ"}, "trống.csv": {[]byte("\r\n;;;\r\n"), "không có dữ liệu"},
		"dài.csv": {bytes.Repeat([]byte("a;b\r\n"), 60_001), "hơn 60.000 dòng"}, "ảnh.xlsx": {photo(t), "không phải Excel hay CSV"}, "hỏng.xlsx": {[]byte("PK\x03\x04nothing"), "bị hỏng"},
	} {
		res, body := v.sendList(name, c.file)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, without %q", name, res.StatusCode, c.want)
		}
	}
	if res, body := v.sendList("lớn.csv", bytes.Repeat([]byte("a;b\r\n"), 5<<20)); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(body, "MB") {
		t.Errorf("a file beyond the limit: %d", res.StatusCode)
	}
}

func TestAnOrganisationAndItsContactsAreEdited(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	if res, _ := v.fill("/desk/organisations/new", "kind", "", "name_vi", ""); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty organisation: %d", res.StatusCode)
	}
	res, _ := v.fill("/desk/organisations/new", "kind", "bank", "name_vi", "Ngân hàng Thí Dụ")
	at := res.Header.Get("Location")
	if res, body := v.fill(at+"/contacts", "full_name", "Nguyễn Văn A", "phone", "12"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "tên giữ chỗ") || !strings.Contains(body, `id="c0-phone-error"`) {
		t.Errorf("a placeholder as contact: %d", res.StatusCode)
	}
	v.fill(at+"/contacts", "full_name", "Đặng Thị Mẫu", "phone", "912345678", "consented", "1")
	_, body := v.get(at)
	for _, want := range []string{"Đặng Thị Mẫu", "0912 345 678", "Thêm đầu mối của đơn vị", "loại: Ngân hàng<"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if _, body := v.get("/desk/organisations?q=du+thi&kind=bank"); !strings.Contains(body, "Ngân hàng Thí Dụ") || strings.Contains(body, "Sở Công Thương tỉnh") {
		t.Error("the list does not find it by words without marks")
	}
	if res, _ := v.get("/desk/organisations?kind=bank&page=7"); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/desk/organisations?kind=bank&page=1" {
		t.Errorf("a page beyond the last leads to %q", res.Header.Get("Location"))
	}
	v.fill(at + "/contacts/1/remove")
	if _, body := v.get(at); strings.Contains(body, "0912 345 678") {
		t.Error("the contact is still there")
	}
	if res, _ := v.fill(at + "/contacts/1/remove"); res.StatusCode != http.StatusNotFound {
		t.Errorf("removing a contact twice: %d", res.StatusCode)
	}
}

// TestImportLooks goes the whole way in a browser, at the widths of a phone and a screen.
func TestImportLooks(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	res, _ := v.sendList("Danh sách đơn vị mời 2022.csv", []byte(listWithErrors))
	at := h.base + res.Header.Get("Location")
	tab := browser.Tab(1440, 900)
	tab.Go(h.links.Organiser)
	look := func(name, path string) {
		t.Helper()
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 900)
			if path != "" {
				tab.Go(path)
			}
			tab.Shot("import-" + name + "-" + map[int64]string{360: "360", 1440: "1440"}[width])
			tab.CheckAccessibility(name)
		}
	}
	look("upload", h.base+"/desk/organisations/import")
	look("check", at)
	tab.Click(`input[name="encoding"][value="convert"]`)
	tab.WaitText("bấm Kiểm tra lại trước khi nhập")
	tab.WaitFor("no press imports what was not checked", `document.querySelector("[data-stale-of]").disabled`)
	tab.Press("Kiểm tra lại theo lựa chọn này")
	tab.Click(`input[name="leave_out"]`)
	tab.Press("Nhập: ")
	tab.WaitText("Đơn vị đã xử lý")
	h.waitApplied(1)
	tab.WaitText("Đã nhập xong lúc")
	tab.WaitFor("the end is said aloud", `document.getElementById("say").textContent.includes("Đã nhập xong lúc")`)
	look("applied", "")
	look("list", h.base+"/desk/organisations")
	tab.Press("Sở Công Thương tỉnh Tây Ninh")
	look("one", "")
}
