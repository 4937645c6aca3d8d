package invitation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

// SetProvinces replaces the provinces of an edition, takes its invitations along (those of
// a province that has another name or kind now, or is no longer among them) and makes
// the missing ones. It gives the number of drafts that were removed. Errors: invalid with the
// fields of edition.SetMembers; conflict with the field member when the invitation
// of a removed province is more than a draft; not_found, forbidden.
func (r *Room) SetProvinces(ctx context.Context, editionID int64, choices []edition.Choice) (removed int, err error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return 0, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := edition.ByID(ctx, tx, editionID)
		if err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		_, members, err := edition.SetMembers(ctx, tx, e, choices)
		if err != nil {
			return err
		}
		if removed, err = r.followProvinces(ctx, tx, e, members); err != nil {
			return err
		}
		if waiting, err := copyWaits(ctx, tx, editionID); err != nil || waiting {
			return err // the copy will make them
		}
		_, err = r.prepare(ctx, tx, editionID, edition.FocalPoint)
		return err
	})
	if err != nil {
		return 0, err
	}
	return removed, nil
}

const sqlMoveInvitation = `UPDATE invitation SET province_version_id = ?2, organisation_id = ?3, changed_at = ?4 WHERE id = ?1`

func (r *Room) followProvinces(ctx context.Context, tx *db.Tx, e edition.Edition, members []edition.Member) (removed int, err error) {
	all, err := List(ctx, tx, e.ID)
	if err != nil {
		return 0, err
	}
	for _, i := range all {
		if i.Province.VersionID == 0 {
			continue
		}
		at := slices.IndexFunc(members, func(m edition.Member) bool { return m.ProvinceID == i.Province.ProvinceID })
		switch {
		case at < 0:
			if err := removeDraft(ctx, tx, i); err != nil {
				return 0, atMember(err)
			}
			removed++
		case members[at].VersionID != i.Province.VersionID:
			if err := moveInvitation(ctx, tx, e, i, members[at]); err != nil {
				return 0, err
			}
		}
	}
	return removed, nil
}

// atMember puts a refusal beside the field of the provinces that take part.
func atMember(err error) error {
	var e *conference.Error
	if !errors.As(err, &e) {
		return err
	}
	at := conference.Fail(e.Kind, "error.fields").Because(err)
	at.Fields = []conference.FieldError{{Field: "member", Text: e.Message}}
	return at
}

// moveInvitation takes an invitation along to what its province is called now. That of a
// Sở that does not exist on the day goes to the Sở that does.
func moveInvitation(ctx context.Context, tx *db.Tx, e edition.Edition, i Invitation, m edition.Member) error {
	o, err := edition.OrganisationByID(ctx, tx, i.OrganisationID)
	if err != nil {
		return err
	}
	to := o
	if o.Kind == edition.KindDoit && (o.ValidFrom > e.StartsOn || o.ValidTo != "" && o.ValidTo < e.StartsOn) {
		if to, err = edition.DoitOn(ctx, tx, m.ProvinceID, e.StartsOn); err != nil {
			return fmt.Errorf("read the Sở of the day: %w", err)
		}
	}
	if err := db.Exec(ctx, tx, sqlMoveInvitation, i.ID, m.VersionID, to.ID, db.At(tx.Now())); err != nil {
		return fmt.Errorf("move invitation: %w", err)
	}
	return note(ctx, tx, "invitation.follow_province", i, map[string]any{"before": o.NameVi, "after": to.NameVi})
}

const (
	sqlIsDraft = `SELECT queued_at IS NULL AND opened_at IS NULL AND answer = ''
	AND NOT EXISTS (SELECT 1 FROM delegation d WHERE d.invitation_id = i.id)
	AND NOT EXISTS (SELECT 1 FROM signed_letter s WHERE s.invitation_id = i.id)
	AND NOT EXISTS (SELECT 1 FROM hand_delivery h WHERE h.invitation_id = i.id AND h.undone_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM invitation_question q WHERE q.invitation_id = i.id)
	AND NOT EXISTS (SELECT 1 FROM invitation_substitute s WHERE i.id IN (s.invitation_id, s.invited_id))
FROM invitation i WHERE id = ?`
	sqlRemoveQuotas     = `DELETE FROM quota WHERE invitation_id = ?`
	sqlRemoveConsents   = `DELETE FROM focal_consent WHERE invitation_id = ?`
	sqlRemoveCopies     = `DELETE FROM invitation_copy WHERE invitation_id = ?`
	sqlRemoveTakenBack  = `DELETE FROM hand_delivery WHERE invitation_id = ? AND undone_at IS NOT NULL`
	sqlRemoveHashes     = `DELETE FROM invitation_old_hash WHERE invitation_id = ?`
	sqlRemoveInvitation = `DELETE FROM invitation WHERE id = ?`
	sqlInvitationGone   = `INSERT INTO invitation_gone (id, gone_at) VALUES (?, ?)`
)

// removeDraft removes an invitation that nobody outside has seen. Errors: conflict
// for one that was sent, also by hand, opened, answered, asked about, stands for another, or has a
// delegation or a signed letter.
func removeDraft(ctx context.Context, tx *db.Tx, i Invitation) error {
	used := conference.Fail(conference.KindConflict, "invitation.error.not_a_draft", "organisation", i.Organisation)
	draft, err := db.Value[bool](ctx, tx, sqlIsDraft, i.ID)
	if err != nil {
		return fmt.Errorf("look at the invitation: %w", err)
	}
	if !draft {
		return used
	}
	for _, query := range []string{sqlRemoveQuotas, sqlRemoveConsents, sqlRemoveCopies, sqlRemoveTakenBack, sqlRemoveHashes, sqlRemoveInvitation} {
		if err := db.Exec(ctx, tx, query, i.ID); db.IsForeignKey(err) {
			return used.Because(err)
		} else if err != nil {
			return fmt.Errorf("remove draft: %w", err)
		}
	}
	if err := db.Exec(ctx, tx, sqlInvitationGone, i.ID, db.At(tx.Now())); err != nil {
		return fmt.Errorf("keep the number of the draft: %w", err)
	}
	return note(ctx, tx, "invitation.remove_draft", i, map[string]any{"organisation": i.Organisation.Vi, "seats": i.Seats()})
}

const sqlRemoveEmptyQuotas = `DELETE FROM quota WHERE delegate_group_id = ? AND seats = 0`

// RemoveGroup deletes a delegate group that nothing uses. Errors: conflict that says who
// uses it; not_found, forbidden.
func (r *Room) RemoveGroup(ctx context.Context, editionID, groupID int64) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		groups, err := edition.Groups(ctx, tx, editionID)
		if err != nil {
			return fmt.Errorf("read groups: %w", err)
		}
		if !slices.ContainsFunc(groups, func(g edition.Group) bool { return g.ID == groupID }) {
			return conference.NotFound()
		}
		if err := db.Exec(ctx, tx, sqlRemoveEmptyQuotas, groupID); err != nil {
			return fmt.Errorf("remove empty quotas: %w", err)
		}
		return edition.RemoveGroup(ctx, tx, editionID, groupID)
	})
}

// Uninvited gives the organisations that an edition can invite and that have no invitation yet.
func Uninvited(ctx context.Context, q db.Reader, editionID int64) ([]edition.Organisation, error) {
	all, err := edition.OrganisationsOf(ctx, q, editionID, "")
	if err != nil {
		return nil, fmt.Errorf("list organisations: %w", err)
	}
	invited, err := db.Values[int64](ctx, q, sqlInvited, editionID)
	if err != nil {
		return nil, fmt.Errorf("list the invited: %w", err)
	}
	return slices.DeleteFunc(all, func(o edition.Organisation) bool { return slices.Contains(invited, o.ID) }), nil
}

const sqlInvited = `SELECT organisation_id FROM invitation WHERE edition_id = ?`

// InviteAll makes the invitations of organisations that have none yet, without seats, and
// gives the number made. Errors: invalid with the field organisation when none is named or one
// cannot be invited; not_found, forbidden.
func (r *Room) InviteAll(ctx context.Context, editionID int64, organisations []int64) (int, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return 0, err
	}
	made := 0
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		open, err := Uninvited(ctx, tx, editionID)
		if err != nil {
			return err
		}
		chosen, err := choose(open, organisations)
		if err != nil {
			return err
		}
		for _, o := range chosen {
			province, err := db.Value[int64](ctx, tx, sqlOrganisationProvince, editionID, o.ID)
			if err != nil {
				return fmt.Errorf("read province: %w", err)
			}
			id, err := r.insert(ctx, tx, editionID, o.ID, province, edition.FocalPoint)
			if err != nil {
				return err
			}
			if err := note(ctx, tx, "invitation.invite", Invitation{ID: id, EditionID: editionID}, nil); err != nil {
				return err
			}
		}
		made = len(chosen)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return made, nil
}

// choose gives those of the open ones that are named.
func choose(open []edition.Organisation, named []int64) ([]edition.Organisation, error) {
	var p conference.Problems
	if len(named) == 0 {
		p.Add("organisation", "invitation.error.none_chosen")
		return nil, p.Err()
	}
	var out []edition.Organisation
	for _, id := range named {
		at := slices.IndexFunc(open, func(o edition.Organisation) bool { return o.ID == id })
		if at < 0 {
			p.Add("organisation", "invitation.error.cannot_invite")
			return nil, p.Err()
		}
		if !slices.Contains(out, open[at]) {
			out = append(out, open[at])
		}
	}
	return out, nil
}

const sqlWithoutFocal = `SELECT id FROM invitation WHERE edition_id = ? AND focal_name = '' AND focal_phone = '' AND focal_email = '' AND queued_at IS NULL`

// TakeContacts names the register's contact as the focal point of each draft that has
// none yet, and gives the number of them. Errors: not_found, forbidden.
func (r *Room) TakeContacts(ctx context.Context, editionID int64) (int, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return 0, err
	}
	taken := 0
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		ids, err := db.Values[int64](ctx, tx, sqlWithoutFocal, editionID)
		if err != nil {
			return fmt.Errorf("list drafts without a focal point: %w", err)
		}
		for _, id := range ids {
			i, err := ByID(ctx, tx, id)
			if err != nil {
				return err
			}
			c, err := edition.FocalPoint(ctx, tx, i.OrganisationID)
			if conference.KindOf(err) == conference.KindNotFound {
				continue
			}
			if err != nil {
				return fmt.Errorf("look for a contact: %w", err)
			}
			if err := db.Exec(ctx, tx, sqlSetContact, id, c.FullName, c.Phone, c.Email, db.At(tx.Now())); err != nil {
				return fmt.Errorf("set contact: %w", err)
			}
			taken++
			if err := note(ctx, tx, "invitation.set_contact", i, map[string]any{"source": "register"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return taken, nil
}

// ContactsToTake gives how many drafts TakeContacts would give a focal point.
func (r *Room) ContactsToTake(ctx context.Context, q db.Reader, editionID int64) (int, error) {
	return db.Value[int](ctx, q, sqlContactsToTake, editionID, db.At(r.db.Now().AddDate(-1, 0, 0)))
}

const sqlContactsToTake = `SELECT count(*) FROM invitation i
WHERE i.edition_id = ?1 AND i.focal_name = '' AND i.focal_phone = '' AND i.focal_email = '' AND i.queued_at IS NULL
	AND EXISTS (SELECT 1 FROM contact c WHERE c.organisation_id = i.organisation_id AND (c.consented = 1 OR c.changed_at >= ?2))`
