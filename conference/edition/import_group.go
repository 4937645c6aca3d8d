package edition

import (
	"slices"
	"strings"
	"unicode"

	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
)

// above is the last row that named an organisation, for the rows of its group that leave the
// cell blank; the zero value when there is none since a heading or a signature.
type above struct {
	named sheet.Row // it holds something if there is one
	last  int       // number of the group's last row
	entry int       // index into out.Entries
	wrong bool      // the organisation could not be taken
}

// under reports whether a row names a person and no organisation, and nothing else in it says
// that it belongs to another than the one above.
func (r *reader) under(row sheet.Row) bool {
	if r.above.last == 0 || r.column(FieldName) == sheet.NoHeader || r.cell(row, FieldName) != "" || r.cell(row, FieldContactName) == "" || sheet.IsError(r.cell(row, FieldContactName)) {
		return false
	}
	if r.above.wrong {
		return true
	}
	o := r.out.Entries[r.above.entry].Organisation
	if written := r.cell(row, FieldKind); written != "" && written != r.cell(r.above.named, FieldKind) {
		if k, ok := readKind(written); !ok || k != o.Kind {
			return false
		}
	}
	if written := r.cell(row, FieldProvince); written != "" && written != r.cell(r.above.named, FieldProvince) {
		if now, _, ok := r.places.Find(written); !ok || now.ProvinceID != o.ProvinceID {
			return false
		}
	}
	return true
}

func (r *reader) cell(row sheet.Row, f ImportField) string {
	return vietnamese.Normalise(row.Cell(r.column(f)))
}

// namesOne reports whether a row that holds one text alone names a further person of the
// organisation right above, and is no date or signature below the table.
func (r *reader) namesOne(row sheet.Row) bool {
	name := r.cell(row, FieldContactName)
	if r.above.last != row.Number-1 || !r.under(row) {
		return false
	}
	for _, c := range row.Cells {
		if c = vietnamese.Normalise(c); c != "" && c != name {
			return false
		}
	}
	strange := strings.ContainsFunc(name, func(c rune) bool { return unicode.IsDigit(c) || strings.ContainsRune(",;:()/", c) })
	office := slices.ContainsFunc([]string{"giám đốc", "phó ", "chủ tịch", "trưởng ", "người ", "kt.", "tm.", "ký ", "cán bộ", "lãnh đạo"}, func(w string) bool {
		return strings.HasPrefix(strings.ToLower(name), w)
	})
	return len(strings.Fields(name)) > 1 && !strange && !office
}

// continues takes a further row of the organisation above; ok is false when it is to be read
// as a row of its own.
func (r *rowReader) continues() (e *Entry, o Organisation, ok bool) {
	if !r.under(r.row) {
		return nil, o, false
	}
	if r.above.wrong {
		r.problem(FieldName, true, "import.problem.above_wrong", "row", r.above.named.Number)
		return nil, o, true
	}
	e = &r.out.Entries[r.above.entry]
	r.problem(FieldName, false, "import.problem.above", "row", r.above.named.Number, "name", e.Organisation.NameVi)
	o = e.Organisation
	o.Email = r.email(FieldEmail)
	o.Phone, o.OtherPhone = r.phones(FieldPhone)
	return e, o, true
}

// severalPeople reports whether a cell holds more than one person, or a person and more: lines
// of two words or more. A name that was broken over two lines has one word on one of them.
func severalPeople(raw string) bool {
	n := 0
	for _, line := range strings.FieldsFunc(raw, func(c rune) bool { return strings.ContainsRune("\n\r;\u2028\u0085", c) }) {
		if len(strings.Fields(withoutHonorific(vietnamese.Normalise(line)))) > 1 {
			n++
		}
	}
	return n > 1
}
