package edition

import (
	"context"
	"fmt"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// Roles lists the roles of provinces in the order in which they are shown.
func Roles() []Role { return []Role{RoleHost, RoleMember, RoleGuest, RoleNextHost} }

// Choice is one province of an edition as an organiser chooses it.
type Choice struct {
	Slug string // of the identity; the version follows from the edition's first day
	Role Role
}

const (
	sqlRemoveMembers = `DELETE FROM edition_province WHERE edition_id = ?`
	sqlChangedAt     = `UPDATE edition SET changed_at = ?2 WHERE id = ?1`
)

// SetMembers replaces the provinces of an edition by the chosen ones, as they are on
// its first day, and makes sure that each has its Sở Công Thương. It gives the members
// before and after. Errors: invalid with the fields host, member,
// guest and next_host.
func SetMembers(ctx context.Context, tx *db.Tx, e Edition, choices []Choice) (before, after []Member, err error) {
	if before, err = Members(ctx, tx, e.ID); err != nil {
		return nil, nil, fmt.Errorf("read members: %w", err)
	}
	all, err := ProvincesOn(ctx, tx, e.StartsOn, "")
	if err != nil {
		return nil, nil, fmt.Errorf("provinces of the first day: %w", err)
	}
	if after, err = chosen(all, choices); err != nil {
		return nil, nil, err
	}
	if err := noteStep(ctx, tx, e.ID, StepProvinces); err != nil {
		return nil, nil, err
	}
	if slices.Equal(before, after) {
		return before, after, nil
	}
	if err := db.Exec(ctx, tx, sqlRemoveMembers, e.ID); err != nil {
		return nil, nil, fmt.Errorf("remove members: %w", err)
	}
	if err := insertMembers(ctx, tx, e.ID, after); err != nil {
		return nil, nil, err
	}
	if err := addDoits(ctx, tx, e.StartsOn, after); err != nil {
		return nil, nil, err
	}
	if err := db.Exec(ctx, tx, sqlChangedAt, e.ID, db.At(tx.Now())); err != nil {
		return nil, nil, fmt.Errorf("note the change: %w", err)
	}
	publish(tx, e.ID)
	return before, after, audit.Note(ctx, tx, audit.Change{Edition: e.ID, Action: "edition.set_provinces", SubjectKind: "edition", SubjectID: e.ID,
		Detail: map[string]any{"before": roleWords(before), "after": roleWords(after)}})
}

// chosen gives the members that were chosen among the provinces of the day.
func chosen(all []Province, choices []Choice) ([]Member, error) {
	var p conference.Problems
	var out []Member
	count, seen := map[Role]int{}, map[string]bool{}
	for _, c := range choices {
		field := string(c.Role)
		if !slices.Contains(Roles(), c.Role) {
			p.Add("member", "edition.error.role")
			continue
		}
		if seen[c.Slug] && !p.Has(field) {
			p.Add(field, "edition.error.province_twice")
		}
		at := slices.IndexFunc(all, func(v Province) bool { return v.Slug == c.Slug })
		if at < 0 && !p.Has(field) {
			p.Add(field, "edition.error.province_unknown")
		}
		seen[c.Slug] = true
		count[c.Role]++
	}
	if count[RoleHost] != 1 {
		p.Add("host", "edition.error.one_host")
	}
	if count[RoleNextHost] > 1 {
		p.Add("next_host", "edition.error.one_next_host")
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	for _, v := range all { // in the order in which members are read
		if at := slices.IndexFunc(choices, func(c Choice) bool { return c.Slug == v.Slug }); at >= 0 {
			out = append(out, Member{v, choices[at].Role})
		}
	}
	return inOrder(out), nil
}

// inOrder puts the host first and keeps the order of the others, as Members gives them.
func inOrder(members []Member) []Member {
	out := slices.Clone(members)
	slices.SortStableFunc(out, func(a, b Member) int {
		switch {
		case a.Role == RoleHost && b.Role != RoleHost:
			return -1
		case a.Role != RoleHost && b.Role == RoleHost:
			return 1
		}
		return 0
	})
	return out
}

// roleWords gives the provinces of each role, for the record.
func roleWords(members []Member) map[Role][]string {
	out := map[Role][]string{}
	for _, m := range members {
		out[m.Role] = append(out[m.Role], m.NameVi)
	}
	return out
}

// Outdated gives the members whose name or kind on the edition's first day is another
// one, or that do not exist then: the day was moved after they were chosen.
func Outdated(e Edition, members []Member) []Member {
	var out []Member
	for _, m := range members {
		if m.ValidFrom > e.StartsOn || m.ValidTo != "" && m.ValidTo < e.StartsOn {
			out = append(out, m)
		}
	}
	return out
}

// Step is a part of setting an edition up that an organiser confirms.
type Step string

// The steps that are confirmed by saving their page.
const (
	StepProvinces Step = "provinces"
	StepGroups    Step = "groups"
)

const sqlNoteStep = `INSERT INTO edition_step (edition_id, step, done_at) VALUES (?1, ?2, ?3) ON CONFLICT (edition_id, step) DO NOTHING`

// noteStep keeps when a step was confirmed first.
func noteStep(ctx context.Context, tx *db.Tx, editionID int64, s Step) error {
	if err := db.Exec(ctx, tx, sqlNoteStep, editionID, s, db.At(tx.Now())); err != nil {
		return fmt.Errorf("note step: %w", err)
	}
	return nil
}

const sqlSteps = `SELECT step FROM edition_step WHERE edition_id = ?`

// Steps gives the steps that were confirmed.
func Steps(ctx context.Context, q db.Reader, editionID int64) ([]Step, error) {
	return db.Values[Step](ctx, q, sqlSteps, editionID)
}

const (
	sqlRemoveSteps   = `DELETE FROM edition_step WHERE edition_id = ?`
	sqlRemoveGroups  = `DELETE FROM delegate_group WHERE edition_id = ?`
	sqlRemoveEdition = `DELETE FROM edition WHERE id = ?`
	sqlEditionGone   = `INSERT INTO edition_gone (id, gone_at) VALUES (?, ?)`
)

// Remove deletes an edition with its provinces and groups, in the write of the room that
// has made sure that nothing else belongs to it. Errors: conflict when something does.
func Remove(ctx context.Context, tx *db.Tx, e Edition) error {
	for _, query := range []string{sqlRemoveSteps, sqlRemoveMembers, sqlRemoveGroups, sqlRemoveEdition} {
		if err := db.Exec(ctx, tx, query, e.ID); db.IsForeignKey(err) {
			return conference.Fail(conference.KindConflict, "edition.error.in_use").Because(err)
		} else if err != nil {
			return fmt.Errorf("remove edition: %w", err)
		}
	}
	if err := db.Exec(ctx, tx, sqlEditionGone, e.ID, db.At(tx.Now())); err != nil {
		return fmt.Errorf("keep the number of the edition: %w", err)
	}
	publish(tx, e.ID)
	return audit.Note(ctx, tx, audit.Change{Action: "edition.remove", SubjectKind: "edition", SubjectID: e.ID,
		Detail: map[string]any{"slug": e.Slug, "title_vi": e.TitleVi}})
}
