package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hoinghi/conference"
	"hoinghi/db"
)

const sqlWork = `SELECT EXISTS (SELECT 1 FROM mail WHERE due_at <= ?1 AND leased_until IS NULL AND NOT EXISTS (SELECT 1 FROM mail_hold h WHERE h.campaign_id = mail.campaign_id))
OR EXISTS (SELECT 1 FROM mail WHERE leased_until <= ?1 AND id NOT IN (SELECT value FROM json_each(?2)))`

// anyWork asks the readers' pool, so that an idle queue writes nothing.
func (o *Outbox) anyWork(ctx context.Context) (bool, error) {
	return db.Value[bool](ctx, o.db, sqlWork, db.At(o.db.Now()), o.holding())
}

const sqlClaim = `UPDATE mail SET state = 'sending', leased_until = ?2
WHERE id IN (SELECT id FROM mail WHERE due_at <= ?1 AND leased_until IS NULL AND NOT EXISTS (SELECT 1 FROM mail_hold h WHERE h.campaign_id = mail.campaign_id)
    ORDER BY due_at, id LIMIT ?3) RETURNING id`

// claim takes up to limit due mails for this process, those due longest first.
func (o *Outbox) claim(ctx context.Context, limit int) ([]Mail, error) {
	var mails []Mail
	err := o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ids, err := db.Values[int64](ctx, tx, sqlClaim, db.At(tx.Now()), db.At(tx.Now().Add(lease)), limit)
		if err != nil {
			return fmt.Errorf("claim mail: %w", err)
		}
		if mails, err = byIDs(ctx, tx, ids...); err != nil {
			return err
		}
		for _, m := range mails {
			publish(tx, m.Edition)
		}
		o.hold(mails)
		return nil
	})
	if err != nil {
		o.letGo(mails...)
		return nil, err
	}
	slices.SortFunc(mails, func(a, b Mail) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt.Time), cmp.Compare(a.ID, b.ID))
	})
	return mails, nil
}

func (o *Outbox) hold(mails []Mail) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range mails {
		o.held[m.ID] = true
	}
}

func (o *Outbox) letGo(mails ...Mail) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range mails {
		delete(o.held, m.ID)
	}
}

// holding gives the ids in hand as a JSON array.
func (o *Outbox) holding() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	ids := make([]int64, 0, len(o.held))
	for id := range o.held {
		ids = append(ids, id)
	}
	raw, err := json.Marshal(ids)
	if err != nil { // cannot be for integers
		return "[]"
	}
	return string(raw)
}

// A mail that is put back is due as it was. One with a single unknown outcome goes
// on waiting as unknown, so that the desk keeps showing that it may have arrived.
const sqlPutBack = `UPDATE mail SET state = CASE WHEN unknowns = 1 THEN 'unknown' ELSE 'queued' END, leased_until = NULL
WHERE id = ? AND state = 'sending'`

func putBack(ctx context.Context, tx *db.Tx, m Mail) error {
	n, err := db.Change(ctx, tx, sqlPutBack, m.ID)
	if err != nil {
		return fmt.Errorf("put mail back: %w", err)
	}
	if n > 0 {
		publish(tx, m.Edition)
	}
	return nil
}

// giveBack returns claimed mails that nothing was done with.
func (o *Outbox) giveBack(ctx context.Context, mails ...Mail) {
	defer o.letGo(mails...)
	o.keep(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, m := range mails {
			if err := putBack(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

const (
	sqlLeft = `SELECT id FROM mail WHERE leased_until <= ?1 AND id NOT IN (SELECT value FROM json_each(?2))`

	sqlLeftBegun = `UPDATE mail_attempt SET outcome = 'unknown', ended_at = ?2, answer = ?3 WHERE mail_id = ?1 AND outcome = 'started'`
)

// endOfTime is later than every lease.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// recoverLeft takes back claims that nobody works on: at the start those of a process
// that ended, later those whose outcome could not be written down in time. A mail
// whose attempt had begun may have been delivered, the others were not.
func (o *Outbox) recoverLeft(ctx context.Context, atStart bool) error {
	return o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		until := tx.Now()
		if atStart {
			until = endOfTime
		}
		ids, err := db.Values[int64](ctx, tx, sqlLeft, db.At(until), o.holding())
		if err != nil {
			return fmt.Errorf("find claims left behind: %w", err)
		}
		mails, err := byIDs(ctx, tx, ids...)
		if err != nil {
			return err
		}
		for _, m := range mails {
			begun, err := db.Change(ctx, tx, sqlLeftBegun, m.ID, db.At(tx.Now()), ownAnswer(conference.Say("outbox.answer.interrupted")))
			if err != nil {
				return fmt.Errorf("end attempt left behind: %w", err)
			}
			if begun > 0 {
				err = markUnknown(ctx, tx, m)
			} else {
				err = putBack(ctx, tx, m)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
