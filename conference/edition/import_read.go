package edition

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
)

// Entry is one organisation of a file with its contacts.
type Entry struct {
	Row          int // the first of its rows
	Organisation Organisation
	Contacts     []Contact
	State        EntryState
	Changes      []FieldChange // against what is stored
	key          entryKey
	stored       *known
}

// EntryState says what applying an entry does.
type EntryState string

// The states of an entry.
const (
	EntryNew     EntryState = "new"
	EntryChanged EntryState = "changed"
	EntrySame    EntryState = "same"
)

// FieldChange is one value that changes. Field is a field of the organisation, or of
// one of its contacts.
type FieldChange struct {
	Field         ImportField
	Before, After string
}

// Conversion is an example of a text that would be, or was, converted.
type Conversion struct {
	Row, Column   int
	Before, After string
}

// maxExamples is how many conversions are shown.
const maxExamples = 8

// Checked is what is found in a file with the choices of the organiser.
type Checked struct {
	Book      *sheet.Book // what was read
	Rows      int         // rows with data
	Skipped   []int       // row numbers of headings, sums and signatures inside the table
	Entries   []Entry
	Problems  []RowProblem
	Errors    int // rows that cannot be taken, or only without their person
	Persons   int // those among them of which only the person cannot be taken
	New       int
	Changed   int
	Same      int
	Legacy    []Conversion      // text in an old encoding
	Encoding  vietnamese.Legacy // of the first column that is in one
	Capitals  []Conversion      // names in capitals only
	contactAt int               // column of the focal points' names
}

// Warnings gives the number of problems that stop no row.
func (c Checked) Warnings() int {
	n := 0
	for _, p := range c.Problems {
		if !p.Error {
			n++
		}
	}
	return n
}

// reader turns the rows of a file into entries.
type reader struct {
	places  *Places
	stored  map[entryKey]*known
	choices ImportChoices
	legacy  map[int]vietnamese.Legacy // by column
	out     Checked
	byKey   map[entryKey]int // index into out.Entries
	told    map[cellAt]int   // index into out.Problems
	merged  map[cellAt]int   // the first row of what a cell was merged into
	above   above
}

// readEntries reads every row of the chosen table. It writes nothing and asks nothing; stored
// tells organisations of one name apart.
func readEntries(places *Places, stored map[entryKey]*known, s *sheet.Sheet, choices ImportChoices) Checked {
	r := &reader{places: places, stored: stored, choices: choices, legacy: map[int]vietnamese.Legacy{}, byKey: map[entryKey]int{}, told: map[cellAt]int{}}
	r.merged, r.out.contactAt = r.mergedCells(s), r.column(FieldContactName)
	rows := s.Body(choices.Header)
	r.detectLegacy(rows)
	for _, row := range rows {
		if !r.holdsData(row) {
			continue
		}
		if r.isRemark(row) {
			r.out.Skipped = append(r.out.Skipped, row.Number)
			r.above = above{}
			continue
		}
		r.out.Rows++
		r.row(row)
	}
	return r.out
}

// detectLegacy looks at each column by itself: often only the names are old.
func (r *reader) detectLegacy(rows []sheet.Row) {
	for _, f := range ImportFields() {
		column := r.column(f)
		texts := make([]string, 0, len(rows))
		for _, row := range rows {
			texts = append(texts, row.Cell(column))
		}
		if l := vietnamese.DetectLegacy(texts); l != vietnamese.NotLegacy {
			r.legacy[column] = l
			r.out.Encoding = cmp.Or(r.out.Encoding, l)
		}
	}
}

// holdsData reports whether a mapped column of the row holds anything. Forms often
// number their empty rows beforehand.
func (r *reader) holdsData(row sheet.Row) bool {
	for _, column := range r.choices.Columns {
		if vietnamese.Normalise(row.Cell(column)) != "" {
			return true
		}
	}
	return false
}

// isRemark reports whether a row is a heading, a sum or a signature inside the table:
// one text alone, the same in every cell it was merged over.
func (r *reader) isRemark(row sheet.Row) bool {
	var texts []string
	for _, c := range row.Cells {
		if c = vietnamese.Normalise(c); c != "" && !slices.Contains(texts, c) {
			texts = append(texts, c)
		}
	}
	first := vietnamese.Fold(texts[0])
	// With their marks: "Cộng" is a sum, "Công ty" and "Tổng công ty" are not.
	small := strings.ToLower(texts[0])
	for _, word := range []string{"tổng cộng", "tổng số", "cộng", "ghi chú", "người lập", "nơi nhận", "thủ trưởng đơn vị", "total"} {
		if len(texts) <= 3 && strings.HasPrefix(small, word) {
			return true
		}
	}
	if len(texts) > 2 {
		return false
	}
	if len(texts) == 2 && !isNumeral(texts[0]) {
		return false
	}
	name := vietnamese.Normalise(row.Cell(r.column(FieldName)))
	if name == "" {
		return !r.namesOne(row)
	}
	_, known := readKind(name)
	isHeading := isNumeral(strings.SplitN(texts[0], ".", 2)[0]) || strings.HasPrefix(first, "nhom ") || strings.HasPrefix(first, "cac ")
	return isHeading && len(r.choices.Columns) > 1 && (!known || isNumeral(strings.SplitN(name, ".", 2)[0]) || strings.HasPrefix(first, "cac ") || isRoman(texts[0]))
}

// isNumeral reports whether a text numbers a heading: I, II, A, B.
func isNumeral(s string) bool {
	s = strings.TrimRight(vietnamese.Normalise(s), ".)")
	if len(s) == 1 && s[0] >= 'A' && s[0] <= 'Z' {
		return true
	}
	return isRoman(s)
}

func isRoman(s string) bool {
	_, ok := vietnamese.ParseRoman(strings.TrimRight(s, ".)"))
	return ok
}

func (r *reader) column(f ImportField) int {
	if c, ok := r.choices.Columns[string(f)]; ok {
		return c
	}
	return sheet.NoHeader
}

// rowReader reads one row.
type rowReader struct {
	*reader
	row    sheet.Row
	failed bool
}

// text gives the value of a field as it is stored, its encoding converted if that was chosen.
func (r *rowReader) text(f ImportField) string {
	column := r.column(f)
	raw := r.row.Cell(column)
	if sheet.IsError(raw) {
		r.problem(f, true, textExcelError)
		return ""
	}
	if l := r.legacy[column]; l != vietnamese.NotLegacy {
		if converted := vietnamese.ConvertLegacy(l, raw); converted != raw {
			if len(r.out.Legacy) < maxExamples {
				r.out.Legacy = append(r.out.Legacy, Conversion{r.row.Number, column, vietnamese.Normalise(raw), vietnamese.Normalise(converted)})
			}
			if r.choices.Encoding == LegacyAsk {
				r.problem(f, true, textLegacy)
			}
			if r.choices.Encoding != LegacyKeep {
				raw = converted
			}
		}
	}
	return vietnamese.Normalise(raw)
}

// raised gives a name that was typed in capitals as names are written, if that was chosen.
func (r *rowReader) raised(f ImportField, s string, soften func(string) string) string {
	if len(strings.Fields(s)) < 2 || !vietnamese.LooksAllCaps(s) {
		return s
	}
	better := soften(s)
	if better == s {
		return s
	}
	if len(r.out.Capitals) < maxExamples {
		r.out.Capitals = append(r.out.Capitals, Conversion{r.row.Number, r.column(f), s, better})
	}
	if r.choices.TitleCase {
		return better
	}
	return s
}

// organisationCase writes the name of an organisation in the usual case: "Sở Công
// Thương tỉnh Tây Ninh".
func organisationCase(s string) string {
	words := strings.Fields(vietnamese.SoftCase(s))
	for i, w := range words {
		if i == 0 {
			continue
		}
		switch w {
		case "Tỉnh", "Và", "Của", "Các", "Về":
			words[i] = strings.ToLower(w)
		case "Thành":
			if i+1 < len(words) && words[i+1] == "Phố" {
				words[i], words[i+1] = "thành", "phố"
			}
		}
	}
	return inBodies(strings.Join(words, " "))
}

// inBodies puts the usual words of organisations' names into small letters, as
// official papers write them.
func inBodies(s string) string {
	for _, phrase := range []string{"Ủy ban nhân dân", "Trung tâm", "Khuyến công", "Xúc tiến", "thương mại", "Tư vấn", "phát triển", "công nghiệp", "Hợp tác xã", "Công ty",
		"Doanh nghiệp", "Hiệp hội", "Làng nghề", "Cơ sở", "Ngân hàng", "cổ phần", "trách nhiệm hữu hạn", "một thành viên", "tư nhân", "truyền thống"} {
		s = strings.ReplaceAll(s, vietnamese.TitleCase(phrase), phrase)
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
