package document

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// LetterPDF writes a letter with its appendices as PDF.
func LetterPDF(w io.Writer, l Letter) (err error) {
	defer func() {
		if p := recover(); p != nil { // what the PDF library cannot encode costs this letter only
			err = fmt.Errorf("set letter: panic: %v", p)
		}
	}()
	f, err := loadSerifs()
	if err != nil {
		return err
	}
	l = l.clean().balanced(f)
	pdf, err := newPDF(pageWidth, pageHeight, l.Title, l.Now, f[:])
	if err != nil {
		return err
	}
	p := &letterPage{pdf: pdf, fonts: f, sample: l.Sample}
	p.addPage()
	p.letter(l)
	for _, a := range l.Appendices {
		p.appendix(a)
	}
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("write letter: %w", err)
	}
	return nil
}

// letterPage sets a letter from the top down; y is where the next line begins, in millimetres.
type letterPage struct {
	pdf    *fpdf.Fpdf
	fonts  serifs
	sample string
	y      float64
}

const lowest = pageHeight - bottomEdge

func (p *letterPage) addPage() {
	p.pdf.AddPage()
	p.y = topEdge
	if n := p.pdf.PageNo(); n == 1 {
		p.pdf.SetAlpha(1, "Normal") // makes it PDF 1.4, which archives ask for
	} else {
		p.line(leftEdge, 10, TextWidth, set{size: bodySize, align: alignCentre}, p.text(strconv.Itoa(n), set{size: bodySize}))
	}
	if p.sample != "" {
		s := set{size: sampleSize, italic: true, align: alignCentre, grey: true}
		p.line(leftEdge, pageHeight-12, TextWidth, s, p.text(p.sample, s))
	}
}

// text gives a text as one line.
func (p *letterPage) text(text string, s set) textLine {
	lines := p.fonts.wrap(s.runs(text), 1e6, s)
	if len(lines) == 0 {
		return textLine{}
	}
	return lines[0]
}

// line draws one line whose box has its top at y.
func (p *letterPage) line(x, y, w float64, s set, l textLine) {
	baseline := y + s.height() - below*s.size/pointsInMM
	x, w = x+s.left, w-s.left
	stretch := 0.0
	switch {
	case s.align == alignCentre:
		x += (w - l.width) / 2
	case s.align == alignJustify && !l.last && len(l.words) > 1:
		stretch = (w - l.width) / float64(len(l.words)-1)
	}
	if s.grey {
		p.pdf.SetTextColor(footGrey, footGrey, footGrey)
	} else {
		p.pdf.SetTextColor(0, 0, 0)
	}
	for n, word := range l.words {
		at := x
		for i, r := range word.runs {
			f := p.fonts.of(r)
			p.pdf.SetFont(f.family, "", s.size)
			text := strings.ReplaceAll(r.Text, "\u00a0", " ") // as wide, and found by whoever searches
			if i == len(word.runs)-1 && n < len(l.words)-1 {
				text += " " // whoever copies the text wants the blank too
			}
			p.pdf.Text(at, baseline, text)
			at += f.plain(r.Text) * s.size / pointsInMM
		}
		x += word.width + word.space + stretch
	}
}

// column sets lines of text into a column, each broken where it must be, and gives where it ends.
func (p *letterPage) column(x, y, w float64, s set, texts ...string) float64 {
	for _, text := range texts {
		y += s.before / pointsInMM
		for _, l := range p.fonts.wrap(s.runs(text), w, s) {
			p.line(x, y, w, s, l)
			y += s.height()
		}
		y += s.after / pointsInMM
	}
	return y
}

// flow sets texts as column does, from p.y on and over as many pages as they take.
func (p *letterPage) flow(x, w float64, s set, texts ...string) {
	for _, text := range texts {
		p.y += s.before / pointsInMM
		for _, l := range p.fonts.wrap(s.runs(text), w, s) {
			if p.y+s.height() > lowest {
				p.addPage()
			}
			p.line(x, p.y, w, s, l)
			p.y += s.height()
		}
		p.y += s.after / pointsInMM
	}
}

// rule draws a line of a length, centred in a column, into the box of an empty
// paragraph, and gives where that ends.
func (p *letterPage) rule(x, y, w, length float64) float64 {
	end := y + ruleHeight/pointsInMM
	p.pdf.SetDrawColor(0, 0, 0)
	p.pdf.SetLineWidth(ruleWeight)
	p.pdf.Line(x+(w-length)/2, end, x+(w+length)/2, end)
	return end + ruleWeight
}

func (p *letterPage) letter(l Letter) {
	p.head(l)
	if l.Name != "" {
		p.y += nameBefore / pointsInMM
		p.y = p.column(leftEdge, p.y, TextWidth, big(), l.Name)
		p.y = p.column(leftEdge, p.y, TextWidth, big(), l.Abstract...)
		p.y = p.rule(leftEdge, p.y, TextWidth, nameRule)
		p.y += nameAfter / pointsInMM
	}
	p.addressees(l.To)
	sign := p.signHeight(l)
	first, split := l.kept(p.fonts)
	if split {
		first++
	}
	for n, b := range l.Body {
		if len(l.Body)-n == first {
			p.body(b, p.tail(l.Body[n:])+sign, split)
			continue
		}
		p.body(b, 0, false)
	}
	if p.y+sign > lowest {
		p.addPage()
	}
	p.sign(l)
}

const nameAfter = 12.0

func (p *letterPage) head(l Letter) {
	left := p.column(leftEdge, p.y, agencyWidth, head(false), l.Parent...)
	left = p.column(leftEdge, left, agencyWidth, head(true), l.Agency...)
	left = p.rule(leftEdge, left, agencyWidth, agencyRule)
	x := leftEdge + agencyWidth
	right := p.column(x, p.y, nationWidth, head(true), nation)
	right = p.column(x, right, nationWidth, big(), motto)
	right = p.rule(x, right, nationWidth, nationRule)
	top := max(left, right)
	p.y = p.column(leftEdge, top, agencyWidth, numberSet(), l.Number)
	p.column(x, top, nationWidth, dateSet(), l.PlaceDate)
	if l.Name == "" {
		p.y = p.column(leftEdge, p.y+aboutBefore/pointsInMM, agencyWidth, aboutSet(), l.Abstract...)
	}
}

const aboutBefore = 6.0

func numberSet() set { return set{size: headSize, align: alignCentre, before: 9} }
func dateSet() set   { return set{size: bodySize, italic: true, align: alignCentre, before: 7.9} } // on the number's baseline
func aboutSet() set  { return set{size: noteSize, align: alignCentre} }

// addressees sets "Kính gửi": one in the same line, several as a list.
func (p *letterPage) addressees(to []string) {
	for n, part := range addressees(to) {
		if n == 0 {
			p.y += toBefore / pointsInMM
		}
		p.flow(leftEdge, TextWidth, part.set, part.text)
	}
	if len(to) > 0 {
		p.y += toAfter / pointsInMM
	}
}

const toBefore, toAfter = 14.0, 10.0

type setText struct {
	set
	text string
}

func addressees(to []string) []setText {
	switch len(to) {
	case 0:
		return nil
	case 1:
		return []setText{{set{size: bodySize, align: alignCentre}, sendTo + " " + to[0]}}
	}
	out := []setText{{set{size: bodySize, align: alignLeft, left: listIndent - 10}, sendTo}}
	for n, text := range to {
		end := ";"
		if n == len(to)-1 {
			end = "."
		}
		out = append(out, setText{set{size: bodySize, align: alignLeft, left: listIndent}, "- " + text + end})
	}
	return out
}

// body sets one paragraph. needs is how much room the paragraph and what must follow
// it on the same page take; a splittable one is then broken above its last two lines. No
// line is left alone at the top or bottom of a page.
func (p *letterPage) body(b Paragraph, needs float64, splittable bool) {
	s := bodySet(b)
	lines := p.fonts.wrap(b.Runs, TextWidth, s)
	h := s.height()
	if needs > 0 && !splittable && p.y+needs > lowest {
		p.addPage()
	}
	for n, l := range lines {
		left := len(lines) - n
		ahead := h
		switch {
		case n == 0 && left > 1 || left == 2 && len(lines) > 3:
			ahead = 2 * h
		case n == 0 && left == 3:
			ahead = 3 * h
		}
		if splittable && left == 2 {
			ahead = needs - float64(len(lines)-2)*h
		}
		if p.y+ahead > lowest {
			p.addPage()
		}
		x := leftEdge
		if n == 0 {
			x += s.indent
		}
		p.line(x, p.y, TextWidth-(x-leftEdge), s, l)
		p.y += h
	}
	p.y += s.after / pointsInMM
}

// tail gives the height of the last paragraphs.
func (p *letterPage) tail(body []Paragraph) float64 {
	h := 0.0
	for _, b := range body {
		s := bodySet(b)
		h += float64(len(p.fonts.wrap(b.Runs, TextWidth, s)))*s.height() + s.after/pointsInMM
	}
	return h
}
