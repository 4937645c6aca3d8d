package document_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"hoinghi/conference/document"
	"hoinghi/conference/testkit"
)

func TestEveryNameIsReadBack(t *testing.T) {
	for _, layout := range document.Layouts() {
		t.Run(string(layout), func(t *testing.T) {
			all := cards(t, len(names()))
			got := read(t, render(t, layout, all, options()))
			if !norm.NFC.IsNormalString(got) || strings.ContainsRune(got, '\uFFFD') {
				t.Error("the text is not whole and composed")
			}
			for _, n := range names() {
				if !strings.Contains(got, n.read) {
					t.Errorf("%q is not found as %q", n.typed, n.read)
				}
			}
			for _, c := range all {
				for _, part := range []string{c.Title, c.Organisation, c.Province, c.Number} {
					if !strings.Contains(got, part) {
						t.Errorf("%q is not found", part)
					}
				}
			}
			if n := strings.Count(got, "Dữ liệu minh họa"); n != len(all) {
				t.Errorf("%d of %d badges say that their data is made up", n, len(all))
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

func TestEveryCodeIsReadFromPaper(t *testing.T) {
	for _, c := range []struct {
		layout document.Layout
		dpi    int
		args   []string
	}{{document.EightPerA4, 300, nil}, {document.EightPerA4, 203, nil}, {document.SixPerA4, 300, nil}, {document.FourPerA4, 300, nil},
		{document.Label, 300, nil}, {document.Label, 203, []string{"-mono"}}} {
		t.Run(string(c.layout)+" at "+fmtDPI(c.dpi), func(t *testing.T) {
			all := cards(t, 12)
			var want, got []string
			for i := range all {
				want = append(want, codeText(i))
			}
			pages := pictures(t, render(t, c.layout, all, options()), c.dpi, onlyGrey(c.args)...)
			if len(pages) != c.layout.Pages(len(all)) {
				t.Errorf("%d pages, want %d", len(pages), c.layout.Pages(len(all)))
			}
			for _, png := range pages {
				got = append(got, testkit.ReadQR(t, png)...)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%d codes read, want the %d printed", len(got), len(want))
			}
		})
	}
}

func fmtDPI(dpi int) string {
	if dpi == 203 {
		return "203 dpi"
	}
	return "300 dpi"
}

func onlyGrey(args []string) []string {
	if args == nil {
		return []string{"-gray"}
	}
	return args
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	first := render(t, document.EightPerA4, cards(t, 9), options())
	if !bytes.Equal(first, render(t, document.EightPerA4, cards(t, 9), options())) {
		t.Error("two files of the same badges differ")
	}
	for _, want := range []string{"%PDF-1.4", "/Lang (vi-VN)", "/CreationDate (D:20221012010000"} {
		if !bytes.Contains(first, []byte(want)) {
			t.Errorf("the file lacks %q", want)
		}
	}
	if n := bytes.Count(first, []byte("/Type /Page\n")); n != 2 {
		t.Errorf("%d pages for 9 badges, want 2", n)
	}
}

func TestASampleLineOnlyWhenAsked(t *testing.T) {
	o := options()
	o.Sample = ""
	if got := read(t, render(t, document.SixPerA4, cards(t, 6), o)); strings.Contains(got, "minh họa") {
		t.Error("real data is marked as made up")
	}
}

// A card that cannot be drawn, here for want of a readable code, costs its own place only.
func TestOneBadCardLeavesTheOthers(t *testing.T) {
	all := cards(t, 9)
	all[3].Code = nil
	var b bytes.Buffer
	err := document.Badges(&b, document.EightPerA4, all, options())
	var refused *document.RefusedError
	if !errors.As(err, &refused) || !slices.Equal(refused.Numbers, []string{"KC22-TNI-004"}) {
		t.Fatalf("error %v", err)
	}
	if strings.Contains(err.Error(), "LÝ") {
		t.Errorf("the error tells a name: %v", err)
	}
	got := read(t, b.Bytes())
	if !strings.Contains(got, "KC22-TNI-004") || !strings.Contains(got, "Không in được thẻ này") || strings.Contains(got, "TẠ LÝ") {
		t.Errorf("the refused place: %s", got)
	}
	for i, n := range names() {
		if i != 3 && i < 9 && !strings.Contains(got, n.read) {
			t.Errorf("%q is lost", n.read)
		}
	}
}

func TestRefusals(t *testing.T) {
	far := options()
	far.OffsetY = -document.MaxOffset - 0.1
	for name, c := range map[string]struct {
		layout document.Layout
		o      document.Options
		want   error
	}{"layout": {"a5-2", options(), document.ErrLayout}, "offset": {document.Label, far, document.ErrOffset}} {
		var b bytes.Buffer
		if err := document.Badges(&b, c.layout, cards(t, 1), c.o); !errors.Is(err, c.want) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, b.Len())
		}
	}
}

func TestMissingLetters(t *testing.T) {
	l, err := document.NewLetters()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Công Tằng Tôn Nữ Nguyễn Thị Nguyệt Ngưỡng – “Phó” Trưởng phòng…": "",
		"Nguye\u0302\u0303n":  "",
		"Trần 😀 Quỳnh ☑ 😀":    "😀☑",
		"王 Mẫu":               "王",
		"Lê\xe1\xbb":          "\uFFFD",
		"Yên\u200b\u00ad\x07": "",
	} {
		if got := string(l.Missing(text)); got != want {
			t.Errorf("%q lacks %q, want %q", text, got, want)
		}
	}
	// Every Vietnamese letter, in both cases.
	for _, base := range "aăâeêioôơuưy" {
		for _, mark := range []string{"", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"} {
			if got := l.Missing(norm.NFC.String(string(base) + mark)); len(got) > 0 {
				t.Errorf("the fonts lack %q", string(got))
			}
		}
	}
	if got := l.Missing("đĐ₫"); len(got) > 0 {
		t.Errorf("the fonts lack %q", string(got))
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Nguye\u0302\u0303n": "Nguyễn", "a\tb\nc": "a b c", "😀x": "x", "Lê\xe1\xbb": "Lê", "a\u200bb\u00adc\x00d": "abcd", "\uFFFF": "\uFFFF",
	} {
		if got := document.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever somebody types, the file is made.
func FuzzBadges(f *testing.F) {
	for _, n := range names() {
		f.Add(n.typed)
	}
	f.Add("\uFFFF\uFFFE\uD7FF")
	f.Add(strings.Repeat("Ẳ", 300))
	f.Add(strings.Repeat("Ậ ", 200))
	bitmap := code(f, codeText(1))
	f.Fuzz(func(t *testing.T, text string) {
		c := document.Card{Event: text, Category: text, Colour: text, Name: text, Title: text, Organisation: text, Province: text, Number: text, Code: bitmap}
		layout := document.Layouts()[len(text)%4]
		var b bytes.Buffer
		if err := document.Badges(&b, layout, []document.Card{c}, options()); err != nil {
			t.Errorf("%s: %v", layout, err)
		}
	})
}

// Pictures for people to look at are written to out/badges.
func TestBadgesForTheEye(t *testing.T) {
	if os.Getenv("HOINGHI_BROWSER") == "" {
		t.Skip("SKIPPED: no pictures of badges: set HOINGHI_BROWSER=1")
	}
	dir := "../../out/badges"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, layout := range document.Layouts() {
		dpi := 150
		if layout == document.Label {
			dpi = 203
		}
		png := pictures(t, render(t, layout, cards(t, 8), options()), dpi)[0]
		if err := os.WriteFile(filepath.Join(dir, string(layout)+".png"), png, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkBadges(b *testing.B) {
	all := cards(b, 1000)
	for _, layout := range document.Layouts() {
		b.Run(string(layout), func(b *testing.B) {
			for b.Loop() {
				render(b, layout, all, options())
			}
			b.ReportMetric(float64(b.N*len(all))/b.Elapsed().Seconds(), "badges/s")
		})
	}
}
