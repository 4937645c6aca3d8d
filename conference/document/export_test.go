package document

// What the tests measure: where a badge stands on its page, and its code on it.

// PlaceOf gives the corner of the n-th badge of a page.
func PlaceOf(l Layout, n int) (x, y float64) { return l.sheet().place(n) }

// PageOf gives the measures of the paper.
func PageOf(l Layout) (w, h float64) { s := l.sheet(); return s.pageW, s.pageH }

// CodeBox is where a code stands on its badge; Free is how far above it the name's zone ends.
type CodeBox struct{ X, Y, Size, Module, Free float64 }

// CodeOf places a code of n modules.
func CodeOf(l Layout, n int) (CodeBox, bool) {
	s := l.sheet()
	b, ok := s.codeOf(n)
	return CodeBox{b.x, b.y, b.size, b.module, b.y - s.stripe - s.name}, ok
}

// Name sets a name on a layout.
func Name(l Layout, name string) (lines []string, size, leading float64, err error) {
	f, err := loadFaces()
	if err != nil {
		return nil, 0, 0, err
	}
	s := l.sheet()
	n := fitName(f[heavy], name, s.w-2*margin, s.name, s.scale)
	return n.lines, n.size, n.leading, nil
}

// Kern gives the kerning of a pair in the font of names, in thousandths of an em.
func Kern(a, b rune) (int, error) {
	f, err := loadFaces()
	if err != nil {
		return 0, err
	}
	k := f[heavy].kern(a, b) * 1000
	if k < 0 {
		return int(k - 0.5), nil
	}
	return int(k + 0.5), nil
}

// FitColumn sets three texts into a column of w × h millimetres, as on the badge of eight.
func FitColumn(texts []string, w, h float64) (lines [][]string, size, height float64, err error) {
	f, err := loadFaces()
	if err != nil {
		return nil, 0, 0, err
	}
	b := fitBlock(texts, []style{{f[regular], titleSize}, {f[medium], titleSize}, {f[bold], provinceMax}}, w, h)
	for _, p := range b.paras {
		lines, size = append(lines, p.lines), p.style.size
	}
	return lines, size, b.height, nil
}

// Paint gives ground and text of a group's stripe.
func Paint(colour string) (ground, text [3]int) { p := paintOf(colour); return p.ground, p.text }

// The rules for codes.
const MinModule, GoodModule, QuietModules, Dot = minModule, goodModule, quietZone, labelDot

// Inflate unpacks a stream of a PDF.
func Inflate(data []byte) ([]byte, error) { return inflate(data) }
