package vietnamese_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"hoinghi/conference/vietnamese"
)

// The letters with their code in each encoding, written down from the tables of
// TCVN 5712:1993 (VN3) and of VNI, as windows-1252 shows them.
const legacyLetters = `à µ aø|ả ¶ aû|ã · aõ|á ¸ aù|ạ ¹ aï|ă ¨ aê|ằ » aè|ẳ ¼ aú|ẵ ½ aü|ắ ¾ aé|ặ Æ aë|â © aâ|ầ Ç aà|ẩ È aå|ẫ É aã|ấ Ê aá|ậ Ë aä|đ ® ñ
è Ì eø|ẻ Î eû|ẽ Ï eõ|é Ð eù|ẹ Ñ eï|ê ª eâ|ề Ò eà|ể Ó eå|ễ Ô eã|ế Õ eá|ệ Ö eä|ì × ì|ỉ Ø æ|ĩ Ü ó|í Ý í|ị Þ ò
ò ß oø|ỏ á oû|õ â oõ|ó ã où|ọ ä oï|ô « oâ|ồ å oà|ổ æ oå|ỗ ç oã|ố è oá|ộ é oä|ơ ¬ ô|ờ ê ôø|ở ë ôû|ỡ ì ôõ|ớ í ôù|ợ î ôï
ù ï uø|ủ ñ uû|ũ ò uõ|ú ó uù|ụ ô uï|ư SHY ö|ừ õ öø|ử ö öû|ữ ÷ öõ|ứ ø öù|ự ù öï|ỳ ú yø|ỷ û yû|ỹ ü yõ|ý ý yù|ỵ þ î`

type legacyLetter struct{ letter, tcvn, vni string }

func oldLetters(t *testing.T) []legacyLetter {
	t.Helper()
	var out []legacyLetter
	for _, line := range strings.FieldsFunc(legacyLetters, func(r rune) bool { return r == '\n' || r == '|' }) {
		f := strings.Fields(line)
		out = append(out, legacyLetter{norm.NFC.String(f[0]), strings.ReplaceAll(f[1], "SHY", "\u00ad"), f[2]})
	}
	if len(out) != 67 {
		t.Fatalf("%d letters with a mark, Vietnamese has 67", len(out))
	}
	return out
}

func encode(t *testing.T, s string, code func(legacyLetter) string) string {
	t.Helper()
	var pairs []string
	for _, l := range oldLetters(t) {
		pairs = append(pairs, l.letter, code(l))
	}
	return strings.NewReplacer(pairs...).Replace(norm.NFC.String(s))
}

func TestEveryLegacyLetterIsRead(t *testing.T) {
	for _, l := range oldLetters(t) {
		if got := vietnamese.FromLegacy(vietnamese.TCVN3, l.tcvn); got != l.letter {
			t.Errorf("TCVN3 %q reads %q, want %q", l.tcvn, got, l.letter)
		}
		if got := vietnamese.FromLegacy(vietnamese.VNI, l.vni); got != l.letter {
			t.Errorf("VNI %q reads %q, want %q", l.vni, got, l.letter)
		}
		// Every code is one byte of windows-1252, else no old file could hold it.
		if b, err := charmap.Windows1252.NewEncoder().String(l.tcvn); err != nil || len(b) != 1 {
			t.Errorf("TCVN3 %q is no byte: %v", l.tcvn, err)
		}
	}
}

var legacySamples = []string{
	"Nguyễn Văn Thí Dụ", "Sở Công Thương tỉnh Đồng Tháp", "Trung tâm Khuyến công và Tư vấn phát triển công nghiệp Bà Rịa - Vũng Tàu",
	"Ủy ban nhân dân tỉnh Kiên Giang", "Phó Trưởng phòng Quản lý công nghiệp", "Thừa Thiên Huế", "Lữ Quỳnh Mẫu", "Điểu K’Rứ", "Hợp tác xã Hoà Bình", "Nguyễn Thị Hỷ", "quyết định, khuỷu, ngoằn ngoèo",
}

// A sentence that is written in an old encoding is recognised and comes back; the
// small form is tested, since VN3 has no capitals with tones.
func TestLegacyTextComesBack(t *testing.T) {
	for _, s := range legacySamples {
		s = strings.ToLower(s)
		for l, code := range map[vietnamese.Legacy]func(legacyLetter) string{
			vietnamese.TCVN3: func(l legacyLetter) string { return l.tcvn }, vietnamese.VNI: func(l legacyLetter) string { return l.vni },
		} {
			old := encode(t, s, code)
			if got := vietnamese.DetectLegacy([]string{old}); got != l {
				t.Errorf("%q is taken for %q, want %q", old, got, l)
			}
			if got := vietnamese.ConvertLegacy(l, old); got != norm.NFC.String(s) {
				t.Errorf("%s %q becomes %q, want %q", l, old, got, s)
			}
		}
	}
}

func TestLegacyExamples(t *testing.T) {
	for _, c := range []struct {
		l         vietnamese.Legacy
		old, want string
	}{
		{vietnamese.TCVN3, "NguyÔn V¨n ThÝ Dô", "Nguyễn Văn Thí Dụ"},
		{vietnamese.TCVN3, "Së C«ng Th\u00ad¬ng tØnh T©y Ninh", "Sở Công Thương tỉnh Tây Ninh"},
		{vietnamese.TCVN3, "Së C«ng Th\u00ad¬ng TP. CÇn Th¬", "Sở Công Thương TP. Cần Thơ"},
		{vietnamese.TCVN3, "NGUYÔN V¡N §øC", "NGUYỄN VĂN ĐỨC"},
		{vietnamese.VNI, "Nguyeãn Vaên Thí Duï", "Nguyễn Văn Thí Dụ"},
		{vietnamese.VNI, "Sôû Coâng Thöông tænh Ñoàng Thaùp", "Sở Công Thương tỉnh Đồng Tháp"},
		{vietnamese.VNI, "NGUYEÃN THÒ HUYØNH", "NGUYỄN THỊ HUỲNH"},
		{vietnamese.VNI, "ÖÛY BAN", "ỬY BAN"},
	} {
		if got := vietnamese.FromLegacy(c.l, c.old); got != c.want {
			t.Errorf("%s %q becomes %q, want %q", c.l, c.old, got, c.want)
		}
	}
}

// What is in Unicode is not taken for an old encoding, one word at a time or together.
func TestUnicodeIsNotTakenForLegacy(t *testing.T) {
	for _, s := range append(legacySamples, "Hoà", "Thò", "loà xoà", "xí nghiệp", "Café Zürich", "Hòa Bình", "Cà Mau", "naïve façade", "", "abc", "0912 345 678", "Đỗ", "ý kiến", "Lê Thì Là") {
		for _, form := range []string{s, norm.NFD.String(s), strings.ToUpper(s)} {
			if l := vietnamese.DetectLegacy([]string{form}); l != vietnamese.NotLegacy {
				t.Errorf("%q is taken for %s", form, l)
			}
		}
	}
	if l := vietnamese.DetectLegacy(append(legacySamples, "Haø Noäi")); l != vietnamese.VNI {
		t.Errorf("a column with one old cell is taken for %q", l)
	}
	for _, s := range legacySamples {
		if got := vietnamese.ConvertLegacy(vietnamese.VNI, s); got != s {
			t.Errorf("%q in a mixed column becomes %q", s, got)
		}
	}
}

func TestCountSyllables(t *testing.T) {
	for s, want := range map[string][2]int{
		"Sở Công Thương tỉnh Tây Ninh": {5, 0}, "NguyÔn V¨n": {0, 2}, "ngoằn ngoèo khuỷu quyết giếng gìn giữ quốc huýt": {9, 0}, "abc def": {0, 0}, "Zürich": {0, 1},
	} {
		if a, b := vietnamese.CountSyllables(s); a != want[0] || b != want[1] {
			t.Errorf("%q: %d possible and %d impossible, want %v", s, a, b, want)
		}
	}
}

func FuzzConvertLegacy(f *testing.F) {
	for _, s := range legacySamples {
		f.Add(s)
	}
	f.Add("Nguyeãn Vaên")
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range []vietnamese.Legacy{vietnamese.TCVN3, vietnamese.VNI} {
			out := vietnamese.ConvertLegacy(l, s)
			if utf8.ValidString(s) && !utf8.ValidString(out) {
				t.Errorf("%q becomes broken %q", s, out)
			}
		}
	})
}
