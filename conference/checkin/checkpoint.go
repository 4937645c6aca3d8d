package checkin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Checkpoint is a place where badges are read: a gate, later also a room, a meal, a bus.
type Checkpoint struct {
	ID        int64
	EditionID int64
	Code      string // unique within the edition
	NameVi    string
	NameEn    string
	Position  int
	ClosedAt  db.Time // zero while it is in use
	Groups    []int64 // the delegate groups that it admits; none means everybody
}

// Name gives the checkpoint's name in a language.
func (c Checkpoint) Name(lang string) string { return pick(lang, c.NameVi, c.NameEn) }

// Admits reports whether somebody of a delegate group may pass.
func (c Checkpoint) Admits(groupID int64) bool {
	return len(c.Groups) == 0 || slices.Contains(c.Groups, groupID)
}

func (c *Checkpoint) fields() []any {
	return []any{&c.ID, &c.EditionID, &c.Code, &c.NameVi, &c.NameEn, &c.Position, &c.ClosedAt}
}

func pick(lang, vi, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return vi
}

// The checkpoint that every edition has from its start.
const (
	mainCode   = "main"
	mainNameVi = "Cửa chính"
	mainNameEn = "Main entrance"
)

const sqlInsertDefault = `INSERT INTO checkpoint (edition_id, code, name_vi, name_en, position)
VALUES (?, ?, ?, ?, 1) ON CONFLICT (edition_id, code) DO NOTHING`

const sqlCheckpointByCode = `SELECT id, edition_id, code, name_vi, name_en, position, closed_at FROM checkpoint WHERE edition_id = ? AND code = ?`

// EnsureDefault gives the edition its main entrance if it has none yet. It
// belongs to the write that makes the edition, which notes it.
func EnsureDefault(ctx context.Context, tx *db.Tx, editionID int64) (Checkpoint, error) {
	if err := db.Exec(ctx, tx, sqlInsertDefault, editionID, mainCode, mainNameVi, mainNameEn); err != nil {
		return Checkpoint{}, fmt.Errorf("insert checkpoint: %w", err)
	}
	c, err := db.One(ctx, tx, sqlCheckpointByCode, (*Checkpoint).fields, editionID, mainCode)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

// Default gives the edition's main entrance, and makes it first if need be.
func (r *Room) Default(ctx context.Context, editionID int64) (Checkpoint, error) {
	c, err := db.Many(ctx, r.db, sqlCheckpointByCode, (*Checkpoint).fields, editionID, mainCode)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	if len(c) > 0 {
		return c[0], nil
	}
	var out Checkpoint
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if out, err = EnsureDefault(ctx, tx, editionID); err != nil {
			return err
		}
		return noteCheckpoint(ctx, tx, "checkin.new_checkpoint", out, map[string]any{"code": out.Code})
	})
	return out, err
}

const (
	sqlCheckpoints      = `SELECT id, edition_id, code, name_vi, name_en, position, closed_at FROM checkpoint WHERE edition_id = ? ORDER BY position, id`
	sqlCheckpointGroups = `SELECT g.checkpoint_id, g.delegate_group_id FROM checkpoint_group g JOIN checkpoint c ON c.id = g.checkpoint_id
WHERE c.edition_id = ? ORDER BY g.checkpoint_id, g.delegate_group_id`
)

// Checkpoints gives an edition's checkpoints in their order, closed ones too.
func Checkpoints(ctx context.Context, q db.Reader, editionID int64) ([]Checkpoint, error) {
	out, err := db.Many(ctx, q, sqlCheckpoints, (*Checkpoint).fields, editionID)
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	type row struct{ point, group int64 }
	rows, err := db.Many(ctx, q, sqlCheckpointGroups, func(r *row) []any { return []any{&r.point, &r.group} }, editionID)
	if err != nil {
		return nil, fmt.Errorf("list groups of checkpoints: %w", err)
	}
	for _, r := range rows {
		i := slices.IndexFunc(out, func(c Checkpoint) bool { return c.ID == r.point })
		out[i].Groups = append(out[i].Groups, r.group)
	}
	return out, nil
}

// CheckpointByID gives one checkpoint of an edition. Errors: not_found.
func CheckpointByID(ctx context.Context, q db.Reader, editionID, id int64) (Checkpoint, error) {
	all, err := Checkpoints(ctx, q, editionID)
	if err != nil {
		return Checkpoint{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return Checkpoint{}, conference.NotFound()
}

// CheckpointDraft is what a supervisor types about a checkpoint. Its form fields are
// name_vi, name_en and group.
type CheckpointDraft struct {
	NameVi string
	NameEn string
	Groups []int64 // none: everybody
}

const maxPointName = 60 // characters: it stands in the bar of a telephone

// check gives the draft as it is stored.
func (d CheckpointDraft) check(groups []edition.Group) (CheckpointDraft, error) {
	var p conference.Problems
	d.NameVi, d.NameEn = vietnamese.Normalise(d.NameVi), vietnamese.Normalise(d.NameEn)
	if d.NameVi == "" {
		p.Add("name_vi", "checkin.error.name_missing")
	}
	for _, name := range []struct{ field, text string }{{"name_vi", d.NameVi}, {"name_en", d.NameEn}} {
		if utf8.RuneCountInString(name.text) > maxPointName {
			p.Add(name.field, "checkin.error.name_long", "max", maxPointName)
		}
	}
	slices.Sort(d.Groups)
	d.Groups = slices.Compact(d.Groups)
	for _, id := range d.Groups {
		if !slices.ContainsFunc(groups, func(g edition.Group) bool { return g.ID == id }) {
			p.Add("group", "checkin.error.group_unknown")
			break
		}
	}
	return d, p.Err()
}

const sqlAddCheckpoint = `INSERT INTO checkpoint (edition_id, code, name_vi, name_en, position)
VALUES (?1, ?2, ?3, ?4, (SELECT ifnull(max(position), 0) + 1 FROM checkpoint WHERE edition_id = ?1))`

// AddCheckpoint opens a checkpoint. Reception supervisors and organisers. Errors:
// invalid with the fields of CheckpointDraft, forbidden.
func (r *Room) AddCheckpoint(ctx context.Context, editionID int64, d CheckpointDraft) (Checkpoint, error) {
	if err := conference.MayReceiveIn(ctx, editionID); err != nil {
		return Checkpoint{}, err
	}
	var c Checkpoint
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := checkDraft(ctx, tx, editionID, 0, d)
		if err != nil {
			return err
		}
		id, err := db.Insert(ctx, tx, sqlAddCheckpoint, editionID, strings.ToLower(conference.NewSecret()[:8]), d.NameVi, d.NameEn)
		if err != nil {
			return fmt.Errorf("insert checkpoint: %w", err)
		}
		if err := setGroups(ctx, tx, id, d.Groups); err != nil {
			return err
		}
		if c, err = CheckpointByID(ctx, tx, editionID, id); err != nil {
			return err
		}
		return noteCheckpoint(ctx, tx, "checkin.new_checkpoint", c, map[string]any{"name": c.NameVi, "groups": len(c.Groups)})
	})
	return c, err
}

const sqlPointNamed = `SELECT count(*) FROM checkpoint WHERE edition_id = ?1 AND id <> ?2 AND closed_at IS NULL AND name_vi = ?3`

// checkDraft checks the draft of a checkpoint; id is 0 for a new one. Two that are in
// use are told apart by their names on every device.
func checkDraft(ctx context.Context, tx *db.Tx, editionID, id int64, d CheckpointDraft) (CheckpointDraft, error) {
	groups, err := edition.Groups(ctx, tx, editionID)
	if err != nil {
		return d, fmt.Errorf("read groups: %w", err)
	}
	if d, err = d.check(groups); err != nil {
		return d, err
	}
	same, err := db.Value[int](ctx, tx, sqlPointNamed, editionID, id, d.NameVi)
	if err != nil {
		return d, fmt.Errorf("read names of checkpoints: %w", err)
	}
	var p conference.Problems
	if same > 0 {
		p.Add("name_vi", "checkin.error.name_taken")
	}
	return d, p.Err()
}

const (
	sqlRenameCheckpoint = `UPDATE checkpoint SET name_vi = ?2, name_en = ?3 WHERE id = ?1`
	sqlDropGroups       = `DELETE FROM checkpoint_group WHERE checkpoint_id = ?`
	sqlInsertGroup      = `INSERT INTO checkpoint_group (checkpoint_id, delegate_group_id) VALUES (?, ?)`
)

func setGroups(ctx context.Context, tx *db.Tx, id int64, groups []int64) error {
	if err := db.Exec(ctx, tx, sqlDropGroups, id); err != nil {
		return fmt.Errorf("drop groups of checkpoint: %w", err)
	}
	for _, g := range groups {
		if err := db.Exec(ctx, tx, sqlInsertGroup, id, g); err != nil {
			return fmt.Errorf("insert group of checkpoint: %w", err)
		}
	}
	return nil
}

// ChangeCheckpoint gives a checkpoint another name and other groups. Its devices
// have the new rule with their next list; nobody who is in is turned out. Reception
// supervisors and organisers. Errors: invalid with the fields of CheckpointDraft, not_found, forbidden.
func (r *Room) ChangeCheckpoint(ctx context.Context, editionID, id int64, d CheckpointDraft) error {
	return r.changePoint(ctx, editionID, id, func(ctx context.Context, tx *db.Tx, before Checkpoint) error {
		d, err := checkDraft(ctx, tx, editionID, id, d)
		if err != nil {
			return err
		}
		if before.NameVi == d.NameVi && before.NameEn == d.NameEn && slices.Equal(before.Groups, d.Groups) {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlRenameCheckpoint, id, d.NameVi, d.NameEn); err != nil {
			return fmt.Errorf("rename checkpoint: %w", err)
		}
		if err := setGroups(ctx, tx, id, d.Groups); err != nil {
			return err
		}
		return noteCheckpoint(ctx, tx, "checkin.change_checkpoint", before, map[string]any{"before": before.NameVi, "after": d.NameVi, "groups": len(d.Groups)})
	})
}

// changePoint runs a change of one checkpoint of an edition.
func (r *Room) changePoint(ctx context.Context, editionID, id int64, do func(context.Context, *db.Tx, Checkpoint) error) error {
	if err := conference.MayReceiveIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := CheckpointByID(ctx, tx, editionID, id)
		if err != nil {
			return err
		}
		return do(ctx, tx, before)
	})
}

const (
	sqlDevicesAt       = `SELECT count(*) FROM door_device WHERE checkpoint_id = ? AND paired_at IS NOT NULL AND revoked_at IS NULL`
	sqlCloseCheckpoint = `UPDATE checkpoint SET closed_at = ?2 WHERE id = ?1`
)

// CloseCheckpoint takes a checkpoint out of use; its record stays, and Reopen brings
// it back. Errors: conflict while devices stand there; not_found, forbidden.
func (r *Room) CloseCheckpoint(ctx context.Context, editionID, id int64) error {
	return r.changePoint(ctx, editionID, id, func(ctx context.Context, tx *db.Tx, c Checkpoint) error {
		if !c.ClosedAt.IsZero() {
			return nil
		}
		n, err := db.Value[int](ctx, tx, sqlDevicesAt, id)
		if err != nil {
			return fmt.Errorf("count devices: %w", err)
		}
		if n > 0 {
			return conference.Fail(conference.KindConflict, "checkin.error.checkpoint_devices", "n", n)
		}
		if err := db.Exec(ctx, tx, sqlCloseCheckpoint, id, db.At(tx.Now())); err != nil {
			return fmt.Errorf("close checkpoint: %w", err)
		}
		return noteCheckpoint(ctx, tx, "checkin.close_checkpoint", c, map[string]any{"name": c.NameVi})
	})
}

// ReopenCheckpoint undoes CloseCheckpoint. Errors: not_found, forbidden.
func (r *Room) ReopenCheckpoint(ctx context.Context, editionID, id int64) error {
	return r.changePoint(ctx, editionID, id, func(ctx context.Context, tx *db.Tx, c Checkpoint) error {
		if c.ClosedAt.IsZero() {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlCloseCheckpoint, id, nil); err != nil {
			return fmt.Errorf("reopen checkpoint: %w", err)
		}
		return noteCheckpoint(ctx, tx, "checkin.reopen_checkpoint", c, map[string]any{"name": c.NameVi})
	})
}

func noteCheckpoint(ctx context.Context, tx *db.Tx, action string, c Checkpoint, detail map[string]any) error {
	tx.Publish(Topic(c.EditionID))
	return audit.Note(ctx, tx, audit.Change{Edition: c.EditionID, Action: action, SubjectKind: "checkpoint", SubjectID: c.ID, Detail: detail})
}
