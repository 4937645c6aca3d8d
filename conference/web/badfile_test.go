package web_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"
)

// badFile is a file that no field takes; large tells that it is refused for its size
// alone, text that a field for lists may take it: any text is one.
type badFile struct {
	name  string
	data  string
	large bool
	text  bool
}

// badFiles is the list for every field for a file, whatever it is for.
func badFiles(t testing.TB) []badFile {
	t.Helper()
	whole := string(photo(t))
	return []badFile{
		{name: "empty", data: ""}, {name: "a text named .jpg", data: "không phải ảnh", text: true}, {name: "cut short", data: whole[:len(whole)/3]}, {name: "only the first bytes", data: "\xff\xd8\xff\xe0", text: true},
		{name: "a page", data: "<!doctype html><script>alert(1)</script>", text: true}, {name: "a drawing with a script", data: `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`, text: true},
		{name: "a PNG that says it is 60,000 pixels wide", data: flatPNG(t, 60000, 60000, 10)}, {name: "a PNG that swells to 50 MB", data: flatPNG(t, 20000, 20000, 20000)},
		{name: "a PNG without pixels", data: flatPNG(t, 0, 0, 0)}, {name: "an archive", data: "PK\x03\x04\x14\x00\x00\x00\x08\x00"}, {name: "a program", data: "MZ\x90\x00\x03" + strings.Repeat("\x00", 500)},
		{name: "a GIF with a script behind it", data: "GIF89a\x01\x00\x01\x00/*<script>alert(1)</script>"},
		{name: "25 MB", data: strings.Repeat("\x00", 25<<20), large: true}, {name: "a photo of 25 MB", data: whole + strings.Repeat("\x00", 25<<20), large: true},
	}
}

// flatPNG gives a PNG of one colour; rows is how many of its rows are really there.
func flatPNG(t testing.TB, width, height uint32, rows int) string {
	t.Helper()
	var b, packed bytes.Buffer
	chunk := func(kind string, data []byte) {
		all := append([]byte(kind), data...)
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.Write(all)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(all))
	}
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	chunk("IHDR", append(head, 1, 0, 0, 0, 0)) // one bit a pixel, grey
	z := zlib.NewWriter(&packed)
	row := make([]byte, 1+(width+7)/8)
	for range rows {
		if _, err := z.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return b.String()
}

// files sends the bad files through the fields for files of a form: each is refused beside
// that field, what was typed into the others stays, and nothing is stored.
func (w *walk) files(f found) {
	for i, c := range f.controls {
		if c.kind != "file" {
			continue
		}
		for _, file := range badFiles(w.stage.t) {
			if file.text && strings.Contains(c.accept, ".csv") {
				continue
			}
			for _, lang := range []string{"vi", "en"} {
				t := trial{found: f, lang: lang, place: i, bad: bad{name: file.name}, pairs: f.with(i, file.data)}
				if w.try(t) {
					w.stage.t.Errorf("%s: was taken", t)
				}
			}
		}
		if c.required {
			t := trial{found: f, lang: "vi", place: i, bad: bad{name: "no file"}, pairs: f.with(i)}
			if w.try(t) {
				w.stage.t.Errorf("%s: was taken", t)
			}
		}
		w.named(f)
	}
}

// named sends a right file under names that lead elsewhere: it may be taken, and its name leads nowhere.
func (w *walk) named(f found) {
	for _, name := range []string{"../../etc/passwd.jpg", `C:\\anh.jpg`, "ảnh\xff.jpg", strings.Repeat("a", 5000) + ".jpg", "<script>alert(1)</script>.jpg", "a.jpg%00.exe", ""} {
		t := trial{found: f, lang: "vi", place: -1, bad: bad{name: "named " + shortened(name)}}
		contentType, body := f.encode(w.stage.t, f.pairs())
		body = strings.Replace(body, `filename="tep.jpg"`, `filename="`+name+`"`, 1)
		w.sent++
		a := w.ask(f.who, "vi", http.MethodPost, f.action, contentType, body)
		changed := w.changes()
		w.judgePage(t, a)
		if why := unclean(changed); a.status >= 500 || why != "" || a.status >= 400 && len(changed) > 0 {
			w.stage.t.Errorf("%s: status %d, changed %s %s", t, a.status, names(changed), why)
		}
		w.bringBack(changed)
	}
}
