package showcase

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"hoinghi/conference"
)

// MaxFile is the largest photo that is taken, in bytes.
const MaxFile = 20 << 20

// What a picture may be besides, and what is made of it.
const (
	maxPixels = 40_000_000
	maxScans  = 100
	fullEdge  = 1600 // pixels of the longer side
	thumbEdge = 480
	quality   = 82
)

// picture is an upload as it is kept: two JPEGs without any metadata.
type picture struct {
	width, height int // of full
	full, thumb   []byte
}

// format is one kind of file that is taken. Files are told by their first bytes,
// never by their name.
type format struct {
	is          func([]byte) bool
	config      func([]byte) (image.Config, error)
	decode      func([]byte) (image.Image, error)
	orientation func([]byte) int
}

func formats() []format {
	return []format{
		{
			is:          func(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) },
			config:      jpegConfig,
			decode:      func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
			orientation: func(b []byte) int { return orientation(jpegExif(b)) },
		},
		{
			is:          func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) },
			config:      func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
			decode:      func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
			orientation: func(b []byte) int { return orientation(pngExif(b)) },
		},
		{
			is:          func(b []byte) bool { return len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" },
			config:      func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) },
			decode:      func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(b)) },
			orientation: func(b []byte) int { return orientation(webpExif(b)) },
		},
	}
}

// jpegConfig also refuses files of very many scans: each scan goes over the whole
// picture, however few bytes it has. Cameras and editors write about ten.
func jpegConfig(b []byte) (image.Config, error) {
	if n := bytes.Count(b, []byte{0xff, 0xda}); n > maxScans {
		return image.Config{}, fmt.Errorf("%d scans", n)
	}
	return jpeg.DecodeConfig(bytes.NewReader(b))
}

// refuse says what is wrong with the uploaded file, beside its field.
func refuse(key string, cause error, args ...any) error {
	e := conference.Fail(conference.KindInvalid, "error.fields")
	e.Fields = []conference.FieldError{{Field: "photo", Text: conference.Say(key, args...)}}
	if cause != nil {
		return e.Because(cause)
	}
	return e
}

// prepare turns an upload into the picture that is kept. One at a time: a large
// photo needs a hundred megabytes while it is worked on (dependencies 8). What the
// file claims to hold is judged before anything is unpacked.
func (r *Room) prepare(ctx context.Context, file []byte) (picture, error) {
	if len(file) > MaxFile {
		return picture{}, refuse("showcase.error.file_large", nil, "max", MaxFile>>20)
	}
	for _, f := range formats() {
		if !f.is(file) {
			continue
		}
		c, err := f.config(file)
		if err != nil {
			return picture{}, refuse("showcase.error.file_broken", err)
		}
		if c.Width <= 0 || c.Height <= 0 {
			return picture{}, refuse("showcase.error.file_broken", nil)
		}
		if c.Width > maxPixels/c.Height {
			return picture{}, refuse("showcase.error.pixels", nil, "width", c.Width, "height", c.Height, "max", maxPixels/1_000_000)
		}
		select {
		case r.pictures <- struct{}{}:
			defer func() { <-r.pictures }()
		case <-ctx.Done():
			return picture{}, fmt.Errorf("wait for the picture before: %w", ctx.Err())
		}
		return f.make(file)
	}
	return picture{}, refuse("showcase.error.file_kind", nil)
}

// make decodes, shrinks, turns upright and encodes.
func (f format) make(file []byte) (picture, error) {
	src, err := f.decode(file)
	if err != nil {
		return picture{}, refuse("showcase.error.file_broken", err)
	}
	full := upright(shrink(src, fullEdge), f.orientation(file))
	size := full.Bounds().Size()
	p := picture{width: size.X, height: size.Y}
	if p.full, err = encode(full); err != nil {
		return picture{}, err
	}
	w, h := fit(size.X, size.Y, thumbEdge)
	p.thumb, err = encode(scale(full, w, h, draw.CatmullRom))
	return p, err
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

// fit gives the size of a picture whose longer side is at most edge; a smaller
// picture stays as it is.
func fit(width, height, edge int) (int, int) {
	longer := max(width, height)
	if longer <= edge {
		return width, height
	}
	return max(1, (width*edge+longer/2)/longer), max(1, (height*edge+longer/2)/longer)
}

// shrink gives the picture on white, its longer side at most edge. Large pictures
// are halved first: bilinear halving averages every pixel and costs a fraction of a
// filter over the whole picture.
func shrink(src image.Image, edge int) *image.RGBA {
	size := src.Bounds().Size()
	w, h := fit(size.X, size.Y, edge)
	for size.X >= 2*w && size.Y >= 2*h && (size.X > w || size.Y > h) {
		half := scale(src, max(1, size.X/2), max(1, size.Y/2), draw.ApproxBiLinear)
		src, size = half, half.Bounds().Size()
	}
	return scale(src, w, h, draw.ApproxBiLinear)
}

// scale draws a picture in another size on white, so that what is transparent does not turn black.
func scale(src image.Image, w, h int, by draw.Scaler) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	by.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Over, nil)
	return dst
}

// upright turns a picture as its Exif orientation says (1 to 8, CIPA DC-008).
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return src
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	out := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		out = image.Rect(0, 0, h, w)
	}
	dst := image.NewRGBA(out)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2: // mirrored
				tx = w - 1 - x
			case 3: // upside down
				tx, ty = w-1-x, h-1-y
			case 4: // mirrored, upside down
				ty = h - 1 - y
			case 5: // mirrored along the falling diagonal
				tx, ty = y, x
			case 6: // lying on its left side: turn right
				tx, ty = h-1-y, x
			case 7: // mirrored along the rising diagonal
				tx, ty = h-1-y, w-1-x
			case 8: // lying on its right side: turn left
				tx, ty = y, w-1-x
			}
			dst.SetRGBA(tx, ty, src.RGBAAt(x, y))
		}
	}
	return dst
}
