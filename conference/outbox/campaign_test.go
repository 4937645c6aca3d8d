package outbox_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const (
	campaignMails = 500
	campaignKills = 8
	between       = 20 * time.Minute // on the clock, from one process to the next: refusals and unknown outcomes fall due
)

// fault is one way in which a delivery goes wrong, and how often in a hundred.
type fault struct {
	behaviour testkit.Behaviour
	percent   int
}

// faults are all that documents and experience know; a time-out takes real time, so these are few.
func faults() []fault {
	return []fault{
		{testkit.RcptTemporary, 15}, {testkit.DataTemporary, 14}, {testkit.DropAtRcpt, 12}, {testkit.DropInData, 14}, {testkit.DropAfterDot, 14},
		{testkit.DropAfterReply, 14}, {testkit.RcptPermanent, 4}, {testkit.DataPermanent, 4}, {testkit.Hold, 3}, {testkit.HoldAtRcpt, 3}, {testkit.HoldKept, 3},
	}
}

func draw(dice *rand.Rand) testkit.Behaviour {
	n := dice.IntN(100)
	for _, f := range faults() {
		if n -= f.percent; n < 0 {
			return f.behaviour
		}
	}
	return testkit.Accept
}

// A campaign of 500 mails over a server that answers slowly, refuses for now and for
// good, hangs up everywhere and stays silent, sent by a process that is killed eight
// times. Nobody is missing. Nobody has it twice, but for those with an outcome that
// was written down as unknown, and they have one more at most for each of these.
func TestCampaignOf500(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.Timeout, cfg.Workers = 500*time.Millisecond, killWorkers })
	dice := rand.New(rand.NewPCG(5, 500))
	r.smtp.Slow(time.Millisecond) // so that kills hit mails between text and answer
	planned := map[testkit.Behaviour]int{}
	refused := map[int]bool{} // may end as failed
	for i := range campaignMails {
		if dice.IntN(100) >= 45 {
			continue
		}
		for range 1 + dice.IntN(3) {
			f := draw(dice)
			r.smtp.Next(address(i), f)
			planned[f]++
			refused[i] = refused[i] || f == testkit.RcptPermanent || f == testkit.DataPermanent
		}
	}
	for _, f := range faults() {
		if planned[f.behaviour] == 0 {
			t.Fatalf("fault %d was not drawn", f.behaviour)
		}
	}
	ids := r.campaign()
	for n := range campaignKills {
		r.killedOnTheWay(time.Duration(n)*between, 20+dice.IntN(20))
	}
	r.clock.Advance(campaignKills * between)
	r.run()
	for round := 0; r.anythingLeft(); round++ {
		if round > 100 {
			t.Fatal("the campaign does not end")
		}
		r.later(time.Hour)
	}
	r.stop()
	r.checkCampaign(ids, refused)
}

// campaign queues the mails, each tenth with a copy to the next address as an organisation's office has it.
func (r *rig) campaign() []int64 {
	r.t.Helper()
	ids := make([]int64, campaignMails)
	testkit.Write(r.t, r.db, func(ctx context.Context, tx *db.Tx) (err error) {
		for i := range ids {
			q := outbox.Queued{Kind: "test.plain", Subject: int64(i), ToAddress: address(i), Campaign: 1}
			if first := i / 10 * 10; i%10 < 2 {
				q.Heads = outbox.Heads{To: outbox.Address{Address: address(first)}, Cc: []outbox.Address{{Address: address(first + 1)}}}
			}
			if ids[i], err = r.box.Queue(ctx, tx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

// killedOnTheWay runs the outbox in a process of its own and kills it once so many
// more mails have arrived.
func (r *rig) killedOnTheWay(later time.Duration, mails int) {
	r.t.Helper()
	before := len(r.smtp.Messages())
	cmd := exec.CommandContext(r.t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childDatabase+"="+r.db.Path(), childServer+"="+r.smtp.Addr(), childTimeout+"=500ms", childLater+"="+later.String())
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.smtp.WaitFor(before+mails, patience)
	if err := cmd.Process.Kill(); err != nil {
		r.t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"
	if out := len(r.smtp.Messages()); out > campaignMails*9/10 {
		r.t.Fatalf("the kill came too late: %d mails out already", out)
	}
}

const (
	dueNow   = `SELECT count(*) FROM mail WHERE state = 'sending' OR due_at <= ?`
	dueLater = `SELECT count(*) FROM mail WHERE due_at IS NOT NULL`
)

// anythingLeft waits until nothing is due any more and reports whether something will be.
func (r *rig) anythingLeft() bool {
	r.t.Helper()
	count := func(query string, args ...any) int {
		n, err := db.Value[int](r.t.Context(), r.db, query, args...)
		if err != nil {
			r.t.Fatal(err)
		}
		return n
	}
	r.until("nothing is due", func() bool { return count(dueNow, db.At(r.clock.Now())) == 0 })
	return count(dueLater) > 0
}

// checkCampaign compares what the server has with what the ledger says, mail by mail.
func (r *rig) checkCampaign(ids []int64, refused map[int]bool) {
	r.t.Helper()
	copies, messageIDs := map[string]int{}, map[string]map[string]bool{}
	for _, m := range r.received(1) {
		copies[m.EnvelopeTo]++
		if messageIDs[m.EnvelopeTo] == nil {
			messageIDs[m.EnvelopeTo] = map[string]bool{}
		}
		messageIDs[m.EnvelopeTo][m.MessageID] = true
	}
	ends, seen, interrupted, twice := map[outbox.State]int{}, map[outbox.Outcome]int{}, 0, 0
	for i, id := range ids {
		m, got := r.mail(id), copies[address(i)]
		accepted, unknown := 0, 0
		for _, a := range r.attempts(id) {
			seen[a.Outcome]++
			switch a.Outcome {
			case outbox.OutcomeAccepted:
				accepted++
			case outbox.OutcomeUnknown:
				unknown++
			}
			if a.Reason.Key == "outbox.answer.interrupted" {
				interrupted++
			}
		}
		ends[m.State]++
		if got > 1 {
			twice++
		}
		if err := inOrder(m, got, accepted, unknown, refused[i]); err != "" {
			r.t.Errorf("mail %d: %s; %s after %d attempts, %d copies, %d accepted, %d unknown", i, err, m.State, m.Attempts, got, accepted, unknown)
		}
		if len(messageIDs[address(i)]) > 1 {
			r.t.Errorf("mail %d: its copies carry %d Message-IDs", i, len(messageIDs[address(i)]))
		}
	}
	for _, o := range []outbox.Outcome{outbox.OutcomeAccepted, outbox.OutcomeTemporary, outbox.OutcomePermanent, outbox.OutcomeUnknown} {
		if seen[o] == 0 {
			r.t.Errorf("no attempt ended as %s", o)
		}
	}
	if interrupted == 0 {
		r.t.Error("no kill hit a mail on its way")
	}
	r.t.Logf("%d mails, %d kills: ended as %v, attempts %v, %d of them interrupted by a kill, %d mails with a second copy", len(ids), campaignKills, ends, seen, interrupted, twice)
}

// inOrder says what is wrong with a mail, "" for nothing.
func inOrder(m outbox.Mail, copies, accepted, unknown int, mayFail bool) string {
	switch {
	case accepted > 1:
		return "was sent again after a known acceptance"
	case copies > accepted+unknown:
		return "arrived more often than the ledger can explain"
	case m.Unknowns != unknown:
		return "counts its unknown outcomes wrongly"
	}
	switch m.State {
	case outbox.StateSent:
		if copies == 0 || accepted != 1 {
			return "counts as sent and nobody has it"
		}
	case outbox.StateUnknown:
		if unknown < 2 {
			return "is left as unknown without its one repeat"
		}
	case outbox.StateFailed:
		if !mayFail || accepted > 0 {
			return "failed without a refusal for good"
		}
	case outbox.StateQueued, outbox.StateSending, outbox.StateStopped:
		return "is missing"
	}
	return ""
}
