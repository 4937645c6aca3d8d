package edition

import (
	"context"
	"strings"

	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The kinds of province.
const (
	KindProvince = "province" // tỉnh
	KindCity     = "city"     // thành phố trực thuộc trung ương
)

// The clusters in which the conferences are held.
const (
	ClusterNorth   = "north"
	ClusterCentral = "central"
	ClusterSouth   = "south"
)

// Clusters lists the clusters from north to south.
func Clusters() []string { return []string{ClusterNorth, ClusterCentral, ClusterSouth} }

// Province is one version of a province: what it was between two days.
type Province struct {
	VersionID  int64
	ProvinceID int64
	Slug       string // of the identity, the same in all versions
	Abbr       string // three letters, of the identity
	CodeSystem string // which list GSOCode belongs to: "gso-2022", "gso-2025"
	GSOCode    string // two digits; names different provinces in different lists
	NameVi     string // without the kind: "Tây Ninh"
	NameEn     string
	Kind       string
	Cluster    string
	ValidFrom  string // first day, "2006-01-02"
	ValidTo    string // last day; "" while the version holds
}

func (p *Province) fields() []any {
	return []any{&p.VersionID, &p.ProvinceID, &p.Slug, &p.Abbr, &p.CodeSystem, &p.GSOCode, &p.NameVi, &p.NameEn,
		&p.Kind, &p.Cluster, &p.ValidFrom, &p.ValidTo}
}

// Name gives the bare name: "Tây Ninh", "Tay Ninh".
func (p Province) Name(lang string) string { return pick(lang, p.NameVi, p.NameEn) }

// Print gives the form inside a sentence: "tỉnh Tây Ninh", "thành phố Cần Thơ",
// "Thành phố Hồ Chí Minh" (Decree 30/2020, Appendix II); "Tay Ninh Province", "Can Tho City".
func (p Province) Print(lang string) string {
	switch {
	case lang != "en" || p.NameEn == "":
		return vietnamese.ProvincePrint(p.Kind, p.NameVi)
	case p.Kind != KindCity:
		return p.NameEn + " Province"
	case strings.HasSuffix(p.NameEn, " City"):
		return p.NameEn
	}
	return p.NameEn + " City"
}

// Short gives the form for lists and labels: "TP. Cần Thơ", "Tây Ninh"; the bare name in English.
func (p Province) Short(lang string) string {
	if lang == "en" && p.NameEn != "" {
		return p.NameEn
	}
	return vietnamese.ProvinceShort(p.Kind, p.NameVi)
}

const sqlProvinces = `SELECT v.id, p.id, p.slug, p.abbr, v.code_system, v.gso_code, v.name_vi, v.name_en, v.kind, v.cluster,
	v.valid_from, COALESCE(v.valid_to, '')
FROM province_version v JOIN province p ON p.id = v.province_id
WHERE (?1 = '' OR v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to >= ?1))
	AND (?2 = '' OR v.cluster = ?2)
	AND (?3 = 0 OR v.id = ?3)
ORDER BY v.sort_key, v.valid_from`

// ProvincesOn gives the provinces that existed on a day ("2006-01-02") in a cluster,
// or in the whole country when cluster is "", in Vietnamese order.
func ProvincesOn(ctx context.Context, q db.Reader, day, cluster string) ([]Province, error) {
	if day == "" {
		return nil, nil // every version at once would mix the code systems
	}
	return db.Many(ctx, q, sqlProvinces, (*Province).fields, day, cluster, 0)
}

// ProvinceByVersion gives one version or conference.NotFound.
func ProvinceByVersion(ctx context.Context, q db.Reader, versionID int64) (Province, error) {
	return db.One(ctx, q, sqlProvinces, (*Province).fields, "", "", idOrNone(versionID))
}

// Merger says that a province became part of another.
type Merger struct {
	OldID, NewID int64
	OnDay        string // the first day of the new province
}

func (m *Merger) fields() []any { return []any{&m.OldID, &m.NewID, &m.OnDay} }

const sqlLineage = `SELECT old_id, new_id, on_day FROM province_lineage ORDER BY on_day, new_id, old_id`

// Lineage gives every merger. A province that kept its name through a merger has
// no row as the old one.
func Lineage(ctx context.Context, q db.Reader) ([]Merger, error) {
	return db.Many(ctx, q, sqlLineage, (*Merger).fields)
}

const sqlSuccessor = `WITH RECURSIVE chain (id) AS (
	SELECT ?1
	UNION
	SELECT l.new_id FROM chain c JOIN province_lineage l ON l.old_id = c.id WHERE l.on_day <= ?2
)
SELECT v.id, p.id, p.slug, p.abbr, v.code_system, v.gso_code, v.name_vi, v.name_en, v.kind, v.cluster,
	v.valid_from, COALESCE(v.valid_to, '')
FROM chain c JOIN province p ON p.id = c.id JOIN province_version v ON v.province_id = p.id
WHERE v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to >= ?2)`

// Successor gives the province to which the land of a province (its identity)
// belongs on a day: itself while it exists, later the one it was merged into.
// conference.NotFound if there is none.
func Successor(ctx context.Context, q db.Reader, provinceID int64, day string) (Province, error) {
	return db.One(ctx, q, sqlSuccessor, (*Province).fields, provinceID, day)
}
