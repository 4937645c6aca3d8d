package invitation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

const (
	sqlAnythingOut = `SELECT EXISTS (SELECT 1 FROM mail WHERE edition_id = ?1)
	OR EXISTS (SELECT 1 FROM campaign WHERE edition_id = ?1)
	OR EXISTS (SELECT 1 FROM delegation WHERE edition_id = ?1) OR EXISTS (SELECT 1 FROM delegate WHERE edition_id = ?1)`
	sqlIsKnown = `SELECT EXISTS (SELECT 1 FROM edition_copy WHERE source_id = ?1)
	OR EXISTS (SELECT 1 FROM edition WHERE id = ?1 AND (is_public = 1 OR is_front = 1))`
	sqlRemoveText      = `DELETE FROM invitation_text WHERE edition_id = ?`
	sqlRemoveLetters   = `DELETE FROM letter_text WHERE edition_id = ?`
	sqlRemoveTemplates = `DELETE FROM letter_template WHERE edition_id = ?`
	sqlRemoveCopy      = `DELETE FROM edition_copy WHERE edition_id = ?`
	sqlRemoveReminder  = `DELETE FROM reminder_text WHERE edition_id = ?`
	sqlRemovePlan      = `DELETE FROM reminder_plan WHERE edition_id = ?`
	sqlRemoveMessage   = `DELETE FROM invitation_message WHERE edition_id = ?`
)

// Discardable reports whether an edition is still a draft that DiscardEdition would take: it is not
// public, nothing was sent, nobody is on a list, and no other edition was started from it.
func Discardable(ctx context.Context, q db.Reader, editionID int64) (bool, error) {
	for _, query := range []string{sqlAnythingOut, sqlIsKnown} {
		out, err := db.Value[bool](ctx, q, query, editionID)
		if err != nil {
			return false, fmt.Errorf("look at the edition: %w", err)
		}
		if out {
			return false, nil
		}
	}
	return true, nil
}

// DiscardEdition removes an edition that is still a draft, with its invitations and texts.
// others remove what their rooms made for it, in the same write. Errors: conflict when
// something was sent or a room has more of it; not_found, forbidden.
func (r *Room) DiscardEdition(ctx context.Context, editionID int64, others ...func(context.Context, *db.Tx, int64) error) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := edition.ByID(ctx, tx, editionID)
		if err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		draft, err := Discardable(ctx, tx, editionID)
		if err != nil {
			return err
		}
		if !draft {
			return conference.Fail(conference.KindConflict, "invitation.error.not_discardable")
		}
		all, err := List(ctx, tx, editionID)
		if err != nil {
			return err
		}
		for _, i := range all {
			if err := removeDraft(ctx, tx, i); err != nil {
				return err
			}
		}
		for _, query := range []string{sqlRemoveText, sqlRemoveLetters, sqlRemoveTemplates, sqlRemoveCopy, sqlRemoveReminder, sqlRemovePlan, sqlRemoveMessage} {
			if err := db.Exec(ctx, tx, query, editionID); err != nil {
				return fmt.Errorf("remove texts: %w", err)
			}
		}
		for _, remove := range others {
			if err := remove(ctx, tx, editionID); err != nil {
				return err
			}
		}
		if err := audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.discard", SubjectKind: "edition", SubjectID: editionID,
			Detail: map[string]any{"invitations": len(all)}}); err != nil {
			return err
		}
		return edition.Remove(ctx, tx, e)
	})
}
