package badge

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	qrcode "github.com/skip2/go-qrcode"
)

// QuietZone is the white border a QR code needs on each side, in modules
// (ISO/IEC 18004). Bitmap and PathData leave it to whoever draws; PNG includes it.
const QuietZone = 4

// Bitmap gives the modules of a QR code for text, rows from the top, true for
// dark, at error correction level M and without a border. It fails when the text
// is empty or longer than a QR code holds.
func Bitmap(text string) ([][]bool, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("make QR code of %d bytes: %w", len(text), err)
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}

// PathData gives the outline of a bitmap's dark modules for the d attribute of
// an SVG path, one module being one unit. Each horizontal run is one rectangle:
// in a single path with a single fill no seams show between them.
func PathData(bitmap [][]bool) string {
	var b []byte
	for y, row := range bitmap {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			start := x
			for x < len(row) && row[x] {
				x++
			}
			run := int64(x - start)
			b = strconv.AppendInt(append(b, 'M'), int64(start), 10)
			b = strconv.AppendInt(append(b, ' '), int64(y), 10)
			b = strconv.AppendInt(append(b, 'h'), run, 10)
			b = strconv.AppendInt(append(b, "v1h"...), -run, 10)
			b = append(b, 'z')
		}
	}
	return string(b)
}

// PNG gives a QR code as a black and white picture with its quiet zone.
// pixelsPerModule must be at least 1. Keep the result: making it costs
// milliseconds, and the same arguments always give the same bytes.
func PNG(text string, pixelsPerModule int) ([]byte, error) {
	if pixelsPerModule < 1 {
		return nil, fmt.Errorf("make QR picture: %d pixels per module", pixelsPerModule)
	}
	bitmap, err := Bitmap(text)
	if err != nil {
		return nil, err
	}
	side := (len(bitmap) + 2*QuietZone) * pixelsPerModule
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range bitmap {
		top := (y + QuietZone) * pixelsPerModule
		line := img.Pix[top*img.Stride : top*img.Stride+side]
		for x, dark := range bitmap[y] {
			if dark {
				left := (x + QuietZone) * pixelsPerModule
				for i := range pixelsPerModule {
					line[left+i] = 1
				}
			}
		}
		for i := 1; i < pixelsPerModule; i++ {
			copy(img.Pix[(top+i)*img.Stride:], line)
		}
	}
	var out bytes.Buffer
	// The default level is twice as fast as the best one here, and no larger.
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("write QR picture: %w", err)
	}
	return out.Bytes(), nil
}
