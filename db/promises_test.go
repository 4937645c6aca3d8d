package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
)

func openHere(t *testing.T) *DB {
	t.Helper()
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The driver starts with synchronous=NORMAL, which loses acknowledged writes when
// the power is cut. Every connection has to say FULL, and one that does not is refused.
func TestEveryConnectionKeepsItsPromises(t *testing.T) {
	d := openHere(t)
	defer func() { _ = d.Close() }()
	for _, c := range []struct {
		pool *sql.DB
		name string
	}{{d.readers, "reader"}} {
		for range readers {
			var level string
			if err := c.pool.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&level); err != nil || level != "2" {
				t.Errorf("%s: synchronous %q %v", c.name, level, err)
			}
		}
	}
	for _, wrong := range []string{"PRAGMA synchronous=NORMAL", "PRAGMA foreign_keys=OFF", "PRAGMA busy_timeout=1"} {
		pool, err := sql.Open("sqlite3", dsn(d.path, ""))
		if err != nil {
			t.Fatal(err)
		}
		c, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := checkPragmas(t.Context(), c, false); err != nil {
			t.Errorf("a right connection was refused: %v", err)
		}
		if _, err := c.ExecContext(t.Context(), wrong); err != nil {
			t.Fatal(err)
		}
		if err := checkPragmas(t.Context(), c, false); err == nil || !strings.Contains(err.Error(), "would not keep its promises") {
			t.Errorf("after %s: %v", wrong, err)
		}
		if err := errors.Join(c.Close(), pool.Close()); err != nil {
			t.Error(err)
		}
	}
}

// A plan that depends on a bound value has the statement prepared anew at each run. A
// pattern shows it: SQLite looks into one that it may, and searches by its beginning.
func TestPlansDoNotDependOnBoundValues(t *testing.T) {
	d := openHere(t)
	defer func() { _ = d.Close() }()
	plan := func(r Reader, query string, args ...any) string {
		rows, err := Many(t.Context(), r, "EXPLAIN QUERY PLAN "+query, func(s *[4]string) []any { return []any{&s[0], &s[1], &s[2], &s[3]} }, args...)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%s: %v %v", query, rows, err)
		}
		return rows[0][3]
	}
	if got := plan(d, `SELECT 1 FROM province WHERE slug GLOB 'a*'`); !strings.HasPrefix(got, "SEARCH") {
		t.Fatalf("a known pattern is not searched by its beginning: %s; this test shows nothing", got)
	}
	for range readers {
		if got := plan(d, `SELECT 1 FROM province WHERE slug GLOB ?`, "a*"); !strings.HasPrefix(got, "SCAN") {
			t.Errorf("a reader looks into bound values: %s", got)
		}
	}
	if err := d.Write(t.Context(), func(_ context.Context, tx *Tx) error {
		if got := plan(tx, `SELECT 1 FROM province WHERE slug GLOB ?`, "a*"); !strings.HasPrefix(got, "SCAN") {
			t.Errorf("the writer looks into bound values: %s", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// More writes than the queue holds are refused with words, and the waiting ones are still carried out.
func TestAFullQueueRefusesWithWords(t *testing.T) {
	d := openHere(t)
	defer func() { _ = d.Close() }()
	started, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = d.Write(context.Background(), func(context.Context, *Tx) error { close(started); <-release; return nil })
	}()
	<-started
	waiting := make(chan error, queueLength)
	for range queueLength {
		j := &job{ctx: context.Background(), fn: func(context.Context, *Tx) error { return nil }, done: make(chan struct{})}
		if err := d.enqueue(j); err != nil {
			t.Fatalf("a write within the queue's length was refused: %v", err)
		}
		go func() { <-j.done; waiting <- j.err }()
	}
	err := d.Write(t.Context(), func(context.Context, *Tx) error { return nil })
	if conference.KindOf(err) != conference.KindUnavailable {
		t.Errorf("a write beyond the queue: %v", err)
	}
	close(release)
	for range queueLength {
		if err := <-waiting; err != nil {
			t.Errorf("a waiting write failed: %v", err)
		}
	}
}

func TestAClosedDatabaseRefusesWritesWithoutPanic(t *testing.T) {
	d := openHere(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), func(context.Context, *Tx) error { return nil }); conference.KindOf(err) != conference.KindUnavailable {
		t.Errorf("a write after closing: %v", err)
	}
}

// A commit that fails (here: a foreign key that is checked only then) fails every
// write of its group, and the writer goes on afterwards.
func TestAFailedCommitFailsItsWholeGroup(t *testing.T) {
	d := openHere(t)
	defer func() { _ = d.Close() }()
	started, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = d.Write(context.Background(), func(context.Context, *Tx) error { close(started); <-release; return nil })
	}()
	<-started
	answers := make(chan error, 3)
	for i := range 3 {
		j := &job{ctx: context.WithValue(context.Background(), insideKey{}, true), done: make(chan struct{})}
		j.fn = func(ctx context.Context, tx *Tx) error {
			if i == 1 {
				if err := Exec(ctx, tx, "PRAGMA defer_foreign_keys = ON"); err != nil {
					return err
				}
				return Exec(ctx, tx, `INSERT INTO province_lineage (old_id, new_id, on_day) VALUES (77, 78, '2025-07-01')`)
			}
			return Exec(ctx, tx, `INSERT INTO province (slug, abbr) VALUES (?, ?)`, fmt.Sprint("p", i), fmt.Sprintf("PP%d", i))
		}
		if err := d.enqueue(j); err != nil {
			t.Fatal(err)
		}
		go func() { <-j.done; answers <- j.err }()
	}
	close(release)
	for range 3 {
		if err := <-answers; conference.KindOf(err) != conference.KindUnavailable {
			t.Errorf("a write of a group whose commit failed was answered with %v", err)
		}
	}
	if n, err := Value[int](t.Context(), d, `SELECT count(*) FROM province`); err != nil || n != 0 {
		t.Errorf("%d rows of the failed group stayed (%v)", n, err)
	}
	if err := d.Write(t.Context(), func(ctx context.Context, tx *Tx) error {
		return Exec(ctx, tx, `INSERT INTO province (slug, abbr) VALUES ('next', 'NXT')`)
	}); err != nil {
		t.Errorf("the writer does not go on: %v", err)
	}
}
