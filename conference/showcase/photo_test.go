package showcase_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/showcase"
	"hoinghi/db"
)

// Every way of holding a camera gives the same upright picture, small and large,
// and nothing of what the camera noted stays in the file.
func TestPhotosAreTurnedUprightAndFreedOfTheirLocation(t *testing.T) {
	d, room := open(t)
	// How the upright picture lies in the file for each orientation: left upper, right upper, left lower, right lower.
	stored := map[uint16][4]string{
		1: {"red", "green", "blue", "white"}, 2: {"green", "red", "white", "blue"}, 3: {"white", "blue", "green", "red"}, 4: {"blue", "white", "red", "green"},
		5: {"red", "blue", "green", "white"}, 6: {"green", "white", "red", "blue"}, 7: {"white", "green", "blue", "red"}, 8: {"blue", "red", "white", "green"},
	}
	colours := map[string]color.RGBA{"red": {255, 0, 0, 255}, "green": {0, 255, 0, 255}, "blue": {0, 0, 255, 255}, "white": {255, 255, 255, 255}}
	upright := [4]string{"red", "green", "blue", "white"}
	for o := uint16(1); o <= 8; o++ {
		w, h := 400, 300
		if o >= 5 {
			w, h = 300, 400
		}
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				m.SetRGBA(x, y, colours[stored[o][y*2/h*2+x*2/w]])
			}
		}
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			file := withExif(asJPEG(t, m), exif(order, o))
			if !bytes.Contains(file, []byte(gpsMark)) {
				t.Fatal("the test's own file holds no location")
			}
			p, full, thumb := add(t, d, room, file)
			if p.Width != 400 || p.Height != 300 {
				t.Errorf("orientation %d: %d × %d", o, p.Width, p.Height)
			}
			for size, out := range map[string][]byte{"full": full, "thumb": thumb} {
				if got := corners(decode(t, out)); got != upright {
					t.Errorf("orientation %d, %s, %v: %v", o, size, order, got)
				}
				if bytes.Contains(out, []byte("PHONE")) || bytes.Contains(out, []byte("Exif")) || bytes.Contains(out, []byte{0xff, 0xe1}) {
					t.Errorf("orientation %d, %s: something of the camera's notes is left", o, size)
				}
			}
			if err := room.RemovePhoto(organiser(t), p.VillageID, p.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestLargePhotosAreMadeSmallerAndSmallOnesStay(t *testing.T) {
	d, room := open(t)
	for _, c := range []struct{ w, h, width, height, tw, th int }{
		{4000, 3000, 1600, 1200, 480, 360}, {1700, 3400, 800, 1600, 240, 480}, {320, 200, 320, 200, 320, 200}, {3, 9000, 1, 1600, 1, 480}, {1601, 1600, 1600, 1599, 480, 480},
	} {
		p, full, thumb := add(t, d, room, asJPEG(t, quarters(c.w, c.h)))
		tw, th := p.ThumbSize()
		got := []image.Point{{X: p.Width, Y: p.Height}, decode(t, full).Bounds().Size(), {X: tw, Y: th}, decode(t, thumb).Bounds().Size()}
		want := []image.Point{{X: c.width, Y: c.height}, {X: c.width, Y: c.height}, {X: c.tw, Y: c.th}, {X: c.tw, Y: c.th}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d × %d: %s", c.w, c.h, diff)
		}
		if c.w > 100 {
			if got := corners(decode(t, full)); got != [4]string{"red", "green", "blue", "white"} {
				t.Errorf("%d × %d: %v", c.w, c.h, got)
			}
		}
	}
}

// A logo on a transparent ground does not turn black.
func TestTransparentPicturesStandOnWhite(t *testing.T) {
	d, room := open(t)
	m := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 100 {
			m.SetNRGBA(x, y, color.NRGBA{255, 0, 0, 255})
		}
	}
	_, full, _ := add(t, d, room, asPNG(t, m))
	if got := corners(decode(t, full)); got != [4]string{"red", "white", "red", "white"} {
		t.Errorf("corners %v", got)
	}
}

// A WebP file of 1 × 1 pixel, lossless.
const tinyWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

func TestWebPIsTaken(t *testing.T) {
	d, room := open(t)
	file, err := base64.StdEncoding.DecodeString(tinyWebP)
	if err != nil {
		t.Fatal(err)
	}
	if p, _, _ := add(t, d, room, file); p.Width != 1 || p.Height != 1 {
		t.Errorf("%d × %d", p.Width, p.Height)
	}
}

// bomb is a PNG file of a few bytes that claims to be enormous.
func bomb(w, h uint32) []byte {
	head := make([]byte, 17)
	copy(head, "IHDR")
	binary.BigEndian.PutUint32(head[4:], w)
	binary.BigEndian.PutUint32(head[8:], h)
	head[12], head[13] = 8, 6
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

// What is no photo is refused at its field, and nothing of it is kept.
func TestBadUploadsAreRefusedInWords(t *testing.T) {
	d, room := open(t)
	v := one(t, d, "lua-tan-chau")
	good := asJPEG(t, quarters(600, 400))
	var animated bytes.Buffer
	if err := gif.Encode(&animated, quarters(20, 20), nil); err != nil {
		t.Fatal(err)
	}
	text := []byte("<script>alert(1)</script>")
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":               {nil, "showcase.error.no_file"},
		"text":                  {text, "showcase.error.file_kind"},
		"GIF":                   {animated.Bytes(), "showcase.error.file_kind"},
		"JPEG cut short":        {good[:len(good)/2], "showcase.error.file_broken"},
		"JPEG header only":      {good[:20], "showcase.error.file_broken"},
		"PNG cut short":         {asPNG(t, quarters(600, 400))[:400], "showcase.error.file_broken"},
		"PNG of 400 megapixels": {bomb(20000, 20000), "showcase.error.pixels"},
		"PNG of 2^62 pixels":    {bomb(1<<31-1, 1<<31-1), "showcase.error.file_broken"},
		"JPEG of 101 scans":     {append(bytes.Clone(good), bytes.Repeat([]byte{0xff, 0xda}, 101)...), "showcase.error.file_broken"},
		"PNG of no pixel":       {bomb(0, 10), "showcase.error.file_broken"},
		"text behind a PNG":     {append([]byte("\x89PNG\r\n\x1a\n"), text...), "showcase.error.file_broken"},
		"text behind a WebP":    {append([]byte("RIFF\x00\x00\x00\x00WEBP"), text...), "showcase.error.file_broken"},
		"21 MB":                 {append(bytes.Clone(good), make([]byte, 21<<20)...), "showcase.error.file_large"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := room.AddPhoto(organiser(t), v.ID, showcase.Caption{Credit: "Mẫu", AltVi: "Lụa"}, c.file)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
			t.Errorf("%s: %d bytes were taken before it was refused", name, took)
		}
		if got := field(err, "photo"); got != c.want {
			t.Errorf("%s: %q (%v), want %q", name, got, err, c.want)
		}
	}
	if photos, err := showcase.Photos(t.Context(), d, v.ID); err != nil || len(photos) != 0 {
		t.Errorf("%d photos were kept, %v", len(photos), err)
	}
}

// A broken Exif block costs the turn, never the photo.
func TestBrokenExifIsNoReasonToRefuse(t *testing.T) {
	d, room := open(t)
	good := asJPEG(t, quarters(200, 100))
	whole := exif(binary.LittleEndian, 6)
	for n := range len(whole) {
		_, err := room.AddPhoto(organiser(t), one(t, d, "lua-tan-chau").ID, showcase.Caption{Credit: "Mẫu", AltVi: "Lụa"}, withExif(good, whole[:n]))
		if err != nil && conference.KindOf(err) != conference.KindConflict { // the twelfth was the last
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	loop := exif(binary.BigEndian, 6)
	binary.BigEndian.PutUint32(loop[4:], 1<<32-1)
	v := one(t, d, "tau-hu-ky-my-hoa")
	if _, err := room.AddPhoto(organiser(t), v.ID, showcase.Caption{Credit: "Mẫu", AltVi: "Tàu hũ ky"}, withExif(good, loop)); err != nil {
		t.Error(err)
	}
}

func TestACaptionIsNeeded(t *testing.T) {
	d, room := open(t)
	_, err := room.AddPhoto(organiser(t), one(t, d, "lua-tan-chau").ID, showcase.Caption{Credit: " ", AltEn: strings.Repeat("x", 301)}, asJPEG(t, quarters(20, 20)))
	for name, want := range map[string]string{"credit": "showcase.error.missing", "alt_vi": "showcase.error.missing", "alt_en": "showcase.error.long"} {
		if got := field(err, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAVillageHasTwelvePhotosAtMost(t *testing.T) {
	d, room := open(t)
	file := asJPEG(t, quarters(40, 30))
	first, _, _ := add(t, d, room, file)
	for range showcase.MaxPhotos - 1 {
		add(t, d, room, file)
	}
	c := showcase.Caption{Credit: "Mẫu", AltVi: "Lụa"}
	if _, err := room.AddPhoto(organiser(t), first.VillageID, c, file); conference.KindOf(err) != conference.KindConflict {
		t.Fatalf("the thirteenth: %v", err)
	}
	other := one(t, d, "tau-hu-ky-my-hoa")
	if err := room.RemovePhoto(organiser(t), other.ID, first.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("another village's photo was removed: %v", err)
	}
	if err := room.RemovePhoto(organiser(t), first.VillageID, first.ID); err != nil {
		t.Fatal(err)
	}
	last, err := room.AddPhoto(organiser(t), first.VillageID, c, file)
	if err != nil {
		t.Fatal(err)
	}
	if last.ID <= first.ID+showcase.MaxPhotos-1 {
		t.Errorf("photo %d took the number of an earlier one", last.ID)
	}
	photos, err := showcase.Photos(t.Context(), d, first.VillageID)
	if err != nil || len(photos) != showcase.MaxPhotos || photos[len(photos)-1].ID != last.ID {
		t.Errorf("%d photos, the last %d, %v", len(photos), photos[len(photos)-1].ID, err)
	}
}

// While one picture is worked on, writers are not held up: nothing slow happens
// inside a write. Whoever leaves while waiting for their turn leaves nothing behind.
func TestPicturesAreWorkedOnOneAtATimeOutsideWrites(t *testing.T) {
	d, room := open(t)
	v := one(t, d, "lua-tan-chau")
	file := asJPEG(t, quarters(3000, 2000))
	caption := showcase.Caption{Credit: "Mẫu", AltVi: "Lụa"}
	done := make(chan error, 4)
	for range cap(done) {
		go func() {
			_, err := room.AddPhoto(organiser(t), v.ID, caption, file)
			done <- err
		}()
	}
	gone, leave := context.WithTimeout(organiser(t), time.Millisecond)
	defer leave()
	if _, err := room.AddPhoto(gone, v.ID, caption, file); err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after leaving: %v", err)
	}
	slowest := time.Duration(0)
	for range 50 {
		began := time.Now()
		if err := d.Write(t.Context(), func(context.Context, *db.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, time.Since(began))
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Logf("slowest empty write beside four photos: %v", slowest)
	if photos, err := showcase.Photos(t.Context(), d, v.ID); err != nil || len(photos) != cap(done) {
		t.Errorf("%d photos, %v", len(photos), err)
	}
}
