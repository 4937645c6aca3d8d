package document

import (
	"math"
	"slices"
	"strings"
)

// The name is set in one line or in two that are about equally long.
const (
	nameCap   = 34.0 // points, times the scale of the layout
	twoLines  = 1.32 // leading in em
	openLines = 1.5  // leading when a dot below might touch a mark above
	worthTwo  = 1.15 // two lines must make the letters that much larger
)

// dotted are the capitals with a dot below.
const dotted = "ẠẬẶẸỆỊỌỘỢỤỰỴ"

// named is a name as it is set: size in points, leading in em.
type named struct {
	lines   []string
	size    float64
	leading float64
}

// fitName sets a name as large as a zone of w × h millimetres allows.
func fitName(f *face, name string, w, h, scale float64) named {
	words := strings.Fields(name)
	if len(words) == 0 {
		return named{}
	}
	line := strings.Join(words, " ")
	most := nameCap * scale
	one := named{lines: []string{line}, size: min(w*pointsInMM/f.width(line), most, h*pointsInMM/ink)}
	if len(words) == 1 {
		return one
	}
	first, second, width := halve(f, words)
	leading := twoLines
	if strings.ContainsAny(first, dotted) {
		leading = openLines
	}
	two := named{lines: []string{first, second}, leading: leading,
		size: min(w*pointsInMM/width, most, h*pointsInMM/(ink+leading))}
	if two.size >= worthTwo*one.size {
		return two
	}
	return one
}

// halve breaks words into two lines so that the longer one is as short as can
// be; width is the longer one's, in em.
func halve(f *face, words []string) (first, second string, width float64) {
	width = math.Inf(1)
	for i := 1; i < len(words); i++ {
		a, b := strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		if w := max(f.width(a), f.width(b)); w < width {
			first, second, width = a, b, w
		}
	}
	return first, second, width
}

// style is how a paragraph is set: size in points.
type style struct {
	face *face
	size float64
}

// em gives the size in millimetres.
func (s style) em() float64 { return s.size / pointsInMM }

// fitted gives the style made small enough for a text to fit a width in millimetres.
func (s style) fitted(text string, w float64) style {
	if own := s.face.width(text) * s.em(); own > w {
		s.size *= w / own
	}
	return s
}

// wrap breaks a text into lines of at most w millimetres. A word that is wider
// than that alone is broken inside.
func (s style) wrap(text string, w float64) []string {
	var lines []string
	line, limit := "", w/s.em()
	for _, word := range strings.Fields(text) {
		longer := strings.TrimPrefix(line+" "+word, " ")
		if s.face.width(longer) <= limit {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for s.face.width(word) > limit {
			cut := s.fitting(word, limit)
			lines = append(lines, word[:cut])
			word = word[cut:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// balance wraps a text into as few lines as wrap does, but about equally long
// ones, so that no word is left alone on the last.
func (s style) balance(text string, w float64) []string {
	lines := s.wrap(text, w)
	if len(lines) < 2 {
		return lines
	}
	least := w * 0.6
	for _, word := range strings.Fields(text) {
		least = max(least, s.face.width(word)*s.em())
	}
	for narrow := w * 0.97; narrow > least; narrow *= 0.97 {
		tried := s.wrap(text, narrow)
		if len(tried) > len(lines) {
			break
		}
		lines = tried
	}
	return lines
}

// fitting gives the number of bytes of a word's longest beginning, at least one
// character, that is no wider than limit em.
func (s style) fitting(word string, limit float64) int {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if end > 0 && s.face.width(word[:next]) > limit {
			break
		}
		end = next
	}
	return end
}

// shorten ends a line with "…" within w millimetres.
func (s style) shorten(line string, w float64) string {
	runes := []rune(line)
	for len(runes) > 0 && s.face.width(string(runes)+"…")*s.em() > w {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ,;-–") + "…"
}

const (
	textLeading = 1.25 // em
	paraGap     = 0.28 // em between paragraphs
	shrinkStep  = 0.05
	shrinkMost  = 0.75 // below this the text is cut
)

// para is a paragraph broken into lines.
type para struct {
	style style
	lines []string
}

// block is a column of paragraphs and its height in millimetres.
type block struct {
	paras  []para
	height float64
}

func layBlock(texts []string, styles []style, factor, w float64) block {
	var b block
	for i, text := range texts {
		s := style{styles[i].face, styles[i].size * factor}
		if lines := s.balance(text, w); len(lines) > 0 {
			b.paras = append(b.paras, para{s, lines})
		}
	}
	b.height = b.measure()
	return b
}

// measure gives the height from the top of the first line's ink to the bottom of the last one's.
func (b block) measure() float64 {
	h := 0.0
	for i, p := range b.paras {
		if i > 0 {
			h += paraGap * p.style.em()
		}
		h += textLeading * p.style.em() * float64(len(p.lines))
	}
	return h
}

// fitBlock sets paragraphs into w × h millimetres: at their own size if they fit,
// else smaller, and only when they do not fit at three quarters either is the longest cut.
func fitBlock(texts []string, styles []style, w, h float64) block {
	factor := 1.0
	b := layBlock(texts, styles, factor, w)
	for b.height > h && factor-shrinkStep >= shrinkMost-1e-9 {
		factor -= shrinkStep
		b = layBlock(texts, styles, factor, w)
	}
	for b.height > h {
		longest := slices.MaxFunc(b.paras, func(a, c para) int { return len(a.lines) - len(c.lines) })
		if len(longest.lines) < 2 {
			break
		}
		for i := range b.paras {
			if p := &b.paras[i]; len(p.lines) == len(longest.lines) {
				p.lines = p.lines[:len(p.lines)-1]
				last := len(p.lines) - 1
				p.lines[last] = p.style.shorten(p.lines[last], w)
				break
			}
		}
		b.height = b.measure()
	}
	return b
}
