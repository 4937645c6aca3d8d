package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/db"
)

// promised is a copy of what was acknowledged so far.
func (k *promises) promised() (delegates, scans []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.delegates), slices.Collect(maps.Keys(k.scans))
}

// Four backups are taken while eight clients write. Each is restored into a
// fresh folder and holds every write that was acknowledged before it began; the
// program runs on it with the links that were given out.
func TestBackupsUnderLoadHoldWhatWasAcknowledgedBefore(t *testing.T) {
	data, to := t.TempDir(), t.TempDir()
	p := start(t, data, freeAddress(t))
	ctx, stop := context.WithCancel(t.Context())
	var kept promises
	var wg sync.WaitGroup
	gather(t, p.links).work(ctx, t, p.links, &kept, &wg)
	type taken struct {
		file             string
		delegates, scans []string
	}
	var archives []taken
	for n := range 4 {
		before := kept.n.Load()
		if !reached(ctx, func() bool { return kept.n.Load() >= before+25 }) {
			t.Fatalf("only %d acknowledgements: the load has stopped", kept.n.Load())
		}
		a := taken{file: filepath.Join(to, fmt.Sprintf("%d.zip", n))}
		a.delegates, a.scans = kept.promised()
		mustDo(t, "backup", "--data", data, "--to", a.file)
		archives = append(archives, a)
	}
	during := kept.n.Load()
	if !reached(ctx, func() bool { return kept.n.Load() > during }) {
		t.Error("the program does not go on after the backups")
	}
	p.kill()
	stop()
	wg.Wait()

	var fresh string
	for _, a := range archives {
		fresh = t.TempDir()
		mustDo(t, "restore", "--data", fresh, "--from", a.file)
		holds(t, fresh, a.delegates, a.scans)
	}
	if n := len(archives[0].delegates); n == 0 {
		t.Error("nothing was registered before the first backup: the test tried less than it says")
	}
	again := start(t, fresh, freeAddress(t))
	defer again.kill()
	old := strings.TrimPrefix(p.links.FocalPoints[0].Link, p.links.Base)
	res, err := http.Get(again.links.Base + old)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || !strings.Contains(string(body), "full_name") {
		t.Errorf("the link given out before the backup answers %d after the restore", res.StatusCode)
	}
}

// holds opens a restored folder and counts what it must hold.
func holds(t *testing.T, folder string, delegates, scans []string) {
	t.Helper()
	d := openStore(t, filepath.Join(folder, databaseName))
	defer func() { _ = d.Close() }()
	if v, err := db.Value[string](t.Context(), d, `PRAGMA integrity_check`); err != nil || v != "ok" {
		t.Errorf("integrity: %s %v", v, err)
	}
	for query, names := range map[string][]string{`SELECT full_name FROM delegate`: delegates, `SELECT id FROM scan`: scans} {
		there, err := db.Values[string](t.Context(), d, query)
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]bool{}
		for _, name := range there {
			set[name] = true
		}
		for _, name := range names {
			if !set[name] {
				t.Errorf("%q was acknowledged before the backup and is not in it", name)
			}
		}
	}
}

func TestRestorePutsTheArchiveInPlaceAndKeepsWhatWasThere(t *testing.T) {
	dir := folder(t, "mot")
	archive := backup(t, dir)
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive holds the key and has mode %v (%v)", info.Mode(), err)
	}
	addProvince(t, filepath.Join(dir, databaseName), "hai")
	key := contents(t, dir)[keyName]
	// A log left behind would be played into the new database.
	if err := os.WriteFile(filepath.Join(dir, databaseName+"-wal"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := mustDo(t, "restore", "--data", dir, "--from", archive); !strings.Contains(out, asidePrefix) {
		t.Errorf("the command does not say where the old data is: %s", out)
	}
	kept, err := filepath.Glob(filepath.Join(dir, asidePrefix+"*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("folders of what was there: %q %v", kept, err)
	}
	aside := kept[0]
	old := filepath.Base(aside)
	want := []string{filepath.Join(old, databaseName), filepath.Join(old, databaseName+"-wal"), filepath.Join(old, keyName), databaseName, keyName}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(contents(t, dir)))); diff != "" {
		t.Errorf("files after the restore: %s", diff)
	}
	if diff := cmp.Diff([]string{"mot"}, provinces(t, dir)); diff != "" {
		t.Errorf("restored: %s", diff)
	}
	if diff := cmp.Diff([]string{"hai", "mot"}, provinces(t, aside)); diff != "" {
		t.Errorf("kept aside: %s", diff)
	}
	if contents(t, dir)[keyName] != key || contents(t, aside)[keyName] != key {
		t.Error("the key is not the same before and after")
	}
	for _, name := range []string{databaseName, keyName} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s after the restore: %v %v", name, info, err)
		}
	}
}

// The restore is cut off at each of its renames in turn. The next start of the
// program completes it, or, before the decision, finds the old data untouched;
// never a database of the one with a key of the other.
func TestRestoreCutOffAnywhereLeavesTheOldOrTheNew(t *testing.T) {
	source := folder(t, "moi")
	archive := backup(t, source)
	cuts := 0
	for ; ; cuts++ {
		dir := folder(t, "cu")
		oldKey, newKey := contents(t, dir)[keyName], contents(t, source)[keyName]
		c, stamp, left := restoreCommand{Data: dir, From: archive}, "20221012T080000.000Z", cuts
		p := placer{dir: dir, rename: func(from, to string) error {
			if left == 0 {
				return os.ErrInvalid
			}
			left--
			return os.Rename(from, to)
		}}
		if _, err := c.stage(t.Context(), p.path(stagePrefix, stamp)); err != nil {
			t.Fatal(err)
		}
		err := p.commit(stamp)
		if err == nil {
			err = p.finish()
		}
		if cuts > 0 && err != nil {
			mustRefuse(t, "cut off", "backup", "--data", dir, "--to", filepath.Join(t.TempDir(), "b.zip"))
		}
		lock, lockErr := lockFolder(dir) // as the program does at its start
		if lockErr != nil {
			t.Fatal(lockErr)
		}
		if err := lock.Close(); err != nil {
			t.Fatal(err)
		}
		want, key := "moi", newKey
		if cuts == 0 {
			want, key = "cu", oldKey
		}
		if diff := cmp.Diff([]string{want}, provinces(t, dir)); diff != "" || contents(t, dir)[keyName] != key {
			t.Errorf("cut off after %d renames: %s (key is the old one: %v)", cuts, diff, contents(t, dir)[keyName] == oldKey)
		}
		if aside := p.path(asidePrefix, stamp); cuts > 0 && (!slices.Equal(provinces(t, aside), []string{"cu"}) || contents(t, aside)[keyName] != oldKey) {
			t.Errorf("cut off after %d renames: the old data is not whole in %s", cuts, filepath.Base(aside))
		}
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if strings.Contains(e.Name(), "restore-") && !strings.HasPrefix(e.Name(), asidePrefix) {
				t.Errorf("cut off after %d renames: %s stays", cuts, e.Name())
			}
		}
		if err == nil {
			break
		}
	}
	if cuts < 6 {
		t.Errorf("the restore took %d renames: the test cuts less than it should", cuts)
	}
}

func TestRunningFolderIsRefused(t *testing.T) {
	archive := backup(t, folder(t, "mot"))
	dir := t.TempDir()
	running := start(t, dir, freeAddress(t))
	defer running.kill()
	mustRefuse(t, "stop it first", "restore", "--data", dir, "--from", archive)
	mustRefuse(t, "stop it first", "serve", "--data", dir, "--addr", "127.0.0.1:0")
	if entries, _ := filepath.Glob(filepath.Join(dir, "*restore*")); len(entries) > 0 {
		t.Errorf("the refused restore left %q", entries)
	}
	if res, err := http.Get(running.links.Base + "/readyz"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the running program after the refusals: %v %v", res, err)
	}
	running.kill()
	mustDo(t, "restore", "--data", dir, "--from", archive)
}

func TestTwoBackupsAtOnceAreRefused(t *testing.T) {
	dir := folder(t, "mot")
	lock, err := lockBackup(dir)
	if err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, "under way", "backup", "--data", dir, "--to", t.TempDir())
	mustRefuse(t, "under way", "restore", "--data", dir, "--from", "x.zip")
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, workPrefix+"left"), 0o700); err != nil {
		t.Fatal(err)
	}
	backup(t, dir)
	if left, _ := filepath.Glob(filepath.Join(dir, workPrefix+"*")); len(left) > 0 {
		t.Errorf("%q stays after a backup", left)
	}
}

func TestBackupRefusesWithWords(t *testing.T) {
	dir, to := folder(t, "mot"), t.TempDir()
	archive := backup(t, dir)
	before := contents(t, filepath.Dir(archive))
	mustRefuse(t, "not overwritten", "backup", "--data", dir, "--to", archive)
	if diff := cmp.Diff(before, contents(t, filepath.Dir(archive))); diff != "" {
		t.Errorf("the refused backup changed something: %s", diff)
	}
	mustRefuse(t, "does not exist", "backup", "--data", dir, "--to", filepath.Join(to, "no", "folder"))
	mustRefuse(t, "--keep", "backup", "--data", dir, "--to", filepath.Join(to, "a.zip"), "--keep", "3")
	mustRefuse(t, "no database", "backup", "--data", to, "--to", to)
	mustRefuse(t, "--key-file", "backup", "--data", dir, "--to", to, "--key-file", filepath.Join(to, "none"))
	if err := os.WriteFile(filepath.Join(to, ".a.zip.part"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, "remove it", "backup", "--data", dir, "--to", filepath.Join(to, "a.zip"))
	damage(t, filepath.Join(dir, databaseName))
	mustRefuse(t, "last good archive", "backup", "--data", dir, "--to", filepath.Join(to, "b.zip"))
	if _, err := do(t, "backup", "--data", dir); err == nil {
		t.Error("a backup without --to was made")
	}
	if names := slices.Collect(maps.Keys(contents(t, to))); len(names) != 1 {
		t.Errorf("refused backups left %q", names)
	}
}

func TestKeepRemovesTheOldestOwnArchivesOnly(t *testing.T) {
	dir, to := folder(t, "mot"), t.TempDir()
	for _, name := range []string{"hoinghi-20220101T000000Z.zip", "hoinghi-20220102T000000Z.zip", "hoinghi-20220103T000000Z.zip",
		".hoinghi-20220101T000000Z.zip.part", ".hoinghi-29990101T000000Z.zip.part", "hoinghi-20220101.zip", "a.zip", "anh.jpg"} {
		if err := os.WriteFile(filepath.Join(to, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := mustDo(t, "backup", "--data", dir, "--to", to, "--keep", "2")
	made, _, _ := strings.Cut(out, " (")
	if !strings.Contains(out, "khóa") || !strings.Contains(out, "key") {
		t.Errorf("the command does not say that the archive holds the key: %s", out)
	}
	want := []string{".hoinghi-29990101T000000Z.zip.part", "a.zip", "anh.jpg", "hoinghi-20220101.zip", "hoinghi-20220103T000000Z.zip", filepath.Base(made)}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(contents(t, to)))); diff != "" {
		t.Error(diff)
	}
}

// The key may lie outside the data folder. It goes into the archive; a restore
// puts it back if it is missing and never replaces another one.
func TestKeyOutsideTheDataFolder(t *testing.T) {
	dir, place := folder(t, "mot"), filepath.Join(t.TempDir(), "khoa")
	if err := os.Rename(filepath.Join(dir, keyName), place); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(place)
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(t.TempDir(), "a.zip")
	mustDo(t, "backup", "--data", dir, "--to", archive, "--key-file", place)
	mustDo(t, "restore", "--data", dir, "--from", archive, "--key-file", place)

	if err := os.WriteFile(place, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	mustRefuse(t, "another key", "restore", "--data", dir, "--from", archive, "--key-file", place)
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("the refused restore changed something: %s", diff)
	}
	if err := os.Remove(place); err != nil {
		t.Fatal(err)
	}
	fresh := t.TempDir()
	mustDo(t, "restore", "--data", fresh, "--from", archive, "--key-file", place)
	if got, err := os.ReadFile(place); err != nil || !bytes.Equal(got, key) {
		t.Errorf("the key was not put where it belongs: %v", err)
	}
	if _, there := contents(t, fresh)[keyName]; there {
		t.Error("the key lies in the data folder too")
	}
}
