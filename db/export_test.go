package db

import "context"

// SetSynchronous puts the writer's one connection to another level, which Open would
// refuse: the control of the power cut test.
func SetSynchronous(ctx context.Context, d *DB, level string) error {
	_, err := d.conn.ExecContext(ctx, "PRAGMA synchronous = "+level)
	return err
}
