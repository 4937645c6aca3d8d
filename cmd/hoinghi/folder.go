package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hoinghi/conference"
	"hoinghi/db"
)

// The files of a data folder.
const (
	databaseName   = "hoinghi.db"
	keyName        = "master.key"
	lockName       = "hoinghi.lock"        // held while the program runs, and by restore
	backupLockName = "hoinghi-backup.lock" // held by backup and by restore
)

// errLocked is returned for a lock that another process holds.
var errLocked = errors.New("locked by another process")

// lockFolder makes the data folder if need be and keeps it for this process: two
// programs on one folder would send every mail twice. A restore that was cut off
// after it had begun to replace files is carried to its end first.
func lockFolder(data string) (*os.File, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	l, err := tryLock(filepath.Join(data, lockName))
	if errors.Is(err, errLocked) {
		return nil, advise(err, "the program is running on this data folder: stop it first, or name another folder with --data",
			"chương trình đang chạy trên thư mục dữ liệu này: hãy dừng chương trình trước, hoặc chọn thư mục khác bằng --data")
	}
	if err != nil {
		return nil, err
	}
	if err := (placer{dir: data, rename: os.Rename}).finish(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// lockBackup keeps two backups, or a backup and a restore, from working on one folder at once.
func lockBackup(data string) (*os.File, error) {
	l, err := tryLock(filepath.Join(data, backupLockName))
	if errors.Is(err, errLocked) {
		return nil, advise(err, "a backup or restore of this data folder is under way: wait until it has ended, then repeat the command",
			"đang có lệnh sao lưu hoặc khôi phục trên thư mục dữ liệu này: hãy đợi lệnh đó xong rồi chạy lại")
	}
	return l, err
}

// keyPath gives where the master key of a data folder is; file is the setting, empty for the usual place.
func keyPath(data, file string) string {
	if file != "" {
		return file
	}
	return filepath.Join(data, keyName)
}

// parseKey reads the content of a master key file.
func parseKey(raw []byte) (*conference.Keys, error) {
	key, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, errors.New("the master key file does not hold a key") // the cause would show a piece of it
	}
	return conference.NewKeys(key)
}

// writeNew writes a file that must not exist yet, readable by its owner only, and returns once it is on the disk.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("make %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return errors.Join(giveToOwner(path), db.SyncFolder(filepath.Dir(path)))
}

// exists reports whether there is anything under a name, a broken link included.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
