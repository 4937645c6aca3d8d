package outbox

import (
	"context"
	"errors"
	"time"

	gomail "github.com/wneessen/go-mail"

	"hoinghi/conference"
	"hoinghi/db"
)

// work sends mails one after the other over one session.
func (o *Outbox) work(ctx context.Context, mails <-chan Mail) {
	s := &session{o: o}
	defer s.quit()
	for {
		select {
		case m, ok := <-mails:
			if !ok {
				return
			}
			o.deliver(ctx, s, m)
		case <-time.After(idleAfter):
			s.quit()
		}
	}
}

// deliver takes one claimed mail to a settled end.
func (o *Outbox) deliver(ctx context.Context, s *session, m Mail) {
	defer o.letGo(m)
	if ctx.Err() != nil || o.gate.shut() {
		o.giveBack(ctx, m)
		return
	}
	msg, err := o.compose(ctx, m)
	var out *gomail.Msg
	if err == nil {
		out, err = o.build(m, msg, o.db.Now())
	}
	if err != nil {
		o.notMade(ctx, m, err)
		return
	}
	subject, body := oneLine(blanked(msg.Subject, msg.Secrets)), blanked(msg.Text, msg.Secrets)
	if o.server == nil {
		o.keepHere(ctx, m, subject, body)
		return
	}
	// The call comes before the rate's token, so that a server out of reach costs none.
	if err := s.open(ctx); err != nil {
		o.turnedAway(ctx, m, 0, notReached(err))
		return
	}
	if ctx.Err() != nil || o.limit != nil && o.limit.Wait(ctx) != nil {
		o.giveBack(ctx, m)
		return
	}
	attempt, err := o.begin(ctx, m, subject, body)
	if err != nil {
		o.giveBack(ctx, m)
		return
	}
	v := s.send(ctx, out)
	if v.outcome == OutcomeNotSent {
		o.turnedAway(ctx, m, attempt, v)
		return
	}
	o.gate.passed()
	o.settle(ctx, m, attempt, v)
}

// keepHere settles a mail of an installation without a mail server.
func (o *Outbox) keepHere(ctx context.Context, m Mail, subject, body string) {
	o.keep(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Change(ctx, tx, sqlBegin, m.ID, subject, body)
		if err != nil {
			return err
		}
		if n == 0 { // held since it was claimed
			return putBack(ctx, tx, m)
		}
		if err := noteAttempt(ctx, tx, m, 0, verdict{outcome: OutcomeLocal}); err != nil {
			return err
		}
		publish(tx, m.Edition)
		return markSent(ctx, tx, m, TransportLocal)
	})
}

// notMade settles a mail whose text could not be made.
func (o *Outbox) notMade(ctx context.Context, m Mail, err error) {
	if ctx.Err() != nil {
		o.giveBack(ctx, m)
		return
	}
	o.log.Error("mail cannot be made", "kind", m.Kind, "mail", m.ID, "error", err)
	var words *conference.Error
	if errors.As(err, &words) {
		switch words.Kind {
		case conference.KindNotFound, conference.KindGone, conference.KindInvalid, conference.KindForbidden, conference.KindConflict:
			o.settle(ctx, m, 0, ownVerdict(OutcomePermanent, words.Message))
			return
		case conference.KindTooMany, conference.KindTooLarge, conference.KindUnavailable:
		}
	}
	o.settle(ctx, m, 0, ownVerdict(OutcomeTemporary, conference.Say("outbox.answer.compose")))
}

// turnedAway puts the mail back untouched and pauses the whole queue: what keeps
// this one from being sent keeps every other one too.
func (o *Outbox) turnedAway(ctx context.Context, m Mail, attempt int64, v verdict) {
	if ctx.Err() != nil && attempt == 0 {
		o.giveBack(ctx, m)
		return
	}
	if pause := o.gate.close(o.db.Now(), v.answer); pause > 0 {
		o.log.Warn("mail server lets nobody send; the queue pauses", "server", *o.server, "code", v.code, "answer", v.answer, "pause", pause)
	}
	o.settle(ctx, m, attempt, v)
	o.Wake() // it is due again as soon as the pause is over
}
