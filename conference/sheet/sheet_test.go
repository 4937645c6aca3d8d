package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/sheet"
	"hoinghi/conference/testkit"
)

func columns() []sheet.Column {
	return []sheet.Column{
		{Key: "name", Words: []string{"ten don vi", "don vi"}}, {Key: "province", Words: []string{"tinh thanh pho", "tinh"}},
		{Key: "contact", Words: []string{"dau moi"}}, {Key: "phone", Words: []string{"dien thoai"}},
		{Key: "contact_phone", Words: []string{"di dong"}, Shared: []string{"dien thoai"}, After: "contact"},
	}
}

func read(t *testing.T, data []byte) *sheet.Book {
	t.Helper()
	b, err := sheet.NewReader().Read(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHeadersAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		row    int // number of the header row, 0 for none
		column map[string]int
	}{
		"plain":                    {"Tên đơn vị;Tỉnh\nMẫu;Tây Ninh\n", 1, map[string]int{"name": 0, "province": 1}},
		"below titles":             {"DANH SÁCH ĐƠN VỊ\n\n;;Đơn vị chủ trì\nSTT;Tên đơn vị;Tỉnh, thành phố\n1;Mẫu;Tây Ninh\n", 4, map[string]int{"name": 1, "province": 2}},
		"telephone on both sides":  {"Đơn vị;Điện thoại;Đầu mối;Điện thoại\na;1;b;2\n", 1, map[string]int{"name": 0, "phone": 1, "contact": 2, "contact_phone": 3}},
		"one telephone behind":     {"Đơn vị;Đầu mối;Điện thoại\na;1;b\n", 1, map[string]int{"name": 0, "contact": 1, "contact_phone": 2}},
		"without marks":            {"TEN DON VI,TINH/THANH PHO\na,b\n", 1, map[string]int{"name": 0, "province": 1}},
		"nothing like a header":    {"a;b\nc;d\n", 0, map[string]int{}},
		"data that begins alike":   {"Đơn vị Mẫu 1;Tây Ninh\nĐơn vị Mẫu 2;Long An\n", 0, map[string]int{}},
		"a single column":          {"Tên đơn vị\nMẫu\n", 1, map[string]int{"name": 0}},
		"a heading with a remark":  {"Tên đơn vị (ghi đầy đủ);Tỉnh (mới)\na;b\n", 1, map[string]int{"name": 0, "province": 1}},
		"the counting column only": {"STT;Tên đơn vị;Tỉnh\n1;;\n", 1, map[string]int{"name": 1, "province": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			b := read(t, []byte(c.text))
			g := b.FindTable(columns())
			row := 0
			if g.Header != sheet.NoHeader {
				row = b.Sheets[g.Sheet].Rows[g.Header].Number
			}
			if row != c.row {
				t.Errorf("header in row %d, want %d", row, c.row)
			}
			if diff := cmp.Diff(c.column, g.Columns); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}

// bomb is a workbook that is small on disk and huge when unpacked.
func bomb(t *testing.T, members int, size int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for i := range members {
		w, err := z.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, zeros{}, size); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A bomb is refused by what it declares, before anything is unpacked.
func TestBombsAreRefusedAtOnce(t *testing.T) {
	for name, data := range map[string][]byte{"one large member": bomb(t, 1, 256<<20), "many members": bomb(t, 1500, 10)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := sheet.NewReader().Read(t.Context(), data)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		refusedFile(t, name, err, "sheet.error.bomb")
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 || took > time.Second {
			t.Errorf("%s of %d KB: %d KB used in %s", name, len(data)>>10, grown>>10, took)
		}
	}
}

func refusedFile(t *testing.T, name string, err error, key string) {
	t.Helper()
	var e *conference.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != "file" || e.Fields[0].Text.Key != key {
		t.Errorf("%s: %v, want %s", name, err, key)
		return
	}
	testkit.Worded(t, e.Fields[0].Text)
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ data, key string }{
		"nothing":            {"", "sheet.error.empty"},
		"blank rows":         {",,,\r\n\r\n", "sheet.error.empty"},
		"old workbook":       {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512) + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00", "sheet.error.xls"},
		"workbook with lock": {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512) + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", "sheet.error.locked"},
		"broken archive":     {"PK\x03\x04 and nothing more", "sheet.error.broken"},
		"PDF":                {"%PDF-1.7\n1 0 obj", "sheet.error.not_table"},
		"picture":            {"\x89PNG\r\n\x1a\n\x01\x02\x03\x04\x05\x06\x07\x0b\x0c", "sheet.error.not_table"},
		"too many rows":      {strings.Repeat("a,b\n", sheet.MaxRows+1), "sheet.error.rows"},
		"too large":          {strings.Repeat("a", sheet.MaxFile+1), "sheet.error.large"},
		"an archive":         {string(bomb(t, 1, 100)), "sheet.error.not_table"},
	} {
		_, err := sheet.NewReader().Read(t.Context(), []byte(c.data))
		refusedFile(t, name, err, c.key)
	}
}

func TestLettersOfColumns(t *testing.T) {
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := sheet.Letters(n); got != want {
			t.Errorf("column %d is %s, want %s", n, got, want)
		}
	}
}

// payloads are what a spreadsheet would run.
var payloads = []string{"=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "=HYPERLINK(\"http://x.example\")", "＝1+1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0", "%0A=1", "|x"}

func TestExportsHoldNoFormula(t *testing.T) {
	rows := [][]string{{"Tên", "Giá trị"}}
	for _, p := range payloads {
		rows = append(rows, []string{"Mẫu", p})
	}
	var text, book bytes.Buffer
	if err := sheet.WriteCSV(&text, rows); err != nil {
		t.Fatal(err)
	}
	back, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text.String(), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range back[1:] {
		if !strings.HasPrefix(row[1], "'") {
			t.Errorf("the cell %q of a CSV file starts active", row[1])
		}
	}
	if err := sheet.WriteWorkbook(&book, "Đơn vị", []float64{20, 30}, rows); err != nil {
		t.Fatal(err)
	}
	if xml := part(t, book.Bytes(), "xl/worksheets/sheet1.xml"); strings.Contains(xml, "<f") || strings.Contains(xml, "<v>") {
		t.Error("a cell of the workbook is no text")
	}
	for i, row := range read(t, book.Bytes()).Sheets[0].Rows {
		if i > 0 && strings.TrimSpace(row.Cell(1)) != strings.TrimSpace(rows[i][1]) {
			t.Errorf("row %d holds %q, want %q", i, row.Cell(1), rows[i][1])
		}
	}
}

func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestTheTemplateHasDropDownsAndIsRead(t *testing.T) {
	var b bytes.Buffer
	form := sheet.Template{Name: "Đơn vị", Lists: "Danh mục", HelpName: "Hướng dẫn", Help: []string{"Mỗi dòng một đơn vị."}, Rows: 500, Columns: []sheet.TemplateColumn{
		{Heading: "Tên đơn vị", Note: "Tên đầy đủ.", Width: 40}, {Heading: "Tỉnh", Note: "Chọn.", Width: 20, Choices: []string{"Tây Ninh", "TP. Cần Thơ"}}}}
	if err := form.Write(&b); err != nil {
		t.Fatal(err)
	}
	xml := part(t, b.Bytes(), "xl/worksheets/sheet1.xml")
	for _, want := range []string{`type="list"`, `sqref="B2:B501"`, `&#39;Danh mục&#39;!$B$1:$B$2`, `prompt="Chọn."`} {
		if !strings.Contains(xml, want) && !strings.Contains(xml, strings.ReplaceAll(want, "&#39;", "'")) {
			t.Errorf("the sheet lacks %s", want)
		}
	}
	book := read(t, b.Bytes())
	if g := book.FindTable(columns()); book.Sheets[g.Sheet].Name != "Đơn vị" || g.Header != 0 || len(g.Columns) != 2 {
		t.Errorf("the template is not found: %+v", g)
	}
}

// FuzzRead: whatever comes, reading ends with a book or a refusal in words, and what
// was read can be searched for its table.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"Tên đơn vị;Tỉnh\nMẫu;Tây Ninh\n", "a,b\n\"c\nd\",e", "sep=\t\na\tb", "\xEF\xBB\xBFx;y", "\xFF\xFEa\x00;\x00", "\xFE\xFF\x00a", "PK\x03\x04", "\"", "a\x00b", "NguyÔn;V¨n\xff\n", "Nguye\xE3n V\xE3n;b"} {
		f.Add([]byte(s))
	}
	r := sheet.NewReader()
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := r.Read(t.Context(), data)
		if err != nil {
			if conference.KindOf(err) != conference.KindInvalid {
				t.Fatalf("error %v", err)
			}
			return
		}
		g := b.FindTable(columns())
		s := &b.Sheets[g.Sheet]
		for header := range min(5, len(s.Rows)) {
			s.Headings(header)
			s.Body(header)
		}
		for _, row := range s.Body(g.Header) {
			for _, column := range g.Columns {
				row.Cell(column)
			}
		}
	})
}
