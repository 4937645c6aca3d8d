package delegation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/invitation"
	"hoinghi/db"
)

const sqlDelegates = `SELECT d.id, d.edition_id, d.delegation_id, ifnull(dn.invitation_id, 0), d.number, d.client_key, d.full_name, d.gender,
    d.job_title, d.organisation, d.phone, d.email, g.id, g.name_vi, g.name_en, g.colour, g.category,
    d.state, ifnull(dn.head_id = d.id, 0) AND d.state <> 'withdrawn', d.generation, d.registered_at, d.created_at, d.changed_at,
    ifnull(o.name_vi, d.organisation), ifnull(o.name_en, ''), ifnull(pv.id, 0), ifnull(pv.province_id, 0), ifnull(p.slug, ''), ifnull(p.abbr, ''),
    ifnull(pv.name_vi, ''), ifnull(pv.name_en, ''), ifnull(pv.kind, ''), d.sort_key
FROM delegate d
JOIN delegation dn ON dn.id = d.delegation_id
LEFT JOIN invitation i ON i.id = dn.invitation_id
LEFT JOIN organisation o ON o.id = i.organisation_id
JOIN delegate_group g ON g.id = d.delegate_group_id
LEFT JOIN province_version pv ON pv.id = i.province_version_id
LEFT JOIN province p ON p.id = pv.province_id`

func (d *Delegate) fields() []any {
	return []any{&d.ID, &d.EditionID, &d.DelegationID, &d.InvitationID, &d.Number, &d.ClientKey, &d.FullName, &d.Gender,
		&d.JobTitle, &d.Organisation, &d.Phone, &d.Email, &d.GroupID, &d.Group.Vi, &d.Group.En, &d.GroupColour, &d.Category,
		&d.State, &d.Head, &d.Generation, &d.RegisteredAt, &d.CreatedAt, &d.ChangedAt,
		&d.Sender.Vi, &d.Sender.En, &d.Province.VersionID, &d.Province.ProvinceID, &d.Province.Slug, &d.Province.Abbr,
		&d.Province.NameVi, &d.Province.NameEn, &d.Province.Kind, &d.sortKey}
}

const sqlDelegateByID = sqlDelegates + ` WHERE d.id = ?`

// ByID gives one delegate, whatever the state. Errors: not_found.
func ByID(ctx context.Context, q db.Reader, id int64) (Delegate, error) {
	d, err := db.One(ctx, q, sqlDelegateByID, (*Delegate).fields, id)
	if err != nil {
		return Delegate{}, fmt.Errorf("read delegate: %w", err)
	}
	return d, nil
}

const sqlDelegateByToken = sqlDelegates + ` WHERE d.token_hash = ?`

// ByToken gives the delegate of a personal link, withdrawn ones too: their page
// says so. Errors: not_found.
func (r *Room) ByToken(ctx context.Context, q db.Reader, token string) (Delegate, error) {
	t, err := conference.CheckToken(token)
	if err != nil {
		return Delegate{}, conference.NotFound().Because(err)
	}
	d, err := db.One(ctx, q, sqlDelegateByToken, (*Delegate).fields, conference.TokenHash(t))
	if err != nil {
		return Delegate{}, fmt.Errorf("read delegate of a link: %w", err)
	}
	return d, nil
}

const (
	sqlDelegation            = `SELECT id, ifnull(head_id, 0), submitted_at FROM delegation WHERE invitation_id = ?`
	sqlDelegatesOfInvitation = sqlDelegates + `
WHERE dn.invitation_id = ? AND NOT (d.state = 'withdrawn' AND d.registered_at IS NULL)
ORDER BY ifnull(dn.head_id = d.id, 0) DESC, g.position, d.id`
)

// ForInvitation gives the delegation of an invitation with its delegates and what
// they take of the quota; an empty one before anybody is listed. Errors: not_found.
func ForInvitation(ctx context.Context, q db.Reader, invitationID int64) (Delegation, error) {
	i, err := invitation.ByID(ctx, q, invitationID)
	if err != nil {
		return Delegation{}, err
	}
	out := Delegation{EditionID: i.EditionID, Invitation: i}
	row, err := db.One(ctx, q, sqlDelegation, func(d *Delegation) []any { return []any{&d.ID, &d.HeadID, &d.SubmittedAt} }, invitationID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return Delegation{}, fmt.Errorf("read delegation: %w", err)
	}
	out.ID, out.HeadID, out.SubmittedAt = row.ID, row.HeadID, row.SubmittedAt
	all, err := db.Many(ctx, q, sqlDelegatesOfInvitation, (*Delegate).fields, invitationID)
	if err != nil {
		return Delegation{}, fmt.Errorf("list delegates: %w", err)
	}
	taken := map[int64]int{}
	for _, d := range all {
		if d.Live() {
			out.Delegates = append(out.Delegates, d)
			taken[d.GroupID]++
		} else {
			out.Withdrawn = append(out.Withdrawn, d)
		}
	}
	for _, quota := range i.Quotas {
		out.Groups = append(out.Groups, Usage{Quota: quota, Taken: taken[quota.GroupID]})
	}
	return out, nil
}

// Code is a delegate's badge with what its QR holds.
type Code struct {
	Delegate Delegate
	Badge    badge.Badge
	Text     string
}

// Code gives the valid badge code of a delegate. Errors: not_found for one without a badge.
func (r *Room) Code(ctx context.Context, q db.Reader, d Delegate) (Code, error) {
	b, err := badge.LiveOf(ctx, q, d.ID)
	if err != nil {
		return Code{}, err
	}
	return Code{Delegate: d, Badge: b, Text: r.signer.Code(b, r.host)}, nil
}

// Codes gives the badge codes of a delegation's registered delegates, the head
// first, then by group. Errors: not_found.
func (r *Room) Codes(ctx context.Context, q db.Reader, invitationID int64) ([]Code, error) {
	d, err := ForInvitation(ctx, q, invitationID)
	if err != nil {
		return nil, err
	}
	var out []Code
	for _, x := range d.Delegates {
		if x.State != Registered {
			continue
		}
		c, err := r.Code(ctx, q, x)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
