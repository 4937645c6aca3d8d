package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readWorkbook reads an .xlsx file: the values that Excel last showed, never its
// formulas; dates as dd/mm/yyyy, other numbers as they are stored.
func readWorkbook(data []byte) (*Book, error) {
	p, err := openPackage(data)
	if err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return nil, refuse("sheet.error.broken").Because(err)
	}
	defer func() { _ = f.Close() }() // removes its own temporary files
	b := &Book{Format: "xlsx"}
	for i, name := range f.GetSheetList() {
		if i >= maxSheets {
			break
		}
		s, err := readSheet(f, p, name)
		if err != nil {
			return nil, err
		}
		if err := b.add(s); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func readSheet(f *excelize.File, p *parts, name string) (*Sheet, error) {
	s := &Sheet{Name: name}
	visible, err := f.GetSheetVisible(name)
	if err != nil {
		return nil, refuse("sheet.error.broken").Because(err)
	}
	s.Hidden = !visible
	rows, err := f.Rows(name)
	if err != nil {
		var none excelize.ErrSheetNotExist
		if errors.As(err, &none) || p.sheets[name] == "" {
			return s, nil // a chart sheet has no rows
		}
		return nil, refuse("sheet.error.broken").Because(err)
	}
	defer func() { _ = rows.Close() }()
	look, err := p.look(f, name)
	if err != nil {
		return nil, refuse("sheet.error.broken").Because(err)
	}
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, refuse("sheet.error.broken").Because(err)
		}
		look.dates(cells)
		if err := s.add(number, cells); err != nil {
			return nil, err
		}
	}
	if err := rows.Error(); err != nil {
		return nil, refuse("sheet.error.broken").Because(err)
	}
	s.Merges = look.merges
	s.fillMerges()
	return s, nil
}

// fillMerges writes the text of each merged range into all of its cells, so that a
// province that stands once beside ten rows stands in each of them. Only rows
// that hold something are looked at: a range down to the sheet's end costs nothing.
// Ranges do not lie on one another, so that all of them cover no more than the table
// has cells; what a made-up file adds to that is left out.
func (s *Sheet) fillMerges() {
	left := len(s.Rows) * maxColumns
	for n, m := range s.Merges {
		first, ok := s.rowAt(m.Row)
		if !ok {
			continue
		}
		text := s.Rows[first].Cell(m.Column)
		if text == "" {
			continue
		}
		last := min(m.LastColumn, maxColumns-1)
		for i := first; i < len(s.Rows) && s.Rows[i].Number <= m.LastRow; i++ {
			if left -= last - m.Column + 1; left < 0 {
				s.Merges = s.Merges[:n]
				return
			}
			s.Rows[i].fill(m.Column, last, text)
		}
	}
}

func (r *Row) fill(from, to int, text string) {
	for len(r.Cells) <= to {
		r.Cells = append(r.Cells, "")
	}
	for c := from; c <= to; c++ {
		if r.Cells[c] == "" {
			r.Cells[c] = text
		}
	}
}

// look is what Rows of excelize does not tell about a sheet.
type look struct {
	merges []Merge
	isDate map[int]bool // columns whose numbers are dates
}

// dates rewrites the numbers of date columns.
func (l *look) dates(cells []string) {
	for c := range l.isDate {
		if c >= len(cells) {
			continue
		}
		serial, err := strconv.ParseFloat(cells[c], 64)
		if err != nil || serial < 1 || serial > 200000 {
			continue
		}
		if t, err := excelize.ExcelDateToTime(serial, false); err == nil {
			cells[c] = t.Format("02/01/2006")
		}
	}
}

// openPackage checks what the archive declares before anything is unpacked.
func openPackage(data []byte) (*parts, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, refuse("sheet.error.broken").Because(err)
	}
	var total uint64
	for _, m := range z.File {
		total += m.UncompressedSize64
		if total > maxUnzip || len(z.File) > maxMembers {
			return nil, refuse("sheet.error.bomb").Because(fmt.Errorf("%d members, %d bytes or more", len(z.File), total))
		}
	}
	p := &parts{zip: z, sheets: map[string]string{}}
	if err := p.index(); err != nil {
		return nil, refuse("sheet.error.not_table").Because(err)
	}
	return p, nil
}

// isDateFormat reports whether a number format shows dates.
func isDateFormat(style *excelize.Style) bool {
	if style.CustomNumFmt != nil {
		code := strings.ToLower(*style.CustomNumFmt)
		return strings.Contains(code, "yy") || strings.Contains(code, "dd")
	}
	return style.NumFmt >= 14 && style.NumFmt <= 17 || style.NumFmt == 22 || style.NumFmt >= 27 && style.NumFmt <= 36
}
