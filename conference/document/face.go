package document

import (
	"embed"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Be Vietnam Pro 1.002 as published in the npm package
// @expo-google-fonts/be-vietnam-pro 0.4.1, unchanged.
//
//go:embed font
var fontFiles embed.FS

// weight names a font of the papers.
type weight int

const (
	regular weight = iota
	medium
	bold
	heavy
	weights
)

// The heights of Be Vietnam Pro's ink above and below the baseline in em. The
// ascent in the font's own tables is too small: it cuts the marks of Ẳ and Ỗ.
const (
	inkTop     = 1.23 // of Ẳ
	inkBottom  = 0.26 // of Ậ
	ink        = inkTop + inkBottom
	smallTop   = 1.0 // of a line in small letters
	pointsInMM = 72 / 25.4
)

// face is one weight with its measures. A face serves one job: its buffer must not be shared.
type face struct {
	family string
	data   []byte
	font   *sfnt.Font
	buf    sfnt.Buffer
	known  map[rune]letter
	pairs  map[[2]rune]float64
}

type letter struct {
	glyph   sfnt.GlyphIndex // 0: the font has none
	advance float64         // em
}

type faces [weights]*face

func loadFaces() (faces, error) {
	var out faces
	for i, name := range [weights]string{"400Regular", "500Medium", "700Bold", "800ExtraBold"} {
		f, err := loadFace("bvp"+name[:3], "BeVietnamPro_"+name)
		if err != nil {
			return out, err
		}
		out[i] = f
	}
	return out, nil
}

// unit is the size at which the font is asked: one em in its own units.
func (f *face) unit() fixed.Int26_6 { return fixed.Int26_6(f.font.UnitsPerEm()) }

func (f *face) letter(r rune) letter {
	l, ok := f.known[r]
	if ok {
		return l
	}
	if g, err := f.font.GlyphIndex(&f.buf, r); err == nil {
		l.glyph = g
	}
	if a, err := f.font.GlyphAdvance(&f.buf, l.glyph, f.unit(), font.HintingNone); err == nil {
		l.advance = float64(a) / float64(f.unit())
	}
	f.known[r] = l
	return l
}

func (f *face) has(r rune) bool { return f.letter(r).glyph != 0 }

// kern gives how much closer (negative) two letters stand than side by side, in em.
func (f *face) kern(a, b rune) float64 {
	k, ok := f.pairs[[2]rune{a, b}]
	if ok {
		return k
	}
	v, err := f.font.Kern(&f.buf, f.letter(a).glyph, f.letter(b).glyph, f.unit(), font.HintingNone)
	if err == nil { // a pair that is not found or cannot be looked up stands unkerned
		k = float64(v) / float64(f.unit())
	}
	f.pairs[[2]rune{a, b}] = k
	return k
}

// width gives the width of a text with kerning, in em.
func (f *face) width(text string) float64 {
	w, before := 0.0, rune(0)
	for _, r := range text {
		if before != 0 {
			w += f.kern(before, r)
		}
		w += f.letter(r).advance
		before = r
	}
	return w
}

// segment is a part of a text inside which nothing is kerned; at is where it starts, in em.
type segment struct {
	text string
	at   float64
}

// segments cuts a text where letters are kerned.
func (f *face) segments(text string) []segment {
	var out []segment
	x, start, startX, before := 0.0, 0, 0.0, rune(0)
	for i, r := range text {
		if before != 0 {
			if k := f.kern(before, r); k != 0 {
				out = append(out, segment{text[start:i], startX})
				x += k
				start, startX = i, x
			}
		}
		x += f.letter(r).advance
		before = r
	}
	if start < len(text) {
		out = append(out, segment{text[start:], startX})
	}
	return out
}
