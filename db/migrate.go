package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer is returned for a database that a newer program has written.
var ErrNewer = errors.New("this database was written by a newer version of hoinghi: install that version, or restore the backup taken before the upgrade")

// ErrEdited is returned when an applied migration is not the one this program knows.
var ErrEdited = errors.New("an applied migration differs from the one in this program")

const (
	sqlMakeChecksums  = `CREATE TABLE IF NOT EXISTS schema_checksum (version INTEGER PRIMARY KEY, sha256 TEXT NOT NULL) STRICT`
	sqlChecksum       = `SELECT sha256 FROM schema_checksum WHERE version = ?`
	sqlInsertChecksum = `INSERT INTO schema_checksum (version, sha256) VALUES (?, ?)`
)

// migrate brings the schema up to date on a connection of its own. A database
// that already holds something is copied beside itself first.
func migrate(ctx context.Context, path string, o Options) (err error) {
	pool, err := sql.Open("sqlite3", dsn(path, "&_txlock=immediate"))
	if err != nil {
		return fmt.Errorf("open for migration: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > target {
		return ErrNewer
	}
	if _, err := pool.ExecContext(ctx, sqlMakeChecksums); err != nil {
		return fmt.Errorf("make checksum table: %w", err)
	}
	if err := checkApplied(ctx, pool, files, p.ListSources(), current); err != nil {
		return err
	}
	if current == target {
		return nil
	}
	if current > 0 {
		if err := copyBefore(ctx, pool, path, current, o); err != nil {
			return err
		}
	}
	return apply(ctx, p, pool, files)
}

func apply(ctx context.Context, p *goose.Provider, pool *sql.DB, files fs.FS) error {
	results, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, r := range results {
		sum, err := checksum(files, r.Source.Path)
		if err != nil {
			return err
		}
		if _, err := pool.ExecContext(ctx, sqlInsertChecksum, r.Source.Version, sum); err != nil {
			return fmt.Errorf("note checksum of migration %d: %w", r.Source.Version, err)
		}
	}
	return nil
}

func checkApplied(ctx context.Context, pool *sql.DB, files fs.FS, sources []*goose.Source, current int64) error {
	for _, s := range sources {
		if s.Version > current {
			continue
		}
		var was string
		err := pool.QueryRowContext(ctx, sqlChecksum, s.Version).Scan(&was)
		if errors.Is(err, sql.ErrNoRows) {
			// A crash between the migration and its note: the schema is whole, the note is made up for.
			sum, err := checksum(files, s.Path)
			if err != nil {
				return err
			}
			if _, err := pool.ExecContext(ctx, sqlInsertChecksum, s.Version, sum); err != nil {
				return fmt.Errorf("note checksum of migration %d: %w", s.Version, err)
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("read checksum of migration %d: %w", s.Version, err)
		}
		is, err := checksum(files, s.Path)
		if err != nil {
			return err
		}
		if was != is {
			return fmt.Errorf("%w: %s", ErrEdited, filepath.Base(s.Path))
		}
	}
	return nil
}

func checksum(files fs.FS, path string) (string, error) {
	text, err := fs.ReadFile(files, path)
	if err != nil {
		return "", fmt.Errorf("read migration: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

func copyBefore(ctx context.Context, pool *sql.DB, path string, version int64, o Options) error {
	to := fmt.Sprintf("%s.before-%d-%s", path, version, o.Now().UTC().Format("20060102T150405"))
	if err := vacuumInto(ctx, pool, to); err != nil {
		return fmt.Errorf("before migrating: %w", err)
	}
	o.Log.Info("database copied before migration", "copy", filepath.Base(to))
	return nil
}
