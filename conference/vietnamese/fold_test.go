package vietnamese_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"hoinghi/conference/vietnamese"
)

// letters is every letter of the Vietnamese alphabet with every tone, in both cases.
func letters() []rune {
	var all []rune
	for _, vowel := range "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" {
		for _, tone := range []string{"", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"} {
			all = append(all, []rune(norm.NFC.String(string(vowel)+tone))...)
		}
	}
	return append(all, []rune("bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX")...)
}

// name draws what people write as a name.
func name() *rapid.Generator[string] {
	runes := append(letters(), ' ', ' ', ' ', '-', '\'', '’', '.')
	return rapid.StringOf(rapid.SampledFrom(runes))
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "",
		"  \t ":                         "",
		"Nguyễn Văn Ân":                 "nguyen van an",
		"ĐẶNG THỊ ĐÀO":                  "dang thi dao",
		"Ðặng ðoàn":                     "dang doan",
		"hòa":                           "hoa",
		"hoà":                           "hoa",
		"Thuỷ Thủy":                     "thuy thuy",
		"Điểu K’Rứ":                     "dieu kru",
		"Điểu K'Rứ":                     "dieu kru",
		"Điểu Krứ":                      "dieu kru",
		"S´tiêng S`tiêng Sʼtiêng":       "stieng stieng stieng",
		"Bà Rịa - Vũng Tàu":             "ba ria vung tau",
		"Bà Rịa – Vũng Tàu":             "ba ria vung tau",
		"TP.Hồ Chí Minh":                "tp ho chi minh",
		"TP. Hồ Chí Minh":               "tp ho chi minh",
		"  Lê\u00a0\u3000Thị  ":         "le thi",
		"Kraków Łódź Ørsted Çelikı ß Æ": "krakow lodz orsted celiki ss ae",
		"STRASSE ẞ Þór Œuvre":           "strasse ss thor oeuvre",
		"Y Ƀlim Niê Kđăm":               "y blim nie kdam",
		"100% a_b":                      "100 a b",
		"０９１２ Ａｎ":                       "0912 an",
		"Nguy\u200bễn":                  "nguyen",
		"Nguy\xffen":                    "nguyen",
		"Иванов Пётр":                   "иванов петр",
		"mẫu@vidu.gov.vn":               "mau vidu gov vn",
	} {
		if got := vietnamese.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldOfEveryVietnameseLetterIsASCII(t *testing.T) {
	for _, r := range letters() {
		got := vietnamese.Fold(string(r))
		base := strings.NewReplacer("đ", "d", "Đ", "d").Replace(string(r))
		want := strings.ToLower(norm.NFD.String(base)[:1])
		if got != want {
			t.Errorf("Fold(%q) = %q, want %q", r, got, want)
		}
	}
}

// The table must say what the Unicode tables say, for every character there is.
func TestFoldTableAgreesWithUnicode(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		s := "x" + string(r) + "y"
		fast, slow := vietnamese.Fold(s), vietnamese.FoldUnicode(s)
		if fast != slow {
			t.Errorf("U+%04X %q: table %q, Unicode %q", r, r, fast, slow)
		}
		if again := vietnamese.Fold(fast); again != fast {
			t.Errorf("U+%04X: %q folds again to %q", r, fast, again)
		}
	}
}

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := name().Draw(t, "name")
		got := vietnamese.Fold(s)
		for _, r := range got {
			if r != ' ' && (r < 'a' || r > 'z') {
				t.Fatalf("Fold(%q) = %q holds %q", s, got, r)
			}
		}
		for form, other := range map[string]string{
			"NFD": norm.NFD.String(s), "upper": strings.ToUpper(s), "lower": strings.ToLower(s), "normalised": vietnamese.Normalise(s), "folded": got,
		} {
			if folded := vietnamese.Fold(other); folded != got {
				t.Fatalf("Fold(%q) = %q, but %s gives %q", s, got, form, folded)
			}
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{
		"", "Nguyễn Văn Ân", norm.NFD.String("Đặng Thị Ửng"), "K’Rứ", "\u1ffd", "ŉ\u02bc", "\xff\ufffd", "½ ﬁ ㎏ ①", "가각", "\u3164", "=\u0338", "İı",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := vietnamese.Fold(s)
		if again := vietnamese.Fold(got); again != got {
			t.Fatalf("not idempotent: %q → %q → %q", s, got, again)
		}
		if slow := vietnamese.FoldUnicode(s); slow != got {
			t.Fatalf("%q: table %q, Unicode %q", s, got, slow)
		}
		if n := vietnamese.Fold(vietnamese.Normalise(s)); n != got {
			t.Fatalf("%q: %q, normalised first %q", s, got, n)
		}
		valid := strings.ToValidUTF8(s, "")
		if c, d := vietnamese.Fold(norm.NFC.String(valid)), vietnamese.Fold(norm.NFD.String(valid)); c != d {
			t.Fatalf("%q: NFC %q, NFD %q", s, c, d)
		}
		if strings.ContainsAny(got, "%_'\"*\\") || strings.Contains(got, "  ") || strings.TrimSpace(got) != got {
			t.Fatalf("%q → %q needs escaping or trimming", s, got)
		}
	})
}

func TestDedupeKey(t *testing.T) {
	equal := [][]string{
		{"Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ", norm.NFD.String("nguyễn thị hòa"), " Nguyen  Thi Hoa "},
		{"Điểu K’Rứ", "ĐIỂU K’ RỨ", "Điểu K' Rứ", "Ðiểu Krứ"},
		{"Thuỷ", "Thủy"},
	}
	for _, names := range equal {
		for _, n := range names[1:] {
			if a, b := vietnamese.DedupeKey(names[0]), vietnamese.DedupeKey(n); a != b {
				t.Errorf("%q has %q, %q has %q", names[0], a, n, b)
			}
		}
	}
	if a, b := vietnamese.DedupeKey("Hà Nam An"), vietnamese.DedupeKey("Hàn Am An"); a == b {
		t.Errorf("different names share %q", a)
	}
	if got := vietnamese.DedupeKey("K’"); got != "k" {
		t.Errorf("a lone prefix gives %q", got)
	}
}

func TestMatchTokens(t *testing.T) {
	for _, c := range []struct {
		name, query string
		want        bool
	}{
		{"Nguyễn Văn An", "", true},
		{"Nguyễn Văn An", " . ", true},
		{"Nguyễn Văn An", "ng van an", true},
		{"Nguyễn Văn An", "an nguyen", true},
		{"Nguyễn Văn An", "AN NGUYỄN", true},
		{"Nguyễn Văn An", norm.NFD.String("Nguyễn"), true},
		{"Nguyễn Văn An", "uyen", false},
		{"Nguyễn Văn An", "nguyen binh", false},
		{"Nguyễn Văn An", "nguyeenx vawn an", true},
		{"Nguyễn Văn An", "NGUYEENX VAWN AN", true},
		{"Nguyễn Văn An", "nguyeexn", true},
		{"Nguyễn Văn An", "Nguye64n Va8n An", true},
		{"Trương Đạt", "truowng ddatj", true},
		{"Trương Đạt", "tr]]ng", false},
		{"Trương Đạt", "datdj truwowng", true},
		{"Trương Đạt", "D9a5t5 Tru7o7ng", true},
		{"Trần Thị Thuỷ", "traanf thuyr", true},
		{"Trần Thị Thuỷ", "tranaf", true},
		{"Phạm Quỳnh Ưng", "quynhf wng", true},
		{"Phạm Gì", "gif", true},
		{"Thomas Beispiel", "thomas", true},
		{"Điểu K’Rứ", "k’rứ", true},
		{"Điểu K’Rứ", "krứ", true},
		{"Điểu K’Rứ", "k rứ", true},
		{"Lê Thị An", "as", false},
		{"Sở Công Thương Tây Ninh", "so cong thuong tay n", true},
	} {
		if got := vietnamese.MatchTokens(vietnamese.Fold(c.name), c.query); got != c.want {
			t.Errorf("MatchTokens(%q, %q) = %v", c.name, c.query, got)
		}
	}
}

func TestQueryKeys(t *testing.T) {
	for query, want := range map[string][][]string{
		"":                     nil,
		"%%":                   nil,
		"Nguyễn  An":           {{"nguyen", "an"}},
		"nguyeenx vawn an":     {{"nguyeenx", "vawn", "an"}, {"nguyen", "van", "an"}},
		"Nguye64n Va8n An":     {{"nguye64n", "va8n", "an"}, {"nguyen", "van", "an"}},
		"0912 345":             {{"0912", "345"}},
		"TNI-7K2M":             {{"tni", "7k2m"}},
		"dieu k ru":            {{"dieu", "k", "ru"}, {"dieu", "kru"}},
		"a' OR 1=1 --; % _ \"": {{"a", "or", "1", "1"}},
	} {
		if diff := cmp.Diff(want, vietnamese.QueryKeys(query)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

// typed types a name the way fingers do: the mark keys of a letter right
// behind it, the tone at the end of the syllable or right behind its vowel.
func typed(s, shapes, tones string, toneAtEnd bool) string {
	var out strings.Builder
	for _, word := range strings.Fields(strings.ToLower(s)) {
		tone := ""
		for _, r := range norm.NFD.String(word) {
			if i := strings.IndexRune("\u0300\u0309\u0303\u0301\u0323", r); i >= 0 {
				tone = tones[i/2 : i/2+1]
				if !toneAtEnd {
					out.WriteString(tone)
					tone = ""
				}
				continue
			}
			switch r {
			case '\u0302': // â ê ô
				if shapes[0] == '=' { // the letter again
					last := out.String()
					out.WriteByte(last[len(last)-1])
				} else {
					out.WriteByte(shapes[0])
				}
			case '\u031b':
				out.WriteByte(shapes[1])
			case '\u0306':
				out.WriteByte(shapes[2])
			case 'đ':
				out.WriteString("d" + shapes[3:4])
			default:
				out.WriteRune(r)
			}
		}
		out.WriteString(tone + " ")
	}
	return out.String()
}

func TestTypedNamesAreFound(t *testing.T) {
	names := []string{
		"Nguyễn Văn Ân", "Trần Thị Bưởi", "Đặng Đình Đức", "Phạm Ngọc Diễm", "Hoàng Thùy Linh", "Vũ Quỳnh Hương", "Lữ Ỷ Lan", "Đỗ Trọng Nghĩa",
		"Huỳnh Thị Ngọc Tuyết", "Châu Kiều Oanh", "Bùi Xuân Trường", "Dương Hữu Phước", "Lý Thường Kiệt", "Giang Khuê", "Thạch Sơn Hoàng", "Phùng Quốc Khánh",
	}
	for _, n := range names {
		for kind, query := range map[string]string{
			"telex, tone last":      typed(n, "=wwd", "frxsj", true),
			"telex, tone at vowel":  typed(n, "=wwd", "frxsj", false),
			"VNI, tone last":        typed(n, "6789", "23415", true),
			"VNI, tone at vowel":    typed(n, "6789", "23415", false),
			"no marks":              vietnamese.Fold(n),
			"with an input method":  n,
			"decomposed, from iOS":  norm.NFD.String(n),
			"telex with Caps Lock":  strings.ToUpper(typed(n, "=wwd", "frxsj", true)),
			"last word comes first": reversed(typed(n, "=wwd", "frxsj", true)),
		} {
			if !vietnamese.MatchTokens(vietnamese.Fold(n), query) {
				t.Errorf("%s: %q does not find %q", kind, query, n)
			}
		}
	}
}

func reversed(s string) string {
	words := strings.Fields(s)
	for i, j := 0, len(words)-1; i < j; i, j = i+1, j-1 {
		words[i], words[j] = words[j], words[i]
	}
	return strings.Join(words, " ")
}

func TestMatchTokensProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := name().Draw(t, "name")
		query := rapid.String().Draw(t, "query")
		folded := vietnamese.Fold(s)
		if !vietnamese.MatchTokens(folded, s) || !vietnamese.MatchTokens(folded, reversed(folded)) {
			t.Fatalf("%q does not find itself", s)
		}
		for _, key := range vietnamese.QueryKeys(query) {
			for _, token := range key {
				if token == "" || token != vietnamese.Fold(token) {
					t.Fatalf("query %q gives token %q", query, token)
				}
			}
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		vietnamese.Fold("Nguyễn Thị Ngọc Diễm")
	}
}

func ExampleFold() {
	fmt.Println(vietnamese.Fold("Điểu K’Rứ"))
	// Output: dieu kru
}
