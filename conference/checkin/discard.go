package checkin

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

const (
	sqlRemovePointGroups = `DELETE FROM checkpoint_group WHERE checkpoint_id IN (SELECT id FROM checkpoint WHERE edition_id = ?)`
	sqlRemovePoints      = `DELETE FROM checkpoint WHERE edition_id = ?`
)

// Discard removes the checkpoints of an edition that is being discarded, in that write.
// Errors: conflict when a device was paired there or somebody was let in.
func Discard(ctx context.Context, tx *db.Tx, editionID int64) error {
	for _, query := range []string{sqlRemovePointGroups, sqlRemovePoints} {
		if err := db.Exec(ctx, tx, query, editionID); db.IsForeignKey(err) {
			return conference.Fail(conference.KindConflict, "edition.error.in_use").Because(err)
		} else if err != nil {
			return fmt.Errorf("remove checkpoints: %w", err)
		}
	}
	return nil
}
