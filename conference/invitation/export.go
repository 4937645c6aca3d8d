package invitation

import (
	"context"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// NoteMessages records that somebody takes the messages of an edition with all its personal
// links out of this program. Errors: forbidden.
func (r *Room) NoteMessages(ctx context.Context, editionID int64, messages int) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.messages", SubjectKind: "edition", SubjectID: editionID,
			Detail: map[string]any{"messages": messages}})
	})
}

// NoteExport records who took the board of an edition along. Errors: forbidden.
func (r *Room) NoteExport(ctx context.Context, editionID int64, rows int) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.export", SubjectKind: "edition", SubjectID: editionID, Detail: map[string]any{"rows": rows}})
	})
}
