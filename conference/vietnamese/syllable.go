package vietnamese

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// initials are the consonants a syllable may begin with, longest first.
var initials = strings.Fields("ngh ch gh gi kh ng nh ph qu th tr b c d đ g h k l m n p q r s t v x")

// rimes are the rest of a syllable without its tone.
const rimes = " a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây" +
	" e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu" +
	" o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong ooc oong op ot" +
	" ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt" +
	" u ua uc ui um un ung uân uâng uât uây up ut uê uêch uên uênh uôc uôi uôm uôn uông uôt uơ uy uya uych uyn uyên uynh uyp uyt uyêt uyu" +
	" ư ưa ưc ưi ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y ych ynh yt yêm yên yêng yêt yêu "

// isSyllable reports whether a word can be one Vietnamese syllable. It knows no
// meanings and is generous: it serves to tell encodings and abbreviations apart.
func isSyllable(word string) bool {
	var b strings.Builder
	tones := 0
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		switch r {
		case 0x300, 0x301, 0x303, 0x309, 0x323:
			tones++
		default:
			b.WriteRune(r)
		}
	}
	if tones > 1 {
		return false
	}
	s := norm.NFC.String(b.String())
	if isRime(s) {
		return true
	}
	for _, initial := range initials {
		if rest, ok := strings.CutPrefix(s, initial); ok && isRime(rest) {
			return true
		}
	}
	return false
}

func isRime(s string) bool { return s != "" && strings.Contains(rimes, " "+s+" ") }

// shortWords are abbreviations that a syllable's shape does not tell from words.
var shortWords = strings.Fields("UBND HĐND UBMTTQ TNHH HTX DNTN TP TX TT KC CP MTV SX TM DV XNK KCN CCN KHCN CNNT XTTM CNTT")

// IsAbbreviation reports whether a word in capitals is one that stays so when the words around it
// are written as usual: UBND, TNHH, KC&TVPTCN. It has no vowel, or an & inside, or letters without
// marks that are no Vietnamese syllable, or is one of a few that are known. "I" and "A" are syllables.
func IsAbbreviation(word string) bool {
	word = strings.ToUpper(norm.NFC.String(word))
	switch {
	case !strings.ContainsFunc(word, unicode.IsLetter):
		return false
	case strings.ContainsRune(word, '&') || slices.Contains(shortWords, word):
		return true
	}
	plain := Fold(word) == strings.ToLower(word)
	return !strings.ContainsAny(Fold(word), "aeiouy") || plain && !isSyllable(word)
}

// SoftCase is TitleCase for what is no person's name: abbreviations stay as they are, between
// hyphens and dots too. "SX-TM BÀ RỊA-VŨNG TÀU" → "SX-TM Bà Rịa-Vũng Tàu".
func SoftCase(text string) string {
	words := strings.Split(Normalise(text), " ")
	for i, word := range words {
		if strings.ContainsRune(word, '&') {
			continue
		}
		var b strings.Builder
		for part := range strings.FieldsFuncSeq(spaced(word), func(r rune) bool { return r == 0 }) {
			if !IsAbbreviation(part) {
				part = TitleCase(part)
			}
			b.WriteString(part)
		}
		words[i] = b.String()
	}
	return Normalise(strings.Join(words, " "))
}

// spaced cuts a word into its runs of letters (with the apostrophes inside) and of signs, by zeros.
func spaced(word string) string {
	var b strings.Builder
	before := false
	for i, r := range word {
		inside := unicode.IsLetter(r) || unicode.Is(unicode.M, r) || isApostrophe(r)
		if i > 0 && inside != before {
			b.WriteByte(0)
		}
		before = inside
		b.WriteRune(r)
	}
	return b.String()
}
