package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"hoinghi/conference/sheet"
)

// oneSheet is a workbook of one sheet, whose XML is given from its rows on.
func oneSheet(t *testing.T, shared, rows string) []byte {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets><sheet name="DS" sheetId="1" r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", `<sst xmlns="` + main + `"><si><t>` + shared + `</t></si></sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `"><sheetData>` + rows + `</worksheet>`},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is far to the right of a row is not kept, and takes no memory once the row is read.
func TestColumnsBeyondTheLimitAreNotKept(t *testing.T) {
	const n = 300
	var rows strings.Builder
	for i := range n {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%[1]d" t="s"><v>0</v></c><c r="XFD%[1]d"><v>1</v></c></row>`, i+1)
	}
	file := oneSheet(t, "Mẫu", rows.String()+`</sheetData>`)
	before := inUse()
	b := read(t, file)
	kept := inUse() - before
	if got := b.Sheets[0].Width(); got != 1 {
		t.Errorf("%d columns are kept, want 1", got)
	}
	if kept > 16<<20 {
		t.Errorf("%d rows of one cell keep %d MB", n, kept>>20)
	}
	runtime.KeepAlive(b)
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// One text that stands in very many cells is small in the file and huge where the
// cells are kept: by reference to the shared string, or by a range that is merged.
func TestTextThatIsRepeatedIsBounded(t *testing.T) {
	text := strings.Repeat("Mẫu ", 490)
	const first, cell = `<c r="A1" t="s"><v>0</v></c>`, `<c t="s"><v>0</v></c>`
	for name, rows := range map[string]string{
		"a shared string": strings.Repeat(`<row>`+cell+`</row>`, 35_000) + `</sheetData>`,
		"a merged range":  `<row r="1">` + first + `</row>` + numberedRows(2, 400) + `</sheetData><mergeCells><mergeCell ref="A1:GR400"/></mergeCells>`,
	} {
		_, err := sheet.NewReader().Read(t.Context(), oneSheet(t, text, rows))
		refusedFile(t, name, err, "sheet.error.bomb")
	}
}

func numberedRows(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="GR%[1]d"><v>%[1]d</v></c></row>`, n)
	}
	return b.String()
}

// Ranges that lie on one another are never read to their end: each of them costs as
// much time as it has cells.
func TestRangesThatLieOnOneAnotherAreLeftOut(t *testing.T) {
	const n = 100
	rows := `<row r="1"><c r="A1"><v>1</v></c></row>` + numberedRows(2, n) + `</sheetData><mergeCells>` + strings.Repeat(fmt.Sprintf(`<mergeCell ref="A1:GR%d"/>`, n), 50) + `</mergeCells>`
	b := read(t, oneSheet(t, "", rows))
	if got := len(b.Sheets[0].Merges); got != 1 {
		t.Errorf("%d ranges over the same cells are kept, want 1", got)
	}
	if got := b.Sheets[0].Rows[n-1].Cell(1); got != "1" {
		t.Errorf("the range is not filled: %q", got)
	}
}
