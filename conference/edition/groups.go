package edition

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// maxGroups bounds the delegate groups of one edition: the table of quotas has a column for each.
const maxGroups = 40

// pressCode is the group that accredited journalists are entered in; without it none can be accredited.
const pressCode = "press"

// Colours lists the colours of groups.
func Colours() []string { return []string{"son", "gold", "leaf", "indigo", "amber", "ink"} }

// ColourText gives the name of a colour for people.
func ColourText(colour string) conference.Text { return conference.Say("edition.colour." + colour) }

// GroupDraft is what an organiser types about a delegate group. Its form fields are
// code, name_vi, name_en and colour.
type GroupDraft struct {
	Code   string // small letters, digits and "_"; of exports and devices
	NameVi string
	NameEn string
	Colour string
}

func (d *GroupDraft) check(p *conference.Problems) {
	d.NameVi = checkText(p, textField{"name_vi", &d.NameVi, maxTitle, true})
	d.NameEn = checkText(p, textField{"name_en", &d.NameEn, maxTitle, false})
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789_"
	if len(d.Code) < 2 || len(d.Code) > 40 || strings.Trim(d.Code, allowed) != "" {
		p.Add("code", "edition.error.group_code")
	}
	if !slices.Contains(Colours(), d.Colour) {
		p.Add("colour", "edition.error.colour")
	}
}

// GroupUse says who uses a group.
type GroupUse struct {
	GroupID     int64
	Invitations int // with seats for it
	Seats       int
	Delegates   int // in any state: whoever was withdrawn once was in it too
	Checkpoints int // that admit it
}

// Used reports whether anything would miss the group.
func (u GroupUse) Used() bool { return u.Invitations > 0 || u.Delegates > 0 || u.Checkpoints > 0 }

const sqlGroupUse = `SELECT g.id,
	(SELECT count(*) FROM quota q WHERE q.delegate_group_id = g.id AND q.seats > 0),
	(SELECT COALESCE(sum(q.seats), 0) FROM quota q WHERE q.delegate_group_id = g.id),
	(SELECT count(*) FROM delegate d WHERE d.edition_id = g.edition_id AND d.delegate_group_id = g.id),
	(SELECT count(*) FROM checkpoint_group c WHERE c.delegate_group_id = g.id)
FROM delegate_group g WHERE g.edition_id = ? ORDER BY g.position`

// GroupUses gives who uses each group of an edition, in the groups' order.
func GroupUses(ctx context.Context, q db.Reader, editionID int64) ([]GroupUse, error) {
	return db.Many(ctx, q, sqlGroupUse, func(u *GroupUse) []any {
		return []any{&u.GroupID, &u.Invitations, &u.Seats, &u.Delegates, &u.Checkpoints}
	}, editionID)
}

// AddGroup adds a delegate group behind the others. Errors: invalid with fields; conflict
// when there are too many; not_found, forbidden.
func (r *Room) AddGroup(ctx context.Context, editionID int64, d GroupDraft) error {
	return r.changeGroups(ctx, editionID, func(ctx context.Context, tx *db.Tx, groups []Group) error {
		if len(groups) >= maxGroups {
			return conference.Fail(conference.KindConflict, "edition.error.groups_full", "max", maxGroups)
		}
		var p conference.Problems
		if d.check(&p); p.Any() {
			return p.Err()
		}
		position, category := 1, 1
		for _, g := range groups {
			position = max(position, g.Position+1)
		}
		for slices.ContainsFunc(groups, func(g Group) bool { return g.Category == category }) {
			category++
		}
		if err := db.Exec(ctx, tx, sqlAddGroup, editionID, d.Code, d.NameVi, d.NameEn, position, d.Colour, category); err != nil {
			return codeTaken(fmt.Errorf("add group: %w", err))
		}
		return noteGroup(ctx, tx, editionID, "edition.add_group", map[string]any{"name": d.NameVi})
	})
}

const (
	sqlAddGroup    = `INSERT INTO delegate_group (edition_id, code, name_vi, name_en, position, colour, category) VALUES (?, ?, ?, ?, ?, ?, ?)`
	sqlChangeGroup = `UPDATE delegate_group SET code = ?2, name_vi = ?3, name_en = ?4, colour = ?5 WHERE id = ?1`
	sqlPlaceGroup  = `UPDATE delegate_group SET position = ?2 WHERE id = ?1`
	sqlRemoveGroup = `DELETE FROM delegate_group WHERE id = ?`
)

// ChangeGroup changes code, names and colour of a group. Errors: invalid with fields, also
// when the code of the group of journalists is changed; not_found, forbidden.
func (r *Room) ChangeGroup(ctx context.Context, editionID, id int64, d GroupDraft) error {
	return r.changeGroups(ctx, editionID, func(ctx context.Context, tx *db.Tx, groups []Group) error {
		at, err := groupAt(groups, id)
		if err != nil {
			return err
		}
		was := groups[at]
		var p conference.Problems
		d.check(&p)
		if was.Code == pressCode && d.Code != pressCode {
			p.Add("code", "edition.error.group_press")
		}
		if err := p.Err(); err != nil {
			return err
		}
		if d == (GroupDraft{was.Code, was.NameVi, was.NameEn, was.Colour}) {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlChangeGroup, id, d.Code, d.NameVi, d.NameEn, d.Colour); err != nil {
			return codeTaken(fmt.Errorf("change group: %w", err))
		}
		return noteGroup(ctx, tx, editionID, "edition.change_group", map[string]any{"before": was.NameVi, "after": d.NameVi})
	})
}

// MoveGroup moves a group one place up or down; at the end of the list nothing moves.
// Errors: not_found, forbidden.
func (r *Room) MoveGroup(ctx context.Context, editionID, id int64, up bool) error {
	return r.changeGroups(ctx, editionID, func(ctx context.Context, tx *db.Tx, groups []Group) error {
		at, err := groupAt(groups, id)
		if err != nil {
			return err
		}
		other := at + 1
		if up {
			other = at - 1
		}
		if other < 0 || other >= len(groups) {
			return nil
		}
		a, b := groups[at], groups[other]
		for _, step := range []struct {
			id       int64
			position int
		}{{a.ID, 0}, {b.ID, a.Position}, {a.ID, b.Position}} { // by way of 0: no two may stand in one place
			if err := db.Exec(ctx, tx, sqlPlaceGroup, step.id, step.position); err != nil {
				return fmt.Errorf("move group: %w", err)
			}
		}
		return noteGroup(ctx, tx, editionID, "edition.move_group", map[string]any{"name": a.NameVi, "before": a.Position, "after": b.Position})
	})
}

// KeepGroups says that the groups are right as they stand. Errors: not_found, forbidden.
func (r *Room) KeepGroups(ctx context.Context, editionID int64) error {
	return r.changeGroups(ctx, editionID, func(context.Context, *db.Tx, []Group) error { return nil })
}

func (r *Room) changeGroups(ctx context.Context, editionID int64, change func(context.Context, *db.Tx, []Group) error) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := ByID(ctx, tx, editionID); err != nil {
			return err
		}
		groups, err := Groups(ctx, tx, editionID)
		if err != nil {
			return fmt.Errorf("read groups: %w", err)
		}
		if err := change(ctx, tx, groups); err != nil {
			return err
		}
		return noteStep(ctx, tx, editionID, StepGroups)
	})
}

func groupAt(groups []Group, id int64) (int, error) {
	at := slices.IndexFunc(groups, func(g Group) bool { return g.ID == id })
	if at < 0 {
		return 0, conference.NotFound()
	}
	return at, nil
}

func noteGroup(ctx context.Context, tx *db.Tx, editionID int64, action string, detail map[string]any) error {
	publish(tx, editionID)
	return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: action, SubjectKind: "edition", SubjectID: editionID, Detail: detail})
}

// codeTaken turns the violated uniqueness of the code into a field error.
func codeTaken(err error) error {
	if !db.IsUnique(err) {
		return err
	}
	var p conference.Problems
	p.Add("code", "edition.error.group_code_taken")
	return p.Err()
}

// RemoveGroup deletes a group that nothing uses, in the write of the room that has
// removed its empty quotas. Errors: conflict that says who uses it; not_found.
func RemoveGroup(ctx context.Context, tx *db.Tx, editionID, id int64) error {
	groups, err := Groups(ctx, tx, editionID)
	if err != nil {
		return fmt.Errorf("read groups: %w", err)
	}
	at, err := groupAt(groups, id)
	if err != nil {
		return err
	}
	g := groups[at]
	if g.Code == pressCode {
		return conference.Fail(conference.KindConflict, "edition.error.group_press_used")
	}
	if len(groups) == 1 {
		return conference.Fail(conference.KindConflict, "edition.error.group_last")
	}
	uses, err := GroupUses(ctx, tx, editionID)
	if err != nil {
		return fmt.Errorf("who uses the group: %w", err)
	}
	if u := uses[at]; u.Used() {
		return conference.Fail(conference.KindConflict, "edition.error.group_used", "group", conference.Names{Vi: g.NameVi, En: g.NameEn},
			"invitations", u.Invitations, "seats", u.Seats, "delegates", u.Delegates, "checkpoints", u.Checkpoints)
	}
	if err := db.Exec(ctx, tx, sqlRemoveGroup, id); db.IsForeignKey(err) {
		return conference.Fail(conference.KindConflict, "edition.error.in_use").Because(err)
	} else if err != nil {
		return fmt.Errorf("remove group: %w", err)
	}
	for _, later := range groups[at+1:] { // in order, so that no two stand in one place
		if err := db.Exec(ctx, tx, sqlPlaceGroup, later.ID, later.Position-1); err != nil {
			return fmt.Errorf("move up: %w", err)
		}
	}
	if err := noteStep(ctx, tx, editionID, StepGroups); err != nil {
		return err
	}
	return noteGroup(ctx, tx, editionID, "edition.remove_group", map[string]any{"name": g.NameVi})
}
