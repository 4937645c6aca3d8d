package vietnamese_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hoinghi/conference/vietnamese"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"only spaces", " \t\u00a0\u3000 ", ""},
		{"kept as typed", "Nguyễn Thị Hoà", "Nguyễn Thị Hoà"},
		{"decomposed", norm.NFD.String("Nguyễn Thị Hòa"), "Nguyễn Thị Hòa"},
		{"half composed", "Nguyê\u0303n", "Nguyễn"},
		{"marks in the wrong order", "Nguye\u0323\u0302n", "Nguyện"},
		{"eth", "Ð\u1eb7ng Ðình ðoàn", "Đặng Đình đoàn"},
		{"African D", "Ɖồng Nai", "Đồng Nai"},
		{"spaces of all kinds", " Lê\u00a0Thị\u2003\u202fMẫu\u3000", "Lê Thị Mẫu"},
		{"line breaks", "Lê\r\nThị\tMẫu\n", "Lê Thị Mẫu"},
		{"header injection", "a@b.vn\r\nBcc: c@d.vn", "a@b.vn Bcc: c@d.vn"},
		{"controls", "Lê\x00 Thị\x1b[31m\x7f", "Lê Thị[31m"},
		{"zero width and direction", "\ufeffLê\u200b Th\u00adị \u202eMẫu\u2066", "Lê Thị Mẫu"},
		{"a mark behind a removed sign composes", "e\u200d\u0301", "é"},
		{"broken bytes", "Nguy\xe1\xbbn \xffVăn", "Nguyn Văn"},
		{"blank letters", "\u3164Lê\u2800", "Lê"},
		{"apostrophe stays", "Điểu K’Rứ", "Điểu K’Rứ"},
		{"tower of marks", "a" + strings.Repeat("\u0323", 40) + "b", "ạ" + strings.Repeat("\u0323", 8) + "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := vietnamese.Normalise(c.in); got != c.want {
				t.Errorf("Normalise(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestNormaliseText(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		"Dòng 1 \r\nDòng\t2\rDòng 3":         "Dòng 1\nDòng 2\nDòng 3",
		"\n\n a  b \n\n c\u2028d\u2029e\n\n": "a b\n\nc\nd\ne",
		norm.NFD.String("Kính gửi:\nSở"):     "Kính gửi:\nSở",
		"a\x00\nb\u200b":                     "a\nb",
	} {
		if got := vietnamese.NormaliseText(in); got != want {
			t.Errorf("NormaliseText(%q) = %q, want %q", in, got, want)
		}
	}
}

// Normalise has a short way for text that needs no change; no character may slip through it.
func TestNormaliseOfEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		got := vietnamese.Normalise("x" + string(r) + "y")
		middle := strings.TrimSuffix(strings.TrimPrefix(got, "x"), "y")
		switch {
		case r == 'Ð' || r == 'Ɖ' || r == 'ð' || r == 'ɖ':
			if middle != "Đ" && middle != "đ" {
				t.Errorf("U+%04X gives %q", r, got)
			}
		case unicode.Is(unicode.C, r) && !unicode.IsSpace(r):
			if middle != "" && !unicode.Is(unicode.Cs, r) { // a surrogate is no character in Go
				t.Errorf("U+%04X gives %q", r, got)
			}
		case unicode.IsSpace(r):
			if middle != " " {
				t.Errorf("U+%04X gives %q", r, got)
			}
		case !norm.NFC.IsNormalString(got):
			t.Errorf("U+%04X gives %q, not NFC", r, got)
		}
	}
	for in, want := range map[string]string{"a ": "a", " a": "a", "a  b": "a b", " ": "", "a b": "a b"} {
		if got := vietnamese.Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q", in, got)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{
		"", "Nguyễn Thị Hòa", norm.NFD.String("Nguyễn Thị Hòa"), "Ð\u200bặng\r\n", "\xff\xfe", " \u0301a", "\u1fef\u0344",
		"a" + strings.Repeat("\u0301", 70), "\u3164\u1160", "\u2126\ufeff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := vietnamese.Normalise(s)
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
			t.Fatalf("%q → %q is not valid NFC", s, got)
		}
		if again := vietnamese.Normalise(got); again != got {
			t.Fatalf("not idempotent: %q → %q → %q", s, got, again)
		}
		if strings.TrimSpace(got) != got || strings.Contains(got, "  ") || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q → %q keeps spaces or controls", s, got)
		}
		text := vietnamese.NormaliseText(s)
		if again := vietnamese.NormaliseText(text); again != text {
			t.Fatalf("text not idempotent: %q → %q → %q", s, text, again)
		}
		if vietnamese.Normalise(text) != got {
			t.Fatalf("%q: as text %q, as line %q", s, text, got)
		}
	})
}
