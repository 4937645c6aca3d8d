package invitation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

const sqlCampaigns = `SELECT id, edition_id, subject, body, mails, created_by, created_at FROM campaign WHERE edition_id = ? ORDER BY id DESC`

// Campaigns gives the sendings of an edition, newest first.
func Campaigns(ctx context.Context, q db.Reader, editionID int64) ([]Campaign, error) {
	all, err := db.Many(ctx, q, sqlCampaigns, (*Campaign).fields, editionID)
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	return all, nil
}

// Pause has the mails of a sending wait that are not on their way yet, until Resume,
// also over a restart of the program. Pausing a paused one changes nothing. Errors:
// not_found, forbidden, conflict when everything has gone out.
func (r *Room) Pause(ctx context.Context, campaignID int64) error {
	return r.steer(ctx, campaignID, func(ctx context.Context, tx *db.Tx, c Campaign) (string, map[string]any, error) {
		_, paused, err := outbox.Held(ctx, tx, c.ID)
		if err != nil || paused {
			return "", nil, err
		}
		held, err := r.outbox.Hold(ctx, tx, c.EditionID, c.ID)
		if err == nil && !held {
			err = conference.Fail(conference.KindConflict, "sending.error.over")
		}
		return "invitation.pause", nil, err
	})
}

// Resume lets a paused sending go on. Resuming one that goes on changes nothing.
// Errors: not_found, forbidden.
func (r *Room) Resume(ctx context.Context, campaignID int64) error {
	return r.steer(ctx, campaignID, func(ctx context.Context, tx *db.Tx, c Campaign) (string, map[string]any, error) {
		released, err := r.outbox.Release(ctx, tx, c.EditionID, c.ID)
		if err != nil || !released {
			return "", nil, err
		}
		return "invitation.resume", nil, nil
	})
}

// StopRest takes the mails of a sending that wait out of the queue for good and gives
// their number; each can still be sent again by hand. Errors: not_found, forbidden.
func (r *Room) StopRest(ctx context.Context, campaignID int64) (int, error) {
	stopped := 0
	err := r.steer(ctx, campaignID, func(ctx context.Context, tx *db.Tx, c Campaign) (_ string, _ map[string]any, err error) {
		if stopped, err = r.outbox.StopCampaign(ctx, tx, c.EditionID, c.ID); err != nil {
			return "", nil, err
		}
		released, err := r.outbox.Release(ctx, tx, c.EditionID, c.ID)
		if err != nil || stopped == 0 && !released {
			return "", nil, err
		}
		return "invitation.stop_rest", map[string]any{"stopped": stopped}, nil
	})
	if err != nil {
		return 0, err
	}
	return stopped, nil
}

// steer changes how a sending goes on; an action of "" changed nothing and leaves no trace.
func (r *Room) steer(ctx context.Context, campaignID int64, change func(context.Context, *db.Tx, Campaign) (action string, detail map[string]any, err error)) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := CampaignByID(ctx, tx, campaignID)
		if err != nil {
			return err
		}
		action, detail, err := change(ctx, tx, c)
		if err != nil || action == "" {
			return err
		}
		tx.Publish(Topic(c.EditionID))
		return audit.Note(ctx, tx, audit.Change{Edition: c.EditionID, Action: action, SubjectKind: "campaign", SubjectID: c.ID, Detail: detail})
	})
}
