package edition

import (
	"reflect"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
)

// RowProblem is something that a person should look at in one cell of a file, told once.
// With Error the row cannot be taken, or only without the person it names.
type RowProblem struct {
	Row    int
	Field  ImportField
	Column int    // counted from 0; sheet.NoHeader for none
	Value  string // what the cell holds
	Text   conference.Text
	Also   []conference.Text // what else is to be said of the cell
	Error  bool
}

// Texts gives all that is to be said of the cell.
func (p *RowProblem) Texts() []conference.Text {
	return append([]conference.Text{p.Text}, p.Also...)
}

func (p *RowProblem) says(text conference.Text) bool {
	return slices.ContainsFunc(p.Texts(), func(t conference.Text) bool { return reflect.DeepEqual(t, text) })
}

// unreadable reports whether the cell holds nothing that could be read: what else is
// wrong with it follows from that.
func (p *RowProblem) unreadable() bool {
	return p.Text.Key == textExcelError || p.Text.Key == textLegacy
}

const (
	textExcelError = "import.problem.excel_error"
	textLegacy     = "import.problem.legacy"
)

// cellAt is a cell by the number of its row and its column.
type cellAt struct{ row, column int }

// mergedCells gives the first row of each cell that was read and merged with one above.
func (r *reader) mergedCells(s *sheet.Sheet) map[cellAt]int {
	out := map[cellAt]int{}
	last := 0
	if len(s.Rows) > 0 {
		last = s.Rows[len(s.Rows)-1].Number
	}
	for _, m := range s.Merges {
		for _, column := range r.choices.Columns {
			if column < m.Column || column > m.LastColumn {
				continue
			}
			for row := m.Row + 1; row <= min(m.LastRow, last); row++ {
				out[cellAt{row, column}] = m.Row
			}
		}
	}
	return out
}

// problem notes what is wrong with the cell of a field; what no column holds is told of
// the organisation's name.
func (r *rowReader) problem(f ImportField, isError bool, key string, args ...any) {
	r.failed = r.failed || isError
	column := r.column(f)
	if column == sheet.NoHeader {
		column = r.column(FieldName)
	}
	now := RowProblem{Row: r.row.Number, Field: f, Column: column, Value: vietnamese.Normalise(r.row.Cell(column)), Text: conference.Say(key, args...), Error: isError}
	at := cellAt{now.Row, column}
	if first, ok := r.merged[at]; ok {
		if n, told := r.told[cellAt{first, column}]; told && r.out.Problems[n].says(now.Text) {
			return
		}
	}
	n, told := r.told[at]
	switch {
	case !told:
		r.told[at] = len(r.out.Problems)
		r.out.Problems = append(r.out.Problems, now)
	case r.out.Problems[n].unreadable() || r.out.Problems[n].says(now.Text):
	case isError && !r.out.Problems[n].Error:
		now.Also = r.out.Problems[n].Texts()
		r.out.Problems[n] = now
	default:
		r.out.Problems[n].Also = append(r.out.Problems[n].Also, now.Text)
	}
}

// personOnly says beside the first error from a place on that it keeps only the person out.
func (r *rowReader) personOnly(from int) {
	for n := from; n < len(r.out.Problems); n++ {
		if p := &r.out.Problems[n]; p.Error {
			p.Also = append(p.Also, conference.Say("import.problem.person_only"))
			return
		}
	}
}
