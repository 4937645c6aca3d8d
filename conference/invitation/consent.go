package invitation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// AgainVersion names the words of invitation.again.text: whoever changes them gives
// them a new name, so that it stays known what each focal point agreed to.
const AgainVersion = "2026-11"

// AgainConsent is what a focal point agreed to: that name, telephone and e-mail are kept
// and used to invite the same organisation to the next edition.
type AgainConsent struct {
	Version string // of the words that were shown, "" for no consent
	GivenAt db.Time
}

// Given reports whether the consent holds.
func (c AgainConsent) Given() bool { return c.Version != "" }

const sqlAgain = `SELECT text_version, given_at FROM focal_consent WHERE invitation_id = ? AND withdrawn_at IS NULL`

// Again gives the consent of an invitation's focal point, the zero value without one.
func Again(ctx context.Context, q db.Reader, invitationID int64) (AgainConsent, error) {
	c, err := db.One(ctx, q, sqlAgain, func(c *AgainConsent) []any { return []any{&c.Version, &c.GivenAt} }, invitationID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return AgainConsent{}, fmt.Errorf("read consent: %w", err)
	}
	return c, nil
}

const (
	sqlGiveAgain     = `INSERT INTO focal_consent (invitation_id, text_version, given_at) VALUES (?, ?, ?)`
	sqlWithdrawAgain = `UPDATE focal_consent SET withdrawn_at = ?2 WHERE invitation_id = ?1 AND withdrawn_at IS NULL`
)

// SetAgain keeps or ends the focal point's consent to be asked again. Only the focal point
// can give it; organisers who are told so by telephone can end it. It has no deadline.
// Errors: invalid with the field again when nobody is named as the focal point; forbidden, not_found.
func (r *Room) SetAgain(ctx context.Context, id int64, agreed bool) error {
	if err := Answerable(ctx, id); err != nil {
		return err
	}
	if agreed && conference.ActorOf(ctx).Kind != conference.ActorFocalPoint {
		return conference.Forbidden()
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !agreed {
			return endAgain(ctx, tx, i)
		}
		if i.FocalName == "" {
			var p conference.Problems
			p.Add("again", "invitation.error.again_nobody")
			return p.Err()
		}
		before, err := Again(ctx, tx, id)
		if err != nil || before.Version == AgainVersion {
			return err
		}
		if err := endAgain(ctx, tx, i); err != nil { // of other words
			return err
		}
		if err := db.Exec(ctx, tx, sqlGiveAgain, id, AgainVersion, db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep consent: %w", err)
		}
		return note(ctx, tx, "invitation.agree_again", i, map[string]any{"version": AgainVersion})
	})
}

// endAgain ends the consent of an invitation's focal point, if there is one.
func endAgain(ctx context.Context, tx *db.Tx, i Invitation) error {
	n, err := db.Change(ctx, tx, sqlWithdrawAgain, i.ID, db.At(tx.Now()))
	if err != nil {
		return fmt.Errorf("end consent: %w", err)
	}
	if n == 0 {
		return nil
	}
	return note(ctx, tx, "invitation.end_again", i, nil)
}

// consentEndsWith ends the consent when another person becomes the focal point.
func consentEndsWith(ctx context.Context, tx *db.Tx, i Invitation, name string) error {
	if vietnamese.DedupeKey(name) == vietnamese.DedupeKey(i.FocalName) {
		return nil
	}
	return endAgain(ctx, tx, i)
}
