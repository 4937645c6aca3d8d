package outbox_test

import (
	"context"
	"testing"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// came writes a bounce as it is kept, without a report to read it from.
func (r *rig) came(mail int64, kind outbox.BounceKind, code string) {
	r.t.Helper()
	testkit.Write(r.t, r.db, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO mail_bounce (mail_id, kind, code, source, received_at) VALUES (?, ?, ?, 'pasted', ?)`, mail, kind, code, db.At(tx.Now()))
	})
}

// What counts is the latest mail about a subject, and that it will never arrive rather than that it is late.
func TestBouncesOfTheLatestMail(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	mended := r.queue(1)
	r.came(mended, outbox.BounceHard, "5.1.1")
	r.queue(1) // to the right address since
	both := r.queue(2)
	r.came(both, outbox.BounceHard, "5.1.1")
	r.came(both, outbox.BounceSoft, "4.4.1")
	late := r.queue(3)
	r.came(late, outbox.BounceSoft, "4.2.2")
	other := r.queueAs(outbox.Queued{Kind: "test.other", Subject: 4, ToAddress: address(4)})
	r.came(other, outbox.BounceHard, "5.1.1")

	got, err := outbox.Bounces(t.Context(), r.db, "test.plain", 1, 2, 3, 4, 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[2].Kind != outbox.BounceHard || got[2].Mail != both || got[3].Kind != outbox.BounceSoft || got[3].Code != "4.2.2" {
		t.Errorf("bounces %+v", got)
	}
	of, err := r.box.BouncesOf(t.Context(), mended, both, late)
	if err != nil || len(of[mended]) != 1 || len(of[both]) != 2 || of[both][1].Kind != outbox.BounceHard || len(of[late]) != 1 {
		t.Errorf("bounces of the mails %+v, %v", of, err)
	}
}

// What came back of an address counts until a mail went there that did not come back.
func TestBouncesOfAnAddress(t *testing.T) {
	r := running(t)
	bad, mended := r.gone(1), r.gone(2)
	r.came(bad.ID, outbox.BounceSoft, "4.2.2")
	r.came(bad.ID, outbox.BounceHard, "5.1.1")
	r.came(mended.ID, outbox.BounceHard, "5.1.1")
	r.gone(2)
	got, err := outbox.BouncedAddresses(t.Context(), r.db, nil, " MAU1@donvi.example.vn", address(2), address(3), "")
	if err != nil || len(got) != 1 || got[address(1)].Code != "5.1.1" {
		t.Errorf("%+v, %v", got, err)
	}
	list, err := r.box.List(t.Context(), outbox.Filter{State: outbox.CameBack})
	if err != nil || len(list) != 2 || list[0].ID != mended.ID || list[1].ID != bad.ID {
		t.Errorf("list %+v, %v", list, err)
	}
}

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		kind       outbox.BounceKind
		code, want string
	}{
		{outbox.BounceHard, "5.1.1", "address"}, {outbox.BounceHard, "5.1.10", "address"}, {outbox.BounceHard, "", "address"}, {outbox.BounceHard, "5.0.0", "address"},
		{outbox.BounceHard, "5.4.4", "address"}, {outbox.BounceSoft, "5.2.2", "full"}, {outbox.BounceSoft, "4.2.2", "full"}, {outbox.BounceHard, "5.7.1", "refused"},
		{outbox.BounceSoft, "4.7.0", "later"}, {outbox.BounceSoft, "4.4.1", "later"}, {outbox.BounceSoft, "", "later"}, {outbox.BounceHard, "5.3.4", "other"},
	} {
		if got := (outbox.Bounce{Kind: c.kind, Code: c.code}).Advice(); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.kind, c.code, got, c.want)
		}
	}
}
