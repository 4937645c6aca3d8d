package document

import (
	"errors"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// badge is one badge on its way to the page; x and y are its corner.
type badge struct {
	*printer
	x, y float64
	card Card
}

type rgb [3]int

// paint is the ground of a stripe and the text on it, at a contrast of at least
// 4.5 to 1. The weave lies between the two, closer to the ground.
type paint struct{ ground, text, weave rgb }

func black() paint { return paint{rgb{0, 0, 0}, rgb{255, 255, 255}, rgb{0, 0, 0}} }

// paintOf gives the colours of a delegate group, ink for an unknown one.
func paintOf(colour string) paint {
	white := rgb{255, 255, 255}
	switch colour {
	case "son":
		return paint{rgb{161, 37, 32}, white, rgb{176, 62, 55}}
	case "gold":
		return paint{rgb{138, 101, 24}, white, rgb{156, 121, 47}}
	case "leaf":
		return paint{rgb{44, 107, 56}, white, rgb{66, 126, 77}}
	case "indigo":
		return paint{rgb{47, 74, 138}, white, rgb{71, 96, 155}}
	case "amber":
		return paint{rgb{240, 178, 51}, rgb{43, 28, 2}, rgb{245, 194, 92}}
	}
	return paint{rgb{36, 28, 21}, white, rgb{60, 51, 43}}
}

const (
	lineWidth   = 0.1 // of cut lines, mm
	cutGrey     = 190
	footSize    = 7.0 // points, times the scale
	footGrey    = 90
	eventSize   = 8.0 // points, times the scale
	eventSmall  = 6.5 // beside a category of two lines
	groupSize   = 12.0
	groupLeast  = 9.0 // points at any scale: a category that would be smaller in one line gets two
	titleSize   = 8.5
	provinceMax = 9.5
)

// draw draws the whole badge. It returns an error instead of panicking.
func (b *badge) draw() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	code, ok := b.sheet.codeOf(len(b.card.Code))
	if !ok {
		return errors.New("the code is missing or its modules would be too small to be read")
	}
	b.drawStripe()
	b.drawName()
	b.drawText(code)
	b.drawCode(code)
	b.drawCutLine()
	return b.pdf.Error()
}

func (b *badge) drawCutLine() {
	if b.sheet.label {
		return // the label's own edge
	}
	b.pdf.SetDrawColor(cutGrey, cutGrey, cutGrey)
	b.pdf.SetLineWidth(lineWidth)
	b.pdf.Rect(b.x, b.y, b.sheet.w, b.sheet.h, "D")
}

func (b *badge) fill(c rgb)  { b.pdf.SetFillColor(c[0], c[1], c[2]) }
func (b *badge) write(c rgb) { b.pdf.SetTextColor(c[0], c[1], c[2]) }

// text sets a kerned line with its baseline at y.
func (b *badge) text(x, y float64, s style, text string) {
	b.pdf.SetFont(s.face.family, "", s.size)
	for _, seg := range s.face.segments(text) {
		b.pdf.Text(x+seg.at*s.em(), y, seg.text)
	}
}

func (b *badge) centred(y float64, s style, text string) {
	b.text(b.x+(b.sheet.w-s.face.width(text)*s.em())/2, y, s, text)
}

// style gives a style at the scale of the layout.
func (b *badge) style(w weight, size float64) style { return style{b.faces[w], size * b.sheet.scale} }

// drawStripe draws the coloured stripe with the conference and the delegate group.
func (b *badge) drawStripe() {
	s, c := b.sheet, paintOf(b.card.Colour)
	if s.label {
		c = black()
		b.fill(c.ground)
		b.pdf.Rect(b.x, b.y, s.w, s.stripe, "F")
	} else {
		b.pdf.UseTemplateScaled(b.stripe(c), fpdf.PointType{X: b.x, Y: b.y}, fpdf.SizeType{Wd: s.w, Ht: s.stripe})
	}
	b.write(c.text)
	w := s.w - 2*margin
	event := b.style(regular, eventSize)
	group := strings.ToUpper(b.card.Category)
	one := b.style(bold, groupSize).fitted(group, w)
	words := strings.Fields(b.card.Category)
	title := strings.ToUpper(b.card.Event)
	if one.size >= groupLeast || len(words) < 2 {
		b.centred(b.y+4.8*s.scale, event.fitted(title, w), title)
		b.centred(b.y+10.6*s.scale, one, group)
		return
	}
	// Some groups are called by half a sentence: those keep small letters.
	event.size = min(event.size, eventSmall*s.scale)
	b.centred(b.y+3.9*s.scale, event.fitted(title, w), title)
	first, second, _ := halve(b.faces[bold], words)
	two := b.style(bold, groupLeast).fitted(first, w).fitted(second, w)
	b.centred(b.y+7.8*s.scale, two, first)
	b.centred(b.y+11.2*s.scale, two, second)
}

// drawName sets the name into its zone, in capitals, as large as it goes.
func (b *badge) drawName() {
	s := b.sheet
	n := fitName(b.faces[heavy], strings.ToUpper(b.card.Name), s.w-2*margin, s.name, s.scale)
	set := style{b.faces[heavy], n.size}
	height := (ink + n.leading*float64(len(n.lines)-1)) * set.em()
	y := b.y + s.stripe + (s.name-height)/2 + inkTop*set.em()
	b.write(rgb{0, 0, 0})
	for i, line := range n.lines {
		b.centred(y+float64(i)*n.leading*set.em(), set, line)
	}
}

// drawText sets title, organisation and province beside the code or above it, and
// the number with the mark of made-up data below them.
func (b *badge) drawText(code codeBox) {
	s := b.sheet
	x, w := b.x+margin, code.x-2*margin
	top, bottom := b.y+s.stripe+s.name+0.4*s.scale, b.y+s.h-margin
	if s.upright {
		w = s.w - 2*margin
		bottom = b.y + code.y - quietZone*code.module - 0.4*s.scale
	}
	foot := b.style(medium, footSize)
	bottom = b.drawFoot(x, bottom, w, foot) - 1.0*s.scale
	styles := []style{b.style(regular, titleSize), b.style(medium, titleSize), b.style(bold, provinceMax)}
	set := fitBlock([]string{b.card.Title, b.card.Organisation, b.card.Province}, styles, w, bottom-top)
	// What is free goes above the text, a little of it: the name needs air.
	y := top + min(1.2*s.scale, max(0, bottom-top-set.height))
	b.write(rgb{0, 0, 0})
	for i, p := range set.paras {
		if i > 0 {
			y += paraGap * p.style.em()
		}
		for _, line := range p.lines {
			b.line(x, y+smallTop*p.style.em(), w, p.style, line)
			y += textLeading * p.style.em()
		}
	}
}

// line sets one line of the text, which an upright badge centres.
func (b *badge) line(x, y, w float64, s style, text string) {
	if b.sheet.upright {
		x += (w - s.face.width(text)*s.em()) / 2
	}
	b.text(x, y, s, text)
}

// drawFoot sets the number and the mark in one line that ends at bottom, and gives the line's top.
func (b *badge) drawFoot(x, bottom, w float64, s style) float64 {
	const gap = "  "
	note := b.options.Sample
	whole := strings.Trim(b.card.Number+gap+note, " ")
	if whole == "" {
		return bottom
	}
	s = s.fitted(whole, w)
	if b.sheet.upright {
		x += (w - s.face.width(whole)*s.em()) / 2
		bottom -= inkBottom * s.em()
	}
	b.write(rgb{0, 0, 0})
	b.text(x, bottom, s, b.card.Number)
	if !b.sheet.label {
		b.write(rgb{footGrey, footGrey, footGrey})
	}
	if b.card.Number != "" {
		x += s.face.width(b.card.Number+gap) * s.em()
	}
	b.text(x, bottom, s, note)
	return bottom - smallTop*s.em()
}

// drawCode draws the code's runs of dark modules in one path with one fill: no seams show between them.
func (b *badge) drawCode(c codeBox) {
	k := b.pdf.GetConversionRatio()
	_, pageH := b.pdf.GetPageSize()
	out := fmt.Appendf(nil, "q 0 g %.5f 0 0 %.5f %.4f %.4f cm\n", c.module*k, -c.module*k, (b.x+c.x)*k, (pageH-b.y-c.y)*k)
	b.pdf.RawWriteStr(string(append(appendModules(out, b.card.Code), "f Q"...)))
}

// drawRefused marks the place of a badge that could not be drawn.
func (b *badge) drawRefused() {
	s := b.sheet
	b.fill(rgb{255, 255, 255})
	b.pdf.Rect(b.x, b.y, s.w, s.h, "F")
	b.drawCutLine()
	b.write(rgb{0, 0, 0})
	set := b.style(bold, groupSize)
	b.centred(b.y+s.h/2, set.fitted(b.card.Number, s.w-2*margin), b.card.Number)
	note := b.style(regular, titleSize)
	b.centred(b.y+s.h/2+6*s.scale, note.fitted(b.options.Refused, s.w-2*margin), b.options.Refused)
}
