package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hoinghi/conference"
)

const (
	queueLength = 4096 // waiting writes; beyond it the visitor is told to try again
	batchLimit  = 256  // writes in one commit
)

// ErrBusy is returned when more writes wait than the queue holds.
var ErrBusy = conference.Fail(conference.KindUnavailable, "error.busy")

type job struct {
	ctx   context.Context
	fn    func(context.Context, *Tx) error
	err   error
	panic any
	tx    *Tx
	done  chan struct{}
}

type insideKey struct{}

type refusalKey struct{}

// Refusing gives a context through which nothing is written: Write fails with why
// and does not call its function. Whoever could not read all of what was asked uses
// it, so that nothing is stored by halves whichever verb is called.
func Refusing(ctx context.Context, why error) context.Context {
	return context.WithValue(ctx, refusalKey{}, why)
}

// Write runs fn in a transaction and returns nil only when what it wrote is
// durable on the disk. When fn fails or panics, nothing of it stays.
//
// Waiting writes are committed as a group, each in its own savepoint: one fsync
// serves all of them. So fn must be quick (no network, no hashing, no files, no
// rendering), and it must not call Write or read through the pool: both would
// wait for, or miss, the very transaction they stand in.
//
// A write that was queued is carried out even if its caller's context ends meanwhile.
func (d *DB) Write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	if ctx.Value(insideKey{}) != nil {
		panic("db: Write inside Write")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if why, ok := ctx.Value(refusalKey{}).(error); ok {
		return why
	}
	j := &job{ctx: context.WithValue(context.WithoutCancel(ctx), insideKey{}, true), fn: fn, done: make(chan struct{})}
	if err := d.enqueue(j); err != nil {
		return err
	}
	<-j.done
	if j.panic != nil {
		panic(j.panic)
	}
	if j.err == nil {
		for _, f := range j.tx.after {
			f()
		}
	}
	return j.err
}

// enqueue puts a write into the queue, unless the queue is full or the database is being closed.
func (d *DB) enqueue(j *job) error {
	d.closing.RLock()
	defer d.closing.RUnlock()
	if d.closed {
		return ErrBusy
	}
	select {
	case d.queue <- j:
		return nil
	default:
		return ErrBusy
	}
}

func (d *DB) writeLoop() {
	defer close(d.done)
	for first := range d.queue {
		batch := []*job{first}
	fill:
		for len(batch) < batchLimit {
			select {
			case j, ok := <-d.queue:
				if !ok {
					break fill
				}
				batch = append(batch, j)
			default:
				break fill // never wait for company: it would only slow the lonely writer
			}
		}
		d.commit(batch)
		for _, j := range batch {
			close(j.done)
		}
	}
}

// commit carries out a batch in one transaction. If the transaction as a whole
// is lost (disk full, i/o error), every write of it fails, also those whose own
// part had gone well.
func (d *DB) commit(batch []*job) {
	ctx := context.Background()
	fail := func(err error) {
		d.log.Error("group commit failed", "error", err, "writes", len(batch))
		for _, j := range batch {
			if j.err == nil && j.panic == nil {
				j.err = storeError(err)
			}
		}
	}
	if _, err := d.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		fail(fmt.Errorf("begin: %w", err))
		return
	}
	now := d.Now()
	for _, j := range batch {
		if err := d.runJob(ctx, j, now); err != nil {
			d.rollback(ctx)
			fail(err)
			return
		}
	}
	if _, err := d.conn.ExecContext(ctx, "COMMIT"); err != nil {
		d.rollback(ctx)
		fail(fmt.Errorf("commit: %w", err))
	}
}

// rollback ends a failed transaction. SQLite may have ended it by itself
// already, so its complaint about that says nothing.
func (d *DB) rollback(ctx context.Context) { _, _ = d.conn.ExecContext(ctx, "ROLLBACK") }

// runJob runs one write in its savepoint. It returns an error only when the
// savepoint itself cannot be kept, which costs the whole batch.
func (d *DB) runJob(ctx context.Context, j *job, now time.Time) error {
	if _, err := d.conn.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	j.tx = &Tx{db: d, now: now}
	func() {
		defer func() { j.panic = recover() }()
		j.err = j.fn(j.ctx, j.tx)
	}()
	j.tx.closed = true
	if j.err == nil && j.panic == nil {
		if _, err := d.conn.ExecContext(ctx, "RELEASE job"); err != nil {
			return fmt.Errorf("release: %w", err)
		}
		return nil
	}
	if _, err := d.conn.ExecContext(ctx, "ROLLBACK TO job"); err != nil {
		return fmt.Errorf("roll back to savepoint: %w", errors.Join(err, j.err))
	}
	if _, err := d.conn.ExecContext(ctx, "RELEASE job"); err != nil {
		return fmt.Errorf("release after roll back: %w", err)
	}
	if j.err != nil && isStoreFailure(j.err) {
		j.err = storeError(j.err)
	}
	return nil
}

// Tx is one write in progress. It reads what it wrote itself and must not be
// used after the function that received it returned.
type Tx struct {
	db     *DB
	now    time.Time
	after  []func()
	closed bool
}

// Now gives the moment of this write; all times that it stores come from here.
func (t *Tx) Now() time.Time { return t.now }

// AfterCommit has f called once the write is durable, on the caller's goroutine.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// Publish tells the subscribers of a topic, after the commit, that it changed.
func (t *Tx) Publish(topic string) { t.AfterCommit(func() { t.db.live.publish(topic) }) }

// ExecContext runs a statement that changes rows.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.check(ctx)
	return t.db.conn.ExecContext(ctx, query, args...)
}

// QueryContext runs a query inside the write.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	t.check(ctx)
	return t.db.conn.QueryContext(ctx, query, args...)
}

func (t *Tx) check(ctx context.Context) {
	if t.closed {
		panic("db: Tx used after its write ended")
	}
	if t.db.strict && ctx.Value(insideKey{}) == nil {
		panic("db: Tx used with a context from outside its write")
	}
}
