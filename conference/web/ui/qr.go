package ui

import "hoinghi/conference/badge"

// QR is a code drawn as one SVG path in a square of Size modules, quiet zone included.
type QR struct {
	Path string
	Size int
}

// quietZone is the empty margin around a code, in modules (ISO/IEC 18004).
const quietZone = 4

// NewQR draws a text as a QR code for a template: the partial "qr" shows it.
func NewQR(text string) (QR, error) {
	bitmap, err := badge.Bitmap(text)
	if err != nil {
		return QR{}, err
	}
	return QR{Path: badge.PathData(bitmap), Size: len(bitmap) + 2*quietZone}, nil
}
