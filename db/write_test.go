package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const (
	insertProvince = `INSERT INTO province (slug, abbr) VALUES (?, ?)`
	countProvinces = `SELECT count(*) FROM province`
)

func abbr(i int) string {
	return string([]byte{byte('A' + i/676%26), byte('A' + i/26%26), byte('A' + i%26)})
}

func insert(ctx context.Context, d *db.DB, i int) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, insertProvince, fmt.Sprint("p", i), abbr(i))
	})
}

func count(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := db.Value[int](t.Context(), d, countProvinces)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWritesOfManyCallersAreAllKept(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			if err := insert(t.Context(), d, i); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := count(t, d); n != 300 {
		t.Fatalf("%d rows after 300 acknowledged writes", n)
	}
}

// A group is one transaction, but a failure inside it must cost its own write only.
func TestFailedWriteLeavesItsNeighboursAlone(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	boom := errors.New("boom")
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if err := db.Exec(ctx, tx, insertProvince, fmt.Sprint("p", i), abbr(i)); err != nil {
					return err
				}
				if i%2 == 1 {
					return boom
				}
				return nil
			})
			if (i%2 == 1) != errors.Is(err, boom) {
				t.Errorf("write %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if n := count(t, d); n != 100 {
		t.Fatalf("%d rows, want the 100 of the writes that succeeded", n)
	}
}

func TestPanicRollsBackAndReachesItsCaller(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := db.Exec(ctx, tx, insertProvince, "p", "PPP"); err != nil {
				return err
			}
			panic("boom")
		})
	}()
	if n := count(t, d); n != 0 {
		t.Fatalf("%d rows stayed of a write that panicked", n)
	}
	if err := insert(t.Context(), d, 1); err != nil {
		t.Fatalf("the writer does not go on after a panic: %v", err)
	}
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s did not panic", what)
		}
	}()
	f()
}

func TestMisuseInsideAWritePanics(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	mustPanic(t, "Write inside Write", func() {
		_ = d.Write(t.Context(), func(ctx context.Context, _ *db.Tx) error {
			return d.Write(ctx, func(context.Context, *db.Tx) error { return nil })
		})
	})
	mustPanic(t, "reading through the pool inside Write", func() {
		_ = d.Write(t.Context(), func(ctx context.Context, _ *db.Tx) error {
			_, err := db.Value[int](ctx, d, countProvinces)
			return err
		})
	})
	var kept *db.Tx
	testkit.Write(t, d, func(_ context.Context, tx *db.Tx) error { kept = tx; return nil })
	mustPanic(t, "a Tx used after its write", func() { _ = db.Exec(t.Context(), kept, insertProvince, "x", "XXX") })
}

// A visitor who goes away must not undo what was already queued, and one who has
// gone before queueing gets nothing done.
func TestCallersContext(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	ctx, cancel := context.WithCancel(t.Context())
	err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		cancel()
		return db.Exec(ctx, tx, insertProvince, "p", "PPP")
	})
	if err != nil {
		t.Fatalf("a queued write was abandoned: %v", err)
	}
	if err := insert(ctx, d, 2); !errors.Is(err, context.Canceled) {
		t.Fatalf("a write with an ended context: %v", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	rows, err := d.QueryContext(t.Context(), `INSERT INTO province (slug, abbr) VALUES ('x', 'XXX') RETURNING id`)
	if err == nil {
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			continue
		}
		err = rows.Err()
	}
	if err == nil {
		t.Fatal("a reader wrote")
	}
}

func TestPublishReachesSubscribersAfterCommitOnly(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	c, stop := d.Subscribe("provinces")
	defer stop()
	_ = d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
		tx.Publish("provinces")
		return errors.New("refused")
	})
	select {
	case <-c:
		t.Fatal("told of a write that was rolled back")
	default:
	}
	for i := range 3 {
		testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) error {
			tx.Publish("provinces")
			return db.Exec(ctx, tx, insertProvince, fmt.Sprint(i), abbr(i))
		})
	}
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("not told of a committed write")
	}
}

func TestErrorsByExtendedCode(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	if err := insert(t.Context(), d, 1); err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), d, 1); !db.IsUnique(err) {
		t.Errorf("second insert: %v", err)
	}
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, insertProvince, "x", "lower")
	})
	if !db.IsCheck(err) || db.IsUnique(err) {
		t.Errorf("broken CHECK: %v", err)
	}
	if _, err := db.Value[int](t.Context(), d, `SELECT id FROM province WHERE slug = 'none'`); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("no row: %v", err)
	}
}

func TestNewerAndEditedDatabasesAreRefused(t *testing.T) {
	open := func(path string) error {
		d, err := db.Open(t.Context(), path, db.Options{Now: testkit.NewClock().Now, Log: testkit.Quiet()})
		if err == nil {
			err = d.Close()
		}
		return err
	}
	path := filepath.Join(t.TempDir(), "a.db")
	if err := open(path); err != nil {
		t.Fatal(err)
	}
	if err := open(path); err != nil {
		t.Fatalf("second start: %v", err)
	}
	change := func(statement string) {
		d, err := db.Open(t.Context(), path, db.Options{Now: testkit.NewClock().Now, Log: testkit.Quiet()})
		if err != nil {
			t.Fatal(err)
		}
		testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) error { return db.Exec(ctx, tx, statement) })
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99990101000000, 1)`)
	if err := open(path); !errors.Is(err, db.ErrNewer) {
		t.Errorf("newer database: %v", err)
	}
	path = filepath.Join(t.TempDir(), "b.db")
	if err := open(path); err != nil {
		t.Fatal(err)
	}
	change(`UPDATE schema_checksum SET sha256 = 'x' WHERE version = (SELECT min(version) FROM schema_checksum)`)
	if err := open(path); !errors.Is(err, db.ErrEdited) {
		t.Errorf("edited migration: %v", err)
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	info, err := os.Stat(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("database file has mode %o", mode)
	}
	if strings.HasSuffix(d.Path(), "-wal") {
		t.Fatal("wrong file")
	}
}

// Through a refusing context nothing is written, and the reason comes back as it is.
func TestARefusingContextWritesNothing(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	why := errors.New("not all of it could be read")
	called := false
	err := d.Write(db.Refusing(t.Context(), why), func(context.Context, *db.Tx) error { called = true; return nil })
	if !errors.Is(err, why) || called {
		t.Errorf("error %v, called %v", err, called)
	}
}
