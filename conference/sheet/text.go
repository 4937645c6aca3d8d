package sheet

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"hoinghi/conference/vietnamese"
)

// readText reads a CSV file: comma, semicolon, tab or bar between the cells; UTF-8
// or UTF-16 with or without a mark, or one byte per letter.
func readText(data []byte) (*Book, error) {
	text, encoding := decode(data)
	if isBinary(text) {
		return nil, refuse("sheet.error.not_table")
	}
	b := &Book{Format: "csv", Encoding: encoding}
	text, b.Comma = separator(text)
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = rune(b.Comma[0])
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	s := Sheet{Name: "CSV"}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse("sheet.error.broken").Because(err)
		}
		line, _ := r.FieldPos(0)
		if err := s.add(line, cells); err != nil {
			return nil, err
		}
	}
	return b, b.add(&s)
}

// decode gives the text of a file and the name of its encoding.
func decode(data []byte) (text, encoding string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		return string(data[3:]), "utf-8"
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		return fromUTF16(data[2:], binary.LittleEndian), "utf-16"
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return fromUTF16(data[2:], binary.BigEndian), "utf-16"
	}
	head := data[:min(len(data), 1000)]
	switch even, odd := zeros(head, 0), zeros(head, 1); {
	case odd > len(head)/4:
		return fromUTF16(data, binary.LittleEndian), "utf-16"
	case even > len(head)/4:
		return fromUTF16(data, binary.BigEndian), "utf-16"
	}
	if utf8.Valid(data) {
		return string(data), "utf-8"
	}
	return fromBytes(data)
}

func zeros(data []byte, from int) int {
	n := 0
	for i := from; i < len(data); i += 2 {
		if data[i] == 0 {
			n++
		}
	}
	return n
}

func fromUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// fromBytes decides between windows-1258, which Vietnamese Windows wrote, and
// windows-1252, in which the old fonts hide their letters. Whichever makes more words possible is right.
func fromBytes(data []byte) (text, encoding string) {
	viet, western := single(charmap.Windows1258, data), single(charmap.Windows1252, data)
	good := func(s string) int {
		possible, impossible := vietnamese.CountSyllables(s[:min(len(s), 100_000)])
		return possible - impossible
	}
	best := good(western)
	for _, l := range []vietnamese.Legacy{vietnamese.TCVN3, vietnamese.VNI} {
		best = max(best, good(vietnamese.FromLegacy(l, western[:min(len(western), 100_000)])))
	}
	if good(viet) >= best {
		return viet, "windows-1258"
	}
	return western, "windows-1252"
}

func single(m *charmap.Charmap, data []byte) string {
	var b strings.Builder
	b.Grow(len(data) + len(data)/4)
	for _, c := range data {
		if r := m.DecodeByte(c); r != utf8.RuneError {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isBinary reports whether a text is none: pictures and PDFs are full of control characters.
func isBinary(text string) bool {
	control, n := 0, 0
	for _, r := range text[:min(len(text), 4000)] {
		n++
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			control++
		}
	}
	return control*50 > n || strings.HasPrefix(text, "%PDF-") || strings.HasPrefix(text, "{\\rtf")
}

// separator finds what stands between the cells: what Excel was told in a first
// line "sep=;", else what cuts the first lines into the most even rows.
func separator(text string) (rest, comma string) {
	if line, after, ok := strings.Cut(text, "\n"); ok {
		if sep, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t|", sep) {
			return "\n" + after, sep // line numbers stay
		}
	}
	comma, most := ",", 0
	for _, c := range []string{";", "\t", ",", "|"} {
		if n := evenness(text, c); n > most {
			comma, most = c, n
		}
	}
	return text, comma
}

// evenness counts the rows in the first 20,000 bytes that have the commonest number of cells beyond one, times that number.
func evenness(text, comma string) int {
	r := csv.NewReader(strings.NewReader(text[:min(len(text), 20_000)]))
	r.Comma = rune(comma[0])
	r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = true, -1, true
	rows := map[int]int{}
	for cells, err := r.Read(); err == nil; cells, err = r.Read() {
		rows[len(cells)]++
	}
	best := 0
	for cells, n := range rows {
		if cells > 1 {
			best = max(best, n*100+min(cells, 50))
		}
	}
	return best
}
