package document

import "strings"

// cell is a cell of a table.
type cell struct {
	width float64
	span  int
	write func(*docx)
}

// layout writes a table without lines that puts things beside each other.
func (d *docx) layout(widths []float64, rows ...[]cell) {
	total := 0.0
	for _, w := range widths {
		total += w
	}
	d.addf(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/>`, twips(total))
	d.add(`<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>`)
	d.grid(widths)
	for _, row := range rows {
		d.add(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for _, c := range row {
			d.cell(c)
		}
		d.add(`</w:tr>`)
	}
	d.add(`</w:tbl>`)
}

func (d *docx) grid(widths []float64) {
	d.add(`<w:tblGrid>`)
	for _, w := range widths {
		d.addf(`<w:gridCol w:w="%d"/>`, twips(w))
	}
	d.add(`</w:tblGrid>`)
}

func (d *docx) cell(c cell) {
	d.addf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, twips(c.width))
	if c.span > 1 {
		d.addf(`<w:gridSpan w:val="%d"/>`, c.span)
	}
	d.add(`</w:tcPr>`)
	c.write(d) // it must end with a paragraph
	d.add(`</w:tc>`)
}

func (d *docx) letter(l Letter) {
	d.head(l)
	if l.Name != "" {
		s := big()
		s.before = nameBefore
		d.lines(s, l.Name)
		d.lines(big(), l.Abstract...)
		d.rule(TextWidth, nameRule, nameAfter)
	}
	to := addressees(l.To)
	for n, part := range to {
		s := part.set
		if n == 0 {
			s.before = toBefore
		}
		if n == len(to)-1 {
			s.after = toAfter
		}
		d.lines(s, part.text)
	}
	whole, split := l.kept(d.fonts)
	for n, b := range l.Body {
		s := bodySet(b)
		left := len(l.Body) - n
		s.keepLines = left <= whole
		s.keepNext = s.keepLines || split && left == whole+1
		d.paragraph(s, b.Runs)
	}
	d.sign(l)
}

func (d *docx) head(l Letter) {
	d.layout([]float64{agencyWidth, nationWidth},
		[]cell{
			{width: agencyWidth, write: func(d *docx) {
				d.lines(head(false), l.Parent...)
				d.lines(head(true), l.Agency...)
				d.rule(agencyWidth, agencyRule, 0)
			}},
			{width: nationWidth, write: func(d *docx) {
				d.lines(head(true), nation)
				d.lines(big(), motto)
				d.rule(nationWidth, nationRule, 0)
			}},
		},
		[]cell{
			{width: agencyWidth, write: func(d *docx) {
				d.lines(numberSet(), l.Number)
				if l.Name == "" {
					for n, text := range l.Abstract {
						s := aboutSet()
						if n == 0 {
							s.before = aboutBefore
						}
						d.lines(s, text)
					}
				}
			}},
			{width: nationWidth, write: func(d *docx) { d.lines(dateSet(), l.PlaceDate) }},
		})
}

// sign writes the block of the signature as one row, which is never split: rows of
// their own would part at the foot of a page.
func (d *docx) sign(l Letter) {
	d.layout([]float64{noteWidth, signWidth}, []cell{
		{width: noteWidth, write: func(d *docx) {
			s := copiesSet()
			s.before = signBefore
			d.lines(s, copies)
			d.lines(recipientSet(), l.recipients()...)
			d.code(l)
		}},
		{width: signWidth, write: func(d *docx) { d.signature(l) }},
	})
	d.end()
}

// code writes the picture of the code with its caption beside it.
func (d *docx) code(l Letter) {
	if len(l.Code) == 0 {
		return
	}
	d.layout([]float64{codeColumn, noteWidth - codeColumn}, []cell{
		{width: codeColumn, write: func(d *docx) {
			d.add(`<w:p>`)
			d.props(set{size: captionSize, align: alignLeft}, "")
			d.add(`<w:r>`, codeDrawing(codeSide(l.Code), strings.Join(l.Caption, " "), "rId5", 1), `</w:r></w:p>`)
		}},
		{width: noteWidth - codeColumn, write: func(d *docx) {
			s := captionSet()
			s.before = 18
			for _, text := range l.Caption {
				d.lines(s, text)
				s.before = 0
			}
			if len(l.Caption) == 0 {
				d.add(`<w:p/>`)
			}
		}},
	})
	d.end()
}

// end writes the paragraph that must follow a table; it takes hardly any room.
func (d *docx) end() {
	d.add(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>`)
}

func (d *docx) signature(l Letter) {
	for n, text := range l.Authority {
		s := big()
		if n == 0 {
			s.before = signBefore
		}
		d.lines(s, text)
	}
	s := big()
	s.before = signSpace * pointsInMM
	d.lines(s, l.Signer)
}

func (d *docx) appendix(a Appendix) {
	d.lines(labelSet(), a.Label)
	d.lines(titleSet(), a.Title...)
	d.lines(underSet(), a.Note)
	d.lines(itemSet(), a.Before...)
	if a.SignLeft == "" || len(a.Table.Columns) == 0 {
		d.table(a.Table, nil)
		d.tail(a)
		return
	}
	d.table(a.Table, func(d *docx) { d.tail(a) })
	d.end()
}

// tail writes what stands below the table of an appendix.
func (d *docx) tail(a Appendix) {
	d.add(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>`)
	d.lines(itemSet(), a.After...)
	if a.SignLeft == "" {
		return
	}
	s := formSign()
	s.before, s.after = formBefore, formSpace*pointsInMM
	d.layout([]float64{noteWidth, signWidth}, []cell{
		{width: noteWidth, write: func(d *docx) { d.lines(s, a.SignLeft) }},
		{width: signWidth, write: func(d *docx) { d.lines(s, a.SignRight) }},
	})
	d.end()
}

// table writes a table with lines, its heads repeated on each page, no row split. The
// tail is a row of its own without lines: of all that word processors keep on one page, rows of one
// table are what each of them keeps together.
func (d *docx) table(t Table, tail func(*docx)) {
	if len(t.Columns) == 0 {
		return
	}
	widths := make([]float64, len(t.Columns))
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		widths[i], titles[i] = c.Width, c.Title
	}
	d.addf(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblBorders>`, twips(TextWidth))
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		d.addf(`<w:%s w:val="single" w:sz="4" w:space="0" w:color="auto"/>`, side)
	}
	d.add(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>`)
	for _, side := range []string{"top", "left", "bottom", "right"} {
		pad := cellPad
		if side == "top" || side == "bottom" {
			pad = cellAbove
		}
		d.addf(`<w:%s w:w="%d" w:type="dxa"/>`, side, twips(pad))
	}
	d.add(`</w:tblCellMar></w:tblPr>`)
	d.grid(widths)
	d.tableRow(t, titles, true, false)
	for n, row := range t.Rows {
		d.tableRow(t, row, false, tail != nil && n >= len(t.Rows)-keptRows)
	}
	if tail != nil {
		d.addf(`<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/><w:tcBorders>`, twips(TextWidth), len(t.Columns))
		d.add(`<w:left w:val="nil"/><w:bottom w:val="nil"/><w:right w:val="nil"/></w:tcBorders><w:tcMar>`)
		for _, side := range []string{"top", "left", "bottom", "right"} {
			d.addf(`<w:%s w:w="0" w:type="dxa"/>`, side)
		}
		d.add(`</w:tcMar></w:tcPr>`)
		tail(d)
		d.add(`</w:tc></w:tr>`)
	}
	d.add(`</w:tbl>`)
}

func (d *docx) tableRow(t Table, row []string, head, keep bool) {
	d.add(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		d.add(`<w:tblHeader/>`)
	}
	d.add(`</w:trPr>`)
	sets, widths := t.cells(row, head)
	for i, text := range row {
		sets[i].keepNext = keep
		c := cell{width: widths[i], write: func(d *docx) { d.lines(sets[i], text) }}
		if len(row) == 1 {
			c.span = len(t.Columns)
		}
		d.cell(c)
	}
	d.add(`</w:tr>`)
}
