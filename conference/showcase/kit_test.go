package showcase_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/showcase"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// open gives a room on a database that holds the reference data.
func open(t *testing.T) (*db.DB, *showcase.Room) {
	t.Helper()
	d := testkit.Store(t, testkit.NewClock())
	if err := edition.New(d).Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	room := showcase.New(d)
	if err := room.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d, room
}

func one(t *testing.T, d *db.DB, slug string) showcase.Village {
	t.Helper()
	v, err := showcase.BySlug(t.Context(), d, slug)
	if err != nil {
		t.Fatalf("%s: %v", slug, err)
	}
	return v
}

func list(t *testing.T, d *db.DB, f showcase.Filter) []showcase.Village {
	t.Helper()
	out, err := showcase.List(t.Context(), d, f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// field gives the key of the message beside a field, "" for none.
func field(err error, name string) string {
	var e *conference.Error
	if !errors.As(err, &e) {
		return ""
	}
	for _, f := range e.Fields {
		if f.Field == name {
			return f.Text.Key
		}
	}
	return ""
}

// quarters gives a picture whose left upper quarter is red, the right one green,
// the left lower blue and the right lower white.
func quarters(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	colours := [2][2]color.RGBA{{{255, 0, 0, 255}, {0, 255, 0, 255}}, {{0, 0, 255, 255}, {255, 255, 255, 255}}}
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, colours[y*2/h][x*2/w])
		}
	}
	return m
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gpsMark is the camera's name in the Exif block below; no trace of it may remain.
const gpsMark = "PHONE-11.3131N-106.1000E"

// exif makes an Exif block with an orientation and a GPS directory.
func exif(order binary.ByteOrder, orientation uint16) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, order, v) }
	if order == binary.LittleEndian {
		b.WriteString("II*\x00")
	} else {
		b.WriteString("MM\x00*")
	}
	put(uint32(8))
	put(uint16(3))
	for _, e := range []struct {
		tag, kind uint16
		count     uint32
		value     uint32
		short     bool
	}{{0x010f, 2, uint32(len(gpsMark)), 50, false}, {0x0112, 3, 1, uint32(orientation), true}, {0x8825, 4, 1, 50, false}} {
		put(e.tag)
		put(e.kind)
		put(e.count)
		if e.short {
			put(uint16(e.value))
			put(uint16(0))
		} else {
			put(e.value)
		}
	}
	put(uint32(0))
	b.WriteString(gpsMark)
	return b.Bytes()
}

// withExif puts an Exif block into a JPEG file, behind its first marker.
func withExif(file, block []byte) []byte {
	segment := append([]byte("Exif\x00\x00"), block...)
	head := []byte{0xff, 0xe1, 0, 0}
	binary.BigEndian.PutUint16(head[2:], uint16(len(segment)+2))
	return bytes.Join([][]byte{file[:2], head, segment, file[2:]}, nil)
}

// add puts a photo to a village and gives its bytes.
func add(t *testing.T, d *db.DB, room *showcase.Room, file []byte) (showcase.Photo, []byte, []byte) {
	t.Helper()
	v := one(t, d, "lua-tan-chau")
	p, err := room.AddPhoto(organiser(t), v.ID, showcase.Caption{Credit: "Nguyễn Văn Mẫu", AltVi: "Khung dệt lụa"}, file)
	if err != nil {
		t.Fatal(err)
	}
	full, err := showcase.PhotoJPEG(t.Context(), d, p.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	thumb, err := showcase.PhotoJPEG(t.Context(), d, p.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	return p, full, thumb
}

func decode(t *testing.T, file []byte) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// name gives the plain name of the colour at a place, in hundredths of the sides.
func name(m image.Image, x, y int) string {
	r, g, b, _ := m.At(m.Bounds().Dx()*x/100, m.Bounds().Dy()*y/100).RGBA()
	bright := func(v uint32) bool { return v > 0x8000 }
	switch [3]bool{bright(r), bright(g), bright(b)} {
	case [3]bool{true, false, false}:
		return "red"
	case [3]bool{false, true, false}:
		return "green"
	case [3]bool{false, false, true}:
		return "blue"
	case [3]bool{true, true, true}:
		return "white"
	}
	return "other"
}

func corners(m image.Image) [4]string {
	return [4]string{name(m, 25, 25), name(m, 75, 25), name(m, 25, 75), name(m, 75, 75)}
}

// organiser gives a context in which an organiser acts.
func organiser(t *testing.T) context.Context {
	t.Helper()
	return conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Trần Thị Thí Dụ", Roles: []conference.Role{conference.RoleOrganiser}})
}
