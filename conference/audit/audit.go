// Package audit keeps the record of who changed what. Rows are only ever added.
package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// Change is one act to be noted. Action is "room.verb". Subject names the table
// and row that it was done to. Detail holds what a reader of the record needs,
// before and after where that matters; it must hold no secret and no more of a
// person than the change itself. Edition is 0 where the act concerns no edition.
type Change struct {
	Edition     int64
	Action      string
	SubjectKind string
	SubjectID   int64
	Detail      map[string]any
}

const sqlNote = `INSERT INTO audit_entry (at, actor_kind, actor_id, actor_label, edition_id, action, subject_kind, subject_id, detail)
VALUES (?, ?, ?, ?, NULLIF(?, 0), ?, ?, ?, ?)`

// Note writes the change in the same transaction, done by the context's actor. Staff
// without a role for the edition are refused, and with them the whole change: every change is
// noted, so this is the lock behind all others. Errors: forbidden.
func Note(ctx context.Context, tx *db.Tx, c Change) error {
	if !conference.ActorOf(ctx).MayNote(c.Edition) {
		return conference.Forbidden()
	}
	if c.Detail == nil {
		c.Detail = map[string]any{}
	}
	detail, err := json.Marshal(c.Detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", c.Action, err)
	}
	a := conference.ActorOf(ctx)
	if err := db.Exec(ctx, tx, sqlNote, db.At(tx.Now()), a.Kind, a.ID, a.Label, c.Edition, c.Action, c.SubjectKind, c.SubjectID, string(detail)); err != nil {
		return fmt.Errorf("audit %s: %w", c.Action, err)
	}
	return nil
}

// Entry is one row of the record.
type Entry struct {
	ID          int64
	At          db.Time
	ActorKind   conference.ActorKind
	ActorID     int64
	ActorLabel  string
	Action      string
	SubjectKind string
	SubjectID   int64
	Detail      string // JSON object
}

const sqlEntries = `SELECT id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, detail
FROM audit_entry
WHERE (?1 = 0 OR edition_id = ?1) AND (?2 = 0 OR id < ?2)
ORDER BY id DESC LIMIT ?3`

// Entries gives up to limit rows of an edition's record (every row when edition
// is 0), newest first, those older than row before when before is not 0.
func Entries(ctx context.Context, r db.Reader, edition, before int64, limit int) ([]Entry, error) {
	return db.Many(ctx, r, sqlEntries, (*Entry).fields, edition, before, limit)
}

const sqlHistory = `SELECT id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, detail
FROM audit_entry WHERE subject_kind = ? AND subject_id = ? ORDER BY id DESC LIMIT 200`

// History gives the latest rows about one subject, newest first.
func History(ctx context.Context, r db.Reader, subjectKind string, subjectID int64) ([]Entry, error) {
	return db.Many(ctx, r, sqlHistory, (*Entry).fields, subjectKind, subjectID)
}

func (e *Entry) fields() []any {
	return []any{&e.ID, &e.At, &e.ActorKind, &e.ActorID, &e.ActorLabel, &e.Action, &e.SubjectKind, &e.SubjectID, &e.Detail}
}
