package edition_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
)

// awful is one file as people send them. want holds one line for each organisation:
// row: name [province] phones e-mail (contact, title, phones, e-mail); problems are
// "row! key" for errors and "row key" for points to look at.
type awful struct {
	name     string
	file     []byte
	choose   func(*edition.ImportChoices)
	want     []string
	problems []string
}

func convert(c *edition.ImportChoices) { c.Encoding = edition.LegacyConvert }

func awfulFiles(t *testing.T) []awful {
	const header = "STT|Tên đơn vị|Tỉnh|Họ tên đầu mối|Điện thoại"
	return []awful{
		{name: "LibreOffice: titles, header of two rows, merged province, numbered empty rows, sum and signature", file: fixture(t, "calc-merged.xlsx"),
			want: []string{
				"8: Sở Công Thương tỉnh Tây Ninh [Tây Ninh] 0276 3822 190 sct@tayninh.example (Lê Văn Mẫu, Phó Giám đốc, 0912 345 678)",
				"9: Trung tâm Khuyến công Tây Ninh [Tây Ninh] (NGUYỄN THỊ THÍ DỤ, Giám đốc, 0913 222 333; 0914 222 333)",
				"12: Công ty TNHH Bánh Mẫu [Bà Rịa - Vũng Tàu] lienhe@banhmau.example (Trần Mẫu, Giám đốc, 0352 345 678)"},
			problems: []string{"12 phone_old"}},
		{name: "LibreOffice: formulas with their values, an error of Excel, dates", file: fixture(t, "calc-formula.xlsx"),
			want:     []string{"2: Sở Công Thương tỉnh Long An [Long An] 0272 3826 400 (Phạm Mẫu, 0987 654 321)", "3: Sở Công Thương tỉnh Bến Tre [Bến Tre]"},
			problems: []string{"3! excel_error+person_only"}},
		{name: "Excel: rich text and phonetic runs in shared strings", file: workbook(t, []string{
			`<si><t>Tên đơn vị</t></si>`, `<si><t>Địa phương</t></si>`, `<si><r><rPr><b/></rPr><t>Sở Công </t></r><r><t xml:space="preserve">Thương tỉnh Cà Mau</t></r></si>`,
			`<si><t>Cà Mau</t><rPh sb="0" eb="2"><t>カマウ</t></rPh><phoneticPr fontId="1"/></si>`},
			page{name: "Sheet1", xml: `<dimension ref="A1"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2" spans="1:2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row></sheetData>`}),
			want: []string{"2: Sở Công Thương tỉnh Cà Mau [Cà Mau]"}},
		{name: "Excel: a hidden sheet with last year's list stands first", file: workbook(t, nil,
			page{name: "2021", state: "hidden", xml: sheetData(t, header, "#1|Sở Công Thương tỉnh Đồng Nai|Đồng Nai|Người Cũ|0912345678")},
			page{name: "Bìa", xml: sheetData(t, "DANH SÁCH|KÈM THEO CÔNG VĂN")},
			page{name: "2022", state: "", xml: sheetData(t, header, "#1|Sở Công Thương tỉnh Đồng Nai|Đồng Nai|Người Mới|#912345678")}),
			want: []string{"2: Sở Công Thương tỉnh Đồng Nai [Đồng Nai] (Người Mới, 0912 345 678)"}},
		{name: "Excel: formatted to the last of 1,048,576 rows and the last column", file: workbook(t, nil,
			page{name: "Sheet1", xml: `<dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384" width="9" style="1"/></cols><sheetData>` + cells(t, 1, header, "#1|Sở Công Thương tỉnh An Giang|An Giang||") +
				`<row r="1048576"><c r="A1048576" s="2"/><c r="XFD1048576" s="1"/></row></sheetData><mergeCells count="1"><mergeCell ref="A3:XFD1048576"/></mergeCells>`}),
			want: []string{"2: Sở Công Thương tỉnh An Giang [An Giang]"}},
		{name: "capitals, decomposed letters, Ð for Đ, spaces that are none, two numbers", file: workbook(t, nil,
			page{name: "DS", xml: sheetData(t, header, decomposed("#1|SỞ CÔNG THƯƠNG TỈNH ")+"Ð"+decomposed("ỒNG THÁP\u00a0|")+" Ð"+decomposed("ồng Tháp\u200b | ÔNG ")+"Ð"+decomposed("ẶNG VĂN MẪU |0912.345.678 - 0277 3851 431"))}),
			choose: func(c *edition.ImportChoices) { c.TitleCase = true },
			want:   []string{"2: Sở Công Thương tỉnh Đồng Tháp [Đồng Tháp] (Đặng Văn Mẫu, 0912 345 678; 0277 3851 431)"}},
		{name: "capitals with abbreviations, and job titles in capitals", file: workbook(t, nil, page{name: "DS", xml: sheetData(t, "Tên đơn vị|Tỉnh|Họ tên đầu mối|Chức vụ",
			"UBND TỈNH LÀO CAI|Lào Cai|NGUYỄN THỊ MẪU|PHÓ CHỦ TỊCH UBND TỈNH LÀO CAI", "TRUNG TÂM KC&TVPTCN TP.HCM|TP.HCM|LÊ THÍ DỤ|CHỦ TỊCH", "CÔNG TY TNHH SX-TM ABC|Lào Cai|ĐỖ MẪU|PHÓ TRƯỞNG PHÒNG QUẢN LÝ CÔNG NGHIỆP",
			"SỞ CÔNG THƯƠNG THÀNH PHỐ CẦN THƠ|Cần Thơ|VŨ MẪU|GIÁM ĐỐC SỞ CÔNG THƯƠNG", "HTX MẪU|Cần Thơ|VÕ MẪU|CHỦ CƠ SỞ, CÁN BỘ KCN")}),
			choose: func(c *edition.ImportChoices) { c.TitleCase = true },
			want: []string{"2: UBND tỉnh Lào Cai [Lào Cai] (Nguyễn Thị Mẫu, Phó Chủ tịch UBND tỉnh Lào Cai)", "3: Trung tâm KC&TVPTCN TP.HCM [TP. Hồ Chí Minh] (Lê Thí Dụ, Chủ tịch)",
				"4: Công ty TNHH SX-TM ABC [Lào Cai] (Đỗ Mẫu, Phó Trưởng phòng Quản lý công nghiệp)", "5: Sở Công Thương thành phố Cần Thơ [TP. Cần Thơ] (Vũ Mẫu, Giám đốc Sở Công Thương)",
				"6: HTX Mẫu [TP. Cần Thơ] (Võ Mẫu, Chủ cơ sở, Cán bộ KCN)"}},
		{name: "TCVN3 in a workbook", file: workbook(t, nil, page{name: "DS", xml: sheetData(t, "STT|Tên đơn vị|Tỉnh|Họ tên đầu mối|Điện thoại",
			"#1|Së C«ng Th\u00ad¬ng tØnh Sãc Tr¨ng|Sãc Tr¨ng|NguyÔn ThÞ MÉu|#912345678", "#2|Sở Công Thương tỉnh Bạc Liêu|Bạc Liêu|L\u00aa V¨n MÉu|#912345679")}), choose: convert,
			want: []string{"2: Sở Công Thương tỉnh Sóc Trăng [Sóc Trăng] (Nguyễn Thị Mẫu, 0912 345 678)", "3: Sở Công Thương tỉnh Bạc Liêu [Bạc Liêu] (Lê Văn Mẫu, 0912 345 679)"}},
		{name: "VNI in a CSV file of bytes, not decided yet", file: bytesOf(t, charmap.Windows1252, "STT;Ten don vi;Tinh;Dau moi;Dien thoai\r\n1;Sôû Coâng Thöông tænh Haäu Giang;Haäu Giang;Leâ Thò Maãu;0912345678\r\n"),
			problems: []string{"2! legacy", "2! legacy", "2! legacy"}},
		{name: "VNI in a CSV file of bytes", file: bytesOf(t, charmap.Windows1252, "STT;Teân ñôn vò;Tænh;Hoï teân ñaàu moái;Ñieän thoaïi\r\n1;Sôû Coâng Thöông tænh Haäu Giang;Haäu Giang;Leâ Thò Maãu;0912345678\r\n"),
			choose: convert,
			want:   []string{"2: Sở Công Thương tỉnh Hậu Giang [Hậu Giang] (Lê Thị Mẫu, 0912 345 678)"}},
		{name: "windows-1258", file: bytesOf(t, charmap.Windows1258, windows1258("Tên đơn vị,Tỉnh\nSở Công Thương tỉnh Vĩnh Long,Vĩnh Long\n")),
			want: []string{"2: Sở Công Thương tỉnh Vĩnh Long [Vĩnh Long]"}},
		{name: "Unicode text of Excel: UTF-16 with tabs", file: utf16Bytes("DANH SÁCH\t\t\r\nTT\tĐơn vị\tĐịa phương\r\n1\tSở Công Thương TP Cần Thơ\tTP Cần Thơ\r\n"),
			want: []string{"3: Sở Công Thương TP Cần Thơ [TP. Cần Thơ]"}},
		{name: "CSV with a mark, sep=, quotes and line breaks in cells", file: []byte("\xEF\xBB\xBFsep=;\r\n\"Tên\r\nđơn vị\";\"Tỉnh, TP\";\"Người liên hệ\";\"Điện thoại\";E-mail\r\n\"Hợp tác xã \"\"Mẫu\"\"\";T.P Hồ Chí Minh;Bà Ngô Mẫu;\"0912 345 678\r\n0913 345 678\";a@mau.example, b@mau.example\r\n"),
			want: []string{`4: Hợp tác xã "Mẫu" [TP. Hồ Chí Minh] (Ngô Mẫu, 0912 345 678; 0913 345 678, a@mau.example)`}, problems: []string{"4 emails"}},
		{name: "sections, header again on each printed page, one organisation with two focal points", file: workbook(t, nil, page{name: "DS", xml: `<sheetData>` + cells(t, 1,
			"ỦY BAN NHÂN DÂN", "", "Phụ lục|kèm theo", header, "1|2|3|4|5", "I|Khối Trung ương", "#1|Cục Công Thương địa phương|Hà Nội|Vũ Mẫu|0912345670", "II|Địa phương", "#2|Sở Công Thương tỉnh Kiên Giang|Kiên Giang|Võ Mẫu|0912345671",
			header, "#3|SCT Kiên Giang|Kiên Giang|Võ Mẫu Hai|0912345672", "#4|Sở Công Thương tỉnh Kiên Giang|Kiên Giang|VÕ MẪU|", "|Ghi chú: danh sách có thể thay đổi") + `</sheetData>`}),
			want: []string{"7: Cục Công Thương địa phương [] (Vũ Mẫu, 0912 345 670)", "9: Sở Công Thương tỉnh Kiên Giang [Kiên Giang] (Võ Mẫu, 0912 345 671) (Võ Mẫu Hai, 0912 345 672)"}, problems: []string{"12 contact_twice"}},
		{name: "no header at all", file: []byte("Sở Công Thương tỉnh Trà Vinh,Trà Vinh\nSở Công Thương tỉnh Tiền Giang,Tiền Giang\n"),
			choose: func(c *edition.ImportChoices) { c.Columns = map[string]int{"name": 0, "province": 1} },
			want:   []string{"1: Sở Công Thương tỉnh Trà Vinh [Trà Vinh]", "2: Sở Công Thương tỉnh Tiền Giang [Tiền Giang]"}},
		{name: "an organisation on the first row of its group only, two people in one cell, a signature below", file: workbook(t, nil, page{name: "DS", xml: sheetData(t, "STT|Tên đơn vị|Tỉnh|Họ tên đầu mối|Chức vụ|Điện thoại|Điện thoại cơ quan",
			"#1|Sở Công Thương tỉnh Tây Ninh|Tây Ninh|Lê Thị Mẫu|Giám đốc|0912345678", "|||Trần Văn Mẫu|Chuyên viên|0912345679|02763822190", "|||Vũ Thí Dụ", "#2||Cà Mau|Võ Thí Dụ|Chuyên viên", "||Tây Ninh|||0912345671",
			"#3|Công ty Mẫu|Cà Mao|Đỗ Mẫu|Giám đốc", "|||Ngô Mẫu|Chuyên viên|0912345670", "#4|Công ty Thí Dụ|Cà Mau|Đỗ Văn Mẫu\nNgô Thị Mẫu|Giám đốc", "#5|Công ty Thí Dụ Hai|Cà Mau|Nguyễn Thị\nMẫu|Giám đốc", "|||Cà Mau, ngày 01 tháng 9 năm 2022", "|||Phan Văn Mẫu")}),
			want: []string{"2: Sở Công Thương tỉnh Tây Ninh [Tây Ninh] 0276 3822 190 (Lê Thị Mẫu, Giám đốc, 0912 345 678) (Trần Văn Mẫu, Chuyên viên, 0912 345 679) (Vũ Thí Dụ)",
				"9: Công ty Thí Dụ [Cà Mau]", "10: Công ty Thí Dụ Hai [Cà Mau] (Nguyễn Thị Mẫu, Giám đốc)"},
			problems: []string{"3 above", "4 above", "5! no_name", "6! no_name", "6! contact_no_name", "7! province_near", "8! above_wrong", "9! contact_two+person_only"}},
		{name: "cells with more than one fault, persons who are one, a merged cell with one", file: workbook(t, nil, page{name: "DS", xml: sheetData(t, "Tên đơn vị|Tỉnh|Điện thoại cơ quan|Đầu mối|Di động",
			"Sở Công Thương tỉnh Bắc Cạn|Bắc Cạn|02093852232 máy lẻ 12 (gặp chị Mẫu) / 01671234567 (chị Mẫu)|LÊ A|0912345678", "Công ty Mẫu|Cà Mau||Ngô Thị Thử 1", "Mẫu Thử|Cà Mau", "Làng nghề Thử|Cà Mau||Họ và tên", "Sở Công Thương tỉnh Bến Tre|Cà Mau||test|091",
			"Công ty Thí Dụ|Cà Mau|||0912345678", "Công ty Thử Một|Atlantis", "Công ty Thử Hai", "Ngân hàng Thử|Kiên Giang||Võ Văn B") + `<mergeCells count="1"><mergeCell ref="B8:B9"/></mergeCells>`}),
			want: []string{"2: Sở Công Thương tỉnh Bắc Cạn [Bắc Kạn] 0209 3852 232; 0371 234 567 (LÊ A, 0912 345 678)", "3: Công ty Mẫu [Cà Mau] (Ngô Thị Thử 1)", "5: Làng nghề Thử [Cà Mau]", "7: Công ty Thí Dụ [Cà Mau]", "10: Ngân hàng Thử [Kiên Giang] (Võ Văn B)"},
			problems: []string{"2 phone_extension+phone_remark+phone_old", "2 contact_example", "3 contact_example", "4! kind_missing", "5! edition.error.placeholder+person_only",
				"6! province_contradicts", "6! edition.error.phone", "6! edition.error.placeholder", "7! contact_no_name+person_only", "8! province_unknown", "10 contact_example"}},
		{name: "provinces that contradict the names", file: workbook(t, nil, page{name: "DS", xml: sheetData(t, "Tên đơn vị|Tỉnh",
			"Sở Công Thương tỉnh Vĩnh Long|TP. HCM", "SO CONG THUONG TINH VINH LONG|Tây Ninh", "SCT TP.HCM|Cần Thơ", "Sở Công Thương Vĩnh Long|Cà Mau", "Sở Công Thương Thành phố Hồ Chí Minh|TP. HCM",
			"Công ty Máy tính Hà Nội|TP. HCM", "Công ty Bánh Vĩnh Long|TP. HCM", "Công ty CP TP Cần Thơ|TP. HCM", "Ủy ban nhân dân thành phố Thủ Đức|TP. HCM", "Phòng Kinh tế thành phố Thuận An, tỉnh Bình Dương|Bình Dương")}),
			want: []string{"5: Sở Công Thương Vĩnh Long [Cà Mau]", "6: Sở Công Thương Thành phố Hồ Chí Minh [TP. Hồ Chí Minh]", "7: Công ty Máy tính Hà Nội [TP. Hồ Chí Minh]", "8: Công ty Bánh Vĩnh Long [TP. Hồ Chí Minh]",
				"9: Công ty CP TP Cần Thơ [TP. Hồ Chí Minh]", "10: Ủy ban nhân dân thành phố Thủ Đức [TP. Hồ Chí Minh]", "11: Phòng Kinh tế thành phố Thuận An, tỉnh Bình Dương [Bình Dương]"},
			problems: []string{"2! province_contradicts", "3! province_contradicts", "4! province_contradicts", "5 province_differs"}},
		{name: "numbers as Excel stores them, rounded numbers, contradictions, unknown provinces, placeholders", file: workbook(t, nil, page{name: "DS", xml: sheetData(t, "Tên đơn vị|Tỉnh|Điện thoại|E-mail|Đầu mối",
			"Công ty Mẫu Một|Bình Dương|#9.12345678E8|mot@mau.example", "Công ty Mẫu Hai|Binh Duog|#84912345678", "Công ty Mẫu Ba|Bình Dương|9,12E+08", "Công ty mẫu một|Bình Dương||khac@mau.example", "Công ty Mẫu Bốn|Atlantis|||Nguyễn Văn A", "Mẫu Năm|Bình Dương", "|Bình Dương|0912345678", "Trung tâm Khuyến công Bình Phước|", "Công ty Mẫu Sáu|BDU|12")}),
			want:     []string{"2: Công ty Mẫu Một [Bình Dương] 0912 345 678 mot@mau.example", "9: Trung tâm Khuyến công Bình Phước [Bình Phước]"},
			problems: []string{"3! province_near", "4! phone_rounded", "5! contradicts", "6! province_unknown", "6 contact_example", "7! kind_missing", "8! no_name", "9 province_guessed", "10! edition.error.phone"}},
	}
}

// windows1258 writes letters as Vietnamese Windows did: a letter with its hat, then
// the tone as a mark of its own.
func windows1258(s string) string {
	var b strings.Builder
	for _, r := range s {
		parts := []rune(decomposed(string(r)))
		tone := ""
		for len(parts) > 1 && strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", parts[len(parts)-1]) {
			tone, parts = string(parts[len(parts)-1]), parts[:len(parts)-1]
		}
		if len(parts) == 3 || len(parts) == 2 && tone != "" && parts[1] == '\u0323' {
			tone, parts = string(parts[1]), slices.Delete(parts, 1, 2)
		}
		b.WriteString(composed(string(parts)) + tone)
	}
	return b.String()
}

func TestAwfulFilesAreRead(t *testing.T) {
	r, d, clock, ctx := importRoom(t)
	places, err := edition.PlacesOn(ctx, d, clock.Now().Format("2006-01-02"))
	if err != nil {
		t.Fatal(err)
	}
	files := awfulFiles(t)
	if len(files) < 12 {
		t.Fatalf("only %d files", len(files))
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			i, err := r.Upload(ctx, "danh-sach", f.file)
			if err != nil {
				t.Fatal(err)
			}
			if f.choose != nil {
				c := i.Choices
				f.choose(&c)
				if err := r.Choose(ctx, i.ID, c); err != nil {
					t.Fatal(err)
				}
				if i, err = edition.ImportByID(ctx, d, i.ID); err != nil {
					t.Fatal(err)
				}
			}
			checked, err := r.CheckImport(ctx, i)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(f.want, told(places, checked)); diff != "" {
				t.Errorf("organisations (-want +got):\n%s\nguess: %+v", diff, i.Choices)
			}
			if diff := cmp.Diff(f.problems, problemsOf(t, checked)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// told gives the organisations of a list in short.
func told(places *edition.Places, c edition.Checked) []string {
	var out []string
	for _, e := range c.Entries {
		o := e.Organisation
		line := fmt.Sprintf("%d: %s [%s]%s", e.Row, o.NameVi, places.Named(o.ProvinceID).Short("vi"), parts(" ", phone(o.Phone, o.OtherPhone), o.Email))
		for _, p := range e.Contacts {
			line += " (" + p.FullName + parts(", ", p.JobTitle, phone(p.Phone, p.OtherPhone), p.Email) + ")"
		}
		out = append(out, line)
	}
	return out
}

func parts(before string, all ...string) string {
	out := ""
	for _, s := range all {
		if s != "" {
			out += before + s
		}
	}
	return out
}

func problemsOf(t *testing.T, c edition.Checked) []string {
	t.Helper()
	var out []string
	for _, p := range c.Problems {
		sign := ""
		if p.Error {
			sign = "!"
		}
		var keys []string
		for _, text := range p.Texts() {
			testkit.Worded(t, text)
			keys = append(keys, strings.TrimPrefix(text.Key, "import.problem."))
		}
		if p.Value == "" && p.Text.Key != "import.problem.no_name" && p.Text.Key != "import.problem.contact_no_name" && !strings.Contains(p.Text.Key, "above") && !strings.Contains(p.Text.Key, "province_") {
			t.Errorf("row %d: %s shows no cell", p.Row, p.Text.Key)
		}
		out = append(out, fmt.Sprintf("%d%s %s", p.Row, sign, strings.Join(keys, "+")))
	}
	return out
}
