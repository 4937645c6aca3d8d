package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// do runs a command line and gives what it printed.
func do(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, &out, &out)
	return out.String(), err
}

func mustDo(t *testing.T, args ...string) string {
	t.Helper()
	out, err := do(t, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return out
}

// mustRefuse runs a command line that has to fail with these words, and with Vietnamese ones.
func mustRefuse(t *testing.T, words string, args ...string) {
	t.Helper()
	_, err := do(t, args...)
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%v: %v, want words with %q", args, err, words)
		return
	}
	if _, vi, ok := strings.Cut(err.Error(), "\n"); !ok || !strings.Contains(vi, "hãy") {
		t.Errorf("%v: no Vietnamese advice in %q", args, err)
	}
}

func openStore(t *testing.T, path string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Now: time.Now, Log: testkit.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// folder makes a stopped data folder with a key and one province of this name.
func folder(t *testing.T, province string) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := masterKey(dir, ""); err != nil {
		t.Fatal(err)
	}
	addProvince(t, filepath.Join(dir, databaseName), province)
	return dir
}

func addProvince(t *testing.T, path, name string) {
	t.Helper()
	d := openStore(t, path)
	testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO province (slug, abbr) VALUES (?, upper(substr(? || 'xx', 1, 3)))`, name, name)
	})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func provinces(t *testing.T, dir string) []string {
	t.Helper()
	d := openStore(t, filepath.Join(dir, databaseName))
	out, err := db.Values[string](t.Context(), d, `SELECT slug FROM province ORDER BY slug`)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// backup makes an archive of a folder and gives its name.
func backup(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.zip")
	mustDo(t, "backup", "--data", dir, "--to", file)
	return file
}

// contents gives name and content of every file below a folder, lock files left out.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, ".lock") {
			return err
		}
		raw, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[name] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// damage makes a database break its own rules, which SQLite's check finds and copying does not heal.
func damage(t *testing.T, path string) {
	t.Helper()
	change(t, path, `PRAGMA ignore_check_constraints = on`, `INSERT INTO province (slug, abbr) VALUES ('hong', 'lower')`)
}

// openPool opens a stopped database without the program's safeguards.
func openPool(t *testing.T, path string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	return pool
}

// change runs statements on a stopped database.
func change(t *testing.T, path string, statements ...string) {
	t.Helper()
	pool := openPool(t, path)
	for _, s := range statements {
		if _, err := pool.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
}
