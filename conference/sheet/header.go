package sheet

import (
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference/vietnamese"
)

// Column is a column that the caller looks for. Words and Shared are headings as
// vietnamese.Fold gives them. A heading of Shared means this column only to the right
// of the column After: "Điện thoại" behind the focal point's name is the focal
// point's, before it the organisation's.
type Column struct {
	Key    string
	Words  []string
	Shared []string
	After  string
}

// Guess says where a table was found: which sheet, which of its rows (an index into
// Rows) is the header, and which column means what.
type Guess struct {
	Sheet   int
	Header  int // NoHeader if no row looks like one
	Columns map[string]int
}

// HeaderRows is how many rows that hold something are searched for the header.
const HeaderRows = 60

// NoHeader is the header row of a table without one.
const NoHeader = -1

const maxHeading = 80 // characters; longer texts are no headings

// The scores of a heading.
const (
	scoreWord   = 100
	scoreShared = 110
	scorePart   = 60
)

// FindTable looks through all sheets for the header row that explains the most of the columns.
// What a hidden sheet explains counts a quarter: last year's list often stays behind in one.
func (b *Book) FindTable(columns []Column) Guess {
	best, most := Guess{Header: NoHeader, Columns: map[string]int{}}, 0
	for i := range b.Sheets {
		header, mapping, score := b.Sheets[i].findHeader(columns)
		if b.Sheets[i].Hidden {
			score /= 4
		}
		if score > most {
			best, most = Guess{Sheet: i, Header: header, Columns: mapping}, score
		}
	}
	if most == 0 {
		best.Sheet = max(0, slices.IndexFunc(b.Sheets, func(s Sheet) bool { return !s.Hidden }))
	}
	return best
}

// findHeader finds the header row of one sheet. Of two rows that explain as much the
// lower one is taken: merged cells repeat the upper line of a header in the lower one.
func (s *Sheet) findHeader(columns []Column) (header int, mapping map[string]int, score int) {
	header, mapping = NoHeader, map[string]int{}
	for i := range min(len(s.Rows), HeaderRows) {
		m, n := match(s.Headings(i), columns)
		if len(m) < 2 && s.Width() > 1 {
			continue // one word of a title is no header
		}
		if header >= 0 && sameCells(s.Rows[i], s.Rows[header]) {
			continue // printed again on the next page
		}
		if n > 0 && n >= score {
			header, mapping, score = i, m, n
		}
	}
	return header, mapping, score
}

// Match maps columns by a header row that a person chose.
func (s *Sheet) Match(header int, columns []Column) map[string]int {
	if header < 0 || header >= len(s.Rows) {
		return map[string]int{}
	}
	m, _ := match(s.Headings(header), columns)
	return m
}

// Headings gives the headings of a row, one per column, in Unicode; of a heading below a
// merged one both: "Đầu mối – Điện thoại".
func (s *Sheet) Headings(header int) []string {
	if header < 0 || header >= len(s.Rows) {
		return nil
	}
	row := s.Rows[header]
	old, width := vietnamese.DetectLegacy(row.Cells), s.Width()
	out := make([]string, len(row.Cells))
	for c := range row.Cells {
		text := vietnamese.Normalise(vietnamese.ConvertLegacy(old, row.Cells[c]))
		if utf8.RuneCountInString(text) > maxHeading {
			continue
		}
		out[c] = text
		if above := s.above(row.Number, c, width); above != "" && text != "" && above != text && utf8.RuneCountInString(above) <= maxHeading {
			out[c] = above + " – " + text
		}
	}
	return out
}

// above gives the merged heading of which a cell of the row below is a part. A range
// as wide as the table is its title.
func (s *Sheet) above(number, column, width int) string {
	for _, m := range s.Merges {
		wide := m.LastColumn - m.Column + 1
		if m.LastRow != number-1 || column < m.Column || column > m.LastColumn || wide < 2 || wide > width-2 {
			continue
		}
		if i, ok := s.rowAt(m.Row); ok {
			return vietnamese.Normalise(s.Rows[i].Cell(m.Column))
		}
	}
	return ""
}

// match gives each column the heading that fits it best, the best fit first.
func match(headings []string, columns []Column) (mapping map[string]int, score int) {
	folded := make([][2]string, len(headings)) // the whole heading, and its last part
	for c, h := range headings {
		parts := strings.Split(h, " – ")
		folded[c] = [2]string{vietnamese.Fold(h), vietnamese.Fold(parts[len(parts)-1])}
	}
	mapping = map[string]int{}
	taken := map[int]bool{}
	for range columns {
		key, at, n := "", 0, 0
		for _, column := range columns {
			if _, done := mapping[column.Key]; done {
				continue
			}
			for c := range folded {
				if taken[c] {
					continue
				}
				if fit := column.fit(folded[c], c, mapping); fit > n {
					key, at, n = column.Key, c, fit
				}
			}
		}
		if n == 0 {
			break
		}
		mapping[key], taken[at] = at, true
		score += n
	}
	return mapping, score
}

func (column Column) fit(heading [2]string, at int, mapping map[string]int) int {
	whole, last := heading[0], heading[1]
	if whole == "" || isCounter(last) {
		return 0
	}
	if after, ok := mapping[column.After]; ok && after < at && (slices.Contains(column.Shared, last) || partOf(last, column.Shared) > 0) {
		return scoreShared
	}
	switch {
	case slices.Contains(column.Words, whole):
		return scoreWord
	case whole != last && slices.Contains(column.Words, last):
		return scoreWord - 5
	}
	if n := partOf(whole, column.Words); n > 0 {
		return scorePart + min(n, 30)
	}
	return 0
}

// partOf gives the length of the longest of the words with which a heading begins.
func partOf(heading string, words []string) int {
	n := 0
	for _, w := range words {
		if len(w) > n && len(w) > 3 && strings.HasPrefix(heading, w+" ") {
			n = len(w)
		}
	}
	return n
}

// isCounter reports whether a heading is that of the column that only counts the rows.
func isCounter(folded string) bool {
	switch folded {
	case "stt", "tt", "so tt", "so thu tu", "no", "s t t", "t t":
		return true
	}
	return false
}

// Body gives the rows below the header that can hold data: without those that only
// count the columns ("(1) (2) (3)") or repeat the header on the next printed page.
func (s *Sheet) Body(header int) []Row {
	from := header + 1
	if header < 0 {
		from = 0
	}
	if from >= len(s.Rows) {
		return nil
	}
	var out []Row
	for i, r := range s.Rows[from:] {
		if i == 0 && countsColumns(r) || header >= 0 && sameCells(r, s.Rows[header]) {
			continue
		}
		out = append(out, r)
	}
	return out
}

func countsColumns(r Row) bool {
	n := 0
	for _, c := range r.Cells {
		c = strings.Trim(vietnamese.Normalise(c), "()[]. ")
		if c == "" {
			continue
		}
		if len(c) > 2 {
			return false
		}
		n++
	}
	return n >= 2
}

func sameCells(a, b Row) bool {
	for c := range max(len(a.Cells), len(b.Cells)) {
		if vietnamese.Normalise(a.Cell(c)) != vietnamese.Normalise(b.Cell(c)) {
			return false
		}
	}
	return true
}

// IsError reports whether a cell holds what Excel shows instead of a result.
func IsError(cell string) bool {
	switch strings.TrimSpace(cell) {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return false
}
