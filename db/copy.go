package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// ErrDamaged is returned for a file that SQLite's own check does not find whole, or that is no database at all.
var ErrDamaged = errors.New("the database is damaged or is no database")

// ErrForeign is returned for a database that another program made.
var ErrForeign = errors.New("this is not a database of hoinghi")

// Copy writes a consistent copy of the database file at from into the new file
// to, readable by its owner only, and returns once the copy is on the disk. It
// opens a connection of its own that cannot write, so the program may go on
// reading and writing in another process: every write acknowledged before Copy
// was called is in the copy. A copy that failed leaves no file; the error is
// ErrDamaged if the database cannot be read to its end.
func Copy(ctx context.Context, from, to string) (err error) {
	pool, err := sql.Open("sqlite3", fileURL(from)+"?mode=ro&_busy_timeout=10000")
	if err != nil {
		return fmt.Errorf("open for copying: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	return vacuumInto(ctx, pool, to)
}

// vacuumInto makes the file first, empty and closed to others: SQLite itself would let
// the process's umask decide who may read a copy that is full of personal data.
func vacuumInto(ctx context.Context, pool *sql.DB, to string) (err error) {
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("make copy: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	if _, err := pool.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		if isDamage(err) {
			err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return fmt.Errorf("copy database: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("copy to disk: %w", err)
	}
	return SyncFolder(filepath.Dir(to))
}

// SyncFolder makes the names in a folder durable: a file that was made, renamed
// or removed there stays so after a power cut.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be flushed there, its journal keeps the order
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("folder to disk: %w", err)
	}
	return nil
}

const (
	sqlSchemaVersion = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`
	sqlChecksums     = `SELECT version, sha256 FROM schema_checksum`
)

// Check reads a database file that no program has open, and changes nothing in it. It
// gives the version of its schema. The error is ErrDamaged, ErrForeign, ErrEdited
// or, together with the version, ErrNewer.
func Check(ctx context.Context, path string) (schema int64, err error) {
	// Not mode=ro: SQLite's check passes over broken CHECK constraints on a read-only file.
	pool, err := sql.Open("sqlite3", fileURL(path)+"?mode=rw&_query_only=1")
	if err != nil {
		return 0, fmt.Errorf("open for checking: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	var verdict string
	if err := pool.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		if isDamage(err) {
			err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return 0, fmt.Errorf("check database: %w", err)
	}
	if verdict != "ok" {
		return 0, fmt.Errorf("%w: %s", ErrDamaged, verdict)
	}
	return checkSchema(ctx, pool)
}

func checkSchema(ctx context.Context, pool *sql.DB) (int64, error) {
	var schema int64
	if err := pool.QueryRowContext(ctx, sqlSchemaVersion).Scan(&schema); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if schema == 0 {
		return 0, ErrForeign
	}
	known, err := knownChecksums()
	if err != nil {
		return 0, err
	}
	newest := int64(0)
	for version := range known {
		newest = max(newest, version)
	}
	if schema > newest {
		return schema, ErrNewer
	}
	rows, err := pool.QueryContext(ctx, sqlChecksums)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var version int64
		var sum string
		if err := rows.Scan(&version, &sum); err != nil {
			return 0, fmt.Errorf("read checksums: %w", err)
		}
		if known[version] != sum {
			return 0, fmt.Errorf("%w: %d", ErrEdited, version)
		}
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("read checksums: %w", err)
	}
	return schema, nil
}

// knownChecksums gives the checksum of each migration in this program by its version.
func knownChecksums() (map[int64]string, error) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	out := map[int64]string{}
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", e.Name(), err)
		}
		if out[version], err = checksum(migrations, "migrations/"+e.Name()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fileURL gives the address of a database file. The prefix "file:" matters:
// without it mode=ro is silently ignored.
func fileURL(path string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	return u.String()
}
