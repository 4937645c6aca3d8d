package edition

import (
	"context"

	"hoinghi/conference"
	"hoinghi/db"
)

// Role says what a province is to an edition.
type Role string

// The roles of a province.
const (
	RoleHost     Role = "host"
	RoleMember   Role = "member"
	RoleGuest    Role = "guest"
	RoleNextHost Role = "next_host"
)

// RoleText gives the name of a role for people.
func RoleText(r Role) conference.Text { return conference.Say("edition.role." + string(r)) }

// ClusterText gives the name of a cluster for people.
func ClusterText(cluster string) conference.Text { return conference.Say("edition.cluster." + cluster) }

// Member is a province as it takes part in an edition: in the version of the
// edition's date, whatever became of it later.
type Member struct {
	Province
	Role Role
}

func (m *Member) fields() []any { return append(m.Province.fields(), &m.Role) }

const sqlMembers = `SELECT v.id, p.id, p.slug, p.abbr, v.code_system, v.gso_code, v.name_vi, v.name_en, v.kind, v.cluster,
	v.valid_from, COALESCE(v.valid_to, ''), e.role
FROM edition_province e JOIN province_version v ON v.id = e.province_version_id JOIN province p ON p.id = v.province_id
WHERE e.edition_id = ?
ORDER BY e.role <> 'host', v.sort_key`

// Members gives the provinces of an edition, the host first, the others in Vietnamese order.
func Members(ctx context.Context, q db.Reader, editionID int64) ([]Member, error) {
	return db.Many(ctx, q, sqlMembers, (*Member).fields, editionID)
}

// Group is one delegate group of an edition.
type Group struct {
	ID        int64
	EditionID int64
	Code      string
	NameVi    string
	NameEn    string
	Position  int    // from 1, the order of the invitation
	Colour    string // son, gold, leaf, indigo, amber or ink
	Category  int    // of the badge code, 0–255
}

// Name gives the group's name.
func (g Group) Name(lang string) string { return pick(lang, g.NameVi, g.NameEn) }

func (g *Group) fields() []any {
	return []any{&g.ID, &g.EditionID, &g.Code, &g.NameVi, &g.NameEn, &g.Position, &g.Colour, &g.Category}
}

const sqlGroups = `SELECT id, edition_id, code, name_vi, name_en, position, colour, category
FROM delegate_group WHERE edition_id = ? ORDER BY position`

// Groups gives the delegate groups of an edition in their order.
func Groups(ctx context.Context, q db.Reader, editionID int64) ([]Group, error) {
	return db.Many(ctx, q, sqlGroups, (*Group).fields, editionID)
}
