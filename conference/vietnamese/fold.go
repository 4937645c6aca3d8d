package vietnamese

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What foldRune answers besides a letter, a digit or a space.
const (
	foldDrop = 0 // the character leaves no trace
	foldSlow = 1 // the whole text needs Unicode tables
	foldPair = 2 // two letters: see foldPairOf
)

// The folded letters of U+00A0–U+017F and U+1EA0–U+1EF9, one byte per code point;
// the digits 0, 1 and 2 stand for foldDrop, foldSlow and foldPair.
const (
	foldLatin = "          a  0    1101   1o 111 aaaaaa2ceeeeiiiidnooooo ouuuuy22aaaaaa2ceeeeiiiidnooooo ouuuuy2y" + // U+00A0
		"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii22jjkkkllllll11llnnnnnn1nnoooooo22rrrrrr" + // U+0100
		"ssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
	foldViet = "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy"
)

// Fold gives the search key of a text (domain rule 2.5): tone and letter marks
// dropped, đ and its look-alikes as d, lower case, apostrophes removed (K’Rứ, K'Rứ
// and Krứ are all "kru"), every other sign as a space, runs of spaces as one.
// The result holds only letters, digits and single spaces, so it needs no escaping
// inside LIKE. Composed, decomposed and mixed input give the same key, old and new
// tone placement (hòa, hoà) too. Fold is idempotent, and Fold(Normalise(s)) == Fold(s).
func Fold(s string) string {
	out := make([]byte, 0, len(s))
	space := false
	for _, r := range s {
		f := foldRune(r)
		switch f {
		case foldDrop:
			continue
		case foldSlow:
			return foldUnicode(s)
		case ' ':
			space = len(out) > 0
			continue
		}
		if space {
			out = append(out, ' ')
			space = false
		}
		if f == foldPair {
			out = append(out, foldPairOf(r)...)
		} else {
			out = append(out, f)
		}
	}
	return string(out)
}

// foldRune answers for the characters that Vietnamese and most of European text
// is made of, without Unicode tables.
func foldRune(r rune) byte {
	switch {
	case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		return byte(r)
	case r >= 'A' && r <= 'Z':
		return byte(r) + 'a' - 'A'
	case r < 0x80:
		return foldASCIISign(r)
	case r < 0xA0:
		return foldSlow
	case r < 0x180:
		return foldMark(foldLatin[r-0xA0])
	case r >= 0x1EA0 && r <= 0x1EF9:
		return foldMark(foldViet[r-0x1EA0])
	case r == 'ơ' || r == 'Ơ':
		return 'o'
	case r == 'ư' || r == 'Ư':
		return 'u'
	case r >= 0x300 && r < 0x370:
		return foldDrop
	case r >= 0x2018 && r <= 0x201B && r != 0x201A: // ‘ ’ ‛
		return foldDrop
	case r >= 0x2010 && r <= 0x201F && r != 0x2017: // hyphens, dashes, quotation marks
		return ' '
	}
	return foldSlow
}

func foldMark(b byte) byte {
	if b >= '0' && b <= '2' {
		return b - '0'
	}
	return b
}

func foldASCIISign(r rune) byte {
	switch {
	case r == '\'' || r == '`' || r == 0x7F:
		return foldDrop
	case r < ' ' && !isBlank(r):
		return foldDrop
	}
	return ' '
}

// foldPairOf gives the letters for a lower or upper case letter that neither
// decomposes nor is written with one letter of the key.
func foldPairOf(r rune) string {
	switch r {
	case 'ß', 'ẞ':
		return "ss"
	case 'æ', 'Æ':
		return "ae"
	case 'œ', 'Œ':
		return "oe"
	case 'þ', 'Þ':
		return "th"
	case 'ĳ', 'Ĳ':
		return "ij"
	}
	return ""
}

// foldStroke gives the base letter of letters whose stroke is no combining mark,
// and r for all others. r is in lower case.
func foldStroke(r rune) rune {
	switch r {
	case 'đ', 'ð', 'ɖ':
		return 'd'
	case 'ł':
		return 'l'
	case 'ø':
		return 'o'
	case 'ı':
		return 'i'
	case 'ħ':
		return 'h'
	case 'ŧ':
		return 't'
	case 'ŋ':
		return 'n'
	case 'ĸ':
		return 'k'
	case 'ƀ': // in names of the Central Highlands
		return 'b'
	}
	return r
}

// foldUnicode is Fold for any text, by the Unicode tables.
func foldUnicode(s string) string {
	var clean strings.Builder
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == utf8.RuneError || isApostrophe(r):
		case isBlank(r):
			clean.WriteByte(' ')
		case !unicode.Is(unicode.C, r):
			clean.WriteRune(r)
		}
	}
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(clean.String()) {
		if unicode.Is(unicode.M, r) || isApostrophe(r) {
			continue
		}
		r = foldStroke(unicode.ToLower(r))
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		if pair := foldPairOf(r); pair != "" {
			b.WriteString(pair)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// DedupeKey gives the key under which two spellings of one name are equal: Fold,
// which also levels the two tone placements, with the gap in "K’ Rứ" closed.
// Equal keys make a pair worth a human look, never proof that it is one person.
func DedupeKey(name string) string { return Fold(closeGaps(name)) }

// closeGaps normalises a name and writes "K’ Rứ" as "K’Rứ".
func closeGaps(name string) string {
	words := strings.Fields(Normalise(name))
	var b strings.Builder
	for i, word := range words {
		b.WriteString(word)
		if i < len(words)-1 && !isPrefixWord(word) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// isPrefixWord reports whether word is one letter and an apostrophe, as the K’ of
// K’Rứ that somebody wrote apart.
func isPrefixWord(word string) bool {
	letter, size := utf8.DecodeRuneInString(word)
	sign, rest := utf8.DecodeRuneInString(word[size:])
	return unicode.IsLetter(letter) && isApostrophe(sign) && size+rest == len(word)
}

// MatchTokens reports whether a text matches a query: every word of the query must
// begin some word of the text, in any order ("ng van an", "an nguyen"). folded is
// the Fold of the text; query is as typed, also as a keyboard without a Vietnamese
// input method leaves it ("nguyeenx vawn an", "Nguye64n Va8n An"). An empty query
// matches everything.
func MatchTokens(folded, query string) bool {
	keys := QueryKeys(query)
	if len(keys) == 0 {
		return true
	}
	words := strings.Fields(folded)
	return slices.ContainsFunc(keys, func(tokens []string) bool {
		return !slices.ContainsFunc(tokens, func(token string) bool {
			return !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, token) })
		})
	})
}

// QueryKeys gives the ways to read a query, the likeliest first; each is a list of
// folded tokens that must all begin a word. The first is the query as it stands;
// the others undo Telex and VNI typing and join "k ru" to "kru", and matter only if
// the first finds nothing. Tokens hold letters and digits only. No token, no keys.
func QueryKeys(query string) [][]string {
	folded := Fold(query)
	tokens := strings.Fields(folded)
	if len(tokens) == 0 {
		return nil
	}
	keys := [][]string{tokens}
	for _, typed := range FoldTyped(query) {
		keys = append(keys, strings.Fields(typed))
	}
	if i := slices.Index(tokens, "k"); i >= 0 && i+1 < len(tokens) {
		joined := slices.Concat(tokens[:i], []string{"k" + tokens[i+1]}, tokens[i+2:])
		keys = append(keys, joined)
	}
	return keys
}

// FoldTyped gives the folded readings of a query that was typed in Telex or VNI
// while no input method was on. It gives none if the query holds nothing of the
// sort. It guesses: "thomas" is Telex too, so it serves as a fallback only.
func FoldTyped(query string) []string {
	folded := Fold(query)
	var readings []string
	for _, undo := range []func(string) string{undoTelex, undoVNI} {
		tokens := strings.Fields(folded)
		for i, token := range tokens {
			tokens[i] = undo(token)
		}
		reading := strings.Join(tokens, " ")
		if reading != folded && !slices.Contains(readings, reading) {
			readings = append(readings, reading)
		}
	}
	return readings
}

// undoTelex strips the mark keys of Telex from a folded word. A Vietnamese syllable
// ends in a vowel or in c, m, n, p, t, g, h, so after its first vowel the letters
// s f r x j z w d can only be keys, and so can a second a, e or o.
func undoTelex(token string) string {
	var out []byte
	vowel, final := false, false
	for i := range len(token) {
		c := token[i]
		switch {
		case c >= 0x80:
			return token
		case c == 'w' && !vowel: // a lone w is ư
			out, vowel = append(out, 'u'), true
		case vowel && strings.IndexByte("sfrxjzwd", c) >= 0:
		case c == 'd' && len(out) > 0 && out[len(out)-1] == 'd':
		case strings.IndexByte("aeo", c) >= 0 && (final || len(out) > 0 && out[len(out)-1] == c):
		default:
			isVowel := strings.IndexByte("aeiouy", c) >= 0
			final = final || vowel && !isVowel
			vowel = vowel || isVowel
			out = append(out, c)
		}
	}
	if len(out) < 2 && string(out) != "y" { // "as" would find every A…; Ý and Ỷ are whole names
		return token
	}
	return string(out)
}

// undoVNI strips the digits that VNI puts after letters. Words that begin with a
// digit or have no vowel (room and unit codes, numbers) stay as they are.
func undoVNI(token string) string {
	if token[0] >= '0' && token[0] <= '9' || !strings.ContainsAny(token, "aeiouy") && !strings.HasPrefix(token, "d9") {
		return token
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, token)
}
