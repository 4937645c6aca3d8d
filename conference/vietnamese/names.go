package vietnamese

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitName splits a full name into family and middle name and given name. The
// given name is the last word; a K’ that somebody wrote apart stays with it
// ("Điểu K’ Rứ"). A single word is the given name. The rule does not hold for
// Chăm, foreign and monastic names, so callers let people override the result.
func SplitName(full string) (familyMiddle, given string) {
	words := strings.Fields(Normalise(full))
	if len(words) == 0 {
		return "", ""
	}
	cut := len(words) - 1
	if cut > 0 && isPrefixWord(words[cut-1]) {
		cut--
	}
	return strings.Join(words[:cut], " "), strings.Join(words[cut:], " ")
}

// LooksAllCaps reports whether a name was typed in capitals only: at least two
// cased letters and none of them small.
func LooksAllCaps(s string) bool {
	capitals := 0
	for _, r := range s {
		switch {
		case unicode.IsLower(r):
			return false
		case unicode.IsUpper(r):
			capitals++
		}
	}
	return capitals >= 2
}

// TitleCase writes each syllable of a name with a capital and small letters:
// "ĐIỂU K’RỨ" → "Điểu K’Rứ", "bà rịa - vũng tàu" → "Bà Rịa - Vũng Tàu". Words that
// already mix the cases in a sensible way ("McDonald") stay. It is offered to the
// person who imports a list, never applied unasked.
func TitleCase(name string) string {
	words := strings.Split(Normalise(name), " ")
	for i, word := range words {
		if !mixesCases(word) {
			words[i] = titleWord(word)
		}
	}
	// A capital may compose with a mark where the small letter did not.
	return Normalise(strings.Join(words, " "))
}

// mixesCases reports whether a word begins with a capital and holds both cases.
func mixesCases(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first) && strings.ContainsFunc(word, unicode.IsLower)
}

// titleWord raises the first letter of each part between hyphens and the like, and
// the letter after an apostrophe if one letter stands before it (K’Rứ, O'Brien).
func titleWord(word string) string {
	letters := 0 // of the part so far
	raise := true
	return strings.Map(func(r rune) rune {
		switch {
		case isApostrophe(r):
			raise = letters <= 1
			letters = 0
			return r
		case unicode.Is(unicode.M, r):
			return r
		case !unicode.IsLetter(r):
			raise, letters = true, 0
			return r
		}
		letters++
		if raise {
			raise = false
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, word)
}

// IsPlaceholder reports whether a name stands for nobody: "Nguyễn Văn A", "Trần Thị
// B", "Họ và tên", "test", "Đại biểu 1", a text without letters. Real one-letter
// names (Ý, Ỷ, Ô, Y) are not taken for one, with or without their marks. An empty
// name is missing, not a placeholder.
func IsPlaceholder(name string) bool {
	name = Normalise(name)
	if name == "" {
		return false
	}
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		return true
	}
	return standsForNone(name) || endsInSign(name)
}

// IsExampleName reports whether a placeholder may yet be the short form of a person: a
// name of several words that ends in a letter or a number, as "Ngô Văn B" does.
func IsExampleName(name string) bool {
	name = Normalise(name)
	return strings.Contains(name, " ") && strings.ContainsFunc(name, unicode.IsLetter) && !standsForNone(name) && endsInSign(name)
}

// standsForNone knows what people write into a cell that must not be empty.
func standsForNone(name string) bool {
	return slices.Contains([]string{
		"ho va ten", "ho ten", "ten", "test", "abc", "xxx", "n a", "tbd", "tba", "none",
		"khong", "khong co", "chua co", "chua biet", "chua ro", "dang cap nhat",
	}, Fold(name))
}

// endsInSign reports whether the last word is one letter or a number. The mark counts:
// "Á" may be a name, "A" is not.
func endsInSign(name string) bool {
	last := name[strings.LastIndexByte(name, ' ')+1:]
	last = strings.TrimRight(last, ".")
	if last == "" {
		return false
	}
	rest := strings.TrimLeft(last[1:], "0123456789")
	switch c := last[0] | 0x20; {
	case rest != "":
		return false
	case last[0] >= '0' && last[0] <= '9':
		return true
	default:
		return c >= 'a' && c <= 'z' && strings.IndexByte("iouy", c) < 0
	}
}

// CanonicalTone puts the tone mark of oa, oe and uy on the first vowel, as the
// house writes place names: Hoà → Hòa, Thuỷ → Thủy, khoẻ → khỏe; quý stays. Names
// of persons are kept as typed; for them this serves only inside keys.
func CanonicalTone(s string) string {
	s = Normalise(s)
	if !strings.ContainsAny(s, "oOuU") {
		return s
	}
	runes := []rune(s)
	for i := 0; i+1 < len(runes); i++ {
		first := unicode.ToLower(runes[i])
		if first != 'o' && first != 'u' || i+2 < len(runes) && (unicode.IsLetter(runes[i+2]) || unicode.Is(unicode.M, runes[i+2])) {
			continue
		}
		base, tone := splitTone(runes[i+1])
		second := unicode.ToLower(base)
		open := first == 'o' && (second == 'a' || second == 'e')
		if first == 'u' && second == 'y' {
			open = i == 0 || unicode.ToLower(runes[i-1]) != 'q'
		}
		if open && tone > 0 {
			runes[i], runes[i+1] = withTone(runes[i], tone), base
		}
	}
	return string(runes)
}

// toneRows holds the vowels that CanonicalTone moves marks between, each followed
// by its forms with huyền, sắc, hỏi, ngã, nặng.
const toneRows = "aàáảãạeèéẻẽẹyỳýỷỹỵoòóỏõọuùúủũụAÀÁẢÃẠEÈÉẺẼẸYỲÝỶỸỴOÒÓỎÕỌUÙÚỦŨỤ"

// splitTone gives the vowel without its tone, and the number of the tone (1–5).
func splitTone(r rune) (base rune, tone int) {
	if r < 0x80 {
		return r, 0
	}
	n := 0
	for _, v := range toneRows {
		if n%6 == 0 {
			base = v
		}
		if v == r {
			return base, n % 6
		}
		n++
	}
	return r, 0
}

// withTone puts a tone on a plain vowel of toneRows.
func withTone(base rune, tone int) rune {
	row := []rune(toneRows[strings.IndexRune(toneRows, base):])
	return row[tone]
}

// HonorificVi gives the form of address for a stored gender: "Ông" for "male",
// "Bà" for "female", "Ông/Bà" for anything else. Gender is never guessed from a name.
func HonorificVi(gender string) string {
	switch gender {
	case "male":
		return "Ông"
	case "female":
		return "Bà"
	}
	return "Ông/Bà"
}
