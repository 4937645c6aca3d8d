package document

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Card is what one badge shows. Every text is cleaned before it is printed.
type Card struct {
	Event        string // the conference, short: it is printed in one line
	Category     string // name of the delegate group
	Colour       string // of the group: son, gold, leaf, indigo, amber, ink
	Name         string
	Title        string
	Organisation string
	Province     string
	Number       string   // of the delegate, no secret
	Code         [][]bool // modules of the QR code, rows from the top, true for dark, no quiet zone
}

// Options of a job.
type Options struct {
	Title   string    // of the file
	Now     time.Time // the file's dates; the same input and time give the same bytes
	Sample  string    // line that marks made-up data on each badge, "" for none
	Refused string    // line on the place of a badge that could not be drawn

	// OffsetX and OffsetY move everything to the right and down, in millimetres,
	// for printers that feed pre-cut sheets a little beside their place. At most MaxOffset either way.
	OffsetX, OffsetY float64
}

// MaxOffset keeps the badges of every layout on their sheet, in millimetres.
const MaxOffset = 8.0

// Errors of Badges.
var (
	ErrLayout = errors.New("no such badge layout")
	ErrOffset = errors.New("badge offset beyond what the sheet allows")
)

// RefusedError says which badges could not be drawn. The file holds all others.
type RefusedError struct{ Numbers []string }

// Error names the badges by number only.
func (e *RefusedError) Error() string {
	return "badges that could not be drawn: " + strings.Join(e.Numbers, ", ")
}

// Badges writes one PDF with the cards in their order. It returns ErrLayout or ErrOffset
// for such options and *RefusedError, with the file written, when single cards could not
// be drawn: their places then show the number and the Refused line. The whole
// file is held in memory, some 40 KB per badge while it is made: let one job run at a time.
func Badges(w io.Writer, layout Layout, cards []Card, o Options) (err error) {
	// The library panics on what it cannot encode. Clean keeps that away from it; if
	// something still gets through, it costs this job and not the program.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("print badges: panic: %v", p)
		}
	}()
	if !layout.Known() {
		return fmt.Errorf("print badges: %w: %q", ErrLayout, layout)
	}
	if max(o.OffsetX, -o.OffsetX, o.OffsetY, -o.OffsetY) > MaxOffset {
		return fmt.Errorf("print badges: %w", ErrOffset)
	}
	p, err := newPrinter(layout, o)
	if err != nil {
		return err
	}
	for i, c := range cards {
		if n := i % layout.PerPage(); n == 0 {
			p.addPage()
		}
		p.card(i%layout.PerPage(), c)
	}
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("write badges: %w", err)
	}
	if len(p.refused) > 0 {
		return &RefusedError{Numbers: p.refused}
	}
	return nil
}

// printer draws the badges of one job.
type printer struct {
	pdf     *fpdf.Fpdf
	sheet   sheet
	faces   faces
	options Options
	stripes map[paint]fpdf.Template
	refused []string
}

func newPrinter(layout Layout, o Options) (*printer, error) {
	f, err := loadFaces()
	if err != nil {
		return nil, err
	}
	s := layout.sheet()
	pdf, err := newPDF(s.pageW, s.pageH, Clean(o.Title), o.Now, f[:])
	if err != nil {
		return nil, err
	}
	o.Sample, o.Refused = Clean(o.Sample), Clean(o.Refused)
	return &printer{pdf: pdf, sheet: s, faces: f, options: o, stripes: map[paint]fpdf.Template{}}, nil
}

func (p *printer) addPage() {
	p.pdf.AddPage()
	if p.pdf.PageNo() == 1 {
		p.pdf.SetAlpha(1, "Normal") // makes it PDF 1.4, which archives ask for
	}
}

// card draws one badge at the n-th place of the page. One that fails leaves a
// marked place, so that it cannot take the others with it.
func (p *printer) card(n int, c Card) {
	x, y := p.sheet.place(n)
	x, y = x+p.options.OffsetX, y+p.options.OffsetY
	if p.sheet.label {
		x, y = onDot(x), onDot(y)
	}
	b := &badge{printer: p, x: x, y: y, card: c.clean()}
	if err := b.draw(); err != nil {
		p.refused = append(p.refused, b.card.Number)
		p.pdf.ClearError()
		b.drawRefused()
	}
}

func (c Card) clean() Card {
	for _, text := range []*string{&c.Event, &c.Category, &c.Name, &c.Title, &c.Organisation, &c.Province, &c.Number} {
		*text = strings.Join(strings.Fields(Clean(*text)), " ")
	}
	return c
}
