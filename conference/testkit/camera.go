package testkit

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math"
	"math/rand/v2"
	"time"

	"hoinghi/conference/badge"
)

// The camera that a browser is given: Chromium takes every .mjpeg file for 30
// frames a second.
const (
	cameraWidth  = 1280
	cameraHeight = 720
	cameraFPS    = 30
)

// CameraOptions shapes a camera video. The zero value is a calm door.
type CameraOptions struct {
	Hold   time.Duration // how long each badge is held, focusing (0.2 s) included; 1.2 s when zero
	Gap    time.Duration // how long the picture is empty before each badge, 0.5 s when zero
	Module float64       // pixels per QR module, 4 when zero; readers need 2.5 or more
	Seed   uint64        // another background, other angles and places
}

// CameraEvent says when one badge is in the picture, from the start of the video.
type CameraEvent struct {
	Text  string
	Enter time.Duration // the first frame that shows some of it
	Sharp time.Duration // the focus has settled enough for a reader
	Leave time.Duration // the first frame without it
}

// CameraVideo writes what a door's camera sees while people hold up badges with
// the QR codes of texts, one after the other: a badge slides in, the focus
// settles, the hand trembles, the badge leaves; before each the picture is empty.
// The file is a row of JPEG pictures (.mjpeg), 1280x720, for Chromium's flag
// --use-file-for-fake-video-capture, which plays it over and over. The same
// arguments give the same bytes. It fails when a text is too long for a QR code
// or its badge too large for the picture.
func CameraVideo(w io.Writer, texts []string, opt CameraOptions) ([]CameraEvent, error) {
	if opt.Hold == 0 {
		opt.Hold = 1200 * time.Millisecond
	}
	if opt.Gap == 0 {
		opt.Gap = 500 * time.Millisecond
	}
	if opt.Module == 0 {
		opt.Module = 4
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 0))
	reel := &film{out: w, scene: busyScene(rng)}
	var events []CameraEvent
	for _, text := range texts {
		event, err := reel.show(text, opt, rng)
		if err != nil {
			return nil, fmt.Errorf("camera video: %w", err)
		}
		events = append(events, event)
	}
	return events, nil
}

// film writes frames; still frames are encoded once and written many times.
type film struct {
	out    io.Writer
	scene  *image.Gray
	frames int
}

func (f *film) now() time.Duration {
	return time.Duration(f.frames) * time.Second / cameraFPS
}

func framesOf(d time.Duration) int { return int(d * cameraFPS / time.Second) }

// How many frames the parts of a badge's stay take; trembling is one round, which
// repeats for as long as the hold lasts.
const (
	framesIn      = 8
	framesFocus   = 6
	framesTremble = 6
	framesOut     = 6
)

// show writes one gap and one badge.
func (f *film) show(text string, opt CameraOptions, rng *rand.Rand) (CameraEvent, error) {
	p, err := drawBadge(text, opt.Module, (rng.Float64()-0.5)*16*math.Pi/180)
	if err != nil {
		return CameraEvent{}, err
	}
	x := float64(cameraWidth-p.w)/2 + (rng.Float64()-0.5)*200
	y := float64(cameraHeight-p.h)/2 + (rng.Float64()-0.5)*40
	empty, err := f.encode(nil, 0, 0)
	if err != nil {
		return CameraEvent{}, err
	}
	if err := f.repeat([][]byte{empty}, framesOf(opt.Gap)); err != nil {
		return CameraEvent{}, err
	}
	event := CameraEvent{Text: text, Enter: f.now()}
	if err := f.arrive(p, x, y); err != nil {
		return CameraEvent{}, err
	}
	event.Sharp = f.now()
	if err := f.hold(p, x, y, framesOf(opt.Hold)-framesFocus); err != nil {
		return CameraEvent{}, err
	}
	smeared := p.blurred(20, 2)
	for i := range framesOut {
		way := float64(i+1) / (framesOut + 1)
		if err := f.add(smeared, x-(x+float64(p.w))*way, y); err != nil {
			return CameraEvent{}, err
		}
	}
	event.Leave = f.now()
	return event, nil
}

// arrive slides a badge in from the right, out of focus and smeared, and lets the focus settle.
func (f *film) arrive(p *patch, x, y float64) error {
	unfocused := p.blurred(4, 4)
	for i := range framesIn {
		left := float64(framesIn-i) / (framesIn + 1)
		smeared := unfocused.blurred(1+int(20*left), 0)
		if err := f.add(smeared, x+(cameraWidth-x)*left*left, y+50*left); err != nil {
			return err
		}
	}
	for i := range framesFocus {
		r := (framesFocus - 1 - i) * 4 / framesFocus
		if err := f.add(p.blurred(r, r), x, y); err != nil {
			return err
		}
	}
	return nil
}

// hold writes n frames of a badge in a trembling hand.
func (f *film) hold(p *patch, x, y float64, n int) error {
	var round [][]byte
	for i := range framesTremble {
		turn := 2 * math.Pi * float64(i) / framesTremble
		frame, err := f.encode(p, x+5*math.Sin(turn), y+4*math.Sin(2*turn))
		if err != nil {
			return err
		}
		round = append(round, frame)
	}
	return f.repeat(round, n)
}

func (f *film) add(p *patch, x, y float64) error {
	frame, err := f.encode(p, x, y)
	if err != nil {
		return err
	}
	return f.repeat([][]byte{frame}, 1)
}

func (f *film) repeat(frames [][]byte, n int) error {
	for i := range n {
		if _, err := f.out.Write(frames[i%len(frames)]); err != nil {
			return fmt.Errorf("write frame %d: %w", f.frames, err)
		}
		f.frames++
	}
	return nil
}

// encode gives the scene with a patch over it as one JPEG picture. It is written
// in colour (4:2:0) though it is grey, since browsers expect that of a camera.
func (f *film) encode(p *patch, x, y float64) ([]byte, error) {
	img := image.NewYCbCr(f.scene.Rect, image.YCbCrSubsampleRatio420)
	copy(img.Y, f.scene.Pix)
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	if p != nil {
		p.paint(img, int(math.Round(x)), int(math.Round(y)))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 60}); err != nil {
		return nil, fmt.Errorf("encode frame: %w", err)
	}
	return b.Bytes(), nil
}

// busyScene gives the hall behind the badges: a wall with plain and striped
// things, and squares that a hasty reader takes for the corner of a code.
func busyScene(rng *rand.Rand) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, cameraWidth, cameraHeight))
	box := func(x, y, w, h int, v uint8) {
		r := image.Rect(x, y, x+w, y+h).Intersect(img.Rect)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				img.Pix[y*img.Stride+x] = v
			}
		}
	}
	box(0, 0, cameraWidth, cameraHeight, uint8(90+rng.IntN(60)))
	for range 40 {
		x, y, w, h := rng.IntN(cameraWidth), rng.IntN(cameraHeight), 20+rng.IntN(240), 20+rng.IntN(180)
		v, step := uint8(30+rng.IntN(180)), 6+rng.IntN(14)
		switch rng.IntN(3) {
		case 0:
			box(x, y, w, h, v)
		case 1:
			for at := 0; at < w; at += step {
				box(x+at, y, step/2, h, v)
			}
		case 2:
			m := step / 2
			box(x, y, 7*m, 7*m, 20)
			box(x+m, y+m, 5*m, 5*m, 220)
			box(x+2*m, y+2*m, 3*m, 3*m, 20)
		}
	}
	return img
}

// patch is a badge on its way into a picture: grey, already weighted by cover,
// and how much each pixel covers what lies behind, both 0 to 255.
type patch struct {
	w, h        int
	grey, cover []uint8
}

// Paper and ink as a camera sees them in a hall.
const (
	paper = 205
	ink   = 40
)

// drawBadge gives a turned badge: a dark band with the QR code below it, with
// room around it for the blur to spread.
func drawBadge(text string, module, angle float64) (*patch, error) {
	bitmap, err := badge.Bitmap(text)
	if err != nil {
		return nil, err
	}
	const around, band, spread = 8, 14, 50 // modules, modules, pixels
	n := len(bitmap)
	wide, high := float64(n+2*around), float64(n+2*around+band)
	sin, cos := math.Sincos(angle)
	p := &patch{
		w: int(module*(wide*cos+high*math.Abs(sin))) + 2*spread,
		h: int(module*(high*cos+wide*math.Abs(sin))) + 2*spread,
	}
	if p.w > cameraWidth || p.h-2*spread > cameraHeight {
		return nil, fmt.Errorf("a badge of %dx%d pixels does not fit the picture", p.w-2*spread, p.h-2*spread)
	}
	p.grey, p.cover = make([]uint8, p.w*p.h), make([]uint8, p.w*p.h)
	tone := func(u, v float64) (grey int, on bool) {
		if u < 0 || v < 0 || u >= wide || v >= high {
			return 0, false
		}
		x, y := int(u)-around, int(v)-around-band
		if v < band || (x >= 0 && y >= 0 && x < n && y < n && bitmap[y][x]) {
			return ink, true
		}
		return paper, true
	}
	const fine = 3 // samples per pixel and direction
	for i := range p.grey {
		var grey, cover int
		for s := range fine * fine {
			dx := float64(i%p.w) + (float64(s%fine)+0.5)/fine - float64(p.w)/2
			dy := float64(i/p.w) + (float64(s/fine)+0.5)/fine - float64(p.h)/2
			u, v := (dx*cos+dy*sin)/module+wide/2, (dy*cos-dx*sin)/module+high/2
			if g, on := tone(u, v); on {
				grey += g
				cover += 255
			}
		}
		p.grey[i], p.cover[i] = uint8(grey/(fine*fine)), uint8(cover/(fine*fine))
	}
	return p, nil
}

// blurred gives the patch averaged over 2r+1 pixels across and down, twice.
func (p *patch) blurred(across, down int) *patch {
	q := &patch{w: p.w, h: p.h, grey: p.grey, cover: p.cover}
	for range 2 {
		for _, layer := range []*[]uint8{&q.grey, &q.cover} {
			if across > 0 {
				*layer = boxBlur(*layer, p.h, p.w, p.w, 1, across)
			}
			if down > 0 {
				*layer = boxBlur(*layer, p.w, p.h, 1, p.w, down)
			}
		}
	}
	return q
}

// boxBlur averages along lines: there are lines of length pixels, nextLine and
// nextPixel apart in src. Outside a line all is 0.
func boxBlur(src []uint8, lines, length, nextLine, nextPixel, r int) []uint8 {
	dst := make([]uint8, len(src))
	for l := range lines {
		base, sum := l*nextLine, 0
		for i := -r; i < length; i++ {
			if add := i + r; add < length {
				sum += int(src[base+add*nextPixel])
			}
			if drop := i - r - 1; drop >= 0 {
				sum -= int(src[base+drop*nextPixel])
			}
			if i >= 0 {
				dst[base+i*nextPixel] = uint8(sum / (2*r + 1))
			}
		}
	}
	return dst
}

// paint lays the patch over a picture with its upper left corner at x, y.
func (p *patch) paint(img *image.YCbCr, x, y int) {
	r := image.Rect(x, y, x+p.w, y+p.h).Intersect(img.Rect)
	for py := r.Min.Y; py < r.Max.Y; py++ {
		for px := r.Min.X; px < r.Max.X; px++ {
			i, at := (py-y)*p.w+px-x, py*img.YStride+px
			behind := int(img.Y[at]) * (255 - int(p.cover[i])) / 255
			img.Y[at] = uint8(min(behind+int(p.grey[i]), 255))
		}
	}
}
