package invitation

import (
	"context"
	"errors"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

const sqlInvitations = `SELECT i.id, i.edition_id, i.organisation_id, o.name_vi, o.name_en, o.email, o.phone,
    ifnull(pv.id, 0), ifnull(pv.province_id, 0), ifnull(p.slug, ''), ifnull(p.abbr, '` + centralAbbr + `'),
    ifnull(pv.name_vi, ''), ifnull(pv.name_en, ''), ifnull(pv.kind, ''),
    i.generation, i.focal_name, i.focal_phone, i.focal_email, i.register_by, e.register_by,
    i.queued_at,
    (SELECT max(h.delivered_at) FROM hand_delivery h WHERE h.invitation_id = i.id AND h.generation = i.generation AND h.undone_at IS NULL),
    i.opened_at, i.answer, i.answered_at, i.decline_reason
FROM invitation i
JOIN organisation o ON o.id = i.organisation_id
JOIN edition e ON e.id = i.edition_id
LEFT JOIN province_version pv ON pv.id = i.province_version_id
LEFT JOIN province p ON p.id = pv.province_id`

const sqlInvitationByID = sqlInvitations + ` WHERE i.id = ?`

// ByID gives one invitation with its quotas. Errors: not_found.
func ByID(ctx context.Context, q db.Reader, id int64) (Invitation, error) {
	return one(ctx, q, sqlInvitationByID, id)
}

const sqlQuotas = `SELECT g.id, g.name_vi, g.name_en, g.colour, ifnull(q.seats, 0)
FROM delegate_group g LEFT JOIN quota q ON q.delegate_group_id = g.id AND q.invitation_id = ?1
WHERE g.edition_id = ?2 ORDER BY g.position`

func one(ctx context.Context, q db.Reader, query string, arg any) (Invitation, error) {
	i, err := db.One(ctx, q, query, (*Invitation).fields, arg)
	if err != nil {
		return Invitation{}, fmt.Errorf("read invitation: %w", err)
	}
	i.Quotas, err = db.Many(ctx, q, sqlQuotas, func(q *Quota) []any {
		return []any{&q.GroupID, &q.Group.Vi, &q.Group.En, &q.Colour, &q.Seats}
	}, i.ID, i.EditionID)
	if err != nil {
		return Invitation{}, fmt.Errorf("read quotas: %w", err)
	}
	return i, nil
}

const (
	sqlInvitationsOfEdition = sqlInvitations + `
LEFT JOIN edition_province ep ON ep.edition_id = i.edition_id AND ep.province_version_id = i.province_version_id
WHERE i.edition_id = ? ORDER BY ifnull(ep.role = 'host', 0) DESC, pv.sort_key IS NULL, pv.sort_key, o.name_vi, i.id`
	sqlQuotasOfEdition = `SELECT i.id, g.id, g.name_vi, g.name_en, g.colour, ifnull(q.seats, 0)
FROM invitation i JOIN delegate_group g ON g.edition_id = i.edition_id
LEFT JOIN quota q ON q.delegate_group_id = g.id AND q.invitation_id = i.id
WHERE i.edition_id = ? ORDER BY g.position`
)

// List gives the invitations of an edition with their quotas, the host's first,
// then by province in Vietnamese order.
func List(ctx context.Context, q db.Reader, editionID int64) ([]Invitation, error) {
	all, err := db.Many(ctx, q, sqlInvitationsOfEdition, (*Invitation).fields, editionID)
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	type row struct {
		invitation int64
		Quota
	}
	quotas, err := db.Many(ctx, q, sqlQuotasOfEdition, func(r *row) []any {
		return []any{&r.invitation, &r.GroupID, &r.Group.Vi, &r.Group.En, &r.Colour, &r.Seats}
	}, editionID)
	if err != nil {
		return nil, fmt.Errorf("list quotas: %w", err)
	}
	at := map[int64]int{}
	for n := range all {
		at[all[n].ID] = n
	}
	for _, r := range quotas {
		i := &all[at[r.invitation]]
		i.Quotas = append(i.Quotas, r.Quota)
	}
	return all, nil
}

const (
	sqlInvitationByToken = sqlInvitations + ` WHERE i.token_hash = ?`
	sqlInvitationByCode  = sqlInvitations + ` WHERE i.code_hash = ?`
)

// ByToken gives the invitation of a personal link. Errors: not_found; gone for a
// link that was replaced by a newer one.
func (r *Room) ByToken(ctx context.Context, q db.Reader, token string) (Invitation, error) {
	t, err := conference.CheckToken(token)
	if err != nil {
		return Invitation{}, conference.NotFound().Because(err)
	}
	return byHash(ctx, q, sqlInvitationByToken, conference.TokenHash(t))
}

// ByCode gives the invitation of a short code as somebody types it: "TNI-7K2M9P",
// "tni7k2m9p", with spaces. Errors: not_found, also when the letters before the code are
// another province's; gone for a code that was replaced by a newer one.
func (r *Room) ByCode(ctx context.Context, q db.Reader, typed string) (Invitation, error) {
	code := conference.NormaliseToken(typed)
	if len(code) <= codeLength || len(code) > 20 {
		return Invitation{}, conference.NotFound().Because(errors.New("not a short code"))
	}
	abbr, code := code[:len(code)-codeLength], code[len(code)-codeLength:]
	i, err := byHash(ctx, q, sqlInvitationByCode, r.keys.CodeHash(code))
	if err != nil {
		return Invitation{}, err
	}
	if conference.NormaliseToken(i.Province.Abbr) != abbr {
		return Invitation{}, conference.NotFound().Because(errors.New("short code of another province"))
	}
	return i, nil
}

// codeLength is the number of characters of a short code after the dash.
const codeLength = 6

const sqlWasReplaced = `SELECT invitation_id, replaced_at FROM invitation_old_hash WHERE hash = ?`

// replacement is a link or code that was withdrawn.
type replacement struct {
	invitation int64
	at         db.Time
}

func wasReplaced(ctx context.Context, q db.Reader, hash []byte) (replacement, error) {
	old, err := db.One(ctx, q, sqlWasReplaced, func(r *replacement) []any { return []any{&r.invitation, &r.at} }, hash)
	if err != nil {
		return replacement{}, fmt.Errorf("look for a replaced link: %w", err)
	}
	return old, nil
}

func byHash(ctx context.Context, q db.Reader, query string, hash []byte) (Invitation, error) {
	i, err := one(ctx, q, query, hash)
	if conference.KindOf(err) != conference.KindNotFound {
		return i, err
	}
	switch old, gone := wasReplaced(ctx, q, hash); {
	case gone == nil:
		at := old.at.In(vietnamese.Zone())
		return Invitation{}, conference.Fail(conference.KindGone, "invitation.error.link_replaced", "time", vietnamese.ClockTime(at), "date", vietnamese.ShortDate(at))
	case conference.KindOf(gone) != conference.KindNotFound:
		return Invitation{}, gone
	}
	return Invitation{}, err
}

// EditionOfFormer gives the edition of a link or short code that ByToken or ByCode call
// gone, so that its holder is told whom of this conference to call. Errors: not_found.
func (r *Room) EditionOfFormer(ctx context.Context, q db.Reader, typed string) (int64, error) {
	t := conference.NormaliseToken(typed)
	old, err := wasReplaced(ctx, q, conference.TokenHash(t))
	if conference.KindOf(err) == conference.KindNotFound && len(t) > codeLength {
		old, err = wasReplaced(ctx, q, r.keys.CodeHash(t[len(t)-codeLength:]))
	}
	if err != nil {
		return 0, err
	}
	i, err := ByID(ctx, q, old.invitation)
	return i.EditionID, err
}
