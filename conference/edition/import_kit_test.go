package edition_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The parts of a workbook as Excel writes them, down to what readers stumble over.
const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"
	xmlTypes  = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	xmlRoot   = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	xmlStyles = xmlHead + `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val=".VnTime"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/></cellXfs></styleSheet>`
	sheetHead = xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">`
)

// page is one sheet: its name, whether it is hidden, and its XML below the root.
type page struct {
	name, state, xml string
}

// workbook packs sheets as Excel does. shared are the items of sharedStrings.xml.
func workbook(t testing.TB, shared []string, pages ...page) []byte {
	t.Helper()
	var names, links strings.Builder
	parts := [][2]string{{"[Content_Types].xml", xmlTypes}, {"_rels/.rels", xmlRoot}, {"xl/styles.xml", xmlStyles}}
	for i, p := range pages {
		state := ""
		if p.state != "" {
			state = ` state="` + p.state + `"`
		}
		fmt.Fprintf(&names, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, p.name, i+1, state, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="/xl/worksheets/sheet%d.xml"/>`, i+1, i+1)
		parts = append(parts, [2]string{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), sheetHead + p.xml + "</worksheet>"})
	}
	links.WriteString(`<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rIdT" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>`)
	parts = append(parts,
		[2]string{"xl/workbook.xml", xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` + names.String() + `</sheets></workbook>`},
		[2]string{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + links.String() + `</Relationships>`},
		[2]string{"xl/sharedStrings.xml", xmlHead + `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + strings.Join(shared, "") + `</sst>`})
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range parts {
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

// cells gives rows of inline strings; a cell that begins with # is written as a number,
// an empty one is left out.
func cells(t testing.TB, first int, rows ...string) string {
	t.Helper()
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, first+i)
		for c, text := range strings.Split(row, "|") {
			ref := fmt.Sprintf("%c%d", 'A'+c, first+i)
			switch {
			case text == "":
			case text[0] == '#':
				fmt.Fprintf(&b, `<c r="%s"><v>%s</v></c>`, ref, text[1:])
			default:
				fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">`, ref)
				if err := xml.EscapeText(&b, []byte(text)); err != nil {
					t.Fatal(err)
				}
				b.WriteString(`</t></is></c>`)
			}
		}
		b.WriteString(`</row>`)
	}
	return b.String()
}

func sheetData(t testing.TB, rows ...string) string {
	return `<sheetData>` + cells(t, 1, rows...) + `</sheetData>`
}

func bytesOf(t testing.TB, m *charmap.Charmap, s string) []byte {
	t.Helper()
	b, err := m.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func utf16Bytes(s string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func decomposed(s string) string { return norm.NFD.String(s) }

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/import/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// importRoom gives the room on a fresh store in September 2022, with its worker running.
func importRoom(t testing.TB) (*edition.Room, *db.DB, *testkit.Clock, context.Context) {
	t.Helper()
	clock := testkit.NewClock()
	d := testkit.Store(t, clock)
	r := edition.New(d)
	if err := r.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.RunImports(ctx, testkit.Quiet()) }()
	t.Cleanup(func() { stop(); <-done })
	return r, d, clock, conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Bùi Thị Thí Dụ", Roles: []conference.Role{conference.RoleOrganiser}})
}

// applied waits until a list is applied.
func applied(t testing.TB, d *db.DB, id int64) edition.Import {
	t.Helper()
	changes, stop := d.Subscribe(edition.ImportTopic(id))
	defer stop()
	for {
		i, err := edition.ImportByID(t.Context(), d, id)
		if err != nil {
			t.Fatal(err)
		}
		switch i.State {
		case edition.ImportApplied:
			return i
		case edition.ImportFailed:
			t.Fatal("the import failed")
		default:
		}
		select {
		case <-changes:
		case <-t.Context().Done():
			t.Fatal("the import does not end")
		}
	}
}

func composed(s string) string { return norm.NFC.String(s) }

func phone(first, second string) string {
	if second == "" {
		return vietnamese.FormatPhone(first)
	}
	return vietnamese.FormatPhone(first) + "; " + vietnamese.FormatPhone(second)
}
