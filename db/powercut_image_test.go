package db_test

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// entry is one record of the journal that testdata/powercut.c and the child write.
type entry struct {
	kind byte // N named, W written, T cut to a length, S synced, U removed; A acknowledged
	file uint32
	off  int64 // for A: which row
	data []byte
}

const entryHead = 1 + 4 + 8 + 8

func readJournal(t *testing.T, path string) []entry {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []entry
	for len(raw) > 0 {
		if len(raw) < entryHead {
			t.Fatal("the journal ends within a record")
		}
		e := entry{kind: raw[0], file: binary.NativeEndian.Uint32(raw[1:]), off: int64(binary.NativeEndian.Uint64(raw[5:]))}
		n := binary.NativeEndian.Uint64(raw[13:])
		if raw = raw[entryHead:]; uint64(len(raw)) < n {
			t.Fatal("the journal ends within a record's content")
		}
		e.data, raw = raw[:n], raw[n:]
		out = append(out, e)
	}
	return out
}

// appendEntry makes a record as the preloaded library does.
func appendEntry(b []byte, kind byte, off int64) []byte {
	b = append(b, kind)
	b = binary.NativeEndian.AppendUint32(b, 0)
	b = binary.NativeEndian.AppendUint64(b, uint64(off))
	return binary.NativeEndian.AppendUint64(b, 0)
}

// disk is what a disk holds at one point of the journal: of each file what is safe,
// and what was written since its last sync.
type disk struct {
	names map[uint32]string
	files map[uint32]*file
}

type file struct {
	safe    []byte
	pending []entry
}

func newDisk() *disk { return &disk{names: map[uint32]string{}, files: map[uint32]*file{}} }

// play carries out one record. Making and removing a file is kept in order, as a
// file system with a journal of its own keeps it.
func (d *disk) play(e entry) {
	if e.kind == 'A' {
		return
	}
	if e.kind == 'N' {
		d.names[e.file] = string(e.data)
		return
	}
	f := d.files[e.file]
	if f == nil {
		f = &file{}
		d.files[e.file] = f
	}
	switch e.kind {
	case 'W', 'T':
		f.pending = append(f.pending, e)
	case 'S':
		for _, p := range f.pending {
			f.safe = p.apply(f.safe)
		}
		f.pending = nil
	case 'U':
		delete(d.files, e.file)
	}
}

func (e entry) apply(to []byte) []byte {
	if e.kind == 'T' {
		if e.off <= int64(len(to)) {
			return to[:e.off]
		}
		return append(to, make([]byte, e.off-int64(len(to)))...)
	}
	if end := e.off + int64(len(e.data)); end > int64(len(to)) {
		to = append(to, make([]byte, end-int64(len(to)))...)
	}
	copy(to[e.off:], e.data)
	return to
}

const sector = 512

// cut writes into folder what is left after the power went: everything synced, and
// of the rest each sector as chance has it: kept, lost or torn. How much is kept at
// all differs from cut to cut, since the ends (everything, nothing) are cases too.
func (d *disk) cut(folder string, r *rand.Rand) error {
	keep := [...]float64{0, 0.1, 0.5, 0.9, 1}[r.IntN(5)]
	for n, f := range d.files {
		left := append([]byte(nil), f.safe...)
		for _, p := range f.pending {
			left = p.chance(left, keep, r)
		}
		if err := os.WriteFile(filepath.Join(folder, d.names[n]), left, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (e entry) chance(to []byte, keep float64, r *rand.Rand) []byte {
	if e.kind == 'T' {
		if r.Float64() < keep {
			return e.apply(to)
		}
		return to
	}
	for at := 0; at < len(e.data); {
		n := min(sector-int(e.off+int64(at))%sector, len(e.data)-at)
		piece := entry{kind: 'W', off: e.off + int64(at), data: e.data[at : at+n]}
		at += n
		switch {
		case r.Float64() < keep:
		case r.IntN(2) == 0:
			continue
		default:
			piece.data = piece.data[:r.IntN(n)]
		}
		to = piece.apply(to)
	}
	return to
}
