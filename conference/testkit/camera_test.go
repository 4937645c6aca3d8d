package testkit_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/badge"
	"hoinghi/conference/testkit"
)

func badgeTexts(n int) []string {
	priv := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))
	texts := make([]string, n)
	for i := range texts {
		token := badge.Sign(priv, badge.Body{KeyID: 1, Event: 13, Badge: badge.BadgeID(i + 1)})
		texts[i] = badge.Text("hn.example.vn", token)
	}
	return texts
}

// frames cuts a video into its pictures, as PNG files. JPEG stuffs a zero after
// every 0xff inside a picture, so its end mark stands nowhere else.
func frames(t *testing.T, video []byte) [][]byte {
	t.Helper()
	end := []byte{0xff, 0xd9}
	var all [][]byte
	for part := range bytes.SplitAfterSeq(video, end) {
		if len(part) > 0 {
			all = append(all, part)
		}
	}
	return all
}

func asPNG(t *testing.T, frame []byte) []byte {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(frame))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 1280 || size.Y != 720 {
		t.Fatalf("frame of %v", size)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCameraVideo(t *testing.T) {
	texts := badgeTexts(2)
	var video bytes.Buffer
	events, err := testkit.CameraVideo(&video, texts, testkit.CameraOptions{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	all := frames(t, video.Bytes())
	frameAt := func(at time.Duration) []byte { return asPNG(t, all[int((at*30+time.Second/2)/time.Second)]) }
	if len(events) != len(texts) || events[1].Leave != time.Duration(len(all))*time.Second/30 {
		t.Fatalf("%d frames, events %+v", len(all), events)
	}
	for i, e := range events {
		if e.Text != texts[i] || e.Enter >= e.Sharp || e.Sharp >= e.Leave {
			t.Errorf("event %+v", e)
		}
		if diff := cmp.Diff([]string{e.Text}, testkit.ReadQR(t, frameAt(e.Sharp))); diff != "" {
			t.Errorf("held badge (-want +got):\n%s", diff)
		}
		if got := testkit.ReadQR(t, frameAt(e.Enter-time.Second/30)); slices.Contains(got, e.Text) {
			t.Errorf("read %s in the gap", got)
		}
	}
	var again, other bytes.Buffer
	for seed, b := range map[uint64]*bytes.Buffer{7: &again, 8: &other} {
		if _, err := testkit.CameraVideo(b, texts, testkit.CameraOptions{Seed: seed}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(video.Bytes(), again.Bytes()) || bytes.Equal(video.Bytes(), other.Bytes()) {
		t.Error("the seed does not decide the video")
	}
}

type fullDisk struct{}

var errFull = errors.New("no room")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestCameraVideoRefuses(t *testing.T) {
	var b bytes.Buffer
	if _, err := testkit.CameraVideo(&b, []string{strings.Repeat("x", 3000)}, testkit.CameraOptions{}); err == nil {
		t.Error("text too long: no error")
	}
	if _, err := testkit.CameraVideo(&b, badgeTexts(1), testkit.CameraOptions{Module: 12}); err == nil {
		t.Error("badge too large: no error")
	}
	if _, err := testkit.CameraVideo(fullDisk{}, badgeTexts(1), testkit.CameraOptions{}); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
}
