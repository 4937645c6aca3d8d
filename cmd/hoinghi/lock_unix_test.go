//go:build unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What an operator restores or backs up as root stays usable for the service's user.
func TestFilesMadeByRootBelongToTheFoldersOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can make files for somebody else")
	}
	const service = 12345
	dir := folder(t, "cu")
	archive := backup(t, dir)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, service, service)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{lockName, backupLockName} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	mustDo(t, "backup", "--data", dir, "--to", t.TempDir())
	mustDo(t, "restore", "--data", dir, "--from", archive)
	seen := 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		seen++
		if owner := info.Sys().(*syscall.Stat_t); owner.Uid != service || owner.Gid != service {
			t.Errorf("%s belongs to %d:%d", filepath.Base(path), owner.Uid, owner.Gid)
		}
		return nil
	})
	if err != nil || seen < 8 {
		t.Errorf("%d files looked at: %v", seen, err)
	}
}
