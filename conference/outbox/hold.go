package outbox

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// Hold says since when a campaign's mails wait, and who had them wait.
type Hold struct {
	At db.Time
	By string
}

const sqlHold = `INSERT OR IGNORE INTO mail_hold (campaign_id, held_at, held_by)
SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM mail WHERE campaign_id = ?1 AND due_at IS NOT NULL)`

// Hold has a campaign's mails wait, from the commit on: no delivery begins any more,
// one that has begun is finished. It lasts over a restart, until Release. It
// reports false when it was held before or nothing of it waits.
func (o *Outbox) Hold(ctx context.Context, tx *db.Tx, edition, campaign int64) (bool, error) {
	n, err := db.Change(ctx, tx, sqlHold, campaign, db.At(tx.Now()), conference.ActorOf(ctx).Label)
	if err != nil {
		return false, fmt.Errorf("hold campaign: %w", err)
	}
	publish(tx, edition)
	return n > 0, nil
}

const (
	sqlRelease = `DELETE FROM mail_hold WHERE campaign_id = ?`
	sqlRenew   = `UPDATE mail SET give_up_at = give_up_at + ?2 - (SELECT held_at FROM mail_hold WHERE campaign_id = ?1)
WHERE campaign_id = ?1 AND state IN ('queued', 'sending', 'unknown')`
)

// Release lets a held campaign go on. The time that its mails waited does not count
// to the 48 hours in which a mail is tried. It reports whether it was held.
func (o *Outbox) Release(ctx context.Context, tx *db.Tx, edition, campaign int64) (bool, error) {
	_, held, err := Held(ctx, tx, campaign)
	if err != nil || !held {
		return false, err
	}
	if err := db.Exec(ctx, tx, sqlRenew, campaign, db.At(tx.Now())); err != nil {
		return false, fmt.Errorf("give held mails their time: %w", err)
	}
	if err := db.Exec(ctx, tx, sqlRelease, campaign); err != nil {
		return false, fmt.Errorf("release campaign: %w", err)
	}
	publish(tx, edition)
	tx.AfterCommit(o.Wake)
	return true, nil
}

const sqlHeld = `SELECT held_at, held_by FROM mail_hold WHERE campaign_id = ?`

// Held gives the hold on a campaign; ok is false while it goes on.
func Held(ctx context.Context, r db.Reader, campaign int64) (h Hold, ok bool, err error) {
	h, err = db.One(ctx, r, sqlHeld, func(h *Hold) []any { return []any{&h.At, &h.By} }, campaign)
	if conference.KindOf(err) == conference.KindNotFound {
		return Hold{}, false, nil
	}
	if err != nil {
		return Hold{}, false, fmt.Errorf("read hold: %w", err)
	}
	return h, true, nil
}

const sqlPending = `SELECT EXISTS (SELECT 1 FROM mail WHERE campaign_id = ? AND due_at IS NOT NULL)`

// Pending reports whether anything of a campaign will be sent by itself: what Hold
// keeps waiting and StopCampaign takes away.
func (o *Outbox) Pending(ctx context.Context, campaign int64) (bool, error) {
	return db.Value[bool](ctx, o.db, sqlPending, campaign)
}

const sqlStopCampaign = `UPDATE mail SET state = CASE WHEN state = 'queued' AND unknowns = 0 THEN 'stopped' ELSE 'unknown' END, due_at = NULL
WHERE campaign_id = ? AND state IN ('queued', 'unknown') AND due_at IS NOT NULL RETURNING state`

// StopCampaign takes what is left of a campaign out of the queue and gives the number
// of mails that nobody has got. Those on their way this moment are finished; one that may have
// arrived stays shown as unknown and is not tried again.
func (o *Outbox) StopCampaign(ctx context.Context, tx *db.Tx, edition, campaign int64) (int, error) {
	states, err := db.Values[State](ctx, tx, sqlStopCampaign, campaign)
	if err != nil {
		return 0, fmt.Errorf("stop campaign: %w", err)
	}
	n := 0
	for _, s := range states {
		if s == StateStopped {
			n++
		}
	}
	publish(tx, edition)
	return n, nil
}

// notHeld refuses what a held campaign keeps from happening anyway.
func notHeld(ctx context.Context, r db.Reader, m Mail) error {
	_, held, err := Held(ctx, r, m.Campaign)
	if err != nil {
		return err
	}
	if held {
		return conference.Fail(conference.KindConflict, "outbox.error.held")
	}
	return nil
}
