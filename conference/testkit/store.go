// Package testkit makes the real parts that tests need: a migrated database file
// of its own for each test, a clock that the test sets, a caught SMTP server, a
// browser, a camera. Only external test packages import it.
package testkit

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/db"
)

// Clock is a clock that stands still until a test moves it.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// start is the moment at which a test's clock begins: the afternoon on which the
// organisers of the example edition prepare their invitations.
var start = time.Date(2022, 9, 5, 7, 0, 0, 0, time.UTC)

// NewClock gives a clock at the kit's starting moment, 5 September 2022, 14:00 in Viet Nam.
func NewClock() *Clock { return &Clock{t: start} }

// Now gives the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Set puts the clock to a moment.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// Quiet gives a logger that writes nowhere.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

var template struct {
	once  sync.Once
	bytes []byte
	err   error
}

// Store gives a fresh migrated database file with the given clock, closed when
// the test ends. The file is copied from one migrated once per test binary.
func Store(t testing.TB, clock *Clock) *db.DB {
	t.Helper()
	template.once.Do(func() { template.bytes, template.err = migrated() })
	if template.err != nil {
		t.Fatalf("make template database: %v", template.err)
	}
	path := filepath.Join(t.TempDir(), "hoinghi.db")
	if err := os.WriteFile(path, template.bytes, 0o600); err != nil {
		t.Fatalf("copy template database: %v", err)
	}
	d, err := db.Open(t.Context(), path, db.Options{Now: clock.Now, Log: Quiet(), Strict: true})
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return d
}

func migrated() ([]byte, error) {
	dir, err := os.MkdirTemp("", "hoinghi-template")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), path, db.Options{Now: NewClock().Now, Log: Quiet(), Strict: true})
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Keys gives the secrets of a fixed master key.
func Keys(t testing.TB) *conference.Keys {
	t.Helper()
	k, err := conference.NewKeys([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatalf("keys: %v", err)
	}
	return k
}

// Write runs fn in one write and fails the test on an error.
func Write(t testing.TB, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), fn); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// Loud gives a logger that writes what goes wrong into the test's own output.
func Loud(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}
