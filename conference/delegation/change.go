package delegation

import (
	"context"
	"fmt"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/invitation"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// undoFor is how long a removal can be undone after the deadline of registration.
const undoFor = 15 * time.Minute

// member gives a delegate of an invitation. Errors: not_found, also for a
// delegate of another invitation.
func member(ctx context.Context, q db.Reader, delegateID, invitationID int64) (Delegate, error) {
	d, err := ByID(ctx, q, delegateID)
	if err != nil {
		return Delegate{}, err
	}
	if d.InvitationID != invitationID {
		return Delegate{}, conference.NotFound()
	}
	return d, nil
}

const sqlUpdateDelegate = `UPDATE delegate SET delegate_group_id = ?2, full_name = ?3, folded = ?4, name_key = ?5, sort_key = ?6,
    gender = ?7, job_title = ?8, organisation = ?9, phone = ?10, email = ?11, changed_at = ?12 WHERE id = ?1`

// Edit gives a delegate new data; the client key and the number stay. Errors as Add,
// and conflict for one who was withdrawn.
func (r *Room) Edit(ctx context.Context, delegateID, invitationID int64, p Person) (Delegate, error) {
	if err := invitation.Answerable(ctx, invitationID); err != nil {
		return Delegate{}, err
	}
	p, err := p.check()
	if err != nil {
		return Delegate{}, err
	}
	var d Delegate
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := member(ctx, tx, delegateID, invitationID)
		if err != nil {
			return err
		}
		if !before.Live() {
			return conference.Fail(conference.KindConflict, "delegation.error.withdrawn", "number", before.Number)
		}
		d, err = edit(ctx, tx, before, p)
		return err
	})
	if err != nil {
		return Delegate{}, err
	}
	return d, nil
}

func edit(ctx context.Context, tx *db.Tx, before Delegate, p Person) (Delegate, error) {
	i, delegationID, err := begin(ctx, tx, before.InvitationID)
	if err != nil {
		return Delegate{}, err
	}
	if p.GroupID != before.GroupID {
		if err := takeSeat(ctx, tx, i, delegationID, p.GroupID); err != nil {
			return Delegate{}, err
		}
	}
	if p.Organisation == "" {
		p.Organisation = i.Organisation.Vi
	}
	changed := differences(before, p)
	if len(changed) == 0 {
		return withWarnings(ctx, tx, before.ID)
	}
	err = db.Exec(ctx, tx, sqlUpdateDelegate, before.ID, p.GroupID, p.FullName, folded(p, before.Number), vietnamese.DedupeKey(p.FullName),
		vietnamese.SortKey(p.FullName), p.Gender, p.JobTitle, p.Organisation, p.Phone, p.Email, db.At(tx.Now()))
	if err != nil {
		return Delegate{}, fmt.Errorf("update delegate: %w", err)
	}
	if p.Head != before.Head {
		head := before.ID
		if !p.Head {
			head = 0
		}
		if err := setHead(ctx, tx, delegationID, head); err != nil {
			return Delegate{}, err
		}
	}
	d, err := withWarnings(ctx, tx, before.ID)
	if err != nil {
		return Delegate{}, err
	}
	return d, note(ctx, tx, "delegation.edit", d, map[string]any{"changed": changed})
}

// differences names the fields that an edit changes. Their values are personal
// and stay out of the record.
func differences(d Delegate, p Person) []string {
	var out []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"full_name", d.FullName != p.FullName}, {"gender", d.Gender != p.Gender}, {"job_title", d.JobTitle != p.JobTitle},
		{"organisation", d.Organisation != p.Organisation}, {"group", d.GroupID != p.GroupID}, {"phone", d.Phone != p.Phone},
		{"email", d.Email != p.Email}, {"head", d.Head != p.Head},
	} {
		if f.differs {
			out = append(out, f.name)
		}
	}
	return out
}

// SetHead makes one delegate the head of the delegation. Errors: invalid with the
// field phone for one without a telephone number; conflict for one who was withdrawn, and as
// Add; not_found, forbidden.
func (r *Room) SetHead(ctx context.Context, invitationID, delegateID int64) error {
	if err := invitation.Answerable(ctx, invitationID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := member(ctx, tx, delegateID, invitationID)
		if err != nil {
			return err
		}
		if !d.Live() {
			return conference.Fail(conference.KindConflict, "delegation.error.withdrawn", "number", d.Number)
		}
		var bad conference.Problems
		if d.Phone == "" {
			bad.Add("phone", "delegation.error.head_phone")
			return bad.Err()
		}
		if d.Head {
			return nil
		}
		if _, _, err := begin(ctx, tx, invitationID); err != nil {
			return err
		}
		if err := setHead(ctx, tx, d.DelegationID, d.ID); err != nil {
			return err
		}
		return note(ctx, tx, "delegation.set_head", d, nil)
	})
}

// Remove takes a delegate off the list, at any time: a free seat harms nobody. One
// who was registered is withdrawn and the badge revoked at once. Doing it again changes
// nothing. Errors: not_found, forbidden.
func (r *Room) Remove(ctx context.Context, delegateID, invitationID int64) error {
	if err := invitation.Answerable(ctx, invitationID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := member(ctx, tx, delegateID, invitationID)
		if err != nil {
			return err
		}
		return withdraw(ctx, tx, d, "delegation.remove")
	})
}

// Withdraw says that a delegate does not come: the seat is free, the badge revoked at
// once. The delegate may do it, the focal point, and organisers; doing it again changes
// nothing. Errors: not_found, forbidden.
func (r *Room) Withdraw(ctx context.Context, delegateID int64) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := ByID(ctx, tx, delegateID)
		if err != nil {
			return err
		}
		if a := conference.ActorOf(ctx); a.Kind != conference.ActorDelegate || a.ID != d.ID {
			if err := invitation.Answerable(ctx, d.InvitationID); err != nil {
				return err
			}
		}
		return withdraw(ctx, tx, d, "delegation.withdraw")
	})
}

const sqlSetState = `UPDATE delegate SET state = ?2, changed_at = ?3 WHERE id = ?1`

func withdraw(ctx context.Context, tx *db.Tx, d Delegate, action string) error {
	if !d.Live() {
		return nil
	}
	if err := db.Exec(ctx, tx, sqlSetState, d.ID, Withdrawn, db.At(tx.Now())); err != nil {
		return fmt.Errorf("withdraw delegate: %w", err)
	}
	if _, err := badge.Revoke(ctx, tx, d.ID, badge.ReasonWithdrawn); err != nil {
		return err
	}
	return note(ctx, tx, action, d, map[string]any{"before": d.State})
}

// Restore undoes Remove and Withdraw while the quota still has the seat. One who
// was registered is so again, with a new badge. Doing it again changes nothing. Errors: conflict
// when the quota is full, or after the deadline unless the removal is less than 15 minutes
// old; not_found, forbidden.
func (r *Room) Restore(ctx context.Context, delegateID, invitationID int64) (Delegate, error) {
	if err := invitation.Answerable(ctx, invitationID); err != nil {
		return Delegate{}, err
	}
	var d Delegate
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := member(ctx, tx, delegateID, invitationID)
		if err != nil || before.Live() {
			d = before
			return err
		}
		if err := r.restore(ctx, tx, before); err != nil {
			return err
		}
		d, err = ByID(ctx, tx, delegateID)
		return err
	})
	if err != nil {
		return Delegate{}, err
	}
	return d, nil
}

func (r *Room) restore(ctx context.Context, tx *db.Tx, d Delegate) error {
	i, err := invitation.ByID(ctx, tx, d.InvitationID)
	if err != nil {
		return err
	}
	if i.Answer == invitation.Declined {
		return conference.Fail(conference.KindConflict, "invitation.error.declined")
	}
	if tx.Now().Sub(d.ChangedAt.Time) > undoFor {
		if err := invitation.InTime(ctx, tx, i); err != nil {
			return err
		}
	}
	if err := takeSeat(ctx, tx, i, d.DelegationID, d.GroupID); err != nil {
		return err
	}
	if d.RegisteredAt.IsZero() {
		if err := db.Exec(ctx, tx, sqlSetState, d.ID, Listed, db.At(tx.Now())); err != nil {
			return fmt.Errorf("restore delegate: %w", err)
		}
	} else if err := r.register(ctx, tx, d); err != nil {
		return err
	}
	return note(ctx, tx, "delegation.restore", d, nil)
}
