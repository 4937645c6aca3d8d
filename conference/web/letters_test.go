package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/document"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/testkit"
)

const deskLetters = "/desk/e/xii-2022/letters"

// scan gives an invented letter as somebody would scan it.
func scan(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	l := document.Letter{Title: text, Agency: []string{"CƠ QUAN MẪU"}, Name: "BẢN MẪU", Body: []document.Paragraph{{Runs: []document.Run{{Text: text}}}}}
	if err := document.LetterPDF(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// files posts files in one field of a form.
func (v *visitor) files(path, field string, fields map[string]string, files map[string][]byte) (*http.Response, string) {
	v.h.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			v.h.t.Fatal(err)
		}
	}
	for name, data := range files {
		part, err := w.CreateFormFile(field, name)
		if err != nil {
			v.h.t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			v.h.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		v.h.t.Fatal(err)
	}
	return v.send(http.MethodPost, path, w.FormDataContentType(), b.String())
}

func (h *house) invitations() []invitation.Invitation {
	h.t.Helper()
	all, err := invitation.List(h.t.Context(), h.db, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func letterForm(pairs ...string) url.Values {
	v := url.Values{"kind": {"giay_moi"}, "agency": {"CỤC CÔNG THƯƠNG\nĐỊA PHƯƠNG"}, "symbol": {"GM-CTĐP"}, "place": {"Hà Nội"}, "abstract": {"Tham dự [ten_hoi_nghi]"},
		"body": {"Kính mời:\n> **[don_vi]**"}, "recipients": {"Như trên"}, "authority": {"CỤC TRƯỞNG"}}
	for n := 0; n < len(pairs); n += 2 {
		v.Set(pairs[n], pairs[n+1])
	}
	return v
}

// An unknown field is refused with its line and column and what was typed stays; a number in the symbol too.
func TestLetterTextsAreChecked(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	post := func(f url.Values) (*http.Response, string) {
		return v.send(http.MethodPost, deskLetters+"/text", "application/x-www-form-urlencoded", f.Encode())
	}
	for _, do := range []string{"", "preview"} {
		res, page := post(letterForm("body", "Dòng một\nĐây là [don_vi] và [sai_ten] nữa", "symbol", "12/GM", "do", do))
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "[sai_ten] (dòng 2, cột 20)") || !strings.Contains(page, "Đây là [don_vi] và [sai_ten] nữa") ||
			!strings.Contains(page, "Ký hiệu không chứa số văn bản") {
			t.Errorf("do=%q: %d", do, res.StatusCode)
		}
	}
	res, page := post(letterForm("body", "Dòng một\nĐã xong ☑", "place", "Hà Nội, ngày 05 tháng 9"))
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "ký tự ☑ (U&#43;2611) (dòng 2, cột 9)") || !strings.Contains(page, "chỉ ghi địa danh") || !strings.Contains(page, "Đã xong ☑</textarea>") {
		t.Errorf("a character that is not printed, two dates: %d", res.StatusCode)
	}
	res, pdf := post(letterForm("do", "preview", "body", "Bản xem thử <b>&amp; [don_vi]"))
	if res.Header.Get("Content-Type") != "application/pdf" || res.Header.Get("Content-Disposition") != "" || !strings.Contains(pdfText(t, pdf), "Bản xem thử <b>&amp; Sở Công Thương tỉnh Tây Ninh") {
		t.Errorf("preview: %d %v %s", res.StatusCode, res.Header, pdfText(t, pdf))
	}
	if res, _ := post(letterForm("body", "Nội dung đã sửa cho [don_vi].")); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	const unpaired = "Dấu ** ở dòng 2 của nội dung không có dấu đóng"
	if _, page := v.get(deskLetters + "/text"); strings.Contains(page, "không có dấu đóng") {
		t.Error("a mark is called unpaired")
	}
	if res, _ := post(letterForm("body", "Nội dung đã sửa cho [don_vi].\n**Đậm quá")); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	if _, page := v.get(deskLetters + "/text"); !strings.Contains(page, unpaired) {
		t.Error("an unpaired mark is not told")
	}
	i := h.invitations()[4]
	_, pdf = v.get(fmt.Sprintf("%s/%d/giay_moi/letter.pdf", deskLetters, i.ID))
	text := pdfText(t, pdf)
	if !strings.Contains(text, "Nội dung đã sửa cho "+i.Organisation.Vi+".") || !strings.Contains(text, i.ShortCode(testkit.Keys(t))) {
		t.Errorf("the letter: %s", text)
	}
}

// A refused template says in one go what is unknown, with its place, what was probably
// meant as a field, and what is missing.
func TestTemplateSaysAllThatIsAmiss(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	text := func(tag, s string) string {
		return `<w:` + tag + `><w:p><w:r><w:t>` + s + `</w:t></w:r></w:p></w:` + tag + `>`
	}
	for _, p := range [][2]string{{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", text("document", "Kính gửi [don_vi], [sai_ten]")},
		{"word/header2.xml", text("hdr", "[sai_nua] «TenDonVi»")}} {
		w, err := z.Create(p[0])
		if err == nil {
			_, err = w.Write([]byte(p[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	res, page := v.files(deskLetters+"/template", "template", map[string]string{"kind": "giay_moi"}, map[string][]byte{"mau.docx": b.Bytes()})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d", res.StatusCode)
	}
	for _, want := range []string{"<li>[sai_ten] (thân văn bản, đoạn 1)</li>", "<li>[sai_nua] (đầu trang, đoạn 1)</li>", "<li>«TenDonVi» (đầu trang, đoạn 1)</li>", "<li>[ma_don_vi] - "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if !strings.Contains(page, "<dt class=\"mono\">[ma_qr]</dt>") || !strings.Contains(page, "từ mẫu riêng chỉ có tệp DOCX, không có PDF") {
		t.Error("the page tells neither of the code nor that there is no PDF")
	}
	if strings.Contains(page, "<li>[don_vi] - ") {
		t.Error("a field that is there is called missing")
	}
}

// Scans are matched by their names, nothing is kept before somebody confirms, and
// then the focal point downloads the very bytes and nobody else's.
func TestSignedScansInBulk(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	all := h.invitations()
	clear, other := all[3], all[5]
	files := map[string][]byte{"GM " + clear.Province.Abbr + " đã ký.pdf": scan(t, "một"), "scan0007.pdf": scan(t, "hai"), "hong.pdf": []byte("PK not a pdf")}
	res, page := v.files(deskLetters+"/upload", "signed", map[string]string{"kind": "giay_moi"}, files)
	if res.StatusCode != http.StatusOK || !strings.Contains(page, "hong.pdf: Tệp này không phải PDF") || !strings.Contains(page, "Không khớp") || !strings.Contains(page, ">Khớp<") {
		t.Fatalf("upload: %d", res.StatusCode)
	}
	if signed, err := invitation.SignedFor(t.Context(), h.db, clear.ID); err != nil || len(signed) != 0 {
		t.Fatalf("kept before it was confirmed: %v %v", signed, err)
	}
	staged, err := invitation.Staged(t.Context(), h.db, 1, invitation.GiayMoi)
	if err != nil || len(staged) != 2 {
		t.Fatalf("staged %v, %v", staged, err)
	}
	twice, once := url.Values{"kind": {"giay_moi"}}, url.Values{"kind": {"giay_moi"}}
	for _, u := range staged {
		twice.Set(invitation.UploadField(u.ID), fmt.Sprint(clear.ID))
		once.Set(invitation.UploadField(u.ID), fmt.Sprint(other.ID))
		if len(u.Candidates) == 1 {
			once.Set(invitation.UploadField(u.ID), fmt.Sprint(clear.ID))
		}
	}
	if res, page := v.send(http.MethodPost, deskLetters+"/upload/confirm", "application/x-www-form-urlencoded", twice.Encode()); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "đã được chọn cho một tệp khác") {
		t.Errorf("one organisation twice: %d", res.StatusCode)
	}
	for _, nobody := range []string{"999999", "khong-co"} {
		wrong := url.Values{"kind": {"giay_moi"}, invitation.UploadField(staged[0].ID): {nobody}}
		if res, page := v.send(http.MethodPost, deskLetters+"/upload/confirm", "application/x-www-form-urlencoded", wrong.Encode()); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "Không có đơn vị này") {
			t.Errorf("an organisation that there is not, %s: %d", nobody, res.StatusCode)
		}
	}
	v.files(deskLetters+"/upload", "signed", map[string]string{"kind": "giay_moi"}, map[string][]byte{"scan0008.pdf": scan(t, "ba")}) // by a colleague
	if res, _ := v.send(http.MethodPost, deskLetters+"/upload/confirm", "application/x-www-form-urlencoded", once.Encode()); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("confirm: %d", res.StatusCode)
	}
	if staged, err = invitation.Staged(t.Context(), h.db, 1, invitation.GiayMoi); err != nil || len(staged) != 1 || staged[0].Name != "scan0008.pdf" {
		t.Errorf("waiting after a choice that did not know of it: %v, %v", staged, err)
	}
	guest := h.visitor()
	if _, page := guest.get(clear.Path(testkit.Keys(t))); !strings.Contains(page, "/letters/giay_moi") {
		t.Error("the focal point's page does not offer the letter")
	}
	_, got := guest.get(clear.Path(testkit.Keys(t)) + "/letters/giay_moi")
	if !strings.Contains(pdfText(t, got), "một") {
		t.Errorf("the focal point got %.40q", got)
	}
	if res, _ := guest.get(all[7].Path(testkit.Keys(t)) + "/letters/giay_moi"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a letter that nobody signed: %d", res.StatusCode)
	}
	one := fmt.Sprintf("%s/%d", deskLetters, clear.ID)
	if res, page := v.files(one+"/giay_moi/signed", "signed", nil, map[string][]byte{"x.pdf": []byte("%PDF-1.4 nothing")}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "không phải PDF trọn vẹn") {
		t.Errorf("a torn PDF: %d", res.StatusCode)
	}
	large := append([]byte("%PDF-1.4\n"), make([]byte, invitation.MaxSigned)...)
	if res, page := v.files(one+"/giay_moi/signed", "signed", nil, map[string][]byte{"x.pdf": large}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "không quá 20 MB") {
		t.Errorf("a file beyond the limit: %d", res.StatusCode)
	}
}

// A file that belongs to no field is not read into memory, whatever the route takes.
func TestSignedUploadHoldsNoStrayFiles(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	for _, name := range []string{"", "other"} {
		res, page := v.files(deskLetters+"/upload", name, map[string]string{"kind": "giay_moi"}, map[string][]byte{"x.pdf": make([]byte, 1<<20)})
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(page, "Chưa chọn tệp nào") { // read to its end, it would only be missed
			t.Errorf("a file of the field %q: %d", name, res.StatusCode)
		}
	}
}

// All letters of 63 organisations, as many as the country had provinces, come as one
// file, made behind the page's back.
func TestAllLettersAsOneFile(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
	for n := len(h.invitations()); n < 63; n++ {
		o, err := h.site.Editions.AddOrganisation(ctx, edition.Organisation{Kind: "association", NameVi: fmt.Sprintf("Hiệp hội Mẫu số %d", n)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.site.Invitations.Invite(ctx, 1, o.ID); err != nil {
			t.Fatal(err)
		}
	}
	heard, stop := h.db.Subscribe("letters/1")
	defer stop()
	if res, _ := v.send(http.MethodPost, deskLetters+"/zip", "application/x-www-form-urlencoded", "kind=giay_moi"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("start: %d", res.StatusCode)
	}
	late := time.After(time.Minute)
	for done := false; !done; {
		_, page := v.get(deskLetters + "/zip?part=progress")
		if done = strings.Contains(page, deskLetters+"/zip/file"); done {
			break
		}
		select {
		case <-heard:
		case <-late:
			t.Fatalf("not ready: %s", page)
		}
	}
	_, data := v.get(deskLetters + "/zip/file")
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range z.File {
		names[f.Name] = true
	}
	for _, i := range h.invitations() {
		for _, ext := range []string{"pdf", "docx"} {
			if name := ext + "/" + invitation.LetterName(i, invitation.GiayMoi, ext); !names[name] {
				t.Errorf("%s is missing", name)
			}
		}
	}
	if len(names) != 2*63 || len(h.invitations()) != 63 {
		t.Errorf("%d files", len(names))
	}
	if _, page := v.get(deskLetters + "/zip"); strings.Contains(page, "Đang tạo") || !strings.Contains(page, "Đã tạo: Giấy mời") {
		t.Error("a file that is ready is called in the making")
	}
	if res, _ := v.send(http.MethodPost, deskLetters+"/zip/stop", "application/x-www-form-urlencoded", ""); res.StatusCode != http.StatusSeeOther {
		t.Errorf("stop: %d", res.StatusCode)
	}
	if res, _ := v.get(deskLetters + "/zip/file"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the file after it was dropped: %d", res.StatusCode)
	}
}

// lettersAmiss says what of a row does not line up, which label is set as a code, whose
// match cannot be read, and which description has too narrow a column.
const lettersAmiss = `(() => {
	const wrong = [];
	const middle = e => { const b = e.getBoundingClientRect(); return b.top + b.height / 2; };
	const wide = innerWidth > 640, row = document.querySelector('tbody tr:has(.button.small)');
	if (wide && row) for (const e of row.querySelectorAll('strong a, td.mono, .chip'))
		if (Math.abs(middle(e) - middle(row)) > 2) wrong.push(e.textContent + ' is off the middle of its row');
	if (!wide) for (const e of document.querySelectorAll('td[data-label]'))
		if (/mono/i.test(getComputedStyle(e, '::before').fontFamily)) wrong.push(e.dataset.label + ' is set as a code');
	for (const e of document.querySelectorAll('td select')) {
		const chosen = e.selectedOptions[0];
		if (chosen.value && !/^[A-Z]{3} · /.test(chosen.textContent)) wrong.push('no short name in ' + chosen.textContent);
		if (chosen.value && !e.closest('tr').innerText.includes('\n' + chosen.textContent.slice(6))) wrong.push('the match is not told: ' + chosen.textContent);
		if (!wide && e.getBoundingClientRect().width < 280) wrong.push('a choice of ' + e.getBoundingClientRect().width + ' px');
	}
	for (const e of document.querySelectorAll('dl.facts dd'))
		if (e.getBoundingClientRect().width < 200) wrong.push(e.textContent + ' has a narrow column');
	return wrong.join('; ');
})()`

// TestLettersLook opens the pages of the letters at the widths of a phone and a screen.
func TestLettersLook(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	all := h.invitations()
	v.files(deskLetters+"/upload", "signed", map[string]string{"kind": "giay_moi"}, map[string][]byte{"GM-" + all[2].Province.Abbr + ".pdf": scan(t, "một"), "scan0007.pdf": scan(t, "hai")})
	tab := browser.Tab(360, 740)
	tab.Go(h.links.Organiser)
	for _, page := range []struct{ name, path string }{{"list", ""}, {"text", "/text"}, {"one", fmt.Sprintf("/%d", all[0].ID)}, {"upload", "/upload"}} {
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 900)
			tab.Go(h.base + deskLetters + page.path)
			tab.Shot(fmt.Sprintf("letters-%s-%d", page.name, width))
			tab.CheckAccessibility(fmt.Sprintf("letters %s at %d px", page.name, width))
			if wrong := testkit.Eval[string](tab, lettersAmiss); wrong != "" {
				t.Errorf("%s at %d px: %s", page.name, width, wrong)
			}
		}
	}
	tab.Press("Xác nhận và lưu")
	tab.WaitText("Đã lưu 1 bản đã ký")
	tab.Press("Tải tất cả (ZIP)")
	tab.WaitText("Tệp ZIP đã sẵn sàng")
	tab.Shot("letters-zip-1440")
	tab.CheckAccessibility("letters zip")
	tab.Go(h.base + all[2].Path(testkit.Keys(t)))
	tab.Shot("letters-focal-1440")
}
