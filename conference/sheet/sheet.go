// Package sheet reads tables that people made in Excel, LibreOffice or a text
// editor, and writes tables for them. It knows nothing of what a table is about: the
// caller says which columns it looks for.
package sheet

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
)

// The limits of one file. A workbook may be small on disk and huge when unpacked,
// so what it declares is checked before anything is unpacked.
const (
	MaxFile    = 20 << 20 // bytes of a file
	MaxRows    = 60_000   // rows that hold something, in one sheet
	maxUnzip   = 64 << 20 // bytes of all parts of a workbook
	maxPart    = 16 << 20 // bytes of a part that is kept in memory; larger ones go through a file
	maxMembers = 1000
	maxColumns = 200
	maxSheets  = 50
	maxCell    = 2000     // characters; a longer cell is cut
	maxText    = 64 << 20 // bytes of all cells as they are kept
	cellFrame  = 3        // bytes that a cell takes beside its text
)

// Book is a file that was read: its sheets, a CSV file has one.
type Book struct {
	Format   string  // "xlsx" or "csv"
	Encoding string  // of a CSV file: "utf-8", "utf-16", "windows-1258", "windows-1252"
	Comma    string  // of a CSV file: what separates the cells
	Sheets   []Sheet // those that hold something
}

// Sheet is one table.
type Sheet struct {
	Name   string
	Hidden bool
	Rows   []Row // without the blank ones
	Merges []Merge
}

// Row is one row that holds something. Number is what the program that made the
// file shows beside it: row number of a workbook, line of a CSV file.
type Row struct {
	Number int
	Cells  []string
}

// add takes a sheet unless it is blank. A text that stands in very many cells, by
// reference or because they are merged, is small in the file and huge where cells are
// kept, so what was read has a limit of its own.
func (b *Book) add(s *Sheet) error {
	if len(s.Rows) == 0 {
		return nil
	}
	b.Sheets = append(b.Sheets, *s)
	size := 0
	for _, s := range b.Sheets {
		for _, r := range s.Rows {
			for _, c := range r.Cells {
				size += len(c) + cellFrame
			}
		}
	}
	if size > maxText {
		return refuse("sheet.error.bomb").Because(fmt.Errorf("%d bytes in %d sheets", size, len(b.Sheets)))
	}
	return nil
}

// Cell gives the text of a column, "" beyond the row's end.
func (r Row) Cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column]
}

// Merge is a range of cells that are shown as one; rows are row numbers, columns
// count from 0, and the ends belong to it. Read has put its text into each of its cells.
type Merge struct{ Row, Column, LastRow, LastColumn int }

// Width gives the number of the sheet's columns.
func (s *Sheet) Width() int {
	n := 0
	for _, r := range s.Rows {
		n = max(n, len(r.Cells))
	}
	return n
}

// rowAt gives the place in Rows of the row with a number.
func (s *Sheet) rowAt(number int) (int, bool) {
	return slices.BinarySearchFunc(s.Rows, number, func(r Row, number int) int { return cmp.Compare(r.Number, number) })
}

// Letters gives the name of a column as spreadsheets show it: A, B, … Z, AA.
func Letters(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// Reader reads files, one at a time: an unpacked workbook takes tens of megabytes.
// Its methods are safe for concurrent use.
type Reader struct{ gate chan struct{} }

// NewReader makes a reader.
func NewReader() *Reader { return &Reader{gate: make(chan struct{}, 1)} }

// Read reads a file by what is in it, whatever its name says; it waits while another
// is being read. The error is invalid with the field file (too large, an old or
// locked workbook, not a table, empty), or the context's.
func (r *Reader) Read(ctx context.Context, data []byte) (*Book, error) {
	select {
	case r.gate <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-r.gate }()
	return read(data)
}

func read(data []byte) (*Book, error) {
	var b *Book
	var err error
	switch {
	case len(data) == 0:
		return nil, refuse("sheet.error.empty")
	case len(data) > MaxFile:
		return nil, refuse("sheet.error.large")
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		if bytes.Contains(data, utf16le("EncryptedPackage")) {
			return nil, refuse("sheet.error.locked")
		}
		return nil, refuse("sheet.error.xls")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		b, err = readWorkbook(data)
	default:
		b, err = readText(data)
	}
	if err != nil {
		return nil, err
	}
	if len(b.Sheets) == 0 {
		return nil, refuse("sheet.error.empty")
	}
	return b, nil
}

func refuse(key string, args ...any) *conference.Error {
	e := conference.Fail(conference.KindInvalid, "error.fields")
	e.Fields = []conference.FieldError{{Field: "file", Text: conference.Say(key, args...)}}
	return e
}

func utf16le(s string) []byte {
	var out []byte
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return out
}

// add appends a row unless it is blank. The error is invalid when the sheet is full.
func (s *Sheet) add(number int, cells []string) error {
	last := -1
	for i := range cells {
		if i >= maxColumns {
			break
		}
		cells[i] = cut(cells[i])
		if vietnamese.Normalise(cells[i]) != "" {
			last = i
		}
	}
	if last < 0 {
		return nil
	}
	if len(s.Rows) >= MaxRows {
		return refuse("sheet.error.rows", "max", conference.Names{Vi: vietnamese.Number(MaxRows, "vi"), En: vietnamese.Number(MaxRows, "en")})
	}
	// A copy: a reader may have made room for 16,384 columns.
	s.Rows = append(s.Rows, Row{Number: number, Cells: slices.Clone(cells[:last+1])})
	return nil
}

// cut bounds a cell. The text stays as it was typed: what an old encoding wrote would
// not survive being normalised.
func cut(s string) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= maxCell || utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell])
}
