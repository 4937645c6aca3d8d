package vietnamese

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Legacy is a way of writing Vietnamese from before Unicode. Its bytes, read as
// windows-1252, are what a spreadsheet shows once the old font is missing.
type Legacy string

// The legacy encodings that lists from agencies still hold.
const (
	NotLegacy Legacy = ""
	TCVN3     Legacy = "tcvn3" // TCVN 5712:1993 VN3, the fonts .VnTime, .VnArial …: "NguyÔn V¨n"
	VNI       Legacy = "vni"   // VNI-Windows, the fonts VNI-Times …: "Nguyeãn Vaên"
)

// tcvnFrom and tcvnTo are the letters of VN3 beyond ASCII, in the same order. The
// font has no capitals with a tone of their own: .VnTimeH draws the small ones large.
const (
	tcvnFrom = "¡¢§£¤¥¦¨©®ª«¬\u00ad" + "µ¶·¸¹" + "»¼½¾Æ" + "ÇÈÉÊË" + "ÌÎÏÐÑ" + "ÒÓÔÕÖ" + "×ØÜÝÞ" + "ßáâãä" + "åæçèé" + "êëìíî" + "ïñòóô" + "õö÷øù" + "úûüýþ"
	tcvnTo   = "ĂÂĐÊÔƠƯăâđêôơư" + "àảãáạ" + "ằẳẵắặ" + "ầẩẫấậ" + "èẻẽéẹ" + "ềểễếệ" + "ìỉĩíị" + "òỏõóọ" + "ồổỗốộ" + "ờởỡớợ" + "ùủũúụ" + "ừửữứự" + "ỳỷỹýỵ"
)

// tcvnRune gives the letter that a character stands for in VN3.
func tcvnRune(r rune) (rune, bool) {
	if r == 'μ' { // Greek; some programs write it for the micro sign
		r = 'µ'
	}
	n := 0
	for _, from := range tcvnFrom {
		if from == r {
			return []rune(tcvnTo)[n], true
		}
		n++
	}
	return r, false
}

// The marks that VNI writes behind a letter: what they add, as combining marks.
var (
	vniTones  = map[rune]string{'ø': "\u0300", 'ù': "\u0301", 'û': "\u0309", 'õ': "\u0303", 'ï': "\u0323"}
	vniHats   = map[rune]string{'â': "\u0302", 'á': "\u0302\u0301", 'à': "\u0302\u0300", 'å': "\u0302\u0309", 'ã': "\u0302\u0303", 'ä': "\u0302\u0323"}
	vniBreves = map[rune]string{'ê': "\u0306", 'é': "\u0306\u0301", 'è': "\u0306\u0300", 'ú': "\u0306\u0309", 'ü': "\u0306\u0303", 'ë': "\u0306\u0323"}
	vniAlone  = map[rune]rune{'ô': 'ơ', 'ö': 'ư', 'ñ': 'đ', 'î': 'ỵ', 'æ': 'ỉ', 'ó': 'ĩ', 'ò': 'ị'}
)

// vniMark gives what a character adds to the letter before it, "" for nothing.
func vniMark(base, mark rune) string {
	base, mark = unicode.ToLower(base), unicode.ToLower(mark)
	if strings.ContainsRune("aeouyôö", base) {
		if m := vniTones[mark]; m != "" {
			return m
		}
	}
	if strings.ContainsRune("aeo", base) {
		if m := vniHats[mark]; m != "" {
			return m
		}
	}
	if base == 'a' {
		return vniBreves[mark]
	}
	return ""
}

// FromLegacy gives a text that was written in a legacy encoding in Unicode, NFC.
// Characters that the encoding does not use stay. A text in Unicode that goes
// through it is damaged: ask DetectLegacy first, and a person.
func FromLegacy(l Legacy, s string) string {
	switch l {
	case TCVN3:
		return fromTCVN3(s)
	case VNI:
		return fromVNI(s)
	case NotLegacy:
	}
	return s
}

func fromTCVN3(s string) string {
	allCapitals := typedInCapitals(s)
	words := strings.SplitAfter(s, " ")
	for i, word := range words {
		capitals := allCapitals || typedInCapitals(word)
		word = strings.Map(func(r rune) rune { r, _ = tcvnRune(r); return r }, word)
		if capitals {
			word = strings.ToUpper(word)
		}
		words[i] = word
	}
	return norm.NFC.String(strings.Join(words, ""))
}

// typedInCapitals reports whether a text in VN3 was typed in capitals, so that its
// toned letters, which are small to the program, are capitals to the eye.
func typedInCapitals(s string) bool {
	capitals := 0
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			return false
		case r >= 'A' && r <= 'Z', strings.ContainsRune("¡¢§£¤¥¦", r):
			capitals++
		}
	}
	return capitals >= 2
}

func fromVNI(s string) string {
	runes := []rune(s)
	var b strings.Builder
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		mark := ""
		if i+1 < len(runes) {
			mark = vniMark(r, runes[i+1])
		}
		if alone, ok := vniAlone[unicode.ToLower(r)]; ok {
			if unicode.IsUpper(r) {
				alone = unicode.ToUpper(alone)
			}
			r = alone
		}
		b.WriteRune(r)
		if mark != "" {
			b.WriteString(mark)
			i++
		}
	}
	return norm.NFC.String(b.String())
}

// onlyUnicode reports whether a text holds a Vietnamese letter that no legacy
// encoding read as windows-1252 can hold, so that it is in Unicode already.
func onlyUnicode(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= 0x1EA0 && r <= 0x1EF9 || strings.ContainsRune("ăĂđĐĩĨũŨơƠưƯ", r) || r >= 0x300 && r < 0x370
	})
}

// CountSyllables counts the words of a text that hold a letter beyond ASCII: those
// that can be a Vietnamese syllable, and those that cannot. It tells encodings apart:
// in the wrong one hardly any word is possible.
func CountSyllables(s string) (possible, impossible int) {
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r < 0x80 && !isASCIILetter(r) || r == 0xA0 || r == '–' || r == '’' }) {
		switch {
		case isASCII(word):
		case isSyllable(word):
			possible++
		default:
			impossible++
		}
	}
	return possible, impossible
}

func isASCIILetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

// DetectLegacy says in which legacy encoding texts that belong together (a column)
// were written, NotLegacy if in none. An encoding is the better the more
// words it makes possible; words that are possible both ways do not decide.
func DetectLegacy(texts []string) Legacy {
	best, most := NotLegacy, 0
	for _, l := range []Legacy{TCVN3, VNI} {
		better, worse := 0, 0
		for _, s := range texts {
			if isASCII(s) || onlyUnicode(s) {
				continue
			}
			_, was := CountSyllables(s)
			_, is := CountSyllables(FromLegacy(l, s))
			better += max(0, was-is)
			worse += max(0, is-was)
		}
		if better-worse > most && better > 2*worse {
			best, most = l, better-worse
		}
	}
	return best
}

// ConvertLegacy is FromLegacy for one text of a column that DetectLegacy found to be
// legacy: what is in Unicode already, or would become less possible, stays as it is.
func ConvertLegacy(l Legacy, s string) string {
	if l == NotLegacy || isASCII(s) || onlyUnicode(s) {
		return s
	}
	out := FromLegacy(l, s)
	_, was := CountSyllables(s)
	if _, is := CountSyllables(out); is > was {
		return s
	}
	return out
}
