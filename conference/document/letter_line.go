package document

import (
	"strings"
)

// serifs are the four faces of Liberation Serif 2.1.5, unchanged as Debian ships
// them: they have the measures of Times New Roman, which the decree asks for. Letters are
// not kerned, since word processors leave kerning off.
type serifs [4]*face

func loadSerifs() (serifs, error) {
	var out serifs
	for i, name := range [4]string{"Regular", "Bold", "Italic", "BoldItalic"} {
		f, err := loadFace("ls"+strings.ToLower(name), "LiberationSerif-"+name)
		if err != nil {
			return out, err
		}
		out[i] = f
	}
	return out, nil
}

func (fs serifs) of(r Run) *face {
	n := 0
	if r.Bold {
		n++
	}
	if r.Italic {
		n += 2
	}
	return fs[n]
}

// plain gives the width of a text without kerning, in em.
func (f *face) plain(text string) float64 {
	w := 0.0
	for _, r := range text {
		w += f.letter(r).advance
	}
	return w
}

// word is what stands between two blanks; it may hold several styles.
type word struct {
	runs  []Run
	width float64 // mm
	space float64 // of the blank after it, mm
}

type textLine struct {
	words []word
	width float64 // with single blanks
	last  bool    // of its paragraph
}

// wrap breaks runs into lines of at most w millimetres, as word processors do:
// each line takes as many words as go into it. A word wider than a line is broken inside.
func (fs serifs) wrap(runs []Run, w float64, s set) []textLine {
	var out []textLine
	var line textLine
	room := w - s.left - s.indent
	flush := func() {
		out = append(out, line)
		line, room = textLine{}, w-s.left
	}
	for _, next := range fs.words(runs, s.size/pointsInMM) {
		gap := 0.0
		if n := len(line.words); n > 0 {
			gap = line.words[n-1].space
		}
		if len(line.words) > 0 && line.width+gap+next.width > room+1e-6 {
			flush()
			gap = 0
		}
		for next.width > room+1e-6 {
			var part word
			part, next = fs.cut(next, room, s.size/pointsInMM)
			line.words, line.width = append(line.words, part), part.width
			flush()
		}
		line.words = append(line.words, next)
		line.width += gap + next.width
	}
	if len(line.words) > 0 {
		out = append(out, line)
	}
	if len(out) > 0 {
		out[len(out)-1].last = true
	}
	return out
}

// balanced breaks a text that is longer than a line into lines of about the same length,
// as a title is broken by hand.
func (fs serifs) balanced(text string, w float64, s set) []string {
	runs := s.runs(text)
	lines := fs.wrap(runs, w, s)
	if len(lines) < 2 {
		return []string{text}
	}
	least := 0.0
	for _, word := range fs.words(runs, s.size/pointsInMM) {
		least = max(least, word.width)
	}
	for step := w / 2; step > 0.5 && least <= w; step /= 2 {
		if tried := fs.wrap(runs, max(w-step, least), s); len(tried) == len(lines) {
			w, lines = max(w-step, least), tried
		}
	}
	out := make([]string, len(lines))
	for n, l := range lines {
		for i, word := range l.words {
			if i > 0 {
				out[n] += " "
			}
			for _, r := range word.runs {
				out[n] += r.Text
			}
		}
	}
	return out
}

// balanced breaks the titles of the appendices.
func (l Letter) balanced(f serifs) Letter {
	for n, a := range l.Appendices {
		var title []string
		for _, line := range a.Title {
			title = append(title, f.balanced(line, TextWidth, titleSet())...)
		}
		l.Appendices[n].Title = title
	}
	return l
}

func (fs serifs) words(runs []Run, em float64) []word {
	var out []word
	var w word
	for _, r := range runs {
		f := fs.of(r)
		for i, part := range strings.Split(r.Text, " ") {
			if i > 0 && len(w.runs) > 0 {
				w.space = f.plain(" ") * em
				out, w = append(out, w), word{}
			}
			if part != "" {
				w.runs = append(w.runs, Run{Text: part, Bold: r.Bold, Italic: r.Italic})
				w.width += f.plain(part) * em
			}
		}
	}
	if len(w.runs) > 0 {
		out = append(out, w)
	}
	return out
}

// cut splits a word so that its first part, at least one character, fits.
func (fs serifs) cut(w word, room, em float64) (first, rest word) {
	for n, r := range w.runs {
		f := fs.of(r)
		for at, c := range r.Text {
			a := f.letter(c).advance * em
			if first.width+a > room && first.width > 0 {
				first.runs = append(first.runs, Run{r.Text[:at], r.Bold, r.Italic})
				rest.runs = append([]Run{{r.Text[at:], r.Bold, r.Italic}}, w.runs[n+1:]...)
				rest.width, rest.space = w.width-first.width, w.space
				return first, rest
			}
			first.width += a
		}
		first.runs = append(first.runs, r)
	}
	return first, word{}
}
