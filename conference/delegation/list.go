package delegation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

const (
	sqlOpenDelegation = `INSERT INTO delegation (edition_id, invitation_id, created_at, changed_at) VALUES (?1, ?2, ?3, ?3)
ON CONFLICT (invitation_id) DO NOTHING`
	sqlDelegationID = `SELECT id FROM delegation WHERE invitation_id = ?`
)

// begin opens a delegation for a change that needs its invitation accepted and in
// time, and makes its row when it is the first.
func begin(ctx context.Context, tx *db.Tx, invitationID int64) (invitation.Invitation, int64, error) {
	i, err := invitation.ByID(ctx, tx, invitationID)
	if err != nil {
		return i, 0, err
	}
	if err := invitation.Use(ctx, tx, i); err != nil {
		return i, 0, err
	}
	if err := db.Exec(ctx, tx, sqlOpenDelegation, i.EditionID, i.ID, db.At(tx.Now())); err != nil {
		return i, 0, fmt.Errorf("open delegation: %w", err)
	}
	id, err := db.Value[int64](ctx, tx, sqlDelegationID, i.ID)
	if err != nil {
		return i, 0, fmt.Errorf("read delegation: %w", err)
	}
	return i, id, nil
}

const sqlTakenOfGroup = `SELECT count(*) FROM delegate
WHERE delegation_id = ? AND delegate_group_id = ? AND state IN ('listed', 'registered')`

// takeSeat refuses another delegate in a group whose quota is full. It stands
// inside the write that lists the delegate, so no two of them can get the last seat.
func takeSeat(ctx context.Context, tx *db.Tx, i invitation.Invitation, delegationID, groupID int64) error {
	q, ok := i.Quota(groupID)
	if !ok {
		var bad conference.Problems
		bad.Add("group", "delegation.error.group_unknown")
		return bad.Err()
	}
	taken, err := db.Value[int](ctx, tx, sqlTakenOfGroup, delegationID, groupID)
	if err != nil {
		return fmt.Errorf("count seats: %w", err)
	}
	if taken < q.Seats {
		return nil
	}
	full := conference.Fail(conference.KindConflict, "delegation.error.quota_full", "group", q.Group, "seats", q.Seats)
	if q.Seats == 0 {
		full = conference.Fail(conference.KindConflict, "delegation.error.quota_none", "group", q.Group)
	}
	full.Fields = []conference.FieldError{{Field: "group", Text: full.Message}}
	return full
}

const sqlNextNumber = `INSERT INTO delegate_counter (edition_id, abbr, last) VALUES (?1, ?2, 1)
ON CONFLICT (edition_id, abbr) DO UPDATE SET last = last + 1 RETURNING last`

// nextNumber gives the next delegate number of an edition and province:
// "KC22-TNI-003". A number stays with its delegate for good.
func nextNumber(ctx context.Context, tx *db.Tx, i invitation.Invitation) (string, error) {
	e, err := edition.ByID(ctx, tx, i.EditionID)
	if err != nil {
		return "", fmt.Errorf("read edition: %w", err)
	}
	return numberOf(ctx, tx, e, i.Province.Abbr)
}

// numberOf gives the next number behind three letters.
func numberOf(ctx context.Context, tx *db.Tx, e edition.Edition, abbr string) (string, error) {
	n, err := db.Value[int](ctx, tx, sqlNextNumber, e.ID, abbr)
	if err != nil {
		return "", fmt.Errorf("next delegate number: %w", err)
	}
	return fmt.Sprintf("%s-%s-%03d", e.Prefix, abbr, n), nil
}

const sqlByClientKey = `SELECT d.id FROM delegate d JOIN delegation dn ON dn.id = d.delegation_id
WHERE dn.invitation_id = ? AND d.client_key = ?`

// Add lists one more delegate of an invitation, accepting it on the way. The same
// client key again gives the delegate that it made before. A person who seems to be in
// the edition already is listed with a warning.
//
// Errors: invalid with the fields of Person; conflict when the group's quota is full (field
// group), the invitation was declined or its deadline has passed; not_found, forbidden.
func (r *Room) Add(ctx context.Context, invitationID int64, p Person) (Delegate, error) {
	if err := invitation.Answerable(ctx, invitationID); err != nil {
		return Delegate{}, err
	}
	p, err := p.check()
	if err != nil {
		return Delegate{}, err
	}
	var d Delegate
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err := db.Value[int64](ctx, tx, sqlByClientKey, invitationID, p.ClientKey)
		if err == nil {
			d, err = ByID(ctx, tx, id)
			return err
		}
		if conference.KindOf(err) != conference.KindNotFound {
			return fmt.Errorf("look for the form's delegate: %w", err)
		}
		d, err = add(ctx, tx, invitationID, p)
		return err
	})
	if err != nil {
		return Delegate{}, err
	}
	return d, nil
}

const sqlInsertDelegate = `INSERT INTO delegate (edition_id, delegation_id, delegate_group_id, number, client_key, full_name, folded, name_key,
    sort_key, gender, job_title, organisation, phone, email, state, created_at, changed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'listed', ?15, ?15)`

func add(ctx context.Context, tx *db.Tx, invitationID int64, p Person) (Delegate, error) {
	i, delegationID, err := begin(ctx, tx, invitationID)
	if err != nil {
		return Delegate{}, err
	}
	if err := takeSeat(ctx, tx, i, delegationID, p.GroupID); err != nil {
		return Delegate{}, err
	}
	number, err := nextNumber(ctx, tx, i)
	if err != nil {
		return Delegate{}, err
	}
	if p.Organisation == "" {
		p.Organisation = i.Organisation.Vi
	}
	id, err := insertDelegate(ctx, tx, i.EditionID, delegationID, number, p)
	if err != nil {
		return Delegate{}, err
	}
	if p.Head {
		if err := setHead(ctx, tx, delegationID, id); err != nil {
			return Delegate{}, err
		}
	}
	d, err := withWarnings(ctx, tx, id)
	if err != nil {
		return Delegate{}, err
	}
	return d, note(ctx, tx, "delegation.add", d, map[string]any{"group": d.GroupID, "head": d.Head})
}

func insertDelegate(ctx context.Context, tx *db.Tx, editionID, delegationID int64, number string, p Person) (int64, error) {
	id, err := db.Insert(ctx, tx, sqlInsertDelegate, editionID, delegationID, p.GroupID, number, p.ClientKey, p.FullName,
		folded(p, number), vietnamese.DedupeKey(p.FullName), vietnamese.SortKey(p.FullName),
		p.Gender, p.JobTitle, p.Organisation, p.Phone, p.Email, db.At(tx.Now()))
	if err != nil {
		return 0, fmt.Errorf("insert delegate: %w", err)
	}
	return id, nil
}

// folded gives what the search looks at.
func folded(p Person, number string) string {
	return vietnamese.Fold(p.FullName + " " + p.Organisation + " " + number)
}

const sqlSameName = `SELECT d.id, d.delegation_id, d.number, d.organisation, d.phone FROM delegate d
WHERE d.edition_id = ?1 AND d.name_key = ?2 AND d.id <> ?3 AND d.state <> 'withdrawn' ORDER BY d.id LIMIT 20`

// withWarnings reads a delegate and looks for the same person in the edition: the
// same name with the same number, or in the same delegation with a number missing.
func withWarnings(ctx context.Context, tx *db.Tx, id int64) (Delegate, error) {
	d, err := ByID(ctx, tx, id)
	if err != nil {
		return Delegate{}, err
	}
	same, err := db.Many(ctx, tx, sqlSameName, func(o *Delegate) []any {
		return []any{&o.ID, &o.DelegationID, &o.Number, &o.Organisation, &o.Phone}
	}, d.EditionID, vietnamese.DedupeKey(d.FullName), d.ID)
	if err != nil {
		return Delegate{}, fmt.Errorf("look for the same person: %w", err)
	}
	for _, o := range same {
		if d.Phone != "" && o.Phone == d.Phone || o.DelegationID == d.DelegationID && (o.Phone == "" || d.Phone == "") {
			d.Warnings = append(d.Warnings, Warning{OtherID: o.ID,
				Text: conference.Say("delegation.warning.duplicate", "name", d.FullName, "number", o.Number, "organisation", o.Organisation)})
		}
	}
	return d, nil
}

const sqlSetHead = `UPDATE delegation SET head_id = NULLIF(?2, 0), changed_at = ?3 WHERE id = ?1`

// setHead makes a delegate the head of the delegation; 0 leaves it without one.
func setHead(ctx context.Context, tx *db.Tx, delegationID, delegateID int64) error {
	if err := db.Exec(ctx, tx, sqlSetHead, delegationID, delegateID, db.At(tx.Now())); err != nil {
		return fmt.Errorf("set head of delegation: %w", err)
	}
	return nil
}
