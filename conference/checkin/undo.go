package checkin

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// UndoWithin is how long a device may take back its own scan (scanner.md 5);
// later it is a reception supervisor's to do.
const UndoWithin = 10 * time.Second

// undoLimit bounds how long an undoing may have waited for the network.
const undoLimit = 2 * time.Hour

// Undo takes back an entry that the device itself reported, within UndoWithin of
// the reading. at is the device's clock when the steward pressed the button, so
// that an undoing which waited for the network still counts; 0 counts from the
// scan's arrival. Taking back twice is taking back once. Errors: not_found for a
// scan of another device, conflict when it is too late or was no entry.
func (r *Room) Undo(ctx context.Context, dev Device, scanID string, at int64) error {
	return r.undo(ctx, scanID, "", func(s row, now time.Time) error {
		took := time.Duration(at-s.DeviceTime) * time.Millisecond
		if at == 0 {
			took = now.Sub(s.ArrivedAt.Time)
		}
		if now.Sub(s.ArrivedAt.Time) > undoLimit {
			took = undoLimit // whatever the device says of its clock, hours later is too late
		}
		switch {
		case s.DeviceID != dev.ID:
			return conference.NotFound()
		case !s.UndoneAt.IsZero(): // an answer was lost, and the device asks again
		case took < 0 || took > UndoWithin:
			return conference.Fail(conference.KindConflict, "checkin.error.undo_late")
		}
		return nil
	})
}

// maxReason is the longest reason for taking an entry back, in characters.
const maxReason = 200

// UndoLater takes back any entry of the edition, with a reason (form field reason)
// that stands in the audit. Reception supervisors and organisers. Errors: invalid with the field,
// forbidden, not_found, conflict when it was no entry or was taken back before.
func (r *Room) UndoLater(ctx context.Context, editionID int64, scanID, reason string) error {
	if err := conference.MayReceiveIn(ctx, editionID); err != nil {
		return err
	}
	reason = vietnamese.Normalise(reason)
	var p conference.Problems
	switch {
	case reason == "":
		p.Add("reason", "checkin.error.reason_missing")
	case utf8.RuneCountInString(reason) > maxReason:
		p.Add("reason", "checkin.error.reason_long", "max", maxReason)
	}
	return r.undo(ctx, scanID, reason, func(s row, _ time.Time) error {
		if s.EditionID != editionID {
			return conference.NotFound()
		}
		if !s.UndoneAt.IsZero() {
			return conference.Fail(conference.KindConflict, "checkin.error.undone") // a second reason would be kept nowhere
		}
		return p.Err()
	})
}

const sqlUndo = `UPDATE scan SET undone_at = ?, version = (SELECT max(version) + 1 FROM scan) WHERE id = ?`

func (r *Room) undo(ctx context.Context, scanID, reason string, allowed func(row, time.Time) error) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, found, err := scanByID(ctx, tx, scanID)
		if err != nil {
			return err
		}
		if !found {
			return conference.NotFound()
		}
		if err := allowed(s, tx.Now()); err != nil || !s.UndoneAt.IsZero() {
			return err
		}
		if !s.Verdict.In() {
			return conference.Fail(conference.KindConflict, "checkin.error.undo_nothing")
		}
		if err := db.Exec(ctx, tx, sqlUndo, db.At(tx.Now()), s.ID); err != nil {
			return fmt.Errorf("undo scan: %w", err)
		}
		tx.Publish(Topic(s.EditionID))
		return audit.Note(ctx, tx, audit.Change{Edition: s.EditionID, Action: "checkin.undo", SubjectKind: "delegate", SubjectID: s.DelegateID,
			Detail: map[string]any{"scan": s.ID, "reason": reason}})
	})
}
