package invitation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// KindInvite is the outbox's name for the mail that carries an invitation.
const KindInvite = "invitation.invite"

// Skip is an invitation that is not sent, and why.
type Skip struct {
	Invitation Invitation
	Reason     conference.Text
}

// Plan says what a sending would do.
type Plan struct {
	Ready   []Invitation
	Skipped []Skip
	// Seal stands for the text and the recipients: with another one SendShown sends nothing.
	// Only Room.Plan gives it.
	Seal string
}

// Plan gives whom a sending would reach, and whom not for which reason. ids names
// the invitations; none means all of the edition, of which those already answered
// are left out. Errors: not_found for an id of another edition.
func (r *Room) Plan(ctx context.Context, q db.Reader, editionID int64, ids []int64) (Plan, error) {
	p, err := plan(ctx, q, editionID, ids, r.db.Now())
	if err != nil {
		return Plan{}, err
	}
	p.Seal, err = r.seal(ctx, q, editionID, p)
	return p, err
}

func plan(ctx context.Context, q db.Reader, editionID int64, ids []int64, now time.Time) (Plan, error) {
	all, err := List(ctx, q, editionID)
	if err != nil {
		return Plan{}, err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(i Invitation) bool { return i.ID == id }) {
			return Plan{}, conference.NotFound()
		}
	}
	var p Plan
	for _, i := range all {
		named := slices.Contains(ids, i.ID)
		if len(ids) > 0 && !named {
			continue
		}
		if key := unsendable(i, named, now); key != "" {
			p.Skipped = append(p.Skipped, Skip{Invitation: i, Reason: conference.Say(key)})
			continue
		}
		p.Ready = append(p.Ready, i)
	}
	return p, nil
}

// unsendable gives the key of the reason why an invitation is not sent, or "".
func unsendable(i Invitation, named bool, now time.Time) string {
	switch {
	case i.Answer != Unanswered && !named:
		return "invitation.skip.answered"
	case i.Seats() == 0:
		return "invitation.skip.no_quota"
	case !i.Open(now):
		return "invitation.skip.deadline"
	case i.Address() == "":
		return "invitation.skip.no_address"
	}
	return ""
}

// Sending is what came of Send.
type Sending struct {
	CampaignID int64 // 0 when nothing was queued
	Queued     int   // invitations
	Copies     int   // mails to people beside the focal points
	Skipped    []Skip
}

const (
	sqlInsertCampaign = `INSERT INTO campaign (edition_id, subject, body, mails, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)`
	sqlCountMails     = `UPDATE campaign SET mails = ?2 WHERE id = ?1`
	sqlSetQueued      = `UPDATE invitation SET queued_at = ?2 WHERE id = ?1`
)

// Send freezes the edition's text and queues one mail for each invitation that Plan
// finds ready; the others come back with their reasons. Errors: not_found for an id of
// another edition, invalid as CheckText, forbidden.
func (r *Room) Send(ctx context.Context, editionID int64, ids []int64) (Sending, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return Sending{}, err
	}
	return r.send(ctx, editionID, func(ctx context.Context, tx *db.Tx) (Plan, error) { return plan(ctx, tx, editionID, ids, tx.Now()) })
}

// send does what find plans.
func (r *Room) send(ctx context.Context, editionID int64, find func(context.Context, *db.Tx) (Plan, error)) (Sending, error) {
	var s Sending
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := find(ctx, tx)
		if err != nil {
			return err
		}
		s = Sending{Queued: len(p.Ready), Skipped: p.Skipped}
		if len(p.Ready) == 0 {
			return nil
		}
		text, err := r.Text(ctx, tx, editionID)
		if err != nil {
			return err
		}
		if err := CheckText(text); err != nil {
			return err
		}
		s.CampaignID, err = db.Insert(ctx, tx, sqlInsertCampaign, editionID, text.Subject, text.Body, len(p.Ready), conference.ActorOf(ctx).Label, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("freeze texts: %w", err)
		}
		for _, i := range p.Ready {
			copies, err := r.queue(ctx, tx, i, s.CampaignID)
			if err != nil {
				return err
			}
			s.Copies += copies
		}
		if err := db.Exec(ctx, tx, sqlCountMails, s.CampaignID, s.Queued+s.Copies); err != nil {
			return fmt.Errorf("count mails of a campaign: %w", err)
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.send", SubjectKind: "campaign", SubjectID: s.CampaignID,
			Detail: map[string]any{"queued": s.Queued, "copies": s.Copies, "skipped": len(s.Skipped)}})
	})
	if err != nil {
		return Sending{}, err
	}
	return s, nil
}

// queue queues one invitation's mails, one for each recipient, and gives the number of
// copies among them.
func (r *Room) queue(ctx context.Context, tx *db.Tx, i Invitation, campaign int64) (copies int, err error) {
	heads, err := headsOf(ctx, tx, i)
	if err != nil {
		return 0, err
	}
	mail := outbox.Queued{Edition: i.EditionID, Kind: KindInvite, Subject: i.ID, Campaign: campaign, Lang: "vi", Heads: heads,
		ToAddress: heads.To.Address, ToName: heads.To.Name, DedupeKey: fmt.Sprintf("%s/%d/%d", KindInvite, campaign, i.ID)}
	if _, err := r.outbox.Queue(ctx, tx, mail); err != nil {
		return 0, fmt.Errorf("queue invitation: %w", err)
	}
	for _, c := range heads.Cc {
		mail.Kind, mail.ToAddress, mail.ToName = KindCopy, c.Address, c.Name
		mail.DedupeKey = fmt.Sprintf("%s/%d/%d/%s", KindCopy, campaign, i.ID, strings.ToLower(c.Address))
		if _, err := r.outbox.Queue(ctx, tx, mail); err != nil {
			return 0, fmt.Errorf("queue copy of an invitation: %w", err)
		}
	}
	if err := db.Exec(ctx, tx, sqlSetQueued, i.ID, db.At(tx.Now())); err != nil {
		return 0, fmt.Errorf("mark invitation queued: %w", err)
	}
	return len(heads.Cc), nil
}

// Campaign is one sending with its texts as they were then.
type Campaign struct {
	ID        int64
	EditionID int64
	Text
	Mails     int
	CreatedBy string
	CreatedAt db.Time
}

func (c *Campaign) fields() []any {
	return []any{&c.ID, &c.EditionID, &c.Subject, &c.Body, &c.Mails, &c.CreatedBy, &c.CreatedAt}
}

const sqlCampaign = `SELECT id, edition_id, subject, body, mails, created_by, created_at FROM campaign WHERE id = ?`

// Campaign gives one sending. Errors: not_found.
func (r *Room) Campaign(ctx context.Context, q db.Reader, id int64) (Campaign, error) {
	return CampaignByID(ctx, q, id)
}

// CampaignByID gives one sending. Errors: not_found.
func CampaignByID(ctx context.Context, q db.Reader, id int64) (Campaign, error) {
	c, err := db.One(ctx, q, sqlCampaign, (*Campaign).fields, id)
	if err != nil {
		return Campaign{}, fmt.Errorf("read campaign: %w", err)
	}
	return c, nil
}
