package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

// turnedAway waits until the queue is in trouble and the mail is untouched, then
// lets the trouble go on for a few vain calls.
func (r *rig) turnedAway(id int64) {
	r.t.Helper()
	calls := map[int64]bool{}
	r.until("the queue called in vain three times", func() bool {
		if a := r.attempts(id); len(a) > 0 {
			calls[a[0].EndedAt.UnixMilli()] = true
			r.clock.Advance(time.Second)
		}
		return len(calls) >= 3
	})
	r.until("the mail is put back", func() bool { return r.mail(id).State == outbox.StateQueued })
	if m := r.mail(id); m.Attempts != 0 || m.MayHaveArrived() {
		r.t.Errorf("mail %+v", m)
	}
	if a := r.attempts(id); len(a) != 1 || a[0].Outcome != outbox.OutcomeNotSent || a[0].Answer == "" {
		r.t.Errorf("attempts %+v, want one row for every vain call", a)
	}
	if trouble, in := r.box.Trouble(); !in || trouble.Words == "" || trouble.Since.IsZero() {
		r.t.Errorf("trouble %+v, %v", trouble, in)
	}
}

func TestServerOutOfReach(t *testing.T) {
	r := running(t)
	r.smtp.Stop()
	id, other := r.queue(1), r.queue(2)
	r.turnedAway(id)
	r.smtp.Start()
	r.untilState(id, outbox.StateSent, 1)
	r.untilState(other, outbox.StateSent, 1)
	if _, in := r.box.Trouble(); in {
		t.Error("still in trouble after a mail went through")
	}
}

// A refused sender concerns every mail: the queue waits instead of failing them all.
func TestSenderRefusedForGoodPausesTheQueue(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	r.smtp.Always("", testkit.SenderPermanent)
	id := r.queue(1)
	r.run()
	r.turnedAway(id)
	if a := r.last(id); a.Code != 550 {
		t.Errorf("code %d", a.Code)
	}
	r.smtp.Always("", testkit.Accept)
	r.untilState(id, outbox.StateSent, 1)
}

func TestLogin(t *testing.T) {
	const password = "mật khẩu/@:bí mật"
	for _, c := range []struct {
		name, userinfo string
		in             bool
	}{
		{"right", "hoinghi:m%E1%BA%ADt%20kh%E1%BA%A9u%2F%40%3Ab%C3%AD%20m%E1%BA%ADt@", true},
		{"wrong", "hoinghi:sai-mat-khau@", false},
		{"missing", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := testkit.NewSMTP(t)
			server.RequireLogin("hoinghi", password)
			r := newRig(t, server, func(cfg *outbox.Config) { cfg.SMTPURL = "smtp://" + c.userinfo + server.Addr() })
			id := r.queue(1)
			r.run()
			if c.in {
				r.untilState(id, outbox.StateSent, 1)
			} else {
				r.turnedAway(id)
			}
			r.stop()
			for _, secret := range []string{"sai-mat-khau", password, "bí mật"} {
				if strings.Contains(r.log.String(), secret) {
					t.Errorf("the password is in the log: %s", r.log)
				}
			}
		})
	}
}

func TestLineIsProtected(t *testing.T) {
	for _, full := range []bool{false, true} {
		t.Run(fmt.Sprint("from the first byte: ", full), func(t *testing.T) {
			server, pool := testkit.NewSecureSMTP(t, full)
			server.RequireLogin("hoinghi", "x")
			scheme, query := "smtp", "?tls=starttls"
			if full {
				scheme, query = "smtps", ""
			}
			r := newRig(t, server, func(cfg *outbox.Config) { cfg.SMTPURL = scheme + "://hoinghi:x@" + server.Addr() + query })
			r.box.Trust(pool)
			r.run()
			r.untilState(r.queue(1), outbox.StateSent, 1)
		})
	}
	t.Run("a stranger's certificate", func(t *testing.T) {
		server, _ := testkit.NewSecureSMTP(t, false)
		r := newRig(t, server, func(cfg *outbox.Config) { cfg.SMTPURL += "?tls=starttls" })
		r.run()
		r.turnedAway(r.queue(1))
	})
	t.Run("a server without TLS", func(t *testing.T) {
		r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.SMTPURL += "?tls=starttls" })
		r.run()
		r.turnedAway(r.queue(1))
	})
}

// The server hangs up an idle line; that costs the next mail nothing.
func TestStaleLineIsNoAttempt(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.Workers = 1 })
	r.run()
	r.passes(1)
	r.smtp.Stop()
	r.smtp.Start()
	r.passes(2)
	if n := r.smtp.Sessions(); n != 2 {
		t.Errorf("%d lines, want a second one", n)
	}
}

// One recipient's slow server must not hold up the others.
func TestOneSlowRecipientStallsNobody(t *testing.T) {
	r := running(t)
	r.smtp.Always(address(1), testkit.Hold)
	slow := r.queue(1)
	r.smtp.WaitForTries(address(1), 1, patience)
	for i := 2; i < 22; i++ {
		r.passes(i)
	}
	if m := r.mail(slow); m.State != outbox.StateSending {
		t.Errorf("the slow one is %s", m.State)
	}
	r.smtp.Release()
	r.untilState(slow, outbox.StateSent, 1)
}

// A server that takes the text and never answers is left after the time limit.
func TestServerThatNeverAnswers(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.Timeout = 300 * time.Millisecond })
	r.run()
	r.smtp.Next("", testkit.Hold)
	id := r.queue(1)
	r.untilState(id, outbox.StateUnknown, 1)
	r.passes(2)
}

func TestRate(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.Rate = 600 }) // one every 100 ms
	for i := range 5 {
		r.queue(i)
	}
	begin := time.Now()
	r.run()
	r.smtp.WaitFor(5, patience)
	if took := time.Since(begin); took < 380*time.Millisecond {
		t.Errorf("5 mails in %v at 600 a minute", took)
	}
}

func TestNoGoroutineStays(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := running(t)
	r.passes(1)
	r.smtp.Stop()
	r.turnedAway(r.queue(2)) // ends during a pause too
	r.stop()
	if err := goleak.Find(before, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"), goleak.IgnoreAnyFunction("hoinghi/db.(*DB).writeLoop")); err != nil {
		t.Error(err)
	}
}

func TestComposerFailures(t *testing.T) {
	gone := conference.Fail(conference.KindGone, "test.gone", "name", "Đơn vị Thí Dụ")
	for _, c := range []struct {
		name    string
		compose outbox.Composer
		state   outbox.State
		reason  conference.Text
	}{
		{"no composer", nil, outbox.StateFailed, conference.Say("outbox.answer.unknown_kind", "kind", "test.odd")},
		{"cannot be made any more", func(context.Context, outbox.Mail) (outbox.Message, error) {
			return outbox.Message{}, fmt.Errorf("compose: %w", gone)
		}, outbox.StateFailed, gone.Message},
		{"no text", func(context.Context, outbox.Mail) (outbox.Message, error) {
			return outbox.Message{Subject: "Thư mời", HTML: "<p>Kính gửi</p>"}, nil
		}, outbox.StateFailed, conference.Say("outbox.answer.empty")},
		{"bad address for replies", func(context.Context, outbox.Mail) (outbox.Message, error) {
			return outbox.Message{Subject: "Thư mời", Text: "Kính gửi", ReplyTo: "a@b.vn>, x@y.vn"}, nil
		}, outbox.StateFailed, conference.Say("outbox.answer.reply_to")},
		{"trouble", func(context.Context, outbox.Mail) (outbox.Message, error) {
			return outbox.Message{}, fmt.Errorf("disk")
		}, outbox.StateQueued, conference.Say("outbox.answer.compose")},
		{"store busy", func(context.Context, outbox.Mail) (outbox.Message, error) {
			return outbox.Message{}, conference.Fail(conference.KindUnavailable, "error.busy")
		}, outbox.StateQueued, conference.Say("outbox.answer.compose")},
		{"panic", func(context.Context, outbox.Mail) (outbox.Message, error) { panic("secret of a person") }, outbox.StateQueued, conference.Say("outbox.answer.compose")},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, testkit.NewSMTP(t), nil)
			if c.compose != nil {
				r.box.Compose("test.odd", c.compose)
			}
			id := r.queueAs(outbox.Queued{Kind: "test.odd", Subject: 1, ToAddress: address(1)})
			r.run()
			m := r.untilState(id, c.state, 1)
			a := r.last(id)
			if fmt.Sprint(a.Reason) != fmt.Sprint(c.reason) || a.Answer != "" {
				t.Errorf("reason %v and answer %q, want %v", a.Reason, a.Answer, c.reason)
			}
			if waits := m.DueAt.After(r.clock.Now()); waits != (c.state == outbox.StateQueued) {
				t.Errorf("due %v", m.DueAt)
			}
			if strings.Contains(r.log.String(), "secret of a person") {
				t.Error("the panic's value is in the log")
			}
			r.passes(2)
		})
	}
}
