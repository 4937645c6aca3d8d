package account

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

const (
	sqlHoldersIn       = `SELECT DISTINCT staff_id FROM staff_edition_role WHERE edition_id = ?`
	sqlDropRolesWithin = `DELETE FROM staff_edition_role WHERE edition_id = ?`
	sqlDropDevices     = `DELETE FROM door_device WHERE edition_id = ? AND paired_at IS NULL`
)

// Discard takes the roles held for an edition that is being discarded, and devices that
// were never paired, in that write. Whoever held no other role can sign in and do nothing
// until an administrator gives them one. Errors: conflict when a device was paired there.
func Discard(ctx context.Context, tx *db.Tx, editionID int64) error {
	holders, err := db.Values[int64](ctx, tx, sqlHoldersIn, editionID)
	if err != nil {
		return fmt.Errorf("who holds a role in the edition: %w", err)
	}
	for _, query := range []string{sqlDropRolesWithin, sqlDropDevices} {
		if err := db.Exec(ctx, tx, query, editionID); db.IsForeignKey(err) {
			return conference.Fail(conference.KindConflict, "edition.error.in_use").Because(err)
		} else if err != nil {
			return fmt.Errorf("take roles and devices of the edition: %w", err)
		}
	}
	for _, id := range holders {
		tx.Publish(Topic(id))
		if err := audit.Note(ctx, tx, audit.Change{Action: "account.edition_gone", SubjectKind: "staff", SubjectID: id}); err != nil {
			return fmt.Errorf("note the roles taken: %w", err)
		}
	}
	return nil
}
