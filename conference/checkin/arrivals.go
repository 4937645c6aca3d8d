package checkin

import (
	"context"
	"fmt"

	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Reception says how far an edition's reception has come.
type Reception struct {
	Registered int // delegates who are expected, and those who came without being
	Arrived    int
	Provinces  []ProvinceCount
	Minutes    []Minute // in order of time; minutes without anybody are left out
	Latest     []Entry  // newest first
}

// ProvinceCount is one province's part, or that of central bodies when the names are empty.
type ProvinceCount struct {
	Slug       string
	Abbr       string
	NameVi     string
	NameEn     string
	Kind       string // province or city
	Host       bool
	Registered int
	Arrived    int
}

// Name gives the province's name for lists: "TP. Cần Thơ", "Tây Ninh".
func (p ProvinceCount) Name(lang string) string {
	return pick(lang, vietnamese.ProvinceShort(p.Kind, p.NameVi), p.NameEn)
}

// Minute counts the people whose first entry fell into one minute.
type Minute struct {
	At db.Time // the minute's start
	N  int
}

// Entry is somebody's first entry.
type Entry struct {
	First
	Person
	ByHand bool
}

// The host province first, then Vietnamese order, central bodies last. Whether
// somebody arrived is looked up for each in the index of entries: joined as a whole,
// the view of arrivals would be gone through once for each delegate. The plus has the
// delegates read in the order of their table, which takes a fifth of the time by an index.
const sqlProvinceCounts = `WITH expected AS MATERIALIZED (
    SELECT i.province_version_id AS province, d.state = 'registered' AS registered,
        EXISTS (SELECT 1 FROM scan s WHERE s.edition_id = ?1 AND s.delegate_id = d.id AND s.undone_at IS NULL AND s.verdict IN ('accepted', 'already')) AS arrived
    FROM delegate d
    JOIN delegation dn ON dn.id = d.delegation_id
    LEFT JOIN invitation i ON i.id = dn.invitation_id
    WHERE +d.edition_id = ?1 AND d.state <> 'withdrawn'
), people AS (
    SELECT province, count(*) FILTER (WHERE registered OR arrived) AS registered, sum(arrived) AS arrived FROM expected GROUP BY province
), places AS (
    SELECT province_version_id AS province FROM edition_province WHERE edition_id = ?1 AND role IN ('host', 'member')
    UNION SELECT province FROM people
)
SELECT ifnull(p.slug, ''), ifnull(p.abbr, ''), ifnull(pv.name_vi, ''), ifnull(pv.name_en, ''), ifnull(pv.kind, ''), ifnull(ep.role = 'host', 0),
    ifnull(people.registered, 0), ifnull(people.arrived, 0)
FROM places
LEFT JOIN people ON people.province IS places.province
LEFT JOIN province_version pv ON pv.id = places.province
LEFT JOIN province p ON p.id = pv.province_id
LEFT JOIN edition_province ep ON ep.edition_id = ?1 AND ep.province_version_id = places.province
ORDER BY pv.id IS NULL, ifnull(ep.role = 'host', 0) DESC, pv.sort_key, pv.id`

func (p *ProvinceCount) fields() []any {
	return []any{&p.Slug, &p.Abbr, &p.NameVi, &p.NameEn, &p.Kind, &p.Host, &p.Registered, &p.Arrived}
}

const sqlMinutes = `SELECT a.at - a.at % 60000, count(*) FROM arrival a JOIN delegate d ON d.id = a.delegate_id
WHERE a.edition_id = ? AND d.state <> 'withdrawn' GROUP BY 1 ORDER BY 1`

const sqlLatest = `SELECT ` + personColumns + `, ` + firstColumns + `, s.by_hand
FROM ` + personTables + `
JOIN arrival a ON a.delegate_id = d.id
JOIN scan s ON s.id = a.scan_id
JOIN checkpoint c ON c.id = s.checkpoint_id
JOIN door_device dd ON dd.id = s.device_id
WHERE a.edition_id = ?1 AND d.state <> 'withdrawn'
ORDER BY a.at DESC, s.id LIMIT ?2`

func (e *Entry) fields() []any {
	return append(append(e.Person.fields(), e.First.fields()...), &e.ByHand)
}

// Arrivals counts who is expected and who came, by province and by minute, and
// gives the latest n entries.
func Arrivals(ctx context.Context, q db.Reader, editionID int64, n int) (Reception, error) {
	var out Reception
	var err error
	if out.Provinces, err = db.Many(ctx, q, sqlProvinceCounts, (*ProvinceCount).fields, editionID); err != nil {
		return Reception{}, fmt.Errorf("count arrivals: %w", err)
	}
	for _, p := range out.Provinces {
		out.Registered += p.Registered
		out.Arrived += p.Arrived
	}
	if out.Minutes, err = db.Many(ctx, q, sqlMinutes, func(m *Minute) []any { return []any{&m.At, &m.N} }, editionID); err != nil {
		return Reception{}, fmt.Errorf("count minutes: %w", err)
	}
	if out.Latest, err = db.Many(ctx, q, sqlLatest, (*Entry).fields, editionID, n); err != nil {
		return Reception{}, fmt.Errorf("list latest entries: %w", err)
	}
	return out, nil
}
