package vietnamese

import (
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// SortKey gives the key that orders persons in the Vietnamese way: by given name,
// then by family and middle name, each by the Vietnamese alphabet (a ă â … d đ …)
// and then by tone (ngang, huyền, hỏi, ngã, sắc, nặng). Neither case nor tone
// placement nor apostrophes change the order, except that different names never
// get the same key. Keys are compared with bytes.Compare, in SQL as BLOB; they must
// be rebuilt when golang.org/x/text changes.
func SortKey(fullName string) []byte {
	familyMiddle, given := SplitName(fullName)
	return SortKeyParts(familyMiddle, given)
}

// SortKeyOf is SortKey for a person who may have an own sort name, which is written
// the way it sorts: the name to look under first, then the rest, with a comma
// between if the first has several words ("Mohamad Ali, Thí Dụ"). Without one the
// full name decides.
func SortKeyOf(fullName, sortName string) []byte {
	sortName = Normalise(sortName)
	if sortName == "" {
		return SortKey(fullName)
	}
	first, rest, comma := strings.Cut(sortName, ",")
	if !comma {
		first, rest, _ = strings.Cut(sortName, " ")
	}
	return personKey(first, rest, Normalise(fullName))
}

// SortKeyParts is SortKey for a name whose parts are known.
func SortKeyParts(familyMiddle, given string) []byte {
	return personKey(given, familyMiddle, Normalise(familyMiddle+" "+given))
}

// TextKey gives the key for plain Vietnamese order, for provinces, organisations
// and other titles; numbers inside order by value ("Phòng 2" before "Phòng 10").
func TextKey(s string) []byte {
	var buf collate.Buffer
	key := appendLetters(nil, collate.New(language.Vietnamese, collate.Numeric), &buf, s)
	return append(key, Normalise(s)...)
}

// personKey joins the keys of the two parts and the full name as the last word.
func personKey(first, rest, full string) []byte {
	c := collate.New(language.Vietnamese)
	var buf collate.Buffer
	key := appendLetters(make([]byte, 0, 256), c, &buf, first)
	key = appendLetters(key, c, &buf, rest)
	return append(key, full...)
}

// appendLetters adds the collation key of s without case and apostrophes, and two
// zero bytes, which sort before whatever a longer key goes on with. A Collator is
// not safe for concurrent use, but costs 2 µs to make, so each call has its own.
func appendLetters(key []byte, c *collate.Collator, buf *collate.Buffer, s string) []byte {
	letters := strings.Map(func(r rune) rune {
		if isApostrophe(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, CanonicalTone(closeGaps(s)))
	key = append(key, c.KeyFromString(buf, letters)...)
	buf.Reset()
	return append(key, 0, 0)
}
