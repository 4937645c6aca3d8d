package db

import (
	"context"
	"database/sql"
)

// SetSynchronous puts the writer's one connection to another level, which Open would
// refuse: the control of the power cut test.
func SetSynchronous(ctx context.Context, d *DB, level string) error {
	_, err := d.conn.ExecContext(ctx, "PRAGMA synchronous = "+level)
	return err
}

// PlainPool opens the database as Open does, with one connection that writes, but
// without the writer that commits in groups: what most programs do.
func PlainPool(path string) (*sql.DB, error) {
	p, err := sql.Open("sqlite3", dsn(path, "&_txlock=immediate"))
	if err == nil {
		p.SetMaxOpenConns(1)
	}
	return p, err
}
