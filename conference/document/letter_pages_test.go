package document_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/document"
)

// The signature is never alone on its page: two lines of text at least go with it.
func TestSignatureKeepsTwoLinesOfText(t *testing.T) {
	moved := 0
	docs, letters := map[string][]byte{}, map[string]document.Letter{}
	for n := range 12 {
		l := sampleLetter(t)
		for range n {
			l.Body = append(l.Body, runs("Một dòng ngắn."))
		}
		letters[fmt.Sprint(n)] = l
		if n%4 == 0 {
			docs[fmt.Sprint(n)] = letterDOCX(t, l)
		}
		pages := textLines(t, letterPDF(t, l))
		if len(pages) == 1 {
			continue
		}
		moved++
		at := -1
		for i, line := range pages[1] {
			if strings.Contains(line, "KT. CỤC TRƯỞNG") {
				at = i
			}
		}
		if at < 3 { // the page number and two lines
			t.Errorf("%d more lines: page 2 begins with %q", n, pages[1][:min(4, len(pages[1]))])
		}
	}
	if moved == 0 {
		t.Fatal("no letter was long enough")
	}
	for name, pdf := range opened(t, docs) {
		if a, b := len(textLines(t, letterPDF(t, letters[name]))), len(textLines(t, pdf)); a != b {
			t.Errorf("%s more lines: %d pages as PDF, %d as DOCX", name, a, b)
		}
	}
}

// The place of a form's signatures is never alone on its page: what stands below the
// table and two rows of it go with it, in both formats alike.
func TestFormKeepsRowsWithItsSignatures(t *testing.T) {
	letters, docs := map[string]document.Letter{}, map[string][]byte{}
	for n := range 30 {
		l := sampleLetter(t)
		form := sampleAppendices()[1]
		form.After = []string{"5. Phương tiện: ……", "6. Thời gian đến, rời: ……", "7. Lưu trú: ……", "8. Đăng ký tham luận: ……", "9. Đoàn đã thông báo cho từng đại biểu."}
		form.Table.Rows = nil
		for row := range n + 8 {
			form.Table.Rows = append(form.Table.Rows, []string{fmt.Sprintf("%02d", row+1), "", "", ""})
		}
		l.Appendices = []document.Appendix{form}
		letters[fmt.Sprint(n)] = l
		if n%2 == 0 {
			docs[fmt.Sprint(n)] = letterDOCX(t, l)
		}
	}
	rows := regexp.MustCompile(`^\d\d$`)
	made, split := opened(t, docs), 0
	for name, l := range letters {
		own := textLines(t, letterPDF(t, l))
		if last := own[len(own)-1]; len(own) > 2 {
			split++
			if len(last) < 10 || !rows.MatchString(last[2]) || !rows.MatchString(last[3]) || rows.MatchString(last[len(last)-1]) {
				t.Errorf("%s: the last page holds %q", name, last)
			}
		}
		if docx, ok := made[name]; ok {
			if diff := cmp.Diff(own, textLines(t, docx)); diff != "" {
				t.Errorf("%s: PDF and DOCX differ (-pdf +docx):\n%s", name, diff)
			}
		}
	}
	if split == 0 || split == len(letters) {
		t.Errorf("%d of %d forms went over a page", split, len(letters))
	}
}

// A code and a phone number are never torn at the end of a line, whichever program sets
// the letter, and whoever searches finds them as they are typed; a long title is broken about its middle.
func TestLetterTearsNoCode(t *testing.T) {
	letters, docs := map[string]document.Letter{}, map[string][]byte{}
	for n := range 6 {
		l := sampleLetter(t)
		fill := strings.Repeat("chữ ", 9) + strings.Repeat("i", 2*n)
		l.Body = append(l.Body[:1], runs(fill+" trước ngày, mã đơn vị HCM-C4HVQA, điện thoại 0900"+nbsp+"000"+nbsp+"001, rồi còn nhiều chữ nữa."),
			runs(fill+" mã đơn vị là HCM-C4HVQA; số 0900"+nbsp+"000"+nbsp+"001."))
		form := sampleAppendices()[1]
		form.Title = append(form.Title, "HỘI NGHỊ CÔNG TÁC KHUYẾN CÔNG CÁC TỈNH, THÀNH PHỐ KHU VỰC PHÍA NAM LẦN"+nbsp+"THỨ"+nbsp+"XII")
		l.Appendices = []document.Appendix{form}
		letters[fmt.Sprint(n)], docs[fmt.Sprint(n)] = l, letterDOCX(t, l)
	}
	made := opened(t, docs)
	for name, l := range letters {
		pdf := letterPDF(t, l)
		if diff := cmp.Diff(textLines(t, pdf), textLines(t, made[name])); diff != "" {
			t.Errorf("%s: PDF and DOCX differ (-pdf +docx):\n%s", name, diff)
		}
		raw := string(run(t, program(t, "pdftotext", "poppler-utils"), "-enc", "UTF-8", "-layout", save(t, pdf), "-"))
		for _, want := range []string{"HCM-C4HVQA", "0900 000 001"} {
			if n := strings.Count(raw, want); n != 2 {
				t.Errorf("%s: %q stands %d times in\n%s", name, want, n, raw)
			}
		}
		title := textLines(t, pdf)[1][3:5]
		if diff := cmp.Diff([]string{"HỘI NGHỊ CÔNG TÁC KHUYẾN CÔNG CÁC TỈNH,", "THÀNH PHỐ KHU VỰC PHÍA NAM LẦN THỨ XII"}, title); diff != "" {
			t.Error(diff)
		}
	}
}

// Nor is it alone below a paragraph that is too long to be kept in one piece, last or last but one.
func TestSignatureKeepsTwoLinesOfALongParagraph(t *testing.T) {
	docs := map[string][]byte{}
	for n := range 16 {
		l := sampleLetter(t)
		l.Body = l.Body[:3]
		for range n / 2 {
			l.Body = append(l.Body, runs("Một dòng ngắn."))
		}
		l.Body = append(l.Body, runs(strings.Repeat("Một đoạn dài, không thể giữ nguyên trên một trang. ", 18)))
		if n%2 == 1 { // a line of its own is one too few
			l.Body = append(l.Body, runs("Trân trọng./."))
		}
		name := fmt.Sprint(n)
		docs[name] = letterDOCX(t, l)
		above(t, name+", PDF", letterPDF(t, l))
	}
	for name, pdf := range opened(t, docs) {
		above(t, name+", DOCX", pdf)
	}
}

// above looks for two lines of text over the signature on the page where it stands.
func above(t *testing.T, name string, pdf []byte) {
	t.Helper()
	for n, page := range textLines(t, pdf) {
		for i, line := range page {
			if n > 0 && strings.Contains(line, "KT. CỤC TRƯỞNG") && i < 3 { // the page number and two lines
				t.Errorf("%s: page %d begins with %q", name, n+1, page[:min(4, len(page))])
			}
		}
	}
}
