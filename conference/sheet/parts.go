package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// parts are the members of a workbook. Merged ranges and formats are read from them
// directly, since excelize would keep a whole sheet of 50,000 rows in memory for that.
type parts struct {
	zip    *zip.Reader
	sheets map[string]string // name of a sheet → its member
}

func (p *parts) read(name string) ([]byte, error) {
	f, err := p.zip.Open(strings.TrimPrefix(name, "/"))
	if err != nil {
		return nil, fmt.Errorf("open part: %w", err)
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxUnzip))
}

// index finds the member of each sheet.
func (p *parts) index() error {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Any  []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	for name, into := range map[string]any{"xl/workbook.xml": &book, "xl/_rels/workbook.xml.rels": &links} {
		raw, err := p.read(name)
		if err != nil {
			return err
		}
		if err := xml.Unmarshal(raw, into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	target := map[string]string{}
	for _, l := range links.Links {
		target[l.ID] = l.Target
		if !strings.HasPrefix(l.Target, "/") {
			target[l.ID] = path.Join("xl", l.Target)
		}
	}
	for _, s := range book.Sheets {
		for _, a := range s.Any {
			if a.Name.Local == "id" {
				p.sheets[s.Name] = target[a.Value]
			}
		}
	}
	return nil
}

// headRows is how many rows are looked at to see which columns hold dates.
const headRows = 200

// look reads merged ranges and date columns of a sheet.
func (p *parts) look(f *excelize.File, name string) (*look, error) {
	raw, err := p.read(p.sheets[name])
	if err != nil {
		return nil, err
	}
	l := &look{isDate: map[int]bool{}}
	l.merges = mergesOf(raw)
	styles, err := numberStyles(raw)
	if err != nil {
		return nil, err
	}
	for column, style := range styles {
		s, err := f.GetStyle(style)
		if err == nil && isDateFormat(s) {
			l.isDate[column] = true
		}
	}
	return l, nil
}

// mergesOf reads the merged ranges, which stand behind the rows.
func mergesOf(raw []byte) []Merge {
	at := bytes.LastIndex(raw, []byte("mergeCells"))
	if at < 0 {
		return nil
	}
	if at = bytes.LastIndex(raw[:at], []byte("sheetData")); at < 0 {
		return nil
	}
	d := xml.NewDecoder(bytes.NewReader(raw[at+len("sheetData>"):]))
	d.Strict = false // it begins in the middle
	var out []Merge
	for {
		t, err := d.Token()
		if err != nil || len(out) >= MaxRows {
			return out // the end of the sheet closes what was not opened here
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "mergeCell" {
			continue
		}
		for _, a := range e.Attr {
			if m, ok := parseRange(a.Value); ok && a.Name.Local == "ref" {
				out = append(out, m)
			}
		}
	}
}

func parseRange(ref string) (Merge, bool) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return Merge{}, false
	}
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	if err1 != nil || err2 != nil || c2 < c1 || r2 < r1 {
		return Merge{}, false
	}
	return Merge{Row: r1, Column: c1 - 1, LastRow: r2, LastColumn: c2 - 1}, true
}

// numberStyles gives the style of the first number of each column.
func numberStyles(raw []byte) (map[int]int, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	out := map[int]int{}
	for rows := 0; rows <= headRows; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("sheet: %w", err)
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "row":
			rows++
		case "c":
			var c struct {
				Ref   string  `xml:"r,attr"`
				Type  string  `xml:"t,attr"`
				Style int     `xml:"s,attr"`
				Value *string `xml:"v"`
			}
			if err := d.DecodeElement(&c, &e); err != nil {
				return nil, fmt.Errorf("cell: %w", err)
			}
			column, _, err := excelize.CellNameToCoordinates(c.Ref)
			if err != nil || c.Type != "" && c.Type != "n" || c.Value == nil {
				continue
			}
			if _, seen := out[column-1]; !seen {
				out[column-1] = c.Style
			}
		}
	}
	return out, nil
}
