package outbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

func organiser(ctx context.Context) context.Context {
	return conference.WithActor(ctx, conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Trần Thị Mẫu", Roles: []conference.Role{conference.RoleOrganiser}})
}

func steward(ctx context.Context) context.Context {
	return conference.WithActor(ctx, conference.Actor{Kind: conference.ActorStaff, ID: 2, Label: "Lê Văn Thử", Roles: []conference.Role{conference.RoleSteward}})
}

// A returned mail is pasted at the desk: what it says is shown, kept when it was confirmed, and can be taken back.
func TestReturnedMailIsPasted(t *testing.T) {
	r := running(t)
	m := r.gone(1)
	ctx := organiser(t.Context())
	got, err := r.box.ReadReturned(ctx, r.reportOn("postfix-unknown", m))
	if err != nil || got.Guessed || len(got.Mails) != 1 || got.Mails[0].ID != m.ID || got.Mail != m.ID || got.Kind != outbox.BounceHard || got.Code != "5.1.1" {
		t.Fatalf("%+v, %v", got, err)
	}
	if b := r.bounces(m); len(b) != 0 {
		t.Errorf("kept before anybody confirmed: %+v", b)
	}
	for range 2 { // the second time changes nothing
		if err := r.box.Bounced(ctx, got.Bounce); err != nil {
			t.Fatal(err)
		}
	}
	b := r.bounces(m)
	if len(b) != 1 || b[0].Source != outbox.SourcePasted || b[0].Answer != got.Answer {
		t.Fatalf("bounces %+v", b)
	}
	if err := r.box.ForgetBounce(ctx, m.ID+1, b[0].ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("taken back through another mail: %v", err)
	}
	if err := r.box.ForgetBounce(ctx, m.ID, b[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := r.box.ForgetBounce(ctx, m.ID, b[0].ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("taken back twice: %v", err)
	}
	history, err := audit.History(t.Context(), r.db, "mail", m.ID)
	if err != nil || len(history) != 2 || history[0].Action != "outbox.not_bounced" || history[1].Action != "outbox.bounced" || history[1].ActorLabel != "Trần Thị Mẫu" {
		t.Errorf("audit %+v, %v", history, err)
	}
}

// Text copied from a screen names no mail, only an address: the latest mails to it are offered.
func TestTextWithoutMessageIDOffersTheMailsToItsAddress(t *testing.T) {
	r := running(t)
	first := r.gone(1)
	r.gone(2)
	second := r.gone(1)
	got, err := r.box.ReadReturned(t.Context(), r.reportOn("screen-outlook-full", first))
	if err != nil || !got.Guessed || len(got.Mails) != 2 || got.Mails[0].ID != second.ID || got.Kind != outbox.BounceSoft || got.Code != "5.2.2" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsNoReturnedMailIsSaid(t *testing.T) {
	r := running(t)
	m := r.gone(1)
	for name, want := range map[string]string{
		"out-of-office": "auto_reply", "delivered": "delivered", "read-receipt": "receipt", "screen-words": "other",
	} {
		_, err := r.box.ReadReturned(t.Context(), r.reportOn(name, m))
		if conference.KindOf(err) != conference.KindInvalid || !strings.Contains(err.Error(), "outbox.error.returned."+want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stranger := outbox.Mail{MessageID: "x@y.vn", ToAddress: "ai@do.example.vn"}
	if _, err := r.box.ReadReturned(t.Context(), r.reportOn("qmail", stranger)); err == nil || !strings.Contains(err.Error(), "outbox.error.returned.unknown") {
		t.Errorf("a stranger's mail: %v", err)
	}
}

func TestWhoAndWhatMayBeNoted(t *testing.T) {
	r := running(t)
	m := r.gone(1)
	local := newRig(t, nil, nil)
	local.run()
	kept := local.untilState(local.queue(1), outbox.StateSent, 1)
	good := outbox.Bounce{Mail: m.ID, Kind: outbox.BounceHard, Code: "5.1.1"}
	for name, c := range map[string]struct {
		ctx    context.Context
		box    *outbox.Outbox
		change func(*outbox.Bounce)
		want   conference.Kind
	}{
		"steward":     {steward(t.Context()), r.box, func(*outbox.Bounce) {}, conference.KindForbidden},
		"no kind":     {t.Context(), r.box, func(b *outbox.Bounce) { b.Kind = "x" }, conference.KindInvalid},
		"no code":     {t.Context(), r.box, func(b *outbox.Bounce) { b.Code = "2.0.0" }, conference.KindInvalid},
		"long answer": {t.Context(), r.box, func(b *outbox.Bounce) { b.Answer = strings.Repeat("ạ", 301) }, conference.KindInvalid},
		"no mail":     {t.Context(), r.box, func(b *outbox.Bounce) { b.Mail = 999 }, conference.KindNotFound},
		"stayed here": {t.Context(), local.box, func(b *outbox.Bounce) { b.Mail = kept.ID }, conference.KindConflict},
	} {
		b := good
		c.change(&b)
		if err := c.box.Bounced(c.ctx, b); conference.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.box.ForgetBounce(steward(t.Context()), m.ID, 1); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("a steward takes back: %v", err)
	}
	if _, err := r.box.ReadReturned(steward(t.Context()), nil); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("a steward reads: %v", err)
	}
}

// A report that says the same less precisely adds nothing; one that says more does.
func TestTheSameSaidLessPrecisely(t *testing.T) {
	r := running(t)
	m := r.gone(1)
	for _, b := range []outbox.Bounce{{Kind: outbox.BounceSoft, Code: "4.4.1"}, {Kind: outbox.BounceSoft}, {Kind: outbox.BounceHard, Code: "5.1.1"}, {Kind: outbox.BounceHard, Code: "5.0.0"}} {
		r.clock.Advance(time.Minute)
		b.Mail = m.ID
		if err := r.box.Bounced(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if b := r.bounces(m); len(b) != 2 || b[0].Code != "4.4.1" || b[1].Code != "5.1.1" {
		t.Errorf("%+v", b)
	}
	got, err := outbox.Bounces(t.Context(), db.Reader(r.db), "test.plain", 1)
	if err != nil || got[1].Kind != outbox.BounceHard {
		t.Errorf("%+v, %v", got, err)
	}
}
