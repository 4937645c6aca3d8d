package outbox_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childDatabase); path != "" {
		os.Exit(child(path, os.Getenv(childServer)))
	}
	goleak.VerifyTestMain(m)
}

const patience = 20 * time.Second

// rig is an outbox over a real database and a real mail server.
type rig struct {
	t     *testing.T
	clock *testkit.Clock
	db    *db.DB
	smtp  *testkit.SMTP
	box   *outbox.Outbox
	log   *logged
	stop  func() // ends Run and waits for it
}

// logged is a log that a test may read while it is written.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newRig makes a rig whose outbox does not run yet. set changes the configuration.
func newRig(t *testing.T, server *testkit.SMTP, set func(*outbox.Config)) *rig {
	t.Helper()
	clock := testkit.NewClock()
	r := &rig{t: t, clock: clock, db: testkit.Store(t, clock), smtp: server, log: &logged{}}
	r.box = r.newBox(set)
	return r
}

func (r *rig) newBox(set func(*outbox.Config)) *outbox.Outbox {
	r.t.Helper()
	cfg := outbox.Config{From: "banthuky@hoinghi.example.vn", FromName: "Ban Thư ký HN12"}
	if r.smtp != nil {
		cfg.SMTPURL = "smtp://" + r.smtp.Addr()
	}
	if set != nil {
		set(&cfg)
	}
	box, err := outbox.New(r.db, slog.New(slog.NewTextHandler(r.log, nil)), cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	box.Hurry(20*time.Millisecond, 50*time.Millisecond)
	box.Compose("test.plain", plain)
	return box
}

func plain(_ context.Context, m outbox.Mail) (outbox.Message, error) {
	return outbox.Message{Subject: fmt.Sprint("Thư mời số ", m.SubjectID), Text: "Kính gửi " + m.ToName + ",\n\nTrân trọng."}, nil
}

// running is a rig over a plain server whose outbox runs.
func running(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, testkit.NewSMTP(t), nil)
	r.run()
	return r
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.box.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		r.t.Helper()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				r.t.Errorf("run: %v", err)
			}
		case <-time.After(patience):
			r.t.Error("the outbox does not end")
		}
	})
	r.t.Cleanup(r.stop)
}

func address(i int) string { return fmt.Sprintf("mau%d@donvi.example.vn", i) }

// queue queues one plain mail about subject i to address(i).
func (r *rig) queue(i int) int64 {
	r.t.Helper()
	return r.queueAs(outbox.Queued{Kind: "test.plain", Subject: int64(i), ToAddress: address(i), ToName: "Nguyễn Văn Mẫu"})
}

func (r *rig) queueAs(q outbox.Queued) int64 {
	r.t.Helper()
	var id int64
	testkit.Write(r.t, r.db, func(ctx context.Context, tx *db.Tx) error {
		var err error
		id, err = r.box.Queue(ctx, tx, q)
		return err
	})
	return id
}

func (r *rig) mail(id int64) outbox.Mail {
	r.t.Helper()
	m, err := r.box.ByID(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// until waits until a condition on the ledger holds; it looks after each committed change.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	changed, end := r.db.Subscribe("outbox")
	defer end()
	late := time.After(patience)
	for !holds() {
		select {
		case <-changed:
		case <-late:
			r.t.Fatalf("still not: %s\n%s", what, r.log)
		}
	}
}

// untilState waits until a mail is in a state after so many attempts.
func (r *rig) untilState(id int64, s outbox.State, attempts int) outbox.Mail {
	r.t.Helper()
	var m outbox.Mail
	r.until(fmt.Sprintf("mail %d is %s after %d attempts", id, s, attempts), func() bool {
		m = r.mail(id)
		return m.State == s && m.Attempts == attempts
	})
	return m
}

// later moves the clock and has the queue look.
func (r *rig) later(d time.Duration) {
	r.clock.Advance(d)
	r.box.Wake()
}

func (r *rig) attempts(id int64) []outbox.Attempt {
	r.t.Helper()
	a, err := r.box.Attempts(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *rig) last(id int64) outbox.Attempt {
	r.t.Helper()
	a := r.attempts(id)
	if len(a) == 0 {
		r.t.Fatalf("mail %d has no attempt", id)
	}
	return a[0]
}

// passes queues and sends another mail, so that whatever was due before it had its turn.
func (r *rig) passes(i int) {
	r.t.Helper()
	r.untilState(r.queue(i), outbox.StateSent, 1)
}

func (r *rig) received(n int) []testkit.Received {
	r.t.Helper()
	got := r.smtp.WaitFor(n, patience)
	for _, m := range got {
		if m.Err != nil {
			r.t.Errorf("a mail's form is broken: %v\n%s", m.Err, m.Raw)
		}
	}
	return got
}
