package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
)

// forge makes an archive whose checksums are right from a folder that holds anything under the right names.
func forge(t *testing.T, folder string, format int) string {
	t.Helper()
	m := manifest{Format: format, Program: "hoinghi", Version: "test", Taken: time.Unix(0, 0)}
	for _, name := range []string{databaseName, keyName} {
		f, err := describe(filepath.Join(folder, name), name)
		if err != nil {
			t.Fatal(err)
		}
		m.Files = append(m.Files, f)
	}
	var b bytes.Buffer
	if err := writeArchive(&b, m, folder); err != nil {
		t.Fatal(err)
	}
	return file(t, b.Bytes())
}

func file(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// rewrite makes an archive again with one of its files changed, its manifest not.
func rewrite(t *testing.T, archive, name string, edit func([]byte) []byte, more ...string) string {
	t.Helper()
	r, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		out, err := w.Create(name)
		if err == nil {
			_, err = out.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			content = edit(content)
		}
		add(f.Name, content)
	}
	for _, extra := range more {
		add(extra, []byte("x"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file(t, b.Bytes())
}

func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte { b[at] ^= 1; return b }
}

// with copies a stopped data folder and lets edit change it.
func with(t *testing.T, dir string, edit func(dir string)) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	edit(to)
	return to
}

func overwrite(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever is not a whole archive that this program can run on is refused in
// words, and the data folder stays as it was to the byte.
func TestUselessArchivesReplaceNothing(t *testing.T) {
	source := folder(t, "moi")
	good := backup(t, source)
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	manifestWith := func(edit func(*manifest)) string {
		return rewrite(t, good, manifestName, func(b []byte) []byte {
			var m manifest
			if err := json.Unmarshal(b, &m); err != nil {
				t.Fatal(err)
			}
			edit(&m)
			out, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return out
		})
	}
	forged := func(edit func(dir string)) string { return forge(t, with(t, source, edit), archiveFormat) }
	for name, c := range map[string]struct{ from, words string }{
		"empty file":              {file(t, nil), "take another archive"},
		"a text":                  {file(t, []byte("Kính gửi: Sở Công Thương")), "take another archive"},
		"a folder":                {t.TempDir(), "take another archive"},
		"cut off in the middle":   {file(t, raw[:len(raw)/2]), "take another archive"},
		"last byte missing":       {file(t, raw[:len(raw)-1]), "take another archive"},
		"bit of stored data":      {file(t, flip(len(raw)/2)(bytes.Clone(raw))), "take another archive"},
		"database edited":         {rewrite(t, good, databaseName, flip(5000)), "differs from its checksum"},
		"database longer":         {rewrite(t, good, databaseName, func(b []byte) []byte { return append(b, make([]byte, 4096)...) }), "differs from its checksum"},
		"key edited":              {rewrite(t, good, keyName, flip(3)), "differs from its checksum"},
		"no manifest":             {rewrite(t, good, manifestName, func([]byte) []byte { return nil }), "take another archive"},
		"another program's":       {manifestWith(func(m *manifest) { m.Program = "x" }), "another program"},
		"manifest with a path":    {manifestWith(func(m *manifest) { m.Files[1].Name = "../" + keyName }), "other files"},
		"size below zero":         {manifestWith(func(m *manifest) { m.Files[0].Size = -1 }), "differs from its checksum"},
		"a file more":             {rewrite(t, good, "", nil, "../../etc/passwd"), "exactly"},
		"a file twice":            {rewrite(t, good, "", nil, keyName), "exactly"},
		"newer format":            {manifestWith(func(m *manifest) { m.Format = archiveFormat + 1 }), "newer version"},
		"key too short":           {forged(func(d string) { overwrite(t, filepath.Join(d, keyName), []byte("abcd")) }), "want 32"},
		"key is no key":           {forged(func(d string) { overwrite(t, filepath.Join(d, keyName), []byte("mật khẩu")) }), "does not hold a key"},
		"database is a text":      {forged(func(d string) { overwrite(t, filepath.Join(d, databaseName), []byte("Kính gửi")) }), "damaged or is no database"},
		"database is empty":       {forged(func(d string) { overwrite(t, filepath.Join(d, databaseName), nil) }), "not a database of hoinghi"},
		"database of another":     {forged(func(d string) { foreign(t, filepath.Join(d, databaseName)) }), "not a database of hoinghi"},
		"database breaks a rule":  {forged(func(d string) { damage(t, filepath.Join(d, databaseName)) }), "damaged or is no database"},
		"database with torn page": {forged(func(d string) { tear(t, filepath.Join(d, databaseName)) }), "damaged or is no database"},
		"newer database":          {forged(func(d string) { newer(t, filepath.Join(d, databaseName)) }), "install that version"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "cu")
			before := contents(t, dir)
			mustRefuse(t, c.words, "restore", "--data", dir, "--from", c.from)
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Errorf("the refused restore changed something: %s", diff)
			}
		})
	}
	dir := folder(t, "cu")
	if _, err := do(t, "restore", "--data", dir, "--from", filepath.Join(dir, "none.zip")); err == nil {
		t.Error("an archive that is not there was restored")
	}
	mustDo(t, "restore", "--data", dir, "--from", good) // what the wrong ones were made of is right
}

func foreign(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	change(t, path, `CREATE TABLE province (slug TEXT)`)
}

// tear overwrites a page in the middle, as a power cut on a bad disk would.
func tear(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(raw[len(raw)/2/4096*4096:], bytes.Repeat([]byte{0xA5}, 4096))
	overwrite(t, path, raw)
}

func newer(t *testing.T, path string) {
	t.Helper()
	change(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99990101000000, 1)`)
}

// A newer database is refused by the program as well as by restore, and can still be backed up.
func TestNewerDatabaseIsRefusedWithWords(t *testing.T) {
	dir := folder(t, "mot")
	newer(t, filepath.Join(dir, databaseName))
	mustRefuse(t, "install that version", "serve", "--data", dir, "--addr", "127.0.0.1:0")
	archive := backup(t, dir)
	mustRefuse(t, "install that version", "restore", "--data", folder(t, "hai"), "--from", archive)
	mustRefuse(t, "install that version", "restore", "--data", dir, "--from", archive)
	dir = folder(t, "ba")
	change(t, filepath.Join(dir, databaseName), `UPDATE schema_checksum SET sha256 = 'x' WHERE version = (SELECT min(version) FROM schema_checksum)`)
	mustRefuse(t, "another build", "serve", "--data", dir, "--addr", "127.0.0.1:0")
	mustRefuse(t, "another build", "restore", "--data", folder(t, "bon"), "--from", backup(t, dir))
}

// An archive taken before an upgrade is restored, and brought up to date at the next start.
func TestOlderArchiveIsRestoredAndMigrated(t *testing.T) {
	dir := t.TempDir()
	if _, err := masterKey(dir, ""); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, databaseName)
	change(t, path, `CREATE TABLE schema_checksum (version INTEGER PRIMARY KEY, sha256 TEXT NOT NULL) STRICT`)
	migrateAllButLast(t, path)
	change(t, path, `INSERT INTO province (slug, abbr) VALUES ('xua', 'XUA')`)
	fresh := t.TempDir()
	mustDo(t, "restore", "--data", fresh, "--from", backup(t, dir))
	if diff := cmp.Diff([]string{"xua"}, provinces(t, fresh)); diff != "" { // opened as the program does
		t.Error(diff)
	}
	if copies, _ := filepath.Glob(filepath.Join(fresh, databaseName+".before-*")); len(copies) != 1 {
		t.Errorf("copies before the migration: %q", copies)
	}
}

func migrateAllButLast(t *testing.T, path string) {
	t.Helper()
	all := os.DirFS(filepath.Join("..", "..", "db", "migrations"))
	files, err := fs.Glob(all, "*.sql")
	if err != nil || len(files) < 2 {
		t.Fatalf("migrations: %q %v", files, err)
	}
	older := t.TempDir()
	for _, name := range files[:len(files)-1] {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		overwrite(t, filepath.Join(older, name), text)
	}
	pool := openPool(t, path)
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, os.DirFS(older), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}
