package outbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name    string
		server  testkit.Behaviour
		state   outbox.State
		outcome outbox.Outcome
		code    int
		answer  string
		kept    int // mails that the server has afterwards
	}{
		{"accepted", testkit.Accept, outbox.StateSent, outbox.OutcomeAccepted, 250, "queued", 1},
		{"sender refused for now", testkit.SenderTemporary, outbox.StateQueued, outbox.OutcomeTemporary, 451, "451 4.7.1 Sender must wait", 0},
		{"recipient refused for now", testkit.RcptTemporary, outbox.StateQueued, outbox.OutcomeTemporary, 451, "451 4.2.1 Mailbox busy", 0},
		{"text refused for now", testkit.DataTemporary, outbox.StateQueued, outbox.OutcomeTemporary, 451, "451 4.3.0 Try again later", 0},
		{"recipient refused for good", testkit.RcptPermanent, outbox.StateFailed, outbox.OutcomePermanent, 550, "550 5.1.1 No such mailbox", 0},
		{"text refused for good", testkit.DataPermanent, outbox.StateFailed, outbox.OutcomePermanent, 554, "554 5.7.1 Refused as spam", 0},
		{"line lost before the text", testkit.DropAtRcpt, outbox.StateQueued, outbox.OutcomeTemporary, 0, "EOF", 0},
		{"line lost in the text", testkit.DropInData, outbox.StateUnknown, outbox.OutcomeUnknown, 0, "EOF", 0},
		{"line lost before the answer", testkit.DropAfterDot, outbox.StateUnknown, outbox.OutcomeUnknown, 0, "EOF", 1},
		{"line lost after the answer", testkit.DropAfterReply, outbox.StateSent, outbox.OutcomeAccepted, 250, "queued", 1},
		{"no answer to the recipient in time", testkit.HoldAtRcpt, outbox.StateQueued, outbox.OutcomeTemporary, 0, "timeout", 0},
		{"no answer to the text in time", testkit.Hold, outbox.StateUnknown, outbox.OutcomeUnknown, 0, "timeout", 0},
		{"no answer in time to a text that was kept", testkit.HoldKept, outbox.StateUnknown, outbox.OutcomeUnknown, 0, "timeout", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) {
				if c.answer == "timeout" {
					cfg.Timeout = time.Second // long enough for the mail after it, on a busy machine
				}
			})
			r.run()
			r.smtp.Next("", c.server)
			id := r.queue(1)
			m := r.untilState(id, c.state, 1)
			a := r.last(id)
			if a.Outcome != c.outcome || a.Code != c.code || a.EndedAt.IsZero() {
				t.Errorf("attempt %+v, want %s with code %d", a, c.outcome, c.code)
			}
			reset := strings.Contains(a.Answer, "reset by peer") // what a hung-up line says is the network's choice
			if !strings.Contains(a.Answer, c.answer) && !reset || strings.Contains(a.Answer, "example.vn") {
				t.Errorf("answer %q", a.Answer)
			}
			if n := len(r.smtp.Messages()); n != c.kept {
				t.Errorf("the server has %d mails, want %d", n, c.kept)
			}
			if sent := c.state == outbox.StateSent; sent != (m.Transport == outbox.TransportSMTP) || sent != m.SentAt.Equal(r.clock.Now()) {
				t.Errorf("mail %+v", m)
			}
			if unknown := c.state == outbox.StateUnknown; unknown != m.MayHaveArrived() {
				t.Errorf("may have arrived: %v", m.MayHaveArrived())
			}
			r.passes(2) // whatever happened, the next mail goes out at once
		})
	}
}

// The waits are 1, 5, 15, 60 minutes, then 2, 4, 6 hours, each half more or less,
// and end 48 hours after queueing.
func TestTemporaryRefusalsAreTriedFor48Hours(t *testing.T) {
	r := running(t)
	r.smtp.Always(address(1), testkit.RcptTemporary)
	queued := r.clock.Now()
	id := r.queue(1)
	waits := []time.Duration{1, 5, 15, 60, 120, 240, 360}
	for attempt := 1; ; attempt++ {
		r.smtp.WaitForTries(address(1), attempt, patience)
		var m outbox.Mail
		r.until("the refusal is written down", func() bool {
			m = r.mail(id)
			return m.Attempts == attempt && m.State != outbox.StateSending
		})
		if m.State == outbox.StateFailed {
			if gone := r.clock.Now().Sub(queued); gone != 48*time.Hour {
				t.Errorf("given up after %v", gone)
			}
			if attempt < 9 || !m.DueAt.IsZero() {
				t.Errorf("given up after %d attempts, due %v", attempt, m.DueAt)
			}
			return
		}
		want := waits[min(attempt-1, len(waits)-1)] * time.Minute
		wait := m.DueAt.Sub(r.clock.Now())
		last := m.DueAt.Equal(m.GiveUpAt.Time)
		if m.State != outbox.StateQueued || wait > want*3/2 || wait < want/2 && !last {
			t.Fatalf("attempt %d: %s, again in %v, want %v ± half", attempt, m.State, wait, want)
		}
		r.clock.Set(m.DueAt.Time)
		r.box.Wake()
	}
}

func TestUnknownIsRepeatedOnceThenLeftToAPerson(t *testing.T) {
	r := running(t)
	r.smtp.Next(address(1), testkit.DropAfterDot, testkit.DropAfterDot)
	id := r.queue(1)
	m := r.untilState(id, outbox.StateUnknown, 1)
	if wait := m.DueAt.Sub(r.clock.Now()); wait != 15*time.Minute {
		t.Fatalf("repeated after %v", wait)
	}
	r.later(15*time.Minute - time.Millisecond)
	r.passes(2)
	if n := r.smtp.Tries(address(1)); n != 1 {
		t.Fatalf("%d tries before the 15 minutes were over", n)
	}
	r.later(time.Millisecond)
	m = r.untilState(id, outbox.StateUnknown, 2)
	if !m.DueAt.IsZero() {
		t.Errorf("will be repeated a second time at %v", m.DueAt)
	}
	r.later(30 * 24 * time.Hour)
	r.passes(3)
	if n := r.smtp.Tries(address(1)); n != 2 {
		t.Fatalf("%d tries, want 2 until a person acts", n)
	}
	if again, err := r.box.Resend(t.Context(), id); err != nil || again != id {
		t.Fatalf("sent again as %d: %v", again, err)
	}
	r.untilState(id, outbox.StateSent, 3)
	ids := map[string]int{}
	for _, m := range r.received(5) {
		if m.EnvelopeTo == address(1) {
			ids[m.MessageID]++
		}
	}
	if len(ids) != 1 || ids[m.MessageID] != 3 {
		t.Errorf("copies by Message-ID: %v, want three of %s", ids, m.MessageID)
	}
}

// A mail that arrived on a lost line and was refused on its repeat must not read
// as plainly failed.
func TestRefusedAfterUnknownMayHaveArrived(t *testing.T) {
	r := running(t)
	r.smtp.Next(address(1), testkit.DropAfterDot, testkit.DataPermanent)
	id := r.queue(1)
	r.untilState(id, outbox.StateUnknown, 1)
	r.later(15 * time.Minute)
	if m := r.untilState(id, outbox.StateFailed, 2); !m.MayHaveArrived() {
		t.Error("shown as failed although it arrived")
	}
}

const (
	killedMail    = `UPDATE mail SET state = 'sending', leased_until = ? WHERE id = ?`
	killedAttempt = `INSERT INTO mail_attempt (mail_id, started_at, outcome) VALUES (?, ?, 'started')`
)

// A killed process leaves claims behind. Those whose text may have begun to flow
// become unknown, the others are sent as if nothing had happened.
func TestRestartAfterAKill(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	begun, claimed := r.queue(1), r.queue(2)
	testkit.Write(t, r.db, func(ctx context.Context, tx *db.Tx) error {
		for _, id := range []int64{begun, claimed} {
			if err := db.Exec(ctx, tx, killedMail, db.At(tx.Now().Add(10*time.Minute)), id); err != nil {
				return err
			}
		}
		return db.Exec(ctx, tx, killedAttempt, begun, db.At(tx.Now()))
	})
	r.run()
	r.untilState(claimed, outbox.StateSent, 1)
	m := r.untilState(begun, outbox.StateUnknown, 1)
	if wait := m.DueAt.Sub(r.clock.Now()); wait != 15*time.Minute {
		t.Errorf("repeated after %v", wait)
	}
	if a := r.last(begun); a.Outcome != outbox.OutcomeUnknown || a.Reason.Key != "outbox.answer.interrupted" || a.Answer != "" {
		t.Errorf("attempt %+v", a)
	}
	r.later(15 * time.Minute)
	r.untilState(begun, outbox.StateSent, 2)
	if got := r.received(2); len(got) != 2 || got[1].MessageID != m.MessageID {
		t.Errorf("%d mails, the last with Message-ID %s", len(got), got[1].MessageID)
	}
}

// A claim whose end could not be written (a full disk) is taken back when its
// lease is over, without a restart.
func TestLeaseThatRanOut(t *testing.T) {
	r := running(t)
	r.smtp.Always("", testkit.Hold)
	held := r.queue(1)
	r.smtp.WaitForTries(address(1), 1, patience) // in hand: must not be taken back
	lost := r.queueAs(outbox.Queued{Kind: "test.plain", Subject: 2, ToAddress: address(2)})
	r.smtp.WaitForTries(address(2), 1, patience)
	left := int64(0)
	testkit.Write(t, r.db, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if left, err = r.box.Queue(ctx, tx, outbox.Queued{Kind: "test.plain", Subject: 3, ToAddress: address(3)}); err != nil {
			return err
		}
		return db.Exec(ctx, tx, killedMail, db.At(tx.Now().Add(10*time.Minute)), left)
	})
	r.later(11 * time.Minute)
	r.until("the claim left behind is taken back", func() bool {
		m := r.mail(left)
		return m.State == outbox.StateQueued || m.Attempts == 1 || r.smtp.Tries(address(3)) > 0
	})
	for _, id := range []int64{held, lost} {
		if m := r.mail(id); m.State != outbox.StateSending || m.Attempts != 0 {
			t.Errorf("a mail in hand became %s", m.State)
		}
	}
	r.smtp.Release()
	for _, id := range []int64{held, lost, left} {
		r.untilState(id, outbox.StateSent, 1)
	}
}

// A mail under way when the program stops gets a moment, and is unknown after it.
func TestStoppingDuringAMail(t *testing.T) {
	r := running(t)
	r.smtp.Next("", testkit.Hold)
	id := r.queue(1)
	r.smtp.WaitForTries(address(1), 1, patience)
	r.until("the attempt has begun", func() bool { return len(r.attempts(id)) == 1 })
	r.stop()
	if m := r.mail(id); m.State != outbox.StateUnknown || m.Attempts != 1 {
		t.Errorf("mail is %s after %d attempts", m.State, m.Attempts)
	}
}

// Faults of every kind over many mails: each is told from every other in the end,
// none is lost, and the server has extra copies only of mails whose line it cut
// after taking them.
func TestNothingLostNothingTwice(t *testing.T) {
	r := running(t)
	faults := []testkit.Behaviour{testkit.Accept, testkit.RcptTemporary, testkit.DataTemporary, testkit.DropAtRcpt, testkit.DropInData, testkit.DropAfterDot, testkit.DropAfterReply}
	dice := rand.New(rand.NewPCG(12, 2022))
	const mails = 120
	cuts, ids := map[string]int{}, map[int64]string{}
	for i := range mails {
		for range dice.IntN(4) {
			f := faults[dice.IntN(len(faults))]
			r.smtp.Next(address(i), f)
			if f == testkit.DropAfterDot {
				cuts[address(i)]++
			}
		}
	}
	for i := range mails {
		ids[r.queue(i)] = address(i)
	}
	for hours := 0; ; hours++ {
		open := 0
		r.until("a round ends", func() bool {
			waiting, busy := 0, 0
			for id := range ids {
				switch m := r.mail(id); {
				case m.State == outbox.StateSending || !m.DueAt.IsZero() && !m.DueAt.After(r.clock.Now()):
					busy++
				case !m.DueAt.IsZero():
					waiting++
				}
			}
			open = waiting
			return busy == 0
		})
		if open == 0 || hours > 60 {
			break
		}
		r.later(time.Hour)
	}
	copies := map[string]int{}
	for _, m := range r.received(1) {
		copies[m.EnvelopeTo]++
	}
	for id, to := range ids {
		m := r.mail(id)
		switch {
		case m.State == outbox.StateUnknown && m.Unknowns == 2: // left to a person
		case m.State != outbox.StateSent:
			t.Errorf("%s ends as %s", to, m.State)
		case copies[to] == 0:
			t.Errorf("%s counts as sent and never arrived", to)
		}
		if copies[to] > 1+cuts[to] {
			t.Errorf("%s got %d copies with %d cuts", to, copies[to], cuts[to])
		}
	}
}

func TestManyMailsExactlyOnce(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	const mails = 200
	testkit.Write(t, r.db, func(ctx context.Context, tx *db.Tx) error {
		for i := range mails {
			q := outbox.Queued{Kind: "test.plain", Subject: int64(i), ToAddress: address(i), DedupeKey: fmt.Sprint("all/", i)}
			if _, err := r.box.Queue(ctx, tx, q); err != nil {
				return err
			}
		}
		return nil
	})
	r.run()
	r.until("all are sent", func() bool {
		sent, err := r.box.List(t.Context(), outbox.Filter{State: outbox.StateSent, Limit: 200})
		return err == nil && len(sent) == mails
	})
	copies := map[string]int{}
	for _, m := range r.received(mails) {
		copies[m.EnvelopeTo]++
	}
	for i := range mails {
		if copies[address(i)] != 1 {
			t.Errorf("%s got %d mails", address(i), copies[address(i)])
		}
	}
	// Two workers, a line for at most a hundred mails each.
	if n := r.smtp.Sessions(); n < 2 || n > 4 {
		t.Errorf("%d mails over %d lines", mails, n)
	}
}
