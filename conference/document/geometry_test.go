package document_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hoinghi/conference/badge"
	"hoinghi/conference/document"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// The measures that pre-cut sheets are bought for.
func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		layout        document.Layout
		per           int
		w, h          float64
		x, y, lx, ly  float64 // corners of the first and the last badge
		right, bottom float64 // margins left over
	}{
		{document.EightPerA4, 8, 90, 65, 13, 12.5, 107, 219.5, 13, 12.5},
		{document.SixPerA4, 6, 90, 86, 13, 15.5, 107, 195.5, 13, 15.5},
		{document.FourPerA4, 4, 90, 130, 13, 16.5, 107, 150.5, 13, 16.5},
		{document.Label, 1, 100, 70, 0, 0, 0, 0, 0, 0},
	} {
		w, h := c.layout.Size()
		x, y := document.PlaceOf(c.layout, 0)
		lx, ly := document.PlaceOf(c.layout, c.per-1)
		pw, ph := document.PageOf(c.layout)
		got := []float64{float64(c.layout.PerPage()), w, h, x, y, lx, ly, pw - lx - w, ph - ly - h}
		if !slices.EqualFunc(got, []float64{float64(c.per), c.w, c.h, c.x, c.y, c.lx, c.ly, c.right, c.bottom}, near) {
			t.Errorf("%s: %v", c.layout, got)
		}
	}
	if document.EightPerA4.Pages(0) != 0 || document.EightPerA4.Pages(8) != 1 || document.EightPerA4.Pages(9) != 2 || document.Layout("x").Pages(3) != 0 {
		t.Error("numbers of pages")
	}
}

// Door cameras need modules of half a millimetre and a quiet zone of four
// modules (scanner measurements); hosts of up to 16 characters give 41 modules, up to 40 give 45.
func TestCodesAreLargeEnoughAndAlone(t *testing.T) {
	token := strings.Repeat("Z", badge.TokenLength)
	for host, want := range map[string]int{strings.Repeat("h", badge.HostInVersion6): 41, strings.Repeat("h", badge.HostInVersion7): 45} {
		if n := len(code(t, badge.Text(host, token))); n != want {
			t.Fatalf("a host of %d characters gives %d modules, want %d", len(host), n, want)
		}
		for _, l := range document.Layouts() {
			b, ok := document.CodeOf(l, want)
			w, h := l.Size()
			quiet := document.QuietModules * b.Module
			least := document.MinModule
			if want == 41 {
				least = document.GoodModule
			}
			if !ok || b.Module < least {
				t.Errorf("%s: %d modules of %.3f mm, want at least %.1f", l, want, b.Module, least)
			}
			// The text ends 4 mm left of the code or above its quiet zone, and nothing but the edge is right of it or below.
			for side, free := range map[string]float64{"right": w - b.X - b.Size, "below": h - b.Y - b.Size, "left": 4} {
				if free < quiet-1e-9 {
					t.Errorf("%s: %.2f mm free %s of the code, want %.2f", l, free, side, quiet)
				}
			}
			// Above it the name's ink ends at least inside its zone.
			if b.Free < 0 {
				t.Errorf("%s: the code reaches %.2f mm into the name", l, -b.Free)
			}
		}
	}
	for _, l := range document.Layouts() {
		if _, ok := document.CodeOf(l, 77); ok && l != document.FourPerA4 {
			t.Errorf("%s takes a code that no camera reads", l)
		}
		if _, ok := document.CodeOf(l, 0); ok {
			t.Errorf("%s takes no code for one", l)
		}
	}
}

func TestLabelCodesStandOnThePrintersDots(t *testing.T) {
	for _, n := range []int{41, 45} {
		b, _ := document.CodeOf(document.Label, n)
		for name, mm := range map[string]float64{"module": b.Module, "x": b.X, "y": b.Y} {
			if dots := mm / document.Dot; !near(dots, math.Round(dots)) {
				t.Errorf("%s of a code of %d: %.3f dots", name, n, dots)
			}
		}
	}
	if b, _ := document.CodeOf(document.Label, 41); !near(b.Module, 5*document.Dot) {
		t.Errorf("module of %.3f mm, want five dots", b.Module)
	}
}

func TestNamesAreSetAsLargeAsTheyGo(t *testing.T) {
	const long = "CÔNG TẰNG TÔN NỮ NGUYỄN THỊ NGUYỆT NGƯỠNG"
	for _, c := range []struct {
		layout  document.Layout
		name    string
		lines   int
		size    float64 // 0: not checked
		leading float64
	}{
		{document.EightPerA4, long, 2, 15.25, 1.32},
		{document.EightPerA4, "NGÔ HỒ MỸ TUYẾT LỘC", 1, 0, 0},
		{document.EightPerA4, "ĐẶNG CẨM ƯNG", 1, 0, 0},
		{document.EightPerA4, "VÕ", 1, 34, 0},
		{document.FourPerA4, "ĐẶNG CẨM ƯNG", 2, 0, 1.5}, // Ặ would touch Ẩ
		{document.FourPerA4, "DƯƠNG NGỌC QUYỀN", 2, 0, 1.32},
		{document.SixPerA4, "VÕ", 1, 34 * 1.15, 0},
		{document.Label, long, 2, 0, 1.32},
	} {
		lines, size, leading, err := document.Name(c.layout, c.name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Join(lines, " ") != c.name || len(lines) != c.lines || c.size != 0 && math.Abs(size-c.size) > 0.1 || leading != c.leading {
			t.Errorf("%s: %q at %.2f pt, leading %.2f", c.layout, lines, size, leading)
		}
	}
}

func TestKerning(t *testing.T) {
	for pair, want := range map[string]int{"TẠ": -104, "LÝ": -158, "AV": -82, "Võ": -65, "ƯV": 96, "HH": 0} {
		r := []rune(pair)
		if got, err := document.Kern(r[0], r[1]); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", pair, got, err, want)
		}
	}
}

func TestLongTextShrinksBeforeItIsCut(t *testing.T) {
	const title, organisation, province = "Phó Trưởng phòng phụ trách Khuyến công và Tư vấn phát triển công nghiệp",
		"Trung tâm Khuyến công và Tư vấn phát triển công nghiệp tỉnh Bà Rịa - Vũng Tàu", "Bà Rịa - Vũng Tàu"
	texts := []string{title, organisation, province}
	join := func(lines [][]string) string {
		var all []string
		for _, l := range lines {
			all = append(all, strings.Join(l, " "))
		}
		return strings.Join(all, "|")
	}
	for _, h := range []float64{40, 30, 17} {
		lines, size, height, err := document.FitColumn(texts, 53, h)
		if err != nil || join(lines) != strings.Join(texts, "|") || height > h {
			t.Errorf("into %.0f mm: %q, %.1f pt, %.1f mm, %v", h, lines, size, height, err)
		}
		if (size < 9.5) != (h == 17) {
			t.Errorf("into %.0f mm: province at %.2f pt", h, size)
		}
	}
	lines, _, height, err := document.FitColumn(texts, 53, 11)
	if err != nil || height > 11 || !strings.Contains(join(lines), "…") {
		t.Errorf("into 11 mm: %q, %.1f mm, %v", lines, height, err)
	}
	if lines, _, _, _ := document.FitColumn([]string{strings.Repeat("Ẳ", 80), "", ""}, 53, 30); len(lines) != 1 || len(lines[0]) < 2 {
		t.Errorf("a word wider than the column: %q", lines)
	}
}

// Text on a stripe is read from arm's length: WCAG's 4.5 to 1.
func TestStripesHaveContrast(t *testing.T) {
	luminance := func(c [3]int) float64 {
		var out float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i]) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			out += weight * v
		}
		return out
	}
	seen := map[[3]int]string{}
	for _, colour := range []string{"son", "gold", "leaf", "indigo", "amber", "ink"} {
		ground, text := document.Paint(colour)
		a, b := luminance(ground), luminance(text)
		if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
			t.Errorf("%s: contrast %.2f", colour, ratio)
		}
		if other := seen[ground]; other != "" {
			t.Errorf("%s and %s look the same", colour, other)
		}
		seen[ground] = colour
	}
}
