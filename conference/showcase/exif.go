package showcase

import (
	"bytes"
	"encoding/binary"
)

const orientationTag = 0x0112

// jpegExif gives the Exif block of a JPEG file, nil if it has none.
func jpegExif(b []byte) []byte {
	for i := 2; i+4 <= len(b) && b[i] == 0xff; {
		marker := b[i+1]
		if marker == 0xff { // padding
			i++
			continue
		}
		if marker == 0xda || marker == 0xd9 { // the picture itself begins, or all ends
			return nil
		}
		length := int(binary.BigEndian.Uint16(b[i+2:]))
		if length < 2 || i+2+length > len(b) {
			return nil
		}
		segment := b[i+4 : i+2+length]
		if data, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return data
		}
		i += 2 + length
	}
	return nil
}

// pngExif gives the eXIf chunk of a PNG file, nil if it has none.
func pngExif(b []byte) []byte {
	for i := 8; i+12 <= len(b); {
		length := binary.BigEndian.Uint32(b[i:])
		if uint64(length) > uint64(len(b)-i-12) {
			return nil
		}
		if string(b[i+4:i+8]) == "eXIf" {
			return b[i+8 : i+8+int(length)]
		}
		i += 12 + int(length)
	}
	return nil
}

// webpExif gives the EXIF chunk of a WebP file, nil if it has none.
func webpExif(b []byte) []byte {
	for i := 12; i+8 <= len(b); {
		length := binary.LittleEndian.Uint32(b[i+4:])
		if uint64(length) > uint64(len(b)-i-8) {
			return nil
		}
		if string(b[i:i+4]) == "EXIF" {
			data, _ := bytes.CutPrefix(b[i+8:i+8+int(length)], []byte("Exif\x00\x00"))
			return data
		}
		i += 8 + int(length) + int(length&1)
	}
	return nil
}

// orientation reads how the camera was held out of an Exif block (a TIFF file): 1
// to 8, and 1 (upright) for all that is missing or broken.
func orientation(exif []byte) int {
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return 1
	}
	entries := uint64(order.Uint16(exif[at:]))
	for n := range entries {
		e := at + 2 + n*12
		if e+12 > uint64(len(exif)) {
			return 1
		}
		if order.Uint16(exif[e:]) == orientationTag {
			if v := int(order.Uint16(exif[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
