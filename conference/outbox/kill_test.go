package outbox_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const (
	childDatabase = "HOINGHI_TEST_OUTBOX_DATABASE"
	childServer   = "HOINGHI_TEST_OUTBOX_SERVER"
	childTimeout  = "HOINGHI_TEST_OUTBOX_TIMEOUT" // longest wait for one mail; empty: the usual one
	childLater    = "HOINGHI_TEST_OUTBOX_LATER"   // how far its clock is ahead of the first; empty: not at all
	kills         = 10
	killWorkers   = 4
)

// child is a whole process with an outbox, to be killed by its parent.
func child(path, server string) int {
	clock, timeout := testkit.NewClock(), time.Duration(0)
	if later, err := time.ParseDuration(os.Getenv(childLater)); err == nil {
		clock.Advance(later)
	}
	if given, err := time.ParseDuration(os.Getenv(childTimeout)); err == nil {
		timeout = given
	}
	d, err := db.Open(context.Background(), path, db.Options{Now: clock.Now, Log: testkit.Quiet()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	box, err := outbox.New(d, testkit.Quiet(), outbox.Config{SMTPURL: "smtp://" + server, From: "banthuky@hoinghi.example.vn", Workers: killWorkers, Timeout: timeout})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	box.Compose("test.plain", plain)
	_ = box.Run(context.Background())
	return 0
}

// The process is killed (SIGKILL) again and again in the middle of a campaign. In
// the end every mail has arrived, and extra copies are at most one for each mail that
// was on its way at a kill.
func TestKilledInTheMiddleOfACampaign(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	r.smtp.Slow(time.Millisecond) // so that kills hit mails between text and answer
	const mails = 400
	testkit.Write(t, r.db, func(ctx context.Context, tx *db.Tx) error {
		for i := range mails {
			if _, err := r.box.Queue(ctx, tx, outbox.Queued{Kind: "test.plain", Subject: int64(i), ToAddress: address(i), Campaign: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	for range kills {
		before := len(r.smtp.Messages())
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), childDatabase+"="+r.db.Path(), childServer+"="+r.smtp.Addr())
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r.smtp.WaitFor(before+20, patience)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // "signal: killed"
	}
	before := len(r.smtp.Messages())
	if before > mails*3/4 {
		t.Fatalf("the kills came too late: %d mails out already", before)
	}
	r.run()
	for i := 0; ; i++ {
		var p outbox.Progress
		r.until("nothing is waiting", func() bool {
			var err error
			if p, err = r.box.CampaignProgress(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			return p.Waiting == 0
		})
		if p.Unknown == 0 || i > 2 {
			break
		}
		// Each was unknown once: its one repeat is due after 15 minutes.
		r.clock.Advance(15 * time.Minute)
		r.box.Wake()
		r.until("the unknown ones are repeated", func() bool {
			var err error
			p, err = r.box.CampaignProgress(t.Context(), 1)
			return err == nil && p.Unknown == 0
		})
	}
	copies, extra := map[string]int{}, 0
	ids := map[string]bool{}
	for _, m := range r.received(mails) {
		copies[m.EnvelopeTo]++
		ids[m.MessageID] = true
	}
	for i := range mails {
		if copies[address(i)] == 0 {
			t.Errorf("%s got nothing", address(i))
		}
		extra += max(0, copies[address(i)]-1)
	}
	if extra > kills*killWorkers {
		t.Errorf("%d extra copies after %d kills of %d lines", extra, kills, killWorkers)
	}
	if len(ids) != mails {
		t.Errorf("%d Message-IDs for %d mails", len(ids), mails)
	}
	t.Logf("%d mails, %d kills, %d extra copies under the same Message-ID", mails, kills, extra)
}
