package web_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"hoinghi/conference/testkit"
)

// typist is a handheld scanner, or a person, before a computer with a Vietnamese input
// method. It is a model written for these tests: enough of Telex, VNI and VIQR to spoil
// what those really spoil, not the program that people have.
type typist struct {
	method   string // "", "telex", "vni", "viqr"
	process  bool   // the method is part of the system: keys are "Process", words a composition
	caps     bool   // CapsLock is on
	layout   string // "" for US, "vi" for the Vietnamese one of Windows
	android  bool   // keys have no name and no place
	injected bool   // a program swallows every key and types by itself
	focused  bool   // the page has a field for compositions
}

// vowels are rows of a letter and its five tones, in VNI's order: sắc, huyền, hỏi, ngã, nặng.
var vowels = []string{"aáàảãạ", "ăắằẳẵặ", "âấầẩẫậ", "eéèẻẽẹ", "êếềểễệ", "iíìỉĩị", "oóòỏõọ", "ôốồổỗộ", "ơớờởỡợ", "uúùủũụ", "ưứừửữự", "yýỳỷỹỵ"}

// toned gives a vowel with another tone (0 for none); ok is false for what is no vowel.
func toned(r rune, tone int) (rune, bool) {
	for _, row := range vowels {
		if strings.ContainsRune(row, unicode.ToLower(r)) {
			return sameCase(r, []rune(row)[tone]), true
		}
	}
	return r, false
}

func sameCase(like, r rune) rune {
	if unicode.IsUpper(like) {
		return unicode.ToUpper(r)
	}
	return r
}

// marks says for each method which key turns which letters into which.
var marks = map[string]map[rune]string{
	"telex": {'a': "aâ", 'e': "eê", 'o': "oô", 'd': "dđ", 'w': "aăoơuư"},
	"vni":   {'6': "aâeêoô", '7': "oơuư", '8': "aă", '9': "dđ"},
	"viqr":  {'^': "aâeêoô", '+': "oơuư", '(': "aă", 'd': "dđ"},
}

var tones = map[string]string{"telex": "zsfrxj", "vni": "012345", "viqr": "0'`?~."}

// spell gives what a word looks like after one more key.
func (m typist) spell(word []rune, key rune) []rune {
	low := unicode.ToLower(key)
	if pairs := []rune(marks[m.method][low]); len(word) > 0 {
		last := len(word) - 1
		for i := 0; i+1 < len(pairs); i += 2 {
			if unicode.ToLower(word[last]) == pairs[i] {
				return append(append([]rune{}, word[:last]...), sameCase(word[last], pairs[i+1]))
			}
		}
	}
	if tone := strings.IndexRune(tones[m.method], low); tone >= 0 && m.method != "" {
		for i := len(word) - 1; i >= 0; i-- {
			if r, ok := toned(word[i], tone); ok {
				if i > 0 && r != word[i] { // "chào": the first of two vowels bears it
					if first, ok := toned(word[i-1], tone); ok && i == len(word)-1 {
						return append(append([]rune{}, word[:i-1]...), first, word[i])
					}
				}
				if r == word[i] {
					break
				}
				out := append([]rune{}, word...)
				out[i] = r
				return out
			}
		}
	}
	return append(append([]rune{}, word...), key)
}

// strokes gives what the page sees when a text is typed with pauses of gap.
func (m typist) strokes(text string, gap func() time.Duration) []testkit.Stroke {
	var out []testkit.Stroke
	var word []rune
	for _, r := range text {
		s := m.key(r)
		s.After = gap()
		typed := []rune(s.Text)[0]
		next := m.spell(word, typed)
		switch {
		case m.android:
			out = append(out, testkit.Stroke{Key: "Unidentified", VirtualKey: 229, After: s.After, Commit: s.Text})
		case m.injected:
			out = append(out, testkit.Stroke{Key: s.Text, Text: s.Text, VirtualKey: 231, After: s.After})
		case m.process:
			out = append(out, m.composed(s, next, typed))
		case m.method == "" || len(next) == len(word)+1 && string(next[:len(word)]) == string(word) && next[len(word)] == typed:
			out = append(out, s)
		default:
			out = append(out, rewritten(word, next, s.After)...)
		}
		word = next
		if !unicode.IsLetter(typed) && !unicode.IsDigit(typed) && len(next) > 0 && next[len(next)-1] == typed {
			word = nil
		}
	}
	return out
}

// rewritten is how a hook answers a key it swallowed: Backspaces, then letters that no key has.
func rewritten(word, next []rune, after time.Duration) []testkit.Stroke {
	same := 0
	for same < len(word) && same < len(next) && word[same] == next[same] {
		same++
	}
	var out []testkit.Stroke
	for range word[same:] {
		out = append(out, testkit.Stroke{Key: "Backspace", Code: "Backspace", VirtualKey: 8, After: after})
		after = time.Millisecond
	}
	for _, r := range next[same:] {
		out = append(out, testkit.Stroke{Key: string(r), Text: string(r), VirtualKey: 231, After: after})
		after = time.Millisecond
	}
	return out
}

func (m typist) composed(s testkit.Stroke, next []rune, typed rune) testkit.Stroke {
	s.Key, s.Text, s.VirtualKey = "Process", "", 229
	if !m.focused {
		return s
	}
	if s.Composition = string(next); !unicode.IsLetter(typed) && !unicode.IsDigit(typed) {
		s.Composition, s.Commit = "", string(next)
	}
	return s
}

var places = map[rune]testkit.Stroke{
	'/': {Code: "Slash", VirtualKey: 191}, '.': {Code: "Period", VirtualKey: 190}, '-': {Code: "Minus", VirtualKey: 189}, ' ': {Code: "Space", VirtualKey: 32},
	':': {Code: "Semicolon", VirtualKey: 186, Shift: true}, '?': {Code: "Slash", VirtualKey: 191, Shift: true}, '=': {Code: "Equal", VirtualKey: 187},
}

// key gives the key that a scanner with US layout presses for a letter, and what this computer makes of it.
func (m typist) key(r rune) testkit.Stroke {
	s := places[r]
	switch {
	case r >= '0' && r <= '9':
		s.Code, s.VirtualKey = "Digit"+string(r), int64(r)
	case unicode.IsLetter(r):
		s.Code, s.VirtualKey, s.Shift = "Key"+strings.ToUpper(string(r)), int64(unicode.ToUpper(r)), unicode.IsUpper(r)
		if m.caps && s.Shift {
			r = unicode.ToLower(r)
		} else if m.caps {
			r = unicode.ToUpper(r)
		}
	}
	if m.layout == "vi" && r >= '0' && r <= '9' {
		r = []rune("đăâêô\u0300\u0309\u0303\u0301\u0323")[r-'0']
	}
	s.Key, s.Text = string(r), string(r)
	return s
}

// result gives what stands in a plain field after the strokes.
func result(strokes []testkit.Stroke) string {
	var out []rune
	for _, s := range strokes {
		if s.Key == "Backspace" {
			out = out[:len(out)-1]
		}
		out = append(out, []rune(s.Text)...)
	}
	return string(out)
}

// The model spoils what the real input methods spoil; else the tests that use it prove nothing.
func TestTheModelOfInputMethodsSpoilsText(t *testing.T) {
	still := func() time.Duration { return 0 }
	for _, c := range []struct{ method, typed, want string }{
		{"telex", "HTTPS://EXAMPLE.VN/C/", "HTTPS://ẼAMPLE.VN/C/"}, {"telex", "nguyeenx vawn bifnh", "nguyễn văn bình"}, {"telex", "xin chaof ddoongf", "xin chào đồng"},
		{"telex", "AA/DD/W", "Â/Đ/W"}, {"vni", "nguye6n4 D9u71c", "nguyễn Đức"}, {"vni", "A1B6/A6", "ÁB6/Â"}, {"viqr", "A./DD/e^'", "Ạ/Đ/ế"}, {"", "AA/dd", "AA/dd"},
	} {
		if got := result(typist{method: c.method}.strokes(c.typed, still)); got != c.want {
			t.Errorf("%s: %s becomes %s, want %s", c.method, c.typed, got, c.want)
		}
	}
}
