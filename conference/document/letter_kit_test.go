package document_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/document"
)

const nbsp = "\u00a0"

func runs(texts ...string) document.Paragraph {
	var p document.Paragraph
	for n, text := range texts {
		p.Runs = append(p.Runs, document.Run{Text: text, Bold: n%2 == 0 && len(texts) > 1})
	}
	return p
}

// sampleLetter is an invitation as long as a real one, to an invented organisation.
func sampleLetter(t testing.TB) document.Letter {
	t.Helper()
	blank := strings.Repeat(nbsp, 8)
	return document.Letter{
		Title: "Giấy mời", Now: time.Date(2022, time.September, 1, 2, 0, 0, 0, time.UTC),
		Parent: []string{"BỘ CÔNG THƯƠNG"}, Agency: []string{"CỤC CÔNG THƯƠNG", "ĐỊA PHƯƠNG"},
		Number: "Số:" + blank + "/GM-CTĐP", PlaceDate: "Hà Nội, ngày" + blank + "tháng" + blank + "năm" + blank,
		Name: "GIẤY MỜI", Abstract: []string{"Dự Hội nghị công tác khuyến công các tỉnh, thành phố", "khu vực phía Nam lần thứ XIII, năm 2027"},
		Body: []document.Paragraph{
			runs("", "Thực hiện Chương trình khuyến công quốc gia năm 2027, Cục Công Thương địa phương phối hợp với Sở Công Thương tỉnh Vĩnh Long tổ chức ", "Hội nghị công tác khuyến công các tỉnh, thành phố khu vực phía Nam lần thứ XIII", ". Cục Công Thương địa phương trân trọng kính mời:"),
			{Centred: true, Runs: []document.Run{{Text: "Lãnh đạo Sở Công Thương tỉnh Đắk Lắk", Bold: true}}},
			runs("Thành phần:", " 01 Lãnh đạo Sở; Giám đốc Trung tâm Khuyến công và Tư vấn phát triển công nghiệp; 02 chuyên viên phụ trách công tác khuyến công; đại diện 03 cơ sở công nghiệp nông thôn có sản phẩm tiêu biểu (danh sách đăng ký trực tuyến trước ngày"+nbsp+"20 tháng"+nbsp+"3 năm"+nbsp+"2027)."),
			runs("Chủ trì:", " Ông Nguyễn Quốc Khởi, Cục trưởng Cục Công Thương địa phương."),
			runs("Thời gian:", " 02 ngày, từ 08"+nbsp+"giờ"+nbsp+"00 ngày"+nbsp+"08 đến 17"+nbsp+"giờ"+nbsp+"00 ngày"+nbsp+"09 tháng"+nbsp+"4 năm"+nbsp+"2027 (đón tiếp đại biểu từ 14"+nbsp+"giờ"+nbsp+"00 ngày"+nbsp+"07 tháng"+nbsp+"4 năm"+nbsp+"2027)."),
			runs("Địa điểm:", " Trung tâm Hội nghị tỉnh Vĩnh Long, số 01 đường Hoàng Thái Hiếu, phường Long Châu, tỉnh Vĩnh Long."),
			runs("Đại biểu vui lòng quét mã QR trên Giấy mời này để xác nhận tham dự, đăng ký phòng nghỉ và phương tiện đưa đón. Thông tin liên hệ: bà Trần Thị Nguyệt Ưng, điện thoại 0900" + nbsp + "000" + nbsp + "001, thư điện tử bantochuc@hn13.example.vn."),
			runs("Rất mong Quý cơ quan quan tâm, cử đại biểu tham dự đúng thành phần để Hội nghị đạt kết quả tốt./."),
		},
		Recipients: []string{"Như trên", "Bộ trưởng (để báo cáo)", "Sở Công Thương tỉnh Vĩnh Long (để p/h)", "Lưu: VT, KCQG"},
		Authority:  []string{"KT. CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG"}, Signer: "Lê Thị Diễm Ngưỡng",
		Code: code(t, letterLink), Caption: []string{"Quét mã để xác nhận tham dự", "Mã đơn vị: DLK-7K2M9P"},
	}
}

const letterLink = "HTTPS://HOINGHI.EXAMPLE.VN/M/ABCDEFGHJKMNPQRSTVWXYZ2345"

func sampleAppendices() []document.Appendix {
	programme := document.Appendix{Label: "Phụ lục I", Title: []string{"CHƯƠNG TRÌNH HỘI NGHỊ"}, Note: "(Kèm theo Giấy mời số" + strings.Repeat(nbsp, 8) + "/GM-CTĐP của Cục Công Thương địa phương)",
		Table: document.Table{Size: 12, Columns: []document.Column{{"Thời gian", 32, true}, {"Nội dung", 85, false}, {"Người thực hiện", 48, false}}}}
	for day := 1; day <= 2; day++ {
		programme.Table.Rows = append(programme.Table.Rows, []string{fmt.Sprintf("Thứ Năm, ngày 0%d tháng 4", day+7)})
		for n := range 18 {
			programme.Table.Rows = append(programme.Table.Rows, []string{fmt.Sprintf("%02d:00 - %02d:30", n+5, n+5), "Trao đổi, thảo luận về kết quả hoạt động khuyến công của các tỉnh, thành phố khu vực", "Sở Công Thương tỉnh Vĩnh Long"})
		}
	}
	form := document.Appendix{Label: "Phụ lục II", Title: []string{"PHIẾU ĐĂNG KÝ ĐẠI BIỂU"}, Note: "(Gửi Ban Tổ chức Hội nghị)", Before: []string{"1. Đơn vị đăng ký: Sở Công Thương tỉnh Đắk Lắk."},
		Table: document.Table{Size: 10, Columns: []document.Column{{"TT", 10, true}, {"Họ và tên", 55, false}, {"Chức vụ", 50, false}, {"Ghi chú", 50, false}}},
		After: []string{"3. Phương tiện: ……………"}, SignLeft: "NGƯỜI LẬP PHIẾU", SignRight: "THỦ TRƯỞNG ĐƠN VỊ"}
	for n := range 5 {
		form.Table.Rows = append(form.Table.Rows, []string{fmt.Sprintf("%02d", n+1), "", "", ""})
	}
	return []document.Appendix{programme, form}
}

func letterPDF(t testing.TB, l document.Letter) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := document.LetterPDF(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func letterDOCX(t testing.TB, l document.Letter) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := document.LetterDOCX(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// opened lets LibreOffice open documents, all in one start, and gives each as the PDF it makes of it.
func opened(t testing.TB, docs map[string][]byte) map[string][]byte {
	t.Helper()
	office := program(t, "soffice", "libreoffice-writer-nogui")
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}
	for name, data := range docs {
		file := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	run(t, office, args...)
	out := map[string][]byte{}
	for name := range docs {
		pdf, err := os.ReadFile(filepath.Join(dir, name+".pdf"))
		if err != nil {
			t.Fatalf("LibreOffice did not open %s: %v", name, err)
		}
		out[name] = pdf
	}
	return out
}

// textLines gives the lines of each page as they stand on it, blanks reduced to one.
func textLines(t testing.TB, pdf []byte) [][]string {
	t.Helper()
	path := program(t, "pdftotext", "poppler-utils")
	var out [][]string
	pages := strings.Split(strings.TrimSuffix(string(run(t, path, "-enc", "UTF-8", "-layout", save(t, pdf), "-")), "\f"), "\f")
	for _, page := range pages {
		var lines []string
		for line := range strings.SplitSeq(page, "\n") {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				lines = append(lines, line)
			}
		}
		out = append(out, lines)
	}
	return out
}
