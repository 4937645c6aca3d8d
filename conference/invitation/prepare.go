package invitation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

const sqlUninvited = `SELECT o.id, ep.province_version_id
FROM edition e
JOIN edition_province ep ON ep.edition_id = e.id AND ep.role IN ('host', 'member', 'next_host')
JOIN province_version pv ON pv.id = ep.province_version_id
JOIN organisation o ON o.province_id = pv.province_id AND o.kind = 'doit'
WHERE e.id = ?1 AND o.valid_from <= e.starts_on AND (o.valid_to IS NULL OR o.valid_to >= e.starts_on)
    AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.edition_id = e.id AND i.organisation_id = o.id)
ORDER BY ep.role <> 'host', pv.sort_key, o.id`

// Prepare makes the missing invitations of an edition, one for each Sở Công Thương
// of its provinces as they are on the edition's first day (guests are not invited by
// themselves), without seats yet, and gives the number made. Doing it again makes nothing.
// Errors: not_found, forbidden.
func (r *Room) Prepare(ctx context.Context, editionID int64) (int, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return 0, err
	}
	made := 0
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		var err error
		made, err = r.prepare(ctx, tx, editionID, edition.FocalPoint)
		return err
	})
	if err != nil {
		return 0, err
	}
	return made, nil
}

// focalOf finds the contact who becomes the focal point of an organisation's invitation.
type focalOf func(ctx context.Context, tx *db.Tx, organisationID int64) (edition.Contact, error)

func (r *Room) prepare(ctx context.Context, tx *db.Tx, editionID int64, focal focalOf) (int, error) {
	type row struct{ organisation, province int64 }
	missing, err := db.Many(ctx, tx, sqlUninvited, func(r *row) []any { return []any{&r.organisation, &r.province} }, editionID)
	if err != nil {
		return 0, fmt.Errorf("list organisations without an invitation: %w", err)
	}
	for _, m := range missing {
		if _, err := r.insert(ctx, tx, editionID, m.organisation, m.province, focal); err != nil {
			return 0, err
		}
	}
	if len(missing) == 0 {
		return 0, nil
	}
	tx.Publish(Topic(editionID))
	return len(missing), audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.prepare", SubjectKind: "edition", SubjectID: editionID,
		Detail: map[string]any{"made": len(missing)}})
}

const sqlOrganisationProvince = `SELECT ifnull((SELECT ep.province_version_id
    FROM edition_province ep JOIN province_version pv ON pv.id = ep.province_version_id
    WHERE ep.edition_id = ?1 AND pv.province_id = o.province_id), 0)
FROM organisation o WHERE o.id = ?2`

// Invite makes the invitation of one organisation of any kind (a department of the
// ministry, an association), without seats yet; one that exists is given back.
// Errors: not_found, forbidden.
func (r *Room) Invite(ctx context.Context, editionID, organisationID int64) (Invitation, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return Invitation{}, err
	}
	var i Invitation
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		i, err = r.invite(ctx, tx, editionID, organisationID)
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	return i, nil
}

func (r *Room) invite(ctx context.Context, tx *db.Tx, editionID, organisationID int64) (Invitation, error) {
	if _, err := edition.ByID(ctx, tx, editionID); err != nil {
		return Invitation{}, fmt.Errorf("read edition: %w", err)
	}
	province, err := db.Value[int64](ctx, tx, sqlOrganisationProvince, editionID, organisationID)
	if err != nil {
		return Invitation{}, fmt.Errorf("read organisation: %w", err)
	}
	id, err := db.Value[int64](ctx, tx, sqlInvitationOf, editionID, organisationID)
	if err == nil {
		return ByID(ctx, tx, id)
	}
	if conference.KindOf(err) != conference.KindNotFound {
		return Invitation{}, fmt.Errorf("look for an invitation: %w", err)
	}
	if id, err = r.insert(ctx, tx, editionID, organisationID, province, edition.FocalPoint); err != nil {
		return Invitation{}, err
	}
	i, err := ByID(ctx, tx, id)
	if err != nil {
		return Invitation{}, err
	}
	return i, note(ctx, tx, "invitation.invite", i, nil)
}

const sqlInvitationOf = `SELECT id FROM invitation WHERE edition_id = ? AND organisation_id = ?`

const (
	sqlInsertInvitation = `INSERT INTO invitation (id, edition_id, organisation_id, province_version_id, focal_name, focal_phone, focal_email, created_at, changed_at)
VALUES (1 + max(COALESCE((SELECT max(id) FROM invitation), 0), COALESCE((SELECT max(id) FROM invitation_gone), 0)),
	?1, ?2, NULLIF(?3, 0), ?4, ?5, ?6, ?7, ?7)`
	sqlSetHashes = `UPDATE invitation SET generation = ?2, token_hash = ?3, code_hash = ?4, changed_at = ?5 WHERE id = ?1`
)

// insert writes an invitation whose focal point is the organisation's contact, if it has one.
func (r *Room) insert(ctx context.Context, tx *db.Tx, editionID, organisationID, provinceVersionID int64, of focalOf) (int64, error) {
	focal, err := of(ctx, tx, organisationID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return 0, fmt.Errorf("look for a contact: %w", err)
	}
	id, err := db.Insert(ctx, tx, sqlInsertInvitation, editionID, organisationID, provinceVersionID, focal.FullName, focal.Phone, focal.Email, db.At(tx.Now()))
	if err != nil {
		return 0, fmt.Errorf("insert invitation: %w", err)
	}
	return id, r.setHashes(ctx, tx, id, 1)
}

// setHashes writes the look-up values of an invitation's link and short code. A
// short code has only 30 bits: if another invitation holds the same one (1 in
// 20 million for 50 invitations), the next generation is taken.
func (r *Room) setHashes(ctx context.Context, tx *db.Tx, id, generation int64) error {
	for ; ; generation++ {
		token := r.keys.LinkToken(conference.LinkInvitation, id, generation)
		err := db.Exec(ctx, tx, sqlSetHashes, id, generation, conference.TokenHash(token), r.keys.CodeHash(r.keys.ShortCode(id, generation)), db.At(tx.Now()))
		if err == nil {
			return nil
		}
		if !db.IsUnique(err) {
			return fmt.Errorf("set link of invitation: %w", err)
		}
	}
}
