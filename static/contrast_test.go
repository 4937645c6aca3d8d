package static_test

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	colourOf = regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`)
	pairOf   = regexp.MustCompile(`pair: ([a-z0-9-]+) on ([a-z0-9 -]+) >= ([0-9.]+)`)
)

// schemes reads the colours of tokens.css: light, dark by the system's wish, and
// dark by attribute.
func schemes(t *testing.T, sheet string) map[string]map[string]string {
	t.Helper()
	starts := map[string]string{
		"light":          "[data-theme=\"light\"] {",
		"dark (system)":  ":root:not([data-theme=\"light\"]) {",
		"dark (element)": "\n[data-theme=\"dark\"] {",
	}
	out := map[string]map[string]string{}
	for name, start := range starts {
		_, rest, found := strings.Cut(sheet, start)
		if !found {
			t.Fatalf("tokens.css: no block %q", start)
		}
		block, _, _ := strings.Cut(rest, "}")
		colours := map[string]string{}
		for _, m := range colourOf.FindAllStringSubmatch(block, -1) {
			colours[m[1]] = m[2]
		}
		if len(colours) == 0 {
			t.Fatalf("tokens.css: no colours in %s", name)
		}
		out[name] = colours
	}
	return out
}

// luminance follows WCAG 2.2, "relative luminance".
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	channel := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func tokens(t *testing.T) string {
	t.Helper()
	sheet, err := load(t).Open("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	return string(sheet)
}

func TestEveryDeclaredPairCanBeRead(t *testing.T) {
	sheet := tokens(t)
	pairs := pairOf.FindAllStringSubmatch(sheet, -1)
	if len(pairs) < 20 {
		t.Fatalf("only %d declared pairs", len(pairs))
	}
	for scheme, colours := range schemes(t, sheet) {
		for _, m := range pairs {
			least, err := strconv.ParseFloat(m[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			for _, ground := range strings.Fields(m[2]) {
				front, back := colours[m[1]], colours[ground]
				if front == "" || back == "" {
					t.Errorf("%s: %s on %s names an unknown colour", scheme, m[1], ground)
					continue
				}
				if got := contrast(t, front, back); got < least {
					t.Errorf("%s: %s on %s is %.2f, want at least %.1f", scheme, m[1], ground, got, least)
				}
			}
		}
	}
}

// A colour that no pair names is unchecked; only hairlines and ornaments may be.
func TestEveryColourIsCheckedOrAnOrnament(t *testing.T) {
	sheet := tokens(t)
	named := map[string]bool{"giay-line": true, "vang": true}
	for _, m := range pairOf.FindAllStringSubmatch(sheet, -1) {
		named[m[1]] = true
		for _, ground := range strings.Fields(m[2]) {
			named[ground] = true
		}
	}
	all := schemes(t, sheet)
	for name := range all["light"] {
		if !named[name] {
			t.Errorf("--%s is in no declared pair", name)
		}
	}
	if !maps.Equal(all["dark (system)"], all["dark (element)"]) {
		t.Error("the two dark blocks differ")
	}
	light, dark := slices.Sorted(maps.Keys(all["light"])), slices.Sorted(maps.Keys(all["dark (element)"]))
	if !slices.Equal(light, dark) {
		t.Errorf("light has %v, dark has %v", light, dark)
	}
}

// Known values keep the arithmetic honest.
func TestContrastArithmetic(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#ffffff", "#ffffff", 1}} {
		if got := contrast(t, c.a, c.b); math.Abs(got-c.want) > 0.01 {
			t.Errorf("contrast(%s, %s) = %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

// Other style sheets take colours from tokens; literal ones are left only where paper
// stays white in every scheme.
func TestNoSmallTextAndNoStrayColours(t *testing.T) {
	assets := load(t)
	small := regexp.MustCompile(`font-size: (0\.[0-9]+)rem`)
	for _, name := range []string{"css/base.css", "css/components.css", "css/data.css", "css/public.css", "css/desk.css", "css/guest.css", "css/door.css"} {
		sheet, err := assets.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range small.FindAllStringSubmatch(string(sheet), -1) {
			if size, err := strconv.ParseFloat(m[1], 64); err != nil || size < 0.875 {
				t.Errorf("%s: %s is below 14 px", name, m[0])
			}
		}
		for i, line := range strings.Split(string(sheet), "\n") {
			stray := regexp.MustCompile(`#[0-9a-f]{3,6}\b`).FindAllString(line, -1)
			stray = slices.DeleteFunc(stray, func(c string) bool {
				return slices.Contains([]string{"#000", "#fff", "#241c15", "#54493d", "#1b1712", "#2b1c02"}, c)
			})
			if len(stray) > 0 {
				t.Errorf("%s:%d: colours %v belong into tokens.css", name, i+1, stray)
			}
		}
	}
}
