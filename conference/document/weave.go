package document

import (
	"fmt"
	"math"

	"codeberg.org/go-pdf/fpdf"
)

const (
	weaveUnit = 2.6  // mm between the middles of two crossings, times the scale
	weaveLine = 0.16 // mm
	weaveHalf = 0.18 // half the width of a strip, in units
	goldRule  = 0.5  // height of the rule under the stripe, mm, times the scale
)

// stripe gives the ground of a coloured stripe: the woven bamboo of the house in a
// shade close to the colour, so that the text stays the first thing read, and a rule of gold leaf
// below. It is written once per colour and file, and named by every badge.
func (p *printer) stripe(c paint) fpdf.Template {
	if t, ok := p.stripes[c]; ok {
		return t
	}
	s := p.sheet
	t := p.pdf.CreateTemplateCustom(fpdf.PointType{}, fpdf.SizeType{Wd: s.w, Ht: s.stripe}, func(t *fpdf.Tpl) {
		rule := goldRule * s.scale
		t.SetFillColor(c.ground[0], c.ground[1], c.ground[2])
		t.Rect(0, 0, s.w, s.stripe, "F")
		t.SetDrawColor(c.weave[0], c.weave[1], c.weave[2])
		t.RawWriteStr(weave(s, t.GetConversionRatio()))
		t.SetFillColor(214, 170, 77)
		t.Rect(0, s.stripe-rule, s.w, rule, "F")
	})
	p.stripes[c] = t
	return t
}

// weave draws strips that run over and under each other over a whole stripe; k is points per mm.
func weave(s sheet, k float64) string {
	unit := weaveUnit * s.scale
	edge := weaveLine / unit // the ends of lines reach that far beyond their points
	w, h := s.w/unit-edge, s.stripe/unit-edge
	out := fmt.Appendf(nil, "q %.3f w %.5f 0 0 %.5f 0 %.4f cm\n", edge, unit*k, -unit*k, s.stripe*k)
	for row := range int(math.Ceil(h)) + 1 {
		for column := range int(math.Ceil(w)) + 1 {
			// At every other crossing the strip that rises lies above, at the rest the one that falls.
			d := 0.5
			if (row+column)%2 == 1 {
				d = -0.5
			}
			for _, side := range [2]float64{-weaveHalf, weaveHalf} {
				x, y := float64(column)+side, float64(row)-side*2*d
				if from, to, ok := inside([2]float64{x, y}, [2]float64{d, 0.5}, edge, [2]float64{w, h}); ok {
					out = fmt.Appendf(out, "%.2f %.2f m %.2f %.2f l\n", x+from*d, y+from*0.5, x+to*d, y+to*0.5)
				}
			}
		}
	}
	return string(append(out, "S Q"...))
}

// inside cuts the line from at-d to at+d to what lies between low and high on both
// axes; from and to run from -1 to 1. Clipping in the PDF would be left to printers,
// some of which are not exact.
func inside(at, d [2]float64, low float64, high [2]float64) (from, to float64, ok bool) {
	from, to = -1, 1
	for i := range at {
		a, b := (low-at[i])/d[i], (high[i]-at[i])/d[i]
		from, to = max(from, min(a, b)), min(to, max(a, b))
	}
	return from, to, from < to
}
