package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hoinghi/db"
)

type restoreCommand struct {
	Data    string `help:"Data folder to restore into; the program must not be running on it." default:"data" env:"HOINGHI_DATA" type:"path"`
	From    string `help:"Archive made by hoinghi backup." required:"" type:"path"`
	KeyFile string `help:"Master key file; by default master.key in the data folder." env:"HOINGHI_KEY_FILE" type:"path"`
}

// Run replaces database and key by those of an archive, after everything in it was checked.
func (c restoreCommand) Run(ctx context.Context, s streams) (err error) {
	lock, err := lockFolder(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	backupLock, err := lockBackup(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backupLock.Close()) }()

	p := placer{dir: c.Data, rename: os.Rename}
	stamp := time.Now().UTC().Format("20060102T150405.000Z")
	m, err := c.stage(ctx, p.path(stagePrefix, stamp))
	if err != nil {
		return errors.Join(refused(err), os.RemoveAll(p.path(stagePrefix, stamp)))
	}
	if err := p.commit(stamp); err != nil {
		return errors.Join(err, os.RemoveAll(p.path(stagePrefix, stamp)))
	}
	if err := p.finish(); err != nil {
		return advise(err, "the archive is whole, but its files could not all be put in place: mend the cause, then start the program or repeat the command, which completes it",
			"bản sao lưu còn nguyên vẹn nhưng chưa đặt được hết các tệp vào chỗ: hãy khắc phục nguyên nhân rồi khởi động chương trình hoặc chạy lại lệnh để hoàn tất")
	}
	return c.report(s, m, p.path(asidePrefix, stamp))
}

// refused says that nothing has happened yet.
func refused(err error) error {
	if errors.Is(err, errArchive) || errors.Is(err, db.ErrDamaged) || errors.Is(err, db.ErrForeign) {
		return advise(err, "the archive cannot be used, nothing was replaced: take another archive", "không dùng được bản sao lưu này, chưa có gì bị thay thế: hãy dùng bản sao lưu khác")
	}
	if errors.Is(err, db.ErrNewer) {
		return advise(err, "the archive was made by a newer version of hoinghi, nothing was replaced: install that version, then repeat the command",
			"bản sao lưu do phiên bản hoinghi mới hơn tạo ra, chưa có gì bị thay thế: hãy cài phiên bản đó rồi chạy lại lệnh")
	}
	return err
}

// stage unpacks the archive into a new folder beside the files it is to replace
// and checks all of it.
func (c restoreCommand) stage(ctx context.Context, folder string) (_ manifest, err error) {
	a, err := openArchive(c.From)
	if err != nil {
		return manifest{}, err
	}
	defer func() { err = errors.Join(err, a.file.Close()) }()
	if err := os.Mkdir(folder, 0o700); err != nil {
		return manifest{}, fmt.Errorf("make working folder: %w", err)
	}
	if err := a.unpack(folder); err != nil {
		return manifest{}, err
	}
	if _, err := db.Check(ctx, filepath.Join(folder, databaseName)); err != nil {
		return manifest{}, err
	}
	key, err := os.ReadFile(filepath.Join(folder, keyName))
	if err != nil {
		return manifest{}, fmt.Errorf("read key: %w", err)
	}
	if _, err := parseKey(key); err != nil {
		return manifest{}, badArchive("%w", err)
	}
	if err := c.keyElsewhere(folder, key); err != nil {
		return manifest{}, err
	}
	for _, name := range []string{".", databaseName, keyName} {
		if err := giveToOwner(filepath.Join(folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return manifest{}, err
		}
	}
	return a.manifest, db.SyncFolder(folder)
}

// keyElsewhere puts the key where --key-file says, if that is outside the data
// folder. Two folders cannot be changed in one step, so a different key there is
// refused instead of replaced.
func (c restoreCommand) keyElsewhere(folder string, key []byte) error {
	place := keyPath(c.Data, c.KeyFile)
	if place == filepath.Join(c.Data, keyName) {
		return nil
	}
	there, err := os.ReadFile(place)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := writeNew(place, key); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("read key: %w", err)
	case strings.TrimSpace(string(there)) != strings.TrimSpace(string(key)):
		return advise(nil, place+" holds another key than the archive, nothing was replaced: move that file away, then repeat the command",
			place+" chứa khóa khác với bản sao lưu, chưa có gì bị thay thế: hãy chuyển tệp đó đi nơi khác rồi chạy lại lệnh")
	}
	return os.Remove(filepath.Join(folder, keyName))
}

func (c restoreCommand) report(s streams, m manifest, aside string) error {
	if _, err := fmt.Fprintf(s.out, "Đã khôi phục dữ liệu lúc / restored the data of %s (hoinghi %s).\n", m.Taken.Format(time.RFC3339), m.Version); err != nil {
		return err
	}
	if there, err := exists(aside); err != nil || !there {
		return err
	}
	_, err := fmt.Fprintf(s.out, "Dữ liệu trước đó được giữ tại / what was there before is kept in %s\n", aside)
	return err
}

// The folders of a restore, each followed by the restore's time. A restore has
// three states, and one rename leads from each to the next:
//
//	.restore-new-      being unpacked and checked; counts for nothing
//	restore-ready-     decided: the files beside it are the old ones and move aside
//	restore-placing-   the old ones are aside; its files move into place
//
// So wherever it is cut off, the name says which files are old and which are new,
// and the next start of the program goes on from there.
const (
	stagePrefix   = ".restore-new-"
	readyPrefix   = "restore-ready-"
	placingPrefix = "restore-placing-"
	asidePrefix   = "before-restore-"
)

// placer moves the files of a restore. rename is os.Rename; a test lets it fail.
type placer struct {
	dir    string
	rename func(from, to string) error
}

func (p placer) path(prefix, stamp string) string { return filepath.Join(p.dir, prefix+stamp) }

// commit decides for the new files: until then the old ones are untouched,
// afterwards only the new ones count.
func (p placer) commit(stamp string) error {
	if there, err := exists(p.path(asidePrefix, stamp)); err != nil || there {
		return errors.Join(errors.New("there is a folder of a restore of this very moment: repeat the command"), err)
	}
	return p.move(p.path(stagePrefix, stamp), p.path(readyPrefix, stamp))
}

// finish carries a decided restore to its end, from wherever it was cut off, and
// removes what an undecided one left. Without either it does nothing.
func (p placer) finish() error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return fmt.Errorf("read data folder: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagePrefix) {
			err = os.RemoveAll(filepath.Join(p.dir, e.Name()))
		} else if stamp, ok := strings.CutPrefix(e.Name(), readyPrefix); ok {
			if err = p.setAside(stamp); err == nil {
				err = p.place(stamp)
			}
		} else if stamp, ok := strings.CutPrefix(e.Name(), placingPrefix); ok {
			err = p.place(stamp)
		}
		if err != nil {
			return fmt.Errorf("complete restore: %w", err)
		}
	}
	return nil
}

// setAside moves the old files away, the write-ahead log among them: left behind
// it would be played into the new database.
func (p placer) setAside(stamp string) error {
	names := []string{databaseName, databaseName + "-wal", databaseName + "-shm", databaseName + "-journal"}
	withKey, err := exists(filepath.Join(p.path(readyPrefix, stamp), keyName))
	if err != nil {
		return err
	}
	if withKey {
		names = append(names, keyName)
	}
	aside := p.path(asidePrefix, stamp)
	for _, name := range names {
		old := filepath.Join(p.dir, name)
		if there, err := exists(old); err != nil {
			return err
		} else if !there {
			continue
		}
		if err := errors.Join(os.MkdirAll(aside, 0o700), giveToOwner(aside)); err != nil {
			return err
		}
		if err := p.move(old, filepath.Join(aside, name)); err != nil {
			return err
		}
	}
	return p.move(p.path(readyPrefix, stamp), p.path(placingPrefix, stamp))
}

func (p placer) place(stamp string) error {
	placing := p.path(placingPrefix, stamp)
	entries, err := os.ReadDir(placing)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := p.move(filepath.Join(placing, e.Name()), filepath.Join(p.dir, e.Name())); err != nil {
			return err
		}
	}
	return errors.Join(os.Remove(placing), db.SyncFolder(p.dir))
}

// move renames and returns once that is durable: the steps must reach the disk in their order.
func (p placer) move(from, to string) error {
	if err := p.rename(from, to); err != nil {
		return err
	}
	return errors.Join(db.SyncFolder(filepath.Dir(to)), db.SyncFolder(filepath.Dir(from)))
}
