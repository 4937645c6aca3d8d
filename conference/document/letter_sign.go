package document

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	signBefore = 8.0 // points above the block of the signature
	codeGap    = 3.0 // mm between the recipients and the code
)

func copiesSet() set    { return set{size: noteSize, bold: true, italic: true, align: alignLeft} }
func recipientSet() set { return set{size: listSize, align: alignLeft} }
func captionSet() set   { return set{size: captionSize, italic: true, align: alignLeft} }

// recipients gives the lines of "Nơi nhận" as they are printed.
func (l Letter) recipients() []string {
	var out []string
	for n, text := range l.Recipients {
		end := ";"
		if n == len(l.Recipients)-1 {
			end = "."
		}
		out = append(out, "- "+strings.TrimRight(text, ";. ")+end)
	}
	return out
}

func (p *letterPage) heightOf(texts []string, w float64, s set) float64 {
	h := 0.0
	for _, text := range texts {
		h += float64(len(p.fonts.wrap(s.runs(text), w, s))) * s.height()
	}
	return h
}

// signHeight gives the height of the block that must not be split.
func (p *letterPage) signHeight(l Letter) float64 {
	left := copiesSet().height() + p.heightOf(l.recipients(), noteWidth-4, recipientSet())
	if len(l.Code) > 0 {
		left += codeGap + letterCode
	}
	right := p.heightOf(l.Authority, signWidth, big()) + signSpace + big().height()
	return signBefore/pointsInMM + max(left, right)
}

// sign sets the place of the signature at the right and the recipients with the code
// below them at the left. The zone left of the signature stays empty: the stamp covers it.
// Recipients that fill more than a page go on to the next.
func (p *letterPage) sign(l Letter) {
	p.y += signBefore / pointsInMM
	x, page := leftEdge+noteWidth, p.pdf.PageNo()
	right := p.column(x, p.y, signWidth, big(), l.Authority...) + signSpace
	if l.Signer != "" {
		right = p.column(x, right, signWidth, big(), l.Signer)
	}
	p.flow(leftEdge, noteWidth, copiesSet(), copies)
	p.flow(leftEdge, noteWidth-4, recipientSet(), l.recipients()...)
	if len(l.Code) > 0 {
		if p.y+codeGap+letterCode > lowest {
			p.addPage()
		}
		p.y += codeGap
		p.code(leftEdge, p.y, l.Code)
		module := letterCode / float64(len(l.Code))
		p.column(leftEdge+letterCode+quietZone*module, p.y+4, noteWidth-codeColumn, captionSet(), l.Caption...)
		p.y += letterCode
	}
	if p.pdf.PageNo() == page {
		p.y = max(p.y, right)
	}
}

// code draws the dark modules in one path with one fill: no seams show between them.
func (p *letterPage) code(x, y float64, modules [][]bool) {
	k := p.pdf.GetConversionRatio()
	m := letterCode / float64(len(modules))
	out := fmt.Appendf(nil, "q 0 g %.5f 0 0 %.5f %.4f %.4f cm\n", m*k, -m*k, x*k, (pageHeight-y)*k)
	p.pdf.RawWriteStr(string(append(appendModules(out, modules), "f Q"...)))
}

// appendModules adds the runs of dark modules as rectangles of a path.
func appendModules(out []byte, modules [][]bool) []byte {
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] {
				x++
			}
			if x > start {
				out = strconv.AppendInt(out, int64(start), 10)
				out = strconv.AppendInt(append(out, ' '), int64(y), 10)
				out = strconv.AppendInt(append(out, ' '), int64(x-start), 10)
				out = append(out, " 1 re\n"...)
			}
		}
	}
	return out
}

func labelSet() set    { return set{size: bodySize, bold: true, align: alignCentre, pageBreak: true} }
func titleSet() set    { return set{size: bodySize, bold: true, align: alignCentre} }
func underSet() set    { return set{size: bodySize, italic: true, align: alignCentre, after: 10} }
func itemSet() set     { return set{size: headSize, align: alignLeft, after: 4, leading: bodyLines} }
func formSign() set    { return set{size: headSize, bold: true, align: alignCentre} }
func headCell() set    { return set{bold: true, align: alignCentre} }
func groupCell() set   { return set{bold: true, align: alignLeft} }
func plainCell() set   { return set{align: alignLeft} }
func centredCell() set { return set{align: alignCentre} }

const (
	formSpace  = 22.0 // free for the signatures below a form
	formBefore = 10.0 // points above them
	afterTable = 6.0  // points
)

// appendix sets an appendix, from a new page on.
func (p *letterPage) appendix(a Appendix) {
	p.addPage()
	p.y = p.column(leftEdge, p.y, TextWidth, labelSet(), a.Label)
	p.y = p.column(leftEdge, p.y, TextWidth, titleSet(), a.Title...)
	p.y = p.column(leftEdge, p.y, TextWidth, underSet(), a.Note)
	p.items(a.Before)
	p.table(a.Table, p.tailHeight(a))
	p.y += afterTable / pointsInMM
	p.items(a.After)
	if a.SignLeft == "" {
		return
	}
	if p.y+signedHeight() > lowest {
		p.addPage()
	}
	p.y += formBefore / pointsInMM
	p.column(leftEdge, p.y, noteWidth, formSign(), a.SignLeft)
	p.y = p.column(leftEdge+noteWidth, p.y, signWidth, formSign(), a.SignRight)
	p.y += formSpace
}

func signedHeight() float64 { return formBefore/pointsInMM + formSign().height() + formSpace }

// tailHeight gives how much room below the table what belongs to its last rows takes: the
// points of a form and the place of its signatures. Nothing does when nobody signs.
func (p *letterPage) tailHeight(a Appendix) float64 {
	if a.SignLeft == "" {
		return 0
	}
	s := itemSet()
	h := afterTable/pointsInMM + signedHeight() + p.heightOf(a.After, TextWidth, s)
	return h + float64(len(a.After))*s.after/pointsInMM + lastLines/pointsInMM
}

const (
	keptRows  = 2   // of a form's table, with its signatures
	lastLines = 2.0 // points: of the paragraphs that a DOCX needs behind a table
)

// items sets the points of a form.
func (p *letterPage) items(texts []string) {
	s := itemSet()
	for _, text := range texts {
		if p.y+p.heightOf([]string{text}, TextWidth, s) > lowest {
			p.addPage()
		}
		p.y = p.column(leftEdge, p.y, TextWidth, s, text)
	}
}

// table draws the rows, none of them split, the heads again on each page. The last rows
// stand on one page with what needs the height below them.
func (p *letterPage) table(t Table, tail float64) {
	if len(t.Columns) == 0 {
		return
	}
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title
	}
	p.row(t, titles, true)
	for n, row := range t.Rows {
		needs := p.rowHeight(t, row, false)
		if tail > 0 && n == max(0, len(t.Rows)-keptRows) {
			needs = tail
			for _, kept := range t.Rows[n:] {
				needs += p.rowHeight(t, kept, false)
			}
		}
		if p.y+needs > lowest {
			p.addPage()
			p.row(t, titles, true)
		}
		p.row(t, row, false)
	}
}

// cells gives the set and width of each cell of a row.
func (t Table) cells(row []string, head bool) (sets []set, widths []float64) {
	if len(row) == 1 {
		s := groupCell()
		s.size = t.Size
		return []set{s}, []float64{TextWidth}
	}
	for _, c := range t.Columns {
		s := plainCell()
		if c.Centred {
			s = centredCell()
		}
		if head {
			s = headCell()
		}
		s.size = t.Size
		sets, widths = append(sets, s), append(widths, c.Width)
	}
	return sets, widths
}

func (p *letterPage) rowHeight(t Table, row []string, head bool) float64 {
	sets, widths := t.cells(row, head)
	h := sets[0].height()
	for i, text := range row {
		h = max(h, p.heightOf([]string{text}, widths[i]-2*cellPad, sets[i]))
	}
	return h + 2*cellAbove + tableLine
}

const (
	cellAbove = 0.7  // mm above and below the text of a cell
	tableLine = 0.18 // mm, around each cell: word processors add it to the height of a row
)

func (p *letterPage) row(t Table, row []string, head bool) {
	sets, widths := t.cells(row, head)
	h := p.rowHeight(t, row, head)
	p.pdf.SetDrawColor(0, 0, 0)
	p.pdf.SetLineWidth(tableLine)
	x := leftEdge
	for i, text := range row {
		p.pdf.Rect(x, p.y, widths[i], h, "D")
		p.column(x+cellPad, p.y+cellAbove, widths[i]-2*cellPad, sets[i], text)
		x += widths[i]
	}
	p.y += h
}
