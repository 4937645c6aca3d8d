package document

import (
	"strings"
	"time"
)

// Letter is an official letter after Nghị định 30/2020/NĐ-CP: an invitation (giấy
// mời) or a despatch (công văn). LetterPDF and LetterDOCX set it alike. The number,
// the date and the signature are the signing agency's: nothing here invents them.
type Letter struct {
	Title string    // of the file
	Now   time.Time // the file's dates; the same input and time give the same bytes

	Parent     []string // the superior agency (cơ quan chủ quản), may be empty
	Agency     []string // the issuing agency, broken by hand
	Number     string   // "Số:          /GM-CTĐP": the number itself is left blank
	PlaceDate  string   // "Hà Nội, ngày      tháng      năm"
	Name       string   // "GIẤY MỜI", "" for a despatch
	Abstract   []string // trích yếu, broken by hand: below the name, or below the number
	To         []string // Kính gửi, of a despatch
	Body       []Paragraph
	Recipients []string // Nơi nhận, without dashes
	Authority  []string // "KT. CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG"
	Signer     string   // "" leaves the place free

	Code    [][]bool // modules of the QR code, rows from the top; none leaves its place free
	Caption []string // beside the code
	Sample  string   // line at the foot of each page that marks made-up data, "" for none

	Appendices []Appendix
}

// Run is a stretch of text in one style.
type Run struct {
	Text         string
	Bold, Italic bool
}

// Paragraph is a paragraph of the body, justified with an indented first line, or centred.
type Paragraph struct {
	Runs    []Run
	Centred bool
}

// Appendix (phụ lục) starts on a new page.
type Appendix struct {
	Label     string   // "Phụ lục I"
	Title     []string // broken by hand
	Note      string   // "(Kèm theo …)"
	Before    []string // lines above the table
	Table     Table
	After     []string // lines below it
	SignLeft  string   // who signs at the left, "" when nobody signs
	SignRight string
}

// Column of a table; the width in millimetres. The widths of a table add up to TextWidth.
type Column struct {
	Title   string
	Width   float64
	Centred bool
}

// Table has rows of as many texts as columns; a row of a single text is a heading over all of them.
type Table struct {
	Columns []Column
	Rows    [][]string
	Size    float64 // points
}

// TextWidth is the width of the text of a letter in millimetres.
const TextWidth = pageWidth - leftEdge - rightEdge

// The geometry of a letter in millimetres, sizes in points. Margins and sizes follow
// Phụ lục I of the decree; the widths of the columns hold the national name at 13 points.
const (
	pageWidth, pageHeight = 210.0, 297.0
	leftEdge, rightEdge   = 30.0, 15.0
	topEdge, bottomEdge   = 20.0, 20.0
	agencyWidth           = 66.0
	nationWidth           = TextWidth - agencyWidth
	signWidth             = 80.0
	noteWidth             = TextWidth - signWidth
	codeColumn            = 31.0 // of the code with its white border
	letterCode            = 24.0 // edge of the code itself
	signSpace             = 30.0 // free for signature and stamp
	ruleWeight            = 0.25
	agencyRule            = 22.0
	nationRule            = 60.5
	nameRule              = 40.0
	bodyIndent            = 12.7
	listIndent            = 38.0
	cellPad               = 1.4

	headSize, bodySize      = 13.0, 14.0
	noteSize, listSize      = 12.0, 11.0
	captionSize, sampleSize = 9.0, 9.0

	natural    = 1.149 // height of a line of Liberation Serif in em, as word processors take it
	below      = 0.258 // of it below the baseline
	bodyLines  = 1.1   // times the natural height
	bodyAfter  = 6.0   // points
	ruleHeight = 2.0   // points: the empty paragraph that carries a rule
	nameBefore = 17.0
)

const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
	sendTo = "Kính gửi:"
	copies = "Nơi nhận:"
)

// set says how a line or paragraph is set: the size in points, space before and
// after in points, leading as a multiple of the natural height.
type set struct {
	size          float64
	bold, italic  bool
	align         align
	indent        float64 // of the first line, mm
	left          float64 // of the whole, mm
	before, after float64
	leading       float64
	keepNext      bool // on the page of the next, its last lines at least
	keepLines     bool // in one piece
	pageBreak     bool
	grey          bool
}

type align string

const (
	alignLeft    align = "left"
	alignCentre  align = "center"
	alignJustify align = "both"
)

func (s set) height() float64 {
	l := s.leading
	if l == 0 {
		l = 1
	}
	return s.size * natural * l / pointsInMM
}

func (s set) runs(text string) []Run { return []Run{{Text: text, Bold: s.bold, Italic: s.italic}} }

func head(bold bool) set { return set{size: headSize, bold: bold, align: alignCentre} }
func big() set           { return set{size: bodySize, bold: true, align: alignCentre} }

func bodySet(p Paragraph) set {
	s := set{size: bodySize, align: alignJustify, indent: bodyIndent, after: bodyAfter, leading: bodyLines}
	if p.Centred {
		s.align, s.indent = alignCentre, 0
	}
	return s
}

// clean gives the letter with every text as it can be printed.
func (l Letter) clean() Letter {
	for _, text := range []*string{&l.Title, &l.Number, &l.PlaceDate, &l.Name, &l.Signer, &l.Sample} {
		*text = tidy(*text)
	}
	for _, lines := range []*[]string{&l.Parent, &l.Agency, &l.Abstract, &l.To, &l.Recipients, &l.Authority, &l.Caption} {
		*lines = tidyAll(*lines)
	}
	body := make([]Paragraph, 0, len(l.Body))
	for _, p := range l.Body {
		out := Paragraph{Centred: p.Centred}
		for _, r := range p.Runs {
			r.Text = Clean(r.Text)
			if r.Text != "" {
				out.Runs = append(out.Runs, r)
			}
		}
		if len(out.Runs) > 0 {
			body = append(body, out)
		}
	}
	l.Body = body
	appendices := make([]Appendix, 0, len(l.Appendices))
	for _, a := range l.Appendices {
		appendices = append(appendices, a.clean())
	}
	l.Appendices = appendices
	return l
}

func (a Appendix) clean() Appendix {
	for _, text := range []*string{&a.Label, &a.Note, &a.SignLeft, &a.SignRight} {
		*text = tidy(*text)
	}
	a.Title, a.Before, a.After = tidyAll(a.Title), tidyAll(a.Before), tidyAll(a.After)
	columns := make([]Column, len(a.Table.Columns))
	for i, c := range a.Table.Columns {
		c.Title = tidy(c.Title)
		columns[i] = c
	}
	rows := make([][]string, len(a.Table.Rows))
	for i, row := range a.Table.Rows {
		rows[i] = make([]string, len(row))
		for k, text := range row {
			rows[i][k] = tidy(text)
		}
	}
	a.Table = Table{Columns: columns, Rows: rows, Size: a.Table.Size}
	return a
}

// tidy cleans a text and trims ordinary blanks; blanks that hold a place free stay.
func tidy(s string) string { return strings.Trim(Clean(s), " ") }

func tidyAll(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line = tidy(line); strings.Trim(line, " \u00a0") != "" {
			out = append(out, line)
		}
	}
	return out
}

// kept gives how many paragraphs at the end of the body stay whole together with the
// signature, enough for two lines of text above it. split says that these are too few, since the
// one before is too long to stay in one piece: that is split above its last two lines.
func (l Letter) kept(f serifs) (whole int, split bool) {
	lines := 0
	for n := 1; n <= len(l.Body); n++ {
		p := l.Body[len(l.Body)-n]
		own := len(f.wrap(p.Runs, TextWidth, bodySet(p)))
		if own > keptLines {
			return n - 1, true
		}
		if lines += own; lines >= 2 {
			return n, false
		}
	}
	return len(l.Body), false
}

// keptLines is the longest paragraph that is kept in one piece above the signature.
const keptLines = 8
