package outbox

import (
	"context"
	"fmt"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Queued is a mail to be sent: which one, about what, to whom.
type Queued struct {
	Edition   int64  // 0: concerns no edition
	Kind      string // a kind that has a composer
	Subject   int64  // row of the room that queues it
	Campaign  int64  // 0: none
	Lang      string // "vi" (default) or "en"
	ToAddress string // one plain address
	ToName    string
	DedupeKey string // "": may be queued any number of times
	Heads     Heads  // who else gets it, in mails of their own
}

const (
	sqlQueuedBefore = `SELECT id FROM mail WHERE dedupe_key = ?`
	sqlQueue        = `INSERT INTO mail (edition_id, kind, subject_id, campaign_id, lang, to_address, to_name, folded, message_id, dedupe_key,
due_at, give_up_at, queued_at, heads)
VALUES (NULLIF(?1, 0), ?2, ?3, NULLIF(?4, 0), ?5, ?6, ?7, ?8, ?9, NULLIF(?10, ''), ?11, ?12, ?11, ?13)`
)

// Queue writes the mail in the caller's transaction and gives its id; the worker
// is woken after the commit. A dedupe key that was used before gives the id of the
// mail that used it, and nothing is queued. An address that mail cannot be sent to
// is refused as invalid.
func (o *Outbox) Queue(ctx context.Context, tx *db.Tx, m Queued) (int64, error) {
	m.ToAddress, m.ToName = strings.TrimSpace(m.ToAddress), oneLine(m.ToName)
	if !validAddress(m.ToAddress) {
		return 0, conference.Fail(conference.KindInvalid, "outbox.error.address", "address", oneLine(m.ToAddress))
	}
	if m.Lang == "" {
		m.Lang = "vi"
	}
	if m.DedupeKey != "" {
		id, err := db.Value[int64](ctx, tx, sqlQueuedBefore, m.DedupeKey)
		if err == nil {
			return id, nil
		}
		if conference.KindOf(err) != conference.KindNotFound {
			return 0, fmt.Errorf("look for a mail queued before: %w", err)
		}
	}
	heads, err := m.Heads.stored()
	if err != nil {
		return 0, err
	}
	id, err := db.Insert(ctx, tx, sqlQueue, m.Edition, m.Kind, m.Subject, m.Campaign, m.Lang, m.ToAddress, m.ToName,
		vietnamese.Fold(m.ToName+" "+m.ToAddress), o.newMessageID(), m.DedupeKey, db.At(tx.Now()), db.At(tx.Now().Add(giveUpAfter)), heads)
	if err != nil {
		return 0, fmt.Errorf("queue mail %s: %w", m.Kind, err)
	}
	publish(tx, m.Edition)
	tx.AfterCommit(o.Wake)
	return id, nil
}

// newMessageID gives an identifier without the angle brackets.
func (o *Outbox) newMessageID() string {
	return strings.ToLower(conference.NewSecret()) + "@" + o.cfg.Domain
}

func publish(tx *db.Tx, edition int64) {
	tx.Publish("outbox")
	if edition != 0 {
		tx.Publish(fmt.Sprintf("outbox/%d", edition))
	}
}

const (
	sqlQueueAgain = `UPDATE mail SET state = 'queued', due_at = ?2, give_up_at = ?3, refusals = 0 WHERE id = ?1`
	sqlQueueCopy  = `INSERT INTO mail (edition_id, kind, subject_id, campaign_id, lang, to_address, to_name, folded, message_id, due_at, give_up_at, queued_at, heads)
SELECT edition_id, kind, subject_id, campaign_id, lang, to_address, to_name, folded, ?2, ?3, ?4, ?3, heads FROM mail WHERE id = ?1`
)

// Resend has a mail sent now. One that was sent already is queued as a new mail
// under a new Message-ID; every other one goes on as the same mail, so that a
// recipient who got it after all sees one. It gives the id of the mail that will be sent.
// A mail on its way this moment, or of a campaign that is held, is a conflict. Organisers of the mail's edition.
func (o *Outbox) Resend(ctx context.Context, id int64) (int64, error) {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return 0, err
	}
	again := id
	err := o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := byID(ctx, tx, id)
		if err == nil {
			err = conference.MayOrganiseIn(ctx, m.Edition)
		}
		if err != nil {
			return err
		}
		if err := notHeld(ctx, tx, m); err != nil {
			return err
		}
		now := tx.Now()
		switch m.State {
		case StateSending:
			return conference.Fail(conference.KindConflict, "outbox.error.sending")
		case StateSent:
			again, err = db.Insert(ctx, tx, sqlQueueCopy, id, o.newMessageID(), db.At(now), db.At(now.Add(giveUpAfter)))
		case StateQueued, StateFailed, StateUnknown, StateStopped:
			err = db.Exec(ctx, tx, sqlQueueAgain, id, db.At(now), db.At(now.Add(giveUpAfter)))
		}
		if err != nil {
			return fmt.Errorf("send mail again: %w", err)
		}
		publish(tx, m.Edition)
		tx.AfterCommit(o.Wake)
		return audit.Note(ctx, tx, audit.Change{Edition: m.Edition, Action: "outbox.resend", SubjectKind: "mail", SubjectID: id,
			Detail: map[string]any{"kind": m.Kind, "was": m.State, "as": again}})
	})
	return again, err
}

const sqlStop = `UPDATE mail SET state = 'stopped', due_at = NULL WHERE id = ?`

// Stop takes a waiting mail, or one whose outcome is unknown, out of the queue.
// One that was sent, has failed or is on its way this moment is a conflict. Organisers
// of the mail's edition. Organisers of the mail's edition.
func (o *Outbox) Stop(ctx context.Context, id int64) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := byID(ctx, tx, id)
		if err == nil {
			err = conference.MayOrganiseIn(ctx, m.Edition)
		}
		if err != nil {
			return err
		}
		switch m.State {
		case StateSending:
			return conference.Fail(conference.KindConflict, "outbox.error.sending")
		case StateSent, StateFailed:
			return conference.Fail(conference.KindConflict, "outbox.error.over")
		case StateStopped:
			return nil
		case StateQueued, StateUnknown:
		}
		if err := db.Exec(ctx, tx, sqlStop, id); err != nil {
			return fmt.Errorf("stop mail: %w", err)
		}
		publish(tx, m.Edition)
		return audit.Note(ctx, tx, audit.Change{Edition: m.Edition, Action: "outbox.stop", SubjectKind: "mail", SubjectID: id,
			Detail: map[string]any{"kind": m.Kind, "was": m.State}})
	})
}
