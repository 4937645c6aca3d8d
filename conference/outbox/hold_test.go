package outbox_test

import (
	"context"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

func (r *rig) hold(campaign int64) bool {
	r.t.Helper()
	return r.decide(func(ctx context.Context, tx *db.Tx) (bool, error) { return r.box.Hold(ctx, tx, 0, campaign) })
}

func (r *rig) release(campaign int64) bool {
	r.t.Helper()
	return r.decide(func(ctx context.Context, tx *db.Tx) (bool, error) { return r.box.Release(ctx, tx, 0, campaign) })
}

func (r *rig) decide(do func(context.Context, *db.Tx) (bool, error)) (done bool) {
	r.t.Helper()
	testkit.Write(r.t, r.db, func(ctx context.Context, tx *db.Tx) (err error) {
		done, err = do(ctx, tx)
		return err
	})
	return done
}

func (r *rig) queueFor(campaign int64, i int) int64 {
	r.t.Helper()
	return r.queueAs(outbox.Queued{Kind: "test.plain", Subject: int64(i), ToAddress: address(i), Campaign: campaign})
}

// A held campaign waits in the database: another process finds it held, sends what
// belongs to others, and goes on when it is released. Waiting costs its mails nothing
// of their 48 hours.
func TestHeldCampaignWaitsOverARestart(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	held, other := r.queueFor(7, 1), r.queueFor(8, 2)
	if !r.hold(7) || r.hold(7) {
		t.Error("held twice, or not at all")
	}
	r.run()
	r.untilState(other, outbox.StateSent, 1)
	r.stop()

	r.box = r.newBox(nil) // as after a restart
	r.run()
	r.clock.Advance(70 * time.Hour)
	r.passes(3)
	if m := r.mail(held); m.State != outbox.StateQueued || m.Attempts != 0 || r.smtp.Tries(address(1)) != 0 {
		t.Fatalf("a held mail is %s after %d attempts", m.State, m.Attempts)
	}
	h, ok, err := outbox.Held(t.Context(), r.db, 7)
	if err != nil || !ok || !h.At.Equal(r.clock.Now().Add(-70*time.Hour)) {
		t.Errorf("hold %+v, %v, %v", h, ok, err)
	}
	if _, err := r.box.Resend(t.Context(), held); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("one mail of a held campaign sent again: %v", err)
	}
	r.smtp.Next(address(1), testkit.RcptTemporary)
	if !r.release(7) || r.release(7) {
		t.Error("released twice, or not at all")
	}
	r.untilState(held, outbox.StateQueued, 1) // refused for now 70 hours after it was queued, and not given up
	r.later(2 * time.Minute)
	r.untilState(held, outbox.StateSent, 2)
}

// Once the hold is committed no delivery begins, whatever was claimed before it; the
// one that had begun is finished.
func TestHoldReachesMailsThatWereClaimed(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.Workers = 1 })
	var ids []int64
	for i := range 10 {
		ids = append(ids, r.queueFor(7, i))
	}
	r.smtp.Next(address(0), testkit.Hold)
	r.run()
	r.smtp.WaitForTries(address(0), 1, patience) // the first is on the line, all ten are claimed
	r.hold(7)
	r.smtp.Release()
	r.untilState(ids[0], outbox.StateSent, 1)
	r.passes(99)
	p, err := r.box.CampaignProgress(t.Context(), 7)
	if err != nil || p.Sent != 1 || p.Waiting != 9 {
		t.Fatalf("after the hold: %+v, %v", p, err)
	}
	for _, id := range ids[1:] {
		r.untilState(id, outbox.StateQueued, 0)
	}
	r.release(7)
	r.until("all have gone", func() bool {
		p, err = r.box.CampaignProgress(t.Context(), 7)
		return err == nil && p.Sent == 10
	})
	if n := len(r.smtp.Messages()); n != 11 {
		t.Errorf("%d mails arrived, want 11", n)
	}
}

func TestHoldWithoutAServer(t *testing.T) {
	r := newRig(t, nil, nil)
	id := r.queueFor(7, 1)
	r.hold(7)
	r.run()
	r.passes(2)
	if m := r.mail(id); m.State != outbox.StateQueued {
		t.Errorf("held, and %s", m.State)
	}
	r.release(7)
	r.untilState(id, outbox.StateSent, 1)
}

func TestStopCampaign(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	r.smtp.Next(address(1), testkit.RcptPermanent)
	r.smtp.Next(address(2), testkit.DropAfterDot)
	r.smtp.Next(address(3), testkit.RcptTemporary)
	failed, unknown, waiting := r.queueFor(7, 1), r.queueFor(7, 2), r.queueFor(7, 3)
	other := r.queueFor(8, 4)
	r.run()
	r.untilState(failed, outbox.StateFailed, 1)
	r.untilState(unknown, outbox.StateUnknown, 1)
	r.untilState(waiting, outbox.StateQueued, 1)
	r.untilState(other, outbox.StateSent, 1)
	if left, err := r.box.Pending(t.Context(), 7); err != nil || !left {
		t.Errorf("nothing is left before: %v", err)
	}
	n := 0
	testkit.Write(t, r.db, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = r.box.StopCampaign(ctx, tx, 0, 7)
		return err
	})
	r.later(48 * time.Hour)
	r.passes(5)
	for campaign, want := range map[int64]bool{7: false, 8: false} {
		if left, err := r.box.Pending(t.Context(), campaign); err != nil || left != want {
			t.Errorf("campaign %d: something is left: %v, %v", campaign, left, err)
		}
	}
	if n != 1 || r.mail(failed).State != outbox.StateFailed || r.mail(waiting).State != outbox.StateStopped {
		t.Errorf("%d stopped, %s, %s", n, r.mail(failed).State, r.mail(waiting).State)
	}
	if m := r.mail(unknown); m.State != outbox.StateUnknown || !m.MayHaveArrived() {
		t.Errorf("the unknown one: %+v", m)
	}
}
