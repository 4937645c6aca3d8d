package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"hoinghi/conference"
)

// Reader is what a query needs: the database's reader pool, or a write in progress.
type Reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// QueryContext reads through the pool of connections that cannot write.
func (d *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if d.strict && ctx.Value(insideKey{}) != nil {
		panic("db: read through the pool inside Write")
	}
	return d.readers.QueryContext(ctx, query, args...)
}

// Many reads every row of a query. fields names the places of one T that the
// columns are scanned into, in the query's order.
func Many[T any](ctx context.Context, r Reader, query string, fields func(*T) []any, args ...any) ([]T, error) {
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		var v T
		if err := rows.Scan(fields(&v)...); err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	return out, nil
}

// One reads the first row of a query; without a row the error is conference.NotFound.
func One[T any](ctx context.Context, r Reader, query string, fields func(*T) []any, args ...any) (T, error) {
	var v T
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return v, fmt.Errorf("query: %w", err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return v, fmt.Errorf("rows: %w", err)
		}
		return v, conference.NotFound()
	}
	if err := rows.Scan(fields(&v)...); err != nil {
		return v, fmt.Errorf("scan: %w", err)
	}
	return v, nil
}

// Value reads one value: the first column of the first row. Without a row the
// error is conference.NotFound.
func Value[T any](ctx context.Context, r Reader, query string, args ...any) (T, error) {
	return One(ctx, r, query, func(v *T) []any { return []any{v} }, args...)
}

// Values reads the first column of every row.
func Values[T any](ctx context.Context, r Reader, query string, args ...any) ([]T, error) {
	return Many(ctx, r, query, func(v *T) []any { return []any{v} }, args...)
}

// Exec runs a statement in a write.
func Exec(ctx context.Context, tx *Tx, query string, args ...any) error {
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("exec: %w", err)
	}
	return nil
}

// Insert runs an INSERT in a write and gives the new row's id.
func Insert(ctx context.Context, tx *Tx, query string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("insert: %w", err)
	}
	return res.LastInsertId()
}

// Change runs an UPDATE or DELETE in a write and gives the number of rows it hit.
func Change(ctx context.Context, tx *Tx, query string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("change: %w", err)
	}
	return res.RowsAffected()
}

// Time is a moment as stored: unix milliseconds, NULL for the zero time.
type Time struct{ time.Time }

// At wraps a moment for storing.
func At(t time.Time) Time { return Time{t} }

// Scan implements sql.Scanner.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("time column holds %T", src)
	}
	return nil
}

// Prepare compiles a statement against the schema without running it.
func Prepare(ctx context.Context, d *DB, query string) error {
	s, err := d.readers.PrepareContext(ctx, query)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer func() { _ = s.Close() }()
	return nil
}
