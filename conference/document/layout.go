package document

import "math"

// Layout names the paper and how many badges it takes.
type Layout string

// The layouts of badges. Their measures are in millimetres and exact: pre-cut sheets fit.
const (
	EightPerA4 Layout = "a4-8"  // 90 × 65
	SixPerA4   Layout = "a4-6"  // 90 × 86
	FourPerA4  Layout = "a4-4"  // 90 × 130, upright
	Label      Layout = "label" // 100 × 70, one per page, black only, for label printers of 203 dpi
)

// Layouts gives every layout, the smallest badge first, the label last.
func Layouts() []Layout { return []Layout{EightPerA4, SixPerA4, FourPerA4, Label} }

// Known reports whether there is such a layout.
func (l Layout) Known() bool { return l.sheet().w > 0 }

// PerPage gives the number of badges on one page, 0 for an unknown layout.
func (l Layout) PerPage() int { s := l.sheet(); return s.columns * s.rows }

// Pages gives the number of pages that n badges take.
func (l Layout) Pages(n int) int {
	per := l.PerPage()
	if per == 0 {
		return 0
	}
	return (n + per - 1) / per
}

// Size gives the measures of one badge in millimetres.
func (l Layout) Size() (width, height float64) { s := l.sheet(); return s.w, s.h }

const (
	gutter = 4.0 // between badges on a sheet
	margin = 4.0 // inside a badge; also around its code, where it is more than the quiet zone

	dotsPerInch = 203
	labelDot    = 25.4 / dotsPerInch

	// minModule is the smallest module that door cameras read at arm's length,
	// goodModule what is printed where the paper has room.
	minModule  = 0.5
	goodModule = 0.6
	quietZone  = 4 // modules
)

// sheet holds the measures of a layout in millimetres.
type sheet struct {
	pageW, pageH  float64
	columns, rows int
	left, top     float64
	w, h          float64
	stripe, name  float64 // heights of the stripe and of the name's zone below it
	code          float64 // edge of the code without its quiet zone
	scale         float64 // of every text but the name
	upright       bool    // everything centred, the code below
	label         bool    // black on white, the code on the printer's dots
}

func (l Layout) sheet() sheet {
	a4 := sheet{pageW: 210, pageH: 297, columns: 2, left: 13, w: 90}
	switch l {
	case EightPerA4:
		a4.rows, a4.top, a4.h, a4.stripe, a4.name, a4.code, a4.scale = 4, 12.5, 65, 13, 20, 25, 1
	case SixPerA4:
		a4.rows, a4.top, a4.h, a4.stripe, a4.name, a4.code, a4.scale = 3, 15.5, 86, 15, 28, 29, 1.15
	case FourPerA4:
		a4.rows, a4.top, a4.h, a4.stripe, a4.name, a4.code, a4.scale = 2, 16.5, 130, 17, 34, 36, 1.3
		a4.upright = true
	case Label:
		return sheet{pageW: 100, pageH: 70, columns: 1, rows: 1, w: 100, h: 70, stripe: 14.3, name: 23, scale: 1.1, label: true}
	default:
		return sheet{}
	}
	return a4
}

// place gives the top left corner of the n-th badge of a page.
func (s sheet) place(n int) (x, y float64) {
	return s.left + float64(n%s.columns)*(s.w+gutter), s.top + float64(n/s.columns)*(s.h+gutter)
}

// codeBox is where a badge's code stands, relative to the badge's corner.
type codeBox struct{ x, y, size, module float64 }

// codeOf places a code of n modules, which fills the layout's box, or more of the
// badge when its modules would be smaller than goodModule. ok is false when they
// would be smaller than minModule. A label has modules of whole printer dots.
func (s sheet) codeOf(n int) (b codeBox, ok bool) {
	if n <= 0 {
		return b, false
	}
	free := s.h - s.stripe - s.name - margin
	switch {
	case s.label:
		// Five dots of 203 dpi are 0.63 mm; a denser code gets four, 0.5 mm.
		for dots := 5; dots >= 4; dots-- {
			b.module = float64(dots) * labelDot
			if b.module*float64(n) <= free {
				break
			}
		}
	default:
		b.module = s.code / float64(n)
		if b.module < goodModule {
			b.module = max(b.module, min(goodModule, free/float64(n+quietZone)))
		}
	}
	b.size = b.module * float64(n)
	b.x, b.y = s.w-margin-b.size, s.h-margin-b.size
	if s.upright {
		b.x = (s.w - b.size) / 2
	}
	if s.label {
		b.x, b.y = onDot(b.x), onDot(b.y)
	}
	return b, b.module >= minModule && b.size <= free
}

// onDot moves a measure to the nearest dot of the label printer.
func onDot(mm float64) float64 { return math.Round(mm/labelDot) * labelDot }
