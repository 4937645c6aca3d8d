package outbox

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maildir is a folder with one file for each mail: new ones in "new", those that a program has seen
// in "cur" with their flags behind a colon. Writers move a file in whole, so no lock is needed.
type maildir struct {
	path  string
	now   func() time.Time
	known map[string]bool // names of files that were looked at, without their flags
}

func (d *maildir) place() (BounceSource, string) { return SourceMaildir, d.path }

func (d *maildir) read(ctx context.Context, take func(context.Context, []byte) (bool, error)) error {
	there := map[string]bool{}
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(d.path, sub))
		if err != nil {
			return &boxError{step: "folder", err: plainPath(err)}
		}
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		for _, e := range entries {
			name, _, _ := strings.Cut(e.Name(), ":")
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if there[name] = true; d.known[name] || strings.HasPrefix(name, ".") || !e.Type().IsRegular() {
				continue
			}
			if err := d.one(ctx, sub, e, take); err != nil {
				return err
			}
			d.known[name] = true
		}
	}
	for name := range d.known { // what was deleted is forgotten
		if !there[name] {
			delete(d.known, name)
		}
	}
	return nil
}

func (d *maildir) one(ctx context.Context, sub string, e fs.DirEntry, take func(context.Context, []byte) (bool, error)) error {
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().Before(d.now().AddDate(0, 0, -boxBack)) {
		return nil // another program moved it meanwhile, or it is old
	}
	from := filepath.Join(d.path, sub, e.Name())
	raw, err := readStart(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &boxError{step: "read", err: plainPath(err)}
	}
	mine, err := take(ctx, raw)
	if err != nil || !mine {
		return err
	}
	to := filepath.Join(d.path, "cur", flagged(e.Name()))
	if err := os.Rename(from, to); to != from && err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &boxError{step: "mark", err: plainPath(err)}
	}
	return nil
}

func readStart(name string) (raw []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxLetter))
}

// flagged gives a file's name with the flag S, for seen; flags stand in the order of letters.
func flagged(name string) string {
	base, info, ok := strings.Cut(name, ":")
	flags, two := strings.CutPrefix(info, "2,")
	if ok && !two || strings.Contains(flags, "S") {
		return name
	}
	letters := []byte(flags + "S")
	slices.Sort(letters)
	return base + ":2," + string(letters)
}

// plainPath keeps the path out of an error: the file's name may hold more than the folder's.
func plainPath(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
