package badge_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/badge"
	"hoinghi/conference/testkit"
)

func TestModulesByHost(t *testing.T) {
	for host, want := range map[string]int{
		"h.vn": 41, "127.0.0.1:8080": 41, strings.Repeat("x", 16): 41,
		strings.Repeat("x", 17): 45, strings.Repeat("x", 40): 45,
	} {
		bitmap, err := badge.Bitmap(badge.Text(host, vectorToken))
		if err != nil {
			t.Fatal(err)
		}
		if len(bitmap) != want || len(bitmap[0]) != want {
			t.Errorf("host %q: %d modules, want %d", host, len(bitmap), want)
		}
		if version, err := badge.CheckHost(host); err != nil || 17+4*version != want {
			t.Errorf("host %q: version %d, %v", host, version, err)
		}
		if !bitmap[0][0] || bitmap[1][1] {
			t.Errorf("host %q: no finder pattern in the corner: border left on?", host)
		}
	}
}

func TestBitmapRefuses(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("x", 3000)} {
		if _, err := badge.Bitmap(text); err == nil {
			t.Errorf("%d bytes: no error", len(text))
		}
	}
}

func TestPathData(t *testing.T) {
	bitmap := [][]bool{{true, true, false, true}, {false, false, false, false}, {true, true, true, true}}
	want := "M0 0h2v1h-2zM3 0h1v1h-1zM0 2h4v1h-4z"
	if got := badge.PathData(bitmap); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Painting the path again must give the bitmap, for a real code.
func TestPathDataPaintsTheBitmap(t *testing.T) {
	want, err := badge.Bitmap(badge.Text("hn.example.vn", vectorToken))
	if err != nil {
		t.Fatal(err)
	}
	got := make([][]bool, len(want))
	for i := range got {
		got[i] = make([]bool, len(want))
	}
	for run := range strings.SplitSeq(strings.Trim(badge.PathData(want), "Mz"), "zM") {
		var x, y, w, back int
		if _, err := fmt.Sscanf(run, "%d %dh%dv1h%d", &x, &y, &w, &back); err != nil || w != -back {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range w {
			got[y][x+i] = true
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPNG(t *testing.T) {
	text := badge.Text("hn.example.vn", vectorToken)
	data, err := badge.PNG(text, 3)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := image.Rect(0, 0, 49*3, 49*3); img.Bounds() != want {
		t.Errorf("size %v, want %v", img.Bounds(), want)
	}
	const bitDepth = 24 // offset in the file: signature 8, chunk head 8, width 4, height 4
	if data[bitDepth] != 1 {
		t.Errorf("%d bits per pixel, want 1", data[bitDepth])
	}
	dark := func(x, y int) bool { return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 }
	if dark(11, 12) || !dark(12, 12) || dark(12, 11) {
		t.Error("the quiet zone is not 4 modules wide")
	}
	if again, err := badge.PNG(text, 3); err != nil || !bytes.Equal(data, again) {
		t.Errorf("a second picture differs: %v", err)
	}
	if _, err := badge.PNG(text, 0); err == nil {
		t.Error("0 pixels per module: no error")
	}
}

// 2, 4 and 5 pixels: a small picture, 0.5 mm and 0.63 mm modules on a 203 dpi label printer.
func TestPNGIsReadable(t *testing.T) {
	for _, host := range []string{"hn.example.vn", "conference-2022.example.vn:8443"} {
		for _, px := range []int{2, 4, 5} {
			text := badge.Text(host, vectorToken)
			data, err := badge.PNG(text, px)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{text}, testkit.ReadQR(t, data)); diff != "" {
				t.Errorf("%s at %d pixels (-want +got):\n%s", host, px, diff)
			}
		}
	}
}
