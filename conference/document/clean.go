package document

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lastRune is the highest character that the PDF library can write: it panics on
// any beyond the Basic Multilingual Plane, and on broken UTF-8.
const lastRune = 0xFFFF

// Clean gives a text as it can be printed: composed (NFC, since a PDF shapes
// nothing and would set marks beside their letters), valid UTF-8, on one line,
// without control and formatting characters and without those beyond U+FFFF.
func Clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r > lastRune || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// Letters knows which characters the fonts of the papers can print. It is not
// safe for concurrent use; making one takes about a millisecond.
type Letters struct {
	faces []*face
	upper bool // what is printed stands in upper case too
}

// NewLetters reads the fonts of the badges. It fails only when the program was built with broken ones.
func NewLetters() (*Letters, error) {
	f, err := loadFaces()
	if err != nil {
		return nil, err
	}
	return &Letters{faces: f[:], upper: true}, nil
}

// NewSerifs reads the fonts of the letters. It fails only when the program was built with broken ones.
func NewSerifs() (*Letters, error) {
	f, err := loadSerifs()
	if err != nil {
		return nil, err
	}
	return &Letters{faces: f[:]}, nil
}

// Missing lists the characters of a text, each once and in their order, that would
// be left out or printed as a blank: those that a font lacks in the given case or, on badges, the upper
// one, and those that Clean has to drop although somebody typed them to be seen.
func (l *Letters) Missing(text string) []rune {
	var out []rune
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD")) {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || slices.Contains(out, r) {
			continue
		}
		if r > lastRune || !l.prints(r) || l.upper && !l.prints(unicode.ToUpper(r)) {
			out = append(out, r)
		}
	}
	return out
}

func (l *Letters) prints(r rune) bool {
	for _, f := range l.faces {
		if !f.has(r) {
			return false
		}
	}
	return true
}
