package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"hoinghi/db"
)

type backupCommand struct {
	Data    string `help:"Data folder to back up; the program may be running on it." default:"data" env:"HOINGHI_DATA" type:"path"`
	To      string `help:"Folder to put the archive into under a name with the time, or the archive's own name ending in .zip." required:"" env:"HOINGHI_BACKUP_TO" type:"path"`
	Keep    int    `help:"Remove the oldest archives of the folder beyond this number; 0 keeps all." default:"0" env:"HOINGHI_BACKUP_KEEP"`
	KeyFile string `help:"Master key file; by default master.key in the data folder." env:"HOINGHI_KEY_FILE" type:"path"`
}

const (
	stampLayout = "20060102T150405Z"
	workPrefix  = ".backup-"
	partSuffix  = ".part"
)

// ownArchive is what a name given by this command looks like, the part of an archive that was cut off included.
var ownArchive = regexp.MustCompile(`^\.?hoinghi-([0-9]{8}T[0-9]{6}Z)\.zip(\.part)?$`)

// Run writes one archive of database and key.
func (c backupCommand) Run(ctx context.Context, s streams) (err error) {
	now := time.Now().UTC()
	target, err := c.target(now)
	if err != nil {
		return err
	}
	if err := c.cutOff(); err != nil {
		return err
	}
	if there, err := exists(filepath.Join(c.Data, databaseName)); err != nil || !there {
		return advise(err, "there is no database in "+c.Data+": name the data folder with --data", "không có cơ sở dữ liệu trong "+c.Data+": hãy chỉ đúng thư mục dữ liệu bằng --data")
	}
	lock, err := lockBackup(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := errors.Join(c.cutOff(), c.clean()); err != nil { // asked again: only now no restore can begin
		return err
	}
	m, work, err := c.collect(ctx, now)
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err != nil {
		return err
	}
	size, err := store(target, m, work)
	if err != nil {
		return err
	}
	if err := c.prune(now, filepath.Base(target)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s (%d bytes)\nBản sao lưu chứa khóa chính và dữ liệu cá nhân: hãy giữ ở nơi an toàn.\nThe archive holds the master key and personal data: keep it in a safe place.\n", target, size)
	return err
}

// target gives the archive's full name.
func (c backupCommand) target(now time.Time) (string, error) {
	info, err := os.Stat(c.To)
	folder := err == nil && info.IsDir()
	if c.Keep < 0 || c.Keep > 0 && !folder {
		return "", advise(nil, "--keep needs a number above 0 and a folder that exists in --to: name both", "--keep cần một số lớn hơn 0 và --to là thư mục có sẵn: hãy chỉ đủ cả hai")
	}
	target := c.To
	if folder {
		target = filepath.Join(c.To, "hoinghi-"+now.Format(stampLayout)+".zip")
	} else if filepath.Ext(c.To) != ".zip" {
		return "", advise(nil, "the folder "+c.To+" does not exist: make it, or name a file that ends in .zip", "thư mục "+c.To+" không tồn tại: hãy tạo thư mục, hoặc chỉ một tên tệp kết thúc bằng .zip")
	}
	there, err := exists(target)
	if err != nil {
		return "", fmt.Errorf("look for an earlier archive: %w", err)
	}
	if there {
		return "", advise(nil, target+" exists already and is not overwritten: choose another name", target+" đã tồn tại và sẽ không bị ghi đè: hãy chọn tên khác")
	}
	return target, nil
}

// cutOff refuses a folder whose restore was cut off: it may hold the database of
// one installation and the key of another.
func (c backupCommand) cutOff() error {
	left, err := beginning(c.Data, readyPrefix, placingPrefix)
	if err != nil || len(left) == 0 {
		return err
	}
	return advise(nil, "a restore of this folder was cut off: start the program once, which completes it, then repeat the backup",
		"việc khôi phục thư mục này bị ngắt giữa chừng: hãy khởi động chương trình một lần để hoàn tất, rồi sao lưu lại")
}

// clean removes what a cut-off backup left in the data folder.
func (c backupCommand) clean() error {
	left, err := beginning(c.Data, workPrefix)
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(filepath.Join(c.Data, name)))
	}
	return err
}

// beginning gives the names in a folder that begin in one of these ways; a folder that is not there has none.
func beginning(folder string, prefixes ...string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read folder: %w", err)
	}
	var out []string
	for _, e := range entries {
		for _, p := range prefixes {
			if strings.HasPrefix(e.Name(), p) {
				out = append(out, e.Name())
			}
		}
	}
	return out, nil
}

// collect copies key and database into a folder of its own inside the data
// folder, which is known to be a local disk that others cannot read; the
// archive's place need not be. The caller removes the folder, also after an error.
func (c backupCommand) collect(ctx context.Context, now time.Time) (manifest, string, error) {
	m := manifest{Format: archiveFormat, Program: "hoinghi", Version: version(), Taken: now}
	key, err := os.ReadFile(keyPath(c.Data, c.KeyFile))
	if err == nil {
		_, err = parseKey(key)
	}
	if err != nil {
		return m, "", advise(err, "the master key cannot be read, and a database without its key is no backup: name the key with --key-file",
			"không đọc được khóa chính, mà cơ sở dữ liệu thiếu khóa thì không phải bản sao lưu: hãy chỉ tệp khóa bằng --key-file")
	}
	work, err := os.MkdirTemp(c.Data, workPrefix)
	if err != nil {
		return m, "", fmt.Errorf("make working folder: %w", err)
	}
	if err := writeNew(filepath.Join(work, keyName), key); err != nil {
		return m, work, err
	}
	if err = db.Copy(ctx, filepath.Join(c.Data, databaseName), filepath.Join(work, databaseName)); err == nil {
		m.Schema, err = db.Check(ctx, filepath.Join(work, databaseName))
	}
	if errors.Is(err, db.ErrDamaged) {
		return m, work, advise(err, "the database does not pass its check, so no archive was made and none was removed: keep the last good archive",
			"cơ sở dữ liệu không qua được kiểm tra nên không tạo bản sao lưu mới và không xóa bản cũ: hãy giữ bản sao lưu tốt gần nhất")
	}
	// A schema that this program does not know is no reason against keeping a copy.
	if err != nil && !errors.Is(err, db.ErrNewer) && !errors.Is(err, db.ErrEdited) {
		return m, work, err
	}
	for _, name := range []string{databaseName, keyName} {
		f, err := describe(filepath.Join(work, name), name)
		if err != nil {
			return m, work, err
		}
		m.Files = append(m.Files, f)
	}
	return m, work, nil
}

// store writes the archive under a temporary name and renames it once it is on
// the disk, so that a name ending in .zip is always a whole archive.
func store(target string, m manifest, work string) (size int64, err error) {
	part := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+partSuffix)
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return 0, advise(nil, part+" is left from a backup that was cut off: remove it and repeat the command", part+" còn lại từ một lần sao lưu bị ngắt: hãy xóa tệp đó rồi chạy lại")
	}
	if err != nil {
		return 0, fmt.Errorf("make archive: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	err = writeArchive(f, m, work)
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Sync(), f.Close()); err != nil {
		return 0, fmt.Errorf("write archive: %w", err)
	}
	if err := os.Rename(part, target); err != nil {
		return 0, fmt.Errorf("name archive: %w", err)
	}
	return info.Size(), db.SyncFolder(filepath.Dir(target))
}

// prune removes the oldest archives that this command has named, and parts of
// archives that were cut off more than a day ago. The newest made is never removed.
func (c backupCommand) prune(now time.Time, newest string) error {
	if c.Keep == 0 {
		return nil
	}
	entries, err := os.ReadDir(c.To)
	if err != nil {
		return fmt.Errorf("look for old archives: %w", err)
	}
	var old, surplus []string
	for _, e := range entries {
		match := ownArchive.FindStringSubmatch(e.Name())
		if match == nil || e.Name() == newest || !e.Type().IsRegular() {
			continue
		}
		if strings.HasSuffix(e.Name(), partSuffix) {
			if match[1] < now.Add(-24*time.Hour).Format(stampLayout) {
				surplus = append(surplus, e.Name())
			}
			continue
		}
		old = append(old, e.Name())
	}
	slices.Sort(old) // the names sort by time
	surplus = append(surplus, old[:max(0, len(old)-(c.Keep-1))]...)
	for _, name := range surplus {
		if err := os.Remove(filepath.Join(c.To, name)); err != nil {
			return fmt.Errorf("remove old archive: %w", err)
		}
	}
	return nil
}
