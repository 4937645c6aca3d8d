// Package db holds the two ways to the database: a pool of readers that cannot
// write, and one writer that commits waiting writes as a group. Only this package
// imports the SQLite driver.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // registers the driver "sqlite3"
)

// readers is the size of the reader pool: two cores are saturated by 2 to 4 readers.
const readers = 4

// Options of Open.
type Options struct {
	Now func() time.Time // the program's one clock; required
	Log *slog.Logger     // required
	// Strict turns the misuse of a pool inside Write into a panic; tests set it.
	Strict bool
}

// DB is an open database. Its methods are safe for concurrent use.
type DB struct {
	path    string
	now     func() time.Time
	log     *slog.Logger
	strict  bool
	writer  *sql.DB
	conn    *sql.Conn // the writer's one connection
	readers *sql.DB
	queue   chan *job
	done    chan struct{}
	live    live
	closing sync.RWMutex // keeps late writes from a queue that is being closed
	closed  bool
}

// Open opens or creates the database file at path, brings its schema up to date
// and checks that every connection keeps what was promised: synchronous FULL,
// write-ahead log, foreign keys. The file and its folder are made readable by the owner only.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	if err := keepPlans(); err != nil {
		return nil, err
	}
	d := &DB{path: path, now: o.Now, log: o.Log, strict: o.Strict, queue: make(chan *job, queueLength), done: make(chan struct{})}
	if err := d.openWriter(ctx); err != nil {
		return nil, err
	}
	if err := migrate(ctx, path, o); err != nil {
		return nil, errors.Join(err, d.closePools())
	}
	if err := d.openReaders(ctx); err != nil {
		return nil, errors.Join(err, d.closePools())
	}
	go d.writeLoop()
	return d, nil
}

// dsn stands in the connection string because a pool forgets what was executed once.
func dsn(path string, extra string) string {
	return fileURL(path) + "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_foreign_keys=on" +
		"&_stmt_cache_size=64&_cache_size=-16000" + extra
}

func (d *DB) openWriter(ctx context.Context) error {
	var err error
	if d.writer, err = sql.Open("sqlite3", dsn(d.path, "&_txlock=immediate")); err != nil {
		return fmt.Errorf("open writer: %w", err)
	}
	d.writer.SetMaxOpenConns(1)
	if d.conn, err = d.writer.Conn(ctx); err != nil {
		return errors.Join(fmt.Errorf("open %s: %w", filepath.Base(d.path), err), d.writer.Close())
	}
	if err := os.Chmod(d.path, 0o600); err != nil && !errors.Is(err, fs.ErrPermission) {
		return errors.Join(fmt.Errorf("protect database file: %w", err), d.closePools())
	}
	if _, err := d.conn.ExecContext(ctx, "PRAGMA journal_size_limit = 16777216"); err != nil {
		return errors.Join(fmt.Errorf("limit journal: %w", err), d.closePools())
	}
	if err := checkPragmas(ctx, d.conn, false); err != nil {
		return errors.Join(err, d.closePools())
	}
	return nil
}

// openReaders opens every reader at once, so that each can be checked before the
// program serves anybody.
func (d *DB) openReaders(ctx context.Context) error {
	var err error
	if d.readers, err = sql.Open("sqlite3", dsn(d.path, "&mode=ro&_query_only=1")); err != nil {
		return fmt.Errorf("open readers: %w", err)
	}
	d.readers.SetMaxOpenConns(readers)
	d.readers.SetMaxIdleConns(readers)
	conns := make([]*sql.Conn, 0, readers)
	defer func() {
		for _, c := range conns {
			_ = c.Close() // back into the pool
		}
	}()
	for range readers {
		c, err := d.readers.Conn(ctx)
		if err != nil {
			return fmt.Errorf("open reader: %w", err)
		}
		conns = append(conns, c)
		if err := checkPragmas(ctx, c, true); err != nil {
			return err
		}
	}
	return nil
}

// checkPragmas reads back what the connection string asked for: the driver
// ignores a parameter that it does not know, and its own default is not durable.
func checkPragmas(ctx context.Context, c *sql.Conn, reader bool) error {
	want := []struct {
		name, value string
	}{{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"busy_timeout", "10000"}, {"mmap_size", "0"}}
	if reader {
		want = append(want, struct{ name, value string }{"query_only", "1"})
	}
	for _, w := range want {
		var got string
		if err := c.QueryRowContext(ctx, "PRAGMA "+w.name).Scan(&got); err != nil {
			return fmt.Errorf("read pragma %s: %w", w.name, err)
		}
		if got != w.value {
			return fmt.Errorf("pragma %s is %s, not %s: this database connection would not keep its promises", w.name, got, w.value)
		}
	}
	return nil
}

// Path gives the database file's path.
func (d *DB) Path() string { return d.path }

// Now gives the time of the program's one clock, in UTC, cut to milliseconds as stored.
func (d *DB) Now() time.Time { return d.now().UTC().Truncate(time.Millisecond) }

// Ready reports whether the database answers a read.
func (d *DB) Ready(ctx context.Context) error {
	var one int
	return d.readers.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Close finishes the queued writes, folds the write-ahead log into the file and closes it.
// Whatever is written afterwards is refused.
func (d *DB) Close() error {
	d.closing.Lock()
	d.closed = true
	close(d.queue)
	d.closing.Unlock()
	<-d.done
	_, err := d.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	if err != nil {
		err = fmt.Errorf("checkpoint: %w", err)
	}
	return errors.Join(err, d.closePools())
}

func (d *DB) closePools() error {
	var errs []error
	if d.readers != nil {
		errs = append(errs, d.readers.Close())
	}
	if d.conn != nil {
		errs = append(errs, d.conn.Close())
	}
	return errors.Join(append(errs, d.writer.Close())...)
}
