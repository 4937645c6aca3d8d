package vietnamese

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks one letter may carry. Vietnamese needs two;
// a tower of marks would only overprint the lines above it on a badge.
const maxMarks = 8

// Normalise brings a single-line field to the form in which it is stored: valid
// UTF-8 in NFC, control and format characters removed, every kind of space (line
// breaks and tabs too) as one space, no space at either end, and the look-alikes
// Ð (U+00D0, eth) and Ɖ (U+0189), which government texts hold, as Đ. Broken bytes
// are dropped. Normalise is idempotent.
func Normalise(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r == utf8.RuneError && size == 1 {
			continue
		}
		switch {
		case isBlank(r):
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.C, r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(plainD(r))
	}
	return capMarks(norm.NFC.String(b.String()))
}

// isPlain reports, for the usual case and without being sure in every other, that
// Normalise would change nothing.
func isPlain(s string) bool {
	before := ' '
	for _, r := range s {
		switch {
		case r == ' ':
			if before == ' ' {
				return false
			}
		case r > ' ' && r < 0x7F, r == 'ơ', r == 'Ơ', r == 'ư', r == 'Ư', r == '’', r >= 0x1EA0 && r <= 0x1EF9:
		case r == 'Ð' || r == 'ð' || r < 0xC0 || r >= 0x180:
			return false
		}
		before = r
	}
	return before != ' ' || s == ""
}

// NormaliseText is Normalise for a field of several lines: each line is normalised,
// CR LF, CR and the Unicode line and paragraph separators become \n, and empty
// lines at the start and end are removed.
func NormaliseText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Normalise(line)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// isBlank reports whether r leaves an empty place on paper: the spaces of Unicode
// and three characters that are letters or symbols by class but have no shape.
func isBlank(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	switch r {
	case '\u3164', '\uffa0', '\u2800':
		return true
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Z, r)
}

// isApostrophe reports whether r is one of the signs that people type for the
// apostrophe of K’Rứ, S’tiêng or O'Brien.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', 'ʹ', 'ʻ', 'ʼ', 'ʽ', '‘', '’', '‛', '′', '＇':
		return true
	}
	return false
}

// plainD maps the look-alikes of Đ and đ to the Vietnamese letters.
func plainD(r rune) rune {
	switch r {
	case 'Ð', 'Ɖ':
		return 'Đ'
	case 'ð', 'ɖ':
		return 'đ'
	}
	return r
}

// capMarks drops the combining marks beyond maxMarks in a row.
func capMarks(s string) string {
	run, over := 0, false
	for _, r := range s {
		if r >= 0x300 && unicode.Is(unicode.M, r) {
			run++
			over = over || run > maxMarks
		} else {
			run = 0
		}
	}
	if !over {
		return s
	}
	run = 0
	return strings.Map(func(r rune) rune {
		if r < 0x300 || !unicode.Is(unicode.M, r) {
			run = 0
			return r
		}
		if run++; run > maxMarks {
			return -1
		}
		return r
	}, s)
}
