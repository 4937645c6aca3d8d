package showcase

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Boundary says under which provinces villages are looked at: the merger of 1 July
// 2025 made 8 of the 20 of the southern cluster.
type Boundary string

// The boundaries.
const (
	Then Boundary = "2022"
	Now  Boundary = "now"
)

// The days as of which the provinces of each boundary are read. The second is
// beyond every row, so it gives the provinces that nothing has ended yet, whatever
// day the program's clock shows.
const (
	dayThen = "2022-10-13"
	dayNow  = "9999-12-31"
)

// merged is the first day of the boundaries of today (Nghị quyết 202/2025/QH15).
const merged = "2025-07-01"

// BoundaryOf gives the boundary that held on a day ("2006-01-02"), today's for "".
func BoundaryOf(day string) Boundary {
	if day != "" && day < merged {
		return Then
	}
	return Now
}

// Provinces gives the provinces of the southern cluster under a boundary, in
// Vietnamese order.
func Provinces(ctx context.Context, q db.Reader, b Boundary) ([]edition.Province, error) {
	return provincesOf(ctx, q, b, edition.ClusterSouth)
}

func provincesOf(ctx context.Context, q db.Reader, b Boundary, cluster string) ([]edition.Province, error) {
	day := dayNow
	if b == Then {
		day = dayThen
	}
	out, err := edition.ProvincesOn(ctx, q, day, cluster)
	if err != nil {
		return nil, fmt.Errorf("provinces of the showcase: %w", err)
	}
	return out, nil
}

// Names gives the provinces of the whole country under a boundary by identity: a
// village of the cluster of 2022 may lie outside it today.
func Names(ctx context.Context, q db.Reader, b Boundary) (map[int64]edition.Province, error) {
	all, err := provincesOf(ctx, q, b, "")
	if err != nil {
		return nil, err
	}
	out := make(map[int64]edition.Province, len(all))
	for _, p := range all {
		out[p.ProvinceID] = p
	}
	return out, nil
}

// Present gives the province of today to which a province of 2022 (its identity) belongs.
func Present(ctx context.Context, q db.Reader, provinceID int64) (edition.Province, error) {
	p, err := edition.Successor(ctx, q, provinceID, dayNow)
	if err != nil {
		return edition.Province{}, fmt.Errorf("province of today: %w", err)
	}
	return p, nil
}

// Counterpart gives the province of the cluster under a boundary that has the land of
// a province (its identity) under the other one. ok is false when several share it, or when it
// lies outside the cluster.
func Counterpart(ctx context.Context, q db.Reader, provinceID int64, b Boundary) (p edition.Province, ok bool, err error) {
	candidates, err := Provinces(ctx, q, b)
	if err != nil {
		return edition.Province{}, false, err
	}
	mergers, err := edition.Lineage(ctx, q)
	if err != nil {
		return edition.Province{}, false, fmt.Errorf("lineage of provinces: %w", err)
	}
	now := map[int64]int64{}
	for _, m := range mergers {
		now[m.OldID] = m.NewID
	}
	heir := func(id int64) int64 {
		for now[id] != 0 {
			id = now[id]
		}
		return id
	}
	candidates = slices.DeleteFunc(candidates, func(c edition.Province) bool { return heir(c.ProvinceID) != heir(provinceID) })
	if len(candidates) != 1 {
		return edition.Province{}, false, nil
	}
	return candidates[0], true, nil
}

// Filter says which villages to list. The zero value lists all of them under the
// boundary of 2022.
type Filter struct {
	Query    string // words as typed: any order, without diacritics, also as Telex leaves them
	Boundary Boundary
	Province int64 // identity, of the boundary; 0 for all
	Group    Group // "" for all
	State    State
}

// State narrows the organisers' list.
type State string

// The states that can be asked for; "" is every village.
const (
	Published   State = "published"
	Hidden      State = "hidden"
	Unconfirmed State = "unconfirmed" // the entry or a title of it
	NoPhoto     State = "no_photo"
)

// States lists the states in the order in which they are shown.
func States() []State { return []State{Published, Hidden, Unconfirmed, NoPhoto} }

const villageColumns = `v.id, v.slug, v.name, v.craft, v.craft_group, v.products, v.place_2022, v.place_now, v.province_then_id, v.province_now_id,
	v.recognised_as, v.recognised_certain, v.confidence, v.note_vi, v.note_en, v.to_check, v.folded, v.published, v.changed_at,
	COALESCE((SELECT p.id FROM craft_village_photo p WHERE p.village_id = v.id ORDER BY p.position LIMIT 1), 0),
	(SELECT COUNT(*) FROM craft_village_photo p WHERE p.village_id = v.id)`

func (v *Village) fields() []any {
	return []any{&v.ID, &v.Slug, &v.Name, &v.Craft, &v.Group, &v.Products, &v.Place2022, &v.PlaceNow, &v.ProvinceID, &v.ProvinceNowID,
		&v.Recognised, &v.RecognisedCertain, &v.Confidence, &v.NoteVi, &v.NoteEn, &v.ToCheck, &v.folded, &v.Published, &v.ChangedAt,
		&v.PhotoID, &v.Photos}
}

const sqlVillages = `SELECT ` + villageColumns + ` FROM craft_village v
WHERE (?1 = 0 OR v.published = 1) AND (?2 = '' OR v.craft_group = ?2)
ORDER BY v.sort_key, v.id`

// Public gives the published villages that match, in Vietnamese order; f.State
// counts for nothing.
func Public(ctx context.Context, q db.Reader, f Filter) ([]Village, error) {
	f.State = Published
	return List(ctx, q, f)
}

// List gives the villages that match, published or not, in Vietnamese order. Under
// today's boundaries the villages of Bình Thuận are left out: since the merger their
// province belongs to another cluster.
func List(ctx context.Context, q db.Reader, f Filter) ([]Village, error) {
	all, err := db.Many(ctx, q, sqlVillages, (*Village).fields, f.State == Published, f.Group)
	if err != nil {
		return nil, fmt.Errorf("list villages: %w", err)
	}
	inside, err := Provinces(ctx, q, f.Boundary)
	if err != nil {
		return nil, err
	}
	member := make(map[int64]bool, len(inside))
	for _, p := range inside {
		member[p.ProvinceID] = true
	}
	names, err := searchNames(ctx, q, f.Query)
	if err != nil {
		return nil, err
	}
	var out []Village
	for _, v := range all {
		province := v.Province(f.Boundary)
		if !member[province] || f.Province != 0 && f.Province != province || !f.State.admits(v) {
			continue
		}
		if f.Query == "" || vietnamese.MatchTokens(v.folded+" "+groupWords[v.Group]+" "+names[v.ProvinceID], f.Query) {
			out = append(out, v)
		}
	}
	return out, nil
}

func (s State) admits(v Village) bool {
	switch s {
	case Published:
		return v.Published
	case Hidden:
		return !v.Published
	case Unconfirmed:
		return !v.Confirmed() || v.Doubtful()
	case NoPhoto:
		return v.Photos == 0
	}
	return true
}

// groupWords are the folded Vietnamese names of the families, as the page's filter
// shows them: whoever reads them there types them into the search.
var groupWords = map[Group]string{
	"food": "banh duong thuc pham", "seafood": "muoi mam thuy san kho", "drink": "ruou", "textile": "det chieu det vai",
	"plaiting": "dan lat non la", "pottery": "gom gach", "wood": "moc dong ghe xuong", "metal": "ren duc", "stone": "che tac da",
	"handicraft": "thu cong my nghe khac", "garden": "hoa kieng cay giong",
}

const sqlSearchNames = `SELECT o.province_id, o.name_vi, COALESCE(n.name_vi, ''), p.abbr, o.kind = 'city'
FROM province_version o
	JOIN province p ON p.id = o.province_id
	LEFT JOIN province_lineage l ON l.old_id = o.province_id
	LEFT JOIN province_version n ON n.province_id = l.new_id AND n.valid_to IS NULL
WHERE o.valid_from <= ?1 AND (o.valid_to IS NULL OR o.valid_to >= ?1)`

// searchNames gives the folded names, former and present, under which the villages
// of each province of 2022 are found. Without a query there is nothing to find.
func searchNames(ctx context.Context, q db.Reader, query string) (map[int64]string, error) {
	if query == "" {
		return nil, nil
	}
	type row struct {
		id              int64
		old, next, abbr string
		city            bool
	}
	rows, err := db.Many(ctx, q, sqlSearchNames, func(r *row) []any { return []any{&r.id, &r.old, &r.next, &r.abbr, &r.city} }, dayThen)
	if err != nil {
		return nil, fmt.Errorf("names of provinces: %w", err)
	}
	out := make(map[int64]string, len(rows))
	for _, r := range rows {
		words := vietnamese.Fold(r.old) + " " + vietnamese.Fold(r.next) + " " + vietnamese.Fold(r.abbr)
		if r.city {
			words += " tp tp" + vietnamese.Fold(r.abbr) // TP.HCM, TPHCM
		}
		out[r.id] = strings.TrimSpace(words)
	}
	return out, nil
}

// Count gives the number of villages in each province under a boundary, by identity.
func Count(villages []Village, b Boundary) map[int64]int {
	out := map[int64]int{}
	for _, v := range villages {
		out[v.Province(b)]++
	}
	return out
}

const sqlVillage = `SELECT ` + villageColumns + ` FROM craft_village v WHERE v.id = ?`

// ByID gives a village, published or not, or conference.NotFound.
func ByID(ctx context.Context, q db.Reader, id int64) (Village, error) {
	return db.One(ctx, q, sqlVillage, (*Village).fields, id)
}

const sqlVillageBySlug = `SELECT ` + villageColumns + ` FROM craft_village v WHERE v.slug = ? AND v.published = 1`

// BySlug gives a published village or conference.NotFound.
func BySlug(ctx context.Context, q db.Reader, slug string) (Village, error) {
	return db.One(ctx, q, sqlVillageBySlug, (*Village).fields, slug)
}
