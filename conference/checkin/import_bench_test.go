package checkin_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/checkin"
	editions "hoinghi/conference/edition"
	"hoinghi/conference/testkit"
)

// The door while somebody at the desk imports 50,000 organisations (performance.md 6,
// tests 12 and 16): 200 check-ins a second come in whatever happens, and the time of each
// counts from the moment at which it was due. The first row is the door by itself.
func BenchmarkDoorWhileImporting(b *testing.B) {
	for _, rows := range []int{0, 50_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			for b.Loop() {
				doorWhileImporting(b, rows)
			}
		})
	}
}

func doorWhileImporting(b *testing.B, rows int) {
	const every, shortest = 5 * time.Millisecond, 400
	h := newHall(b, 2000)
	room := editions.New(h.db)
	ctx, stop := context.WithCancel(conference.WithActor(context.Background(), conference.System()))
	worker := make(chan struct{})
	go func() { defer close(worker); room.RunImports(ctx, testkit.Quiet()) }()
	var id int64
	if rows > 0 {
		if err := room.Seed(ctx); err != nil {
			b.Fatal(err)
		}
		i, err := room.Upload(ctx, "x.csv", organisations(rows))
		if err != nil {
			b.Fatal(err)
		}
		if err := room.Apply(ctx, i.ID, i.Choices.Seal(), false); err != nil {
			b.Fatal(err)
		}
		id = i.ID
	}
	times := make(chan time.Duration, 100_000)
	start, n := time.Now(), 0
	importing := func() bool {
		if rows == 0 {
			return false
		}
		i, err := editions.ImportByID(ctx, h.db, id)
		if err != nil {
			b.Fatal(err)
		}
		return i.State == editions.ImportApplying
	}
	var took time.Duration
	for tick := time.NewTicker(every); n < shortest || importing(); n++ {
		due := <-tick.C
		go func(n int, due time.Time) {
			batch := checkin.Batch{Sent: h.now(), Scans: []checkin.Scan{h.scan(n+1, n%2000)}}
			if _, err := h.room.Upload(ctx, h.a, batch); err != nil {
				b.Errorf("check-in: %v", err)
			}
			times <- time.Since(due)
		}(n, due)
		took = time.Since(start)
	}
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = <-times
	}
	slices.Sort(all)
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(milliseconds(all[len(all)/2]), "p50-ms")
	b.ReportMetric(milliseconds(all[len(all)*99/100]), "p99-ms")
	b.ReportMetric(milliseconds(all[len(all)-1]), "worst-ms")
	b.ReportMetric(took.Seconds(), "import-s")
	stop()
	<-worker
}

func organisations(n int) []byte {
	var b bytes.Buffer
	b.WriteString("Tên đơn vị,Loại đơn vị,Tỉnh,Email,Họ tên đầu mối,Di động\n")
	for i := range n {
		fmt.Fprintf(&b, "Công ty TNHH Thí Dụ %d,Cơ sở công nghiệp nông thôn,Tây Ninh,lienhe%d@mau.example,Nguyễn Thị Mẫu%d,9%08d\n", i, i, i, i)
	}
	return b.Bytes()
}
