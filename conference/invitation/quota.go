package invitation

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

// maxSeats is the largest quota of one group in one invitation.
const maxSeats = 1000

// QuotaField gives the form field of a group's quota: "quota_7".
func QuotaField(groupID int64) string { return fmt.Sprintf("quota_%d", groupID) }

// SetQuotas sets the seats of the named groups in one invitation; groups that are
// not named keep theirs. Errors: invalid with the field of each wrong number;
// conflict, with fields too, when fewer seats are given than delegates are listed; not_found,
// forbidden.
func (r *Room) SetQuotas(ctx context.Context, invitationID int64, seats map[int64]int) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		if err := checkSeats(ctx, tx, i.EditionID, seats); err != nil {
			return err
		}
		return setQuotas(ctx, tx, i, seats)
	})
}

// SetQuotasForAll sets the seats of the named groups in every invitation of an
// edition, or in none when one of them cannot take it. Errors as SetQuotas.
func (r *Room) SetQuotasForAll(ctx context.Context, editionID int64, seats map[int64]int) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		if err := checkSeats(ctx, tx, editionID, seats); err != nil {
			return err
		}
		all, err := List(ctx, tx, editionID)
		if err != nil {
			return err
		}
		for _, i := range all {
			if err := setQuotas(ctx, tx, i, seats); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkSeats refuses groups of another edition and numbers out of range.
func checkSeats(ctx context.Context, q db.Reader, editionID int64, seats map[int64]int) error {
	groups, err := edition.Groups(ctx, q, editionID)
	if err != nil {
		return fmt.Errorf("read groups: %w", err)
	}
	var p conference.Problems
	for _, id := range slices.Sorted(maps.Keys(seats)) {
		at := slices.IndexFunc(groups, func(g edition.Group) bool { return g.ID == id })
		switch {
		case at < 0:
			p.Add(QuotaField(id), "invitation.error.group_unknown")
		case seats[id] < 0 || seats[id] > maxSeats:
			p.Add(QuotaField(id), "invitation.error.seats_range", "group", names(groups[at]), "max", maxSeats)
		}
	}
	return p.Err()
}

func names(g edition.Group) conference.Names { return conference.Names{Vi: g.NameVi, En: g.NameEn} }

const sqlTaken = `SELECT d.delegate_group_id, count(*)
FROM delegation dn JOIN delegate d ON d.delegation_id = dn.id
WHERE dn.invitation_id = ? AND d.state IN ('listed', 'registered') GROUP BY d.delegate_group_id`

// Taken gives the number of seats that delegates hold, for each group that has any.
func Taken(ctx context.Context, q db.Reader, invitationID int64) (map[int64]int, error) {
	type row struct {
		group int64
		n     int
	}
	rows, err := db.Many(ctx, q, sqlTaken, func(r *row) []any { return []any{&r.group, &r.n} }, invitationID)
	if err != nil {
		return nil, fmt.Errorf("count taken seats: %w", err)
	}
	taken := map[int64]int{}
	for _, r := range rows {
		taken[r.group] = r.n
	}
	return taken, nil
}

const sqlSetQuota = `INSERT INTO quota (invitation_id, delegate_group_id, seats) VALUES (?1, ?2, ?3)
ON CONFLICT (invitation_id, delegate_group_id) DO UPDATE SET seats = ?3`

func setQuotas(ctx context.Context, tx *db.Tx, i Invitation, seats map[int64]int) error {
	taken, err := Taken(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	var changes []map[string]any
	var short []conference.FieldError
	for _, q := range i.Quotas {
		want, named := seats[q.GroupID]
		if !named || want == q.Seats {
			continue
		}
		if want < taken[q.GroupID] {
			short = append(short, conference.FieldError{Field: QuotaField(q.GroupID),
				Text: conference.Say("invitation.error.quota_taken", "organisation", i.Organisation, "group", q.Group, "taken", taken[q.GroupID], "seats", want)})
			continue
		}
		if err := db.Exec(ctx, tx, sqlSetQuota, i.ID, q.GroupID, want); err != nil {
			return fmt.Errorf("set quota: %w", err)
		}
		changes = append(changes, map[string]any{"group": q.GroupID, "before": q.Seats, "after": want})
	}
	if len(short) > 0 {
		return &conference.Error{Kind: conference.KindConflict, Message: short[0].Text, Fields: short}
	}
	if len(changes) == 0 {
		return nil
	}
	return note(ctx, tx, "invitation.set_quotas", i, map[string]any{"quotas": changes})
}
