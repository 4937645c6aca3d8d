package outbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"hoinghi/conference"
	"hoinghi/db"
)

// verdict is how an attempt ended.
type verdict struct {
	outcome Outcome
	code    int
	answer  string
}

func ownVerdict(outcome Outcome, t conference.Text) verdict {
	return verdict{outcome: outcome, answer: ownAnswer(t)}
}

const (
	sqlBegin = `UPDATE mail SET subject = ?2, body = ?3 WHERE id = ?1 AND state = 'sending'
    AND NOT EXISTS (SELECT 1 FROM mail_hold h WHERE h.campaign_id = mail.campaign_id)`
	sqlBegunNow = `INSERT INTO mail_attempt (mail_id, started_at, outcome) VALUES (?, ?, 'started')`
)

// begin notes, before the first byte flows, that the mail may be delivered from now
// on. It gives the attempt's id. A mail that was held or taken back since it was claimed
// is a conflict.
func (o *Outbox) begin(ctx context.Context, m Mail, subject, body string) (int64, error) {
	var attempt int64
	err := o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Change(ctx, tx, sqlBegin, m.ID, subject, body)
		if err != nil {
			return fmt.Errorf("keep mail's text: %w", err)
		}
		if n == 0 {
			return conference.Fail(conference.KindConflict, "outbox.error.over")
		}
		attempt, err = db.Insert(ctx, tx, sqlBegunNow, m.ID, db.At(tx.Now()))
		return err
	})
	return attempt, err
}

// settle writes down how an attempt ended; attempt is 0 when it ended before it
// began. The write is repeated until it succeeds or the program stops: forgetting an
// acceptance would send the mail twice.
func (o *Outbox) settle(ctx context.Context, m Mail, attempt int64, v verdict) {
	o.keep(ctx, func(ctx context.Context, tx *db.Tx) error {
		if v.outcome == OutcomeNotSent {
			if err := noteNotSent(ctx, tx, m, attempt, v); err != nil {
				return err
			}
			return putBack(ctx, tx, m)
		}
		if err := noteAttempt(ctx, tx, m, attempt, v); err != nil {
			return err
		}
		publish(tx, m.Edition)
		switch v.outcome {
		case OutcomeAccepted:
			return markSent(ctx, tx, m, TransportSMTP)
		case OutcomeLocal:
			return markSent(ctx, tx, m, TransportLocal)
		case OutcomeTemporary:
			return markLater(ctx, tx, m)
		case OutcomePermanent:
			return markFailed(ctx, tx, m)
		case OutcomeUnknown:
			return markUnknown(ctx, tx, m)
		case OutcomeStarted, OutcomeNotSent:
		}
		return fmt.Errorf("attempt cannot end as %q", v.outcome)
	})
}

// keep carries out a write that must not be lost, also while the program stops.
func (o *Outbox) keep(ctx context.Context, fn func(context.Context, *db.Tx) error) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := o.db.Write(context.WithoutCancel(ctx), fn)
		if err == nil {
			return
		}
		o.log.Error("mail ledger cannot be written", "error", err)
		select {
		case <-ctx.Done():
			return // the next start finds the claim and recovers it
		case <-time.After(wait):
		}
	}
}

const (
	sqlAttemptEnd = `UPDATE mail_attempt SET ended_at = ?2, outcome = ?3, code = ?4, answer = ?5 WHERE id = ?1`
	sqlAttemptAll = `INSERT INTO mail_attempt (mail_id, started_at, ended_at, outcome, code, answer) VALUES (?1, ?2, ?2, ?3, ?4, ?5)`
)

func noteAttempt(ctx context.Context, tx *db.Tx, m Mail, attempt int64, v verdict) error {
	id, query := attempt, sqlAttemptEnd
	if attempt == 0 {
		id, query = m.ID, sqlAttemptAll
	}
	if err := db.Exec(ctx, tx, query, id, db.At(tx.Now()), v.outcome, v.code, v.answer); err != nil {
		return fmt.Errorf("note attempt: %w", err)
	}
	return nil
}

const (
	sqlNoAttempt = `DELETE FROM mail_attempt WHERE id = ? AND outcome = 'started'`
	sqlNotSent   = `UPDATE mail_attempt SET ended_at = ?2, code = ?3, answer = ?4
WHERE id = (SELECT max(id) FROM mail_attempt WHERE mail_id = ?1) AND outcome = 'not_sent'`
)

// noteNotSent keeps one row for any number of vain calls at the server's door: a
// queue that waits a night must not fill the ledger.
func noteNotSent(ctx context.Context, tx *db.Tx, m Mail, attempt int64, v verdict) error {
	if attempt != 0 {
		if err := db.Exec(ctx, tx, sqlNoAttempt, attempt); err != nil {
			return fmt.Errorf("drop attempt that was none: %w", err)
		}
	}
	n, err := db.Change(ctx, tx, sqlNotSent, m.ID, db.At(tx.Now()), v.code, v.answer)
	if err != nil {
		return fmt.Errorf("note vain call: %w", err)
	}
	if n > 0 {
		return nil
	}
	return noteAttempt(ctx, tx, m, 0, v)
}

// The guard on the state is missing here alone: what the server accepted is sent, whatever else was noted.
const sqlSent = `UPDATE mail SET state = 'sent', attempts = attempts + 1, sent_at = ?2, transport = ?3, due_at = NULL, leased_until = NULL WHERE id = ?1`

func markSent(ctx context.Context, tx *db.Tx, m Mail, t Transport) error {
	return db.Exec(ctx, tx, sqlSent, m.ID, db.At(tx.Now()), t)
}

const sqlFailed = `UPDATE mail SET state = 'failed', attempts = attempts + 1, due_at = NULL, leased_until = NULL WHERE id = ?1 AND state = 'sending'`

func markFailed(ctx context.Context, tx *db.Tx, m Mail) error {
	return db.Exec(ctx, tx, sqlFailed, m.ID)
}

const sqlLater = `UPDATE mail SET state = 'queued', attempts = attempts + 1, refusals = refusals + 1, due_at = ?2, leased_until = NULL
WHERE id = ?1 AND state = 'sending'`

// markLater puts the mail back for its next try, the last of them at the very end
// of its time; refused then, it has failed.
func markLater(ctx context.Context, tx *db.Tx, m Mail) error {
	if !tx.Now().Before(m.GiveUpAt.Time) {
		return markFailed(ctx, tx, m)
	}
	due := tx.Now().Add(jitter(retryAfter(m.refusals)))
	if due.After(m.GiveUpAt.Time) {
		due = m.GiveUpAt.Time
	}
	return db.Exec(ctx, tx, sqlLater, m.ID, db.At(due))
}

// retryAfter gives the wait after so many earlier temporary refusals: 1, 5, 15, 60
// minutes, then 2, 4 and 6 hours.
func retryAfter(refusals int) time.Duration {
	minutes := []time.Duration{1, 5, 15, 60, 120, 240, 360}
	return minutes[min(refusals, len(minutes)-1)] * time.Minute
}

// jitter spreads a wait by half of it either way, so that mails refused together
// do not come back together.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.5 + rand.Float64()))
}

const sqlUnknown = `UPDATE mail SET state = 'unknown', attempts = attempts + 1, unknowns = unknowns + 1,
due_at = CASE WHEN unknowns = 0 THEN ?2 END, leased_until = NULL WHERE id = ?1 AND state = 'sending'`

// markUnknown has the mail tried again once by itself; after a second unknown
// outcome a person decides.
func markUnknown(ctx context.Context, tx *db.Tx, m Mail) error {
	publish(tx, m.Edition)
	return db.Exec(ctx, tx, sqlUnknown, m.ID, db.At(tx.Now().Add(repeatAfter)))
}
