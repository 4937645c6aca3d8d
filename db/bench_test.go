package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// What one write of a check-in costs the database: a look-up, then a new row.
const (
	benchLook   = `SELECT id FROM organisation WHERE id = ?`
	benchInsert = `INSERT INTO audit_entry (at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id) VALUES (0, 'device', 1, 'Điện thoại mẫu', 'test.bench', 'organisation', ?)`
	benchRows   = 10000
)

// BenchmarkWrite compares the product's writer, which commits waiting writes as a
// group, with one transaction for each request on one connection. Both are durable
// (synchronous=FULL) when they answer. The two take turns, so that what else the
// machine does hits both.
func BenchmarkWrite(b *testing.B) {
	for _, callers := range []int{1, 8, 64, 256} {
		b.Run(fmt.Sprintf("group/%d", callers), func(b *testing.B) {
			d := benchStore(b)
			callAtOnce(b, callers, func(id int64) error {
				return d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
					if _, err := db.Value[int64](ctx, tx, benchLook, id); err != nil {
						return err
					}
					return db.Exec(ctx, tx, benchInsert, id)
				})
			})
		})
		b.Run(fmt.Sprintf("each/%d", callers), func(b *testing.B) {
			p, err := db.PlainPool(benchStore(b).Path())
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = p.Close() }()
			callAtOnce(b, callers, func(id int64) error { return oneTransaction(b.Context(), p, id) })
		})
	}
}

func oneTransaction(ctx context.Context, p *sql.DB, id int64) error {
	tx, err := p.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after the commit
	var found int64
	if err := tx.QueryRowContext(ctx, benchLook, id).Scan(&found); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, benchInsert, id); err != nil {
		return err
	}
	return tx.Commit()
}

func benchStore(b *testing.B) *db.DB {
	b.Helper()
	d := testkit.Store(b, testkit.NewClock())
	testkit.Write(b, d, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?)
			INSERT INTO organisation (id, kind, name_vi, folded, created_at, changed_at) SELECT id, 'service', 'Đơn vị Thí Dụ', 'don vi thi du', 0, 0 FROM n`, benchRows)
	})
	return d
}

// callAtOnce has b.N calls done by so many callers, and reports how many were
// answered in a second and how long the callers waited.
func callAtOnce(b *testing.B, callers int, call func(id int64) error) {
	b.Helper()
	waits := make([]time.Duration, b.N)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range callers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				began := time.Now()
				if err := call(1 + i*7919%benchRows); err != nil {
					b.Error(err)
					return
				}
				waits[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(waits)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	b.ReportMetric(waits[len(waits)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(waits[len(waits)*99/100].Seconds()*1000, "p99-ms")
}
