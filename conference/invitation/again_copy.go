package invitation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

func readCopy(ctx context.Context, q db.Reader, editionID int64) (Start, error) {
	type row struct {
		source   int64
		copiedAt db.Time
		result   string
	}
	c, err := db.One(ctx, q, sqlCopy, func(c *row) []any { return []any{&c.source, &c.copiedAt, &c.result} }, editionID)
	if err != nil {
		return Start{}, fmt.Errorf("read the source: %w", err)
	}
	s := Start{CopiedAt: c.copiedAt}
	if err := json.Unmarshal([]byte(c.result), &s.Result); err != nil {
		return Start{}, fmt.Errorf("read what was copied: %w", err)
	}
	if s.Source, err = edition.ByID(ctx, q, c.source); err != nil {
		return Start{}, fmt.Errorf("read the earlier edition: %w", err)
	}
	if s.Target, err = edition.ByID(ctx, q, editionID); err != nil {
		return Start{}, fmt.Errorf("read edition: %w", err)
	}
	return s, nil
}

const sqlCopied = `UPDATE edition_copy SET copied_at = ?2, result = ?3 WHERE edition_id = ?1`

// StartFrom fills an edition from its source in one write: groups, one invitation as a
// draft for each organisation with its quotas, and texts. People stay behind, but for focal points
// who agreed to be asked again. decisions are by invitation of the source; what is not named gets
// the proposal. Done once, the same call again changes nothing and gives what was copied then.
// Errors: invalid with a DecisionField for a decision that the line does not offer; conflict when
// the edition is in use already; not_found, forbidden.
func (r *Room) StartFrom(ctx context.Context, editionID int64, decisions map[int64]Decision) (Copied, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return Copied{}, err
	}
	var out Copied
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := readCopy(ctx, tx, editionID)
		if err != nil {
			return err
		}
		if !s.CopiedAt.IsZero() {
			out = s.Result
			return nil
		}
		if out, err = r.start(ctx, tx, s, decisions); err != nil {
			return err
		}
		result, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("write what was copied: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlCopied, editionID, db.At(tx.Now()), string(result)); err != nil {
			return fmt.Errorf("note the copy: %w", err)
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.start_from", SubjectKind: "edition", SubjectID: editionID,
			Detail: map[string]any{"source": s.Source.Slug, "invitations": out.Invitations, "seats": out.Seats, "groups": out.Groups,
				"focal_points": out.FocalPoints, "merged": out.Merged, "left_out": out.LeftOut, "texts": out.Texts}})
	})
	if err != nil {
		return Copied{}, err
	}
	return out, nil
}

func (r *Room) start(ctx context.Context, tx *db.Tx, s Start, decisions map[int64]Decision) (Copied, error) {
	if err := clean(ctx, tx, s.Target); err != nil {
		return Copied{}, err
	}
	lines, err := startLines(ctx, tx, s.Source, s.Target)
	if err != nil {
		return Copied{}, err
	}
	decided, err := decide(lines, decisions)
	if err != nil {
		return Copied{}, err
	}
	if err := addGuests(ctx, tx, s.Target, lines, decided); err != nil {
		return Copied{}, err
	}
	groups, err := edition.CopyGroups(ctx, tx, s.Source, s.Target)
	if err != nil {
		return Copied{}, err
	}
	c := copier{room: r, source: s.Source, target: s.Target, groups: groups, made: map[int64]int64{}}
	c.out.Groups = len(groups)
	if lines, err = startLines(ctx, tx, s.Source, s.Target); err != nil { // the Sở of the guests are there now
		return Copied{}, err
	}
	for _, merged := range []bool{false, true} { // whoever receives another first, or its focal point would be the other's
		for n, l := range lines {
			if d := decided[n]; d != LeaveOut && merged == (d == MergeSum || d == MergeIn) {
				if err := c.copy(ctx, tx, l, d); err != nil {
					return Copied{}, err
				}
			}
		}
	}
	for _, d := range decided {
		if d == LeaveOut {
			c.out.LeftOut++
		}
	}
	n, err := r.prepare(ctx, tx, s.Target.ID, c.focal) // Sở that the source did not invite
	if err != nil {
		return Copied{}, err
	}
	c.out.Invitations = len(c.made) + n
	c.out.Texts, err = r.copyTexts(ctx, tx, s.Source, s.Target)
	return c.out, err
}

// clean removes the drafts that an edition may have already. Errors: conflict when it is in use.
func clean(ctx context.Context, tx *db.Tx, target edition.Edition) error {
	out, err := db.Value[bool](ctx, tx, sqlAnythingOut, target.ID)
	if err != nil {
		return fmt.Errorf("look at the edition: %w", err)
	}
	all, err := List(ctx, tx, target.ID)
	if err != nil {
		return err
	}
	for _, i := range all {
		out = out || i.Seats() > 0
	}
	if out {
		return conference.Fail(conference.KindConflict, "invitation.error.start_in_use")
	}
	for _, i := range all {
		if err := removeDraft(ctx, tx, i); err != nil {
			return err
		}
	}
	return nil
}

// decide gives the decision about each line: the one that was made, else the proposal.
func decide(lines []Line, decisions map[int64]Decision) ([]Decision, error) {
	var p conference.Problems
	out := make([]Decision, len(lines))
	for n, l := range lines {
		out[n] = l.Options[0]
		made, ok := decisions[l.Source.ID]
		if !ok {
			continue
		}
		if !slices.Contains(l.Options, made) {
			p.Add(DecisionField(l.Source.ID), "invitation.error.decision")
		}
		out[n] = made
	}
	return out, p.Err()
}

// addGuests lets the provinces take part that the organiser chose to have as guests.
func addGuests(ctx context.Context, tx *db.Tx, target edition.Edition, lines []Line, decided []Decision) error {
	members, err := edition.Members(ctx, tx, target.ID)
	if err != nil {
		return fmt.Errorf("members: %w", err)
	}
	var choices []edition.Choice
	for _, m := range members {
		choices = append(choices, edition.Choice{Slug: m.Slug, Role: m.Role})
	}
	for n, l := range lines {
		guest := edition.Choice{Slug: l.To.Slug, Role: edition.RoleGuest}
		if decided[n] == AsGuest && !slices.Contains(choices, guest) {
			choices = append(choices, guest)
		}
	}
	if len(choices) == len(members) {
		return nil
	}
	_, _, err = edition.SetMembers(ctx, tx, target, choices)
	return err
}

// copier makes the invitations of one edition out of those of another.
type copier struct {
	room           *Room
	source, target edition.Edition
	groups         map[int64]int64 // new group of each old one
	made           map[int64]int64 // invitation of each organisation
	out            Copied
}

// focal gives the contact of an organisation who may be named: one who agreed to be kept,
// or who was entered after the source was over.
func (c *copier) focal(ctx context.Context, tx *db.Tx, organisationID int64) (edition.Contact, error) {
	return edition.KeptContact(ctx, tx, organisationID, db.At(c.source.End()))
}

func (c *copier) copy(ctx context.Context, tx *db.Tx, l Line, d Decision) error {
	id, ok := c.made[l.Heir.ID]
	if !ok {
		var err error
		if id, err = c.insert(ctx, tx, l); err != nil {
			return err
		}
		c.made[l.Heir.ID] = id
	}
	if d == MergeSum || d == MergeIn {
		c.out.Merged++
	}
	if d == MergeIn {
		return nil
	}
	for _, q := range l.Source.Quotas {
		if q.Seats == 0 {
			continue
		}
		if err := db.Exec(ctx, tx, sqlAddQuota, id, c.groups[q.GroupID], min(q.Seats, maxSeats)); err != nil {
			return fmt.Errorf("copy quota: %w", err)
		}
		c.out.Seats += q.Seats
	}
	return nil
}

const sqlAddQuota = `INSERT INTO quota (invitation_id, delegate_group_id, seats) VALUES (?1, ?2, ?3)
ON CONFLICT (invitation_id, delegate_group_id) DO UPDATE SET seats = min(1000, seats + ?3)`

// insert makes the invitation of the organisation that is invited in the place of a line's.
func (c *copier) insert(ctx context.Context, tx *db.Tx, l Line) (int64, error) {
	province, err := db.Value[int64](ctx, tx, sqlOrganisationProvince, c.target.ID, l.Heir.ID)
	if err != nil {
		return 0, fmt.Errorf("read province: %w", err)
	}
	if province == 0 && l.To.ProvinceID != 0 { // of a body that keeps the name of its former province
		if province, err = db.Value[int64](ctx, tx, sqlMemberVersion, c.target.ID, l.To.ProvinceID); err != nil {
			return 0, fmt.Errorf("read province: %w", err)
		}
	}
	return c.room.insert(ctx, tx, c.target.ID, l.Heir.ID, province, func(ctx context.Context, tx *db.Tx, organisationID int64) (edition.Contact, error) {
		if l.Kept {
			c.out.FocalPoints++
			return edition.Contact{FullName: l.Source.FocalName, Phone: l.Source.FocalPhone, Email: l.Source.FocalEmail}, nil
		}
		focal, err := c.focal(ctx, tx, organisationID)
		if err == nil {
			c.out.FocalPoints++
		}
		return focal, err
	})
}

const sqlMemberVersion = `SELECT ep.province_version_id FROM edition_province ep JOIN province_version v ON v.id = ep.province_version_id
WHERE ep.edition_id = ? AND v.province_id = ?`
