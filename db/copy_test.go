package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// pool opens a database file without the program's safeguards.
func pool(t *testing.T, path string) *sql.DB {
	t.Helper()
	p, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	p.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// behind makes a database as the program of one migration ago left it, with one
// province in it, and gives its version.
func behind(t *testing.T, path string) int64 {
	t.Helper()
	all := os.DirFS("migrations")
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
		if err := os.WriteFile(filepath.Join(older, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, pool(t, path), os.DirFS(older), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	version, err := p.GetDBVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := pool(t, path).ExecContext(t.Context(), insertProvince, "xua", "XUA"); err != nil {
		t.Fatal(err)
	}
	return version
}

func slugs(t *testing.T, path string) []string {
	t.Helper()
	rows, err := pool(t, path).QueryContext(t.Context(), `SELECT slug FROM province ORDER BY slug`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDatabaseBehindIsCopiedThenMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hoinghi.db")
	version := behind(t, path)
	d, err := db.Open(t.Context(), path, db.Options{Now: testkit.NewClock().Now, Log: testkit.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), d, 1); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if now, err := db.Check(t.Context(), path); err != nil || now <= version {
		t.Errorf("version %d after the migration from %d (%v)", now, version, err)
	}
	if diff := cmp.Diff([]string{"p1", "xua"}, slugs(t, path)); diff != "" {
		t.Errorf("migrated: %s", diff)
	}

	aside := fmt.Sprintf("%s.before-%d-20220905T070000", path, version)
	info, err := os.Stat(aside)
	if err != nil {
		t.Fatalf("no copy before the migration: %v", err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %o", info.Mode().Perm())
	}
	if diff := cmp.Diff([]string{"xua"}, slugs(t, aside)); diff != "" {
		t.Errorf("copy: %s", diff)
	}
	var was int64
	if err := pool(t, aside).QueryRowContext(t.Context(), `SELECT max(version_id) FROM goose_db_version`).Scan(&was); err != nil || was != version {
		t.Errorf("the copy has version %d, want %d (%v)", was, version, err)
	}
}

// If the copy cannot be made, nothing is migrated.
func TestWithoutACopyNothingIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hoinghi.db")
	version := behind(t, path)
	aside := fmt.Sprintf("%s.before-%d-20220905T070000", path, version)
	if err := os.WriteFile(aside, []byte("taken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), path, db.Options{Now: testkit.NewClock().Now, Log: testkit.Quiet()}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("migrated without a copy: %v", err)
	}
	var is int64
	if err := pool(t, path).QueryRowContext(t.Context(), `SELECT max(version_id) FROM goose_db_version`).Scan(&is); err != nil || is != version {
		t.Errorf("version %d, want %d still (%v)", is, version, err)
	}
	if raw, err := os.ReadFile(aside); err != nil || string(raw) != "taken" {
		t.Errorf("the file in the way was changed: %q %v", raw, err)
	}
}

// Copies taken while others write hold whole transactions, and all that were
// acknowledged before.
func TestCopyWhileOthersWrite(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var mu sync.Mutex
	acknowledged := 0
	wg.Go(func() {
		for i := 0; ctx.Err() == nil && i < 8000; i++ {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if err := db.Exec(ctx, tx, insertProvince, fmt.Sprint("a", i), abbr(2*i)); err != nil {
					return err
				}
				return db.Exec(ctx, tx, insertProvince, fmt.Sprint("b", i), abbr(2*i+1))
			})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			acknowledged += 2
			mu.Unlock()
		}
	})
	for n := range 5 {
		mu.Lock()
		before := acknowledged
		mu.Unlock()
		to := filepath.Join(t.TempDir(), fmt.Sprint(n))
		if err := db.Copy(t.Context(), d.Path(), to); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("copy: %v %v", info, err)
		}
		if _, err := db.Check(t.Context(), to); err != nil {
			t.Error(err)
		}
		if got := len(slugs(t, to)); got < before || got%2 != 0 {
			t.Errorf("%d rows in the copy, %d acknowledged before it", got, before)
		}
	}
	stop()
	wg.Wait()
}

func TestCopyThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	to := filepath.Join(dir, "copy")
	if err := db.Copy(t.Context(), filepath.Join(dir, "none.db"), to); err == nil {
		t.Error("a database that is not there was copied")
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("Kính gửi: Sở Công Thương tỉnh Tây Ninh, về việc mời dự hội nghị"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.Copy(t.Context(), text, to); !errors.Is(err, db.ErrDamaged) {
		t.Errorf("a text was copied: %v", err)
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failed copy stays: %v", err)
	}
	if err := os.WriteFile(to, []byte("taken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.Copy(t.Context(), testkit.Store(t, testkit.NewClock()).Path(), to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file was overwritten: %v", err)
	}
}
