package edition

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// OrganisationFilter says which organisations to list; the zero value lists all.
type OrganisationFilter struct {
	Query    string // words of the name, without diacritics, in any order
	Province int64  // identity, 0 for all
	Kind     OrganisationKind
}

// filterWords is how many words of a query count.
const filterWords = 4

// args gives the filter as the values ?1 to ?6 of the queries below. Folded text holds
// no character that LIKE would take for a sign.
func (f OrganisationFilter) args() []any {
	out := []any{f.Province, f.Kind}
	words := strings.Fields(vietnamese.Fold(f.Query))
	for i := range filterWords {
		word := ""
		if i < len(words) {
			word = words[i]
		}
		out = append(out, word)
	}
	return out
}

const fromOrganisations = ` FROM organisation o
	LEFT JOIN (SELECT province_id, MIN(sort_key) AS sort_key FROM province_version GROUP BY province_id) p ON p.province_id = o.province_id
WHERE (?1 = 0 OR o.province_id = ?1) AND (?2 = '' OR o.kind = ?2)
	AND (?3 = '' OR o.folded LIKE '%' || ?3 || '%') AND (?4 = '' OR o.folded LIKE '%' || ?4 || '%')
	AND (?5 = '' OR o.folded LIKE '%' || ?5 || '%') AND (?6 = '' OR o.folded LIKE '%' || ?6 || '%')`

const (
	sqlCountOrganisations = `SELECT count(*)` + fromOrganisations
	sqlListOrganisations  = `SELECT o.id, o.kind, COALESCE(o.province_id, 0), o.name_vi, o.name_en, o.email, o.phone, o.other_phone, o.valid_from, COALESCE(o.valid_to, '')` +
		fromOrganisations + ` ORDER BY p.sort_key, o.folded, o.id LIMIT ?7 OFFSET ?8`
)

// Listed is an organisation of a list, with its contacts.
type Listed struct {
	Organisation
	Contacts []Contact
}

const sqlContactsOf = contactColumns + ` WHERE organisation_id IN (SELECT value FROM json_each(?)) ORDER BY organisation_id, position, id`

// Organisations gives one page of the organisations that a filter lets through, those of no
// province first, then in Vietnamese order of provinces; and how many there are in all.
func Organisations(ctx context.Context, q db.Reader, f OrganisationFilter, limit, offset int) ([]Listed, int, error) {
	total, err := db.Value[int](ctx, q, sqlCountOrganisations, f.args()...)
	if err != nil {
		return nil, 0, fmt.Errorf("count organisations: %w", err)
	}
	rows, err := db.Many(ctx, q, sqlListOrganisations, (*Organisation).fields, append(f.args(), limit, offset)...)
	if err != nil {
		return nil, 0, fmt.Errorf("list organisations: %w", err)
	}
	out := make([]Listed, len(rows))
	ids, place := make([]int64, len(rows)), make(map[int64]int, len(rows))
	for i, o := range rows {
		out[i].Organisation, ids[i], place[o.ID] = o, o.ID, i
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, 0, fmt.Errorf("contacts: %w", err)
	}
	contacts, err := db.Many(ctx, q, sqlContactsOf, (*Contact).fields, string(list))
	if err != nil {
		return nil, 0, fmt.Errorf("contacts: %w", err)
	}
	for _, c := range contacts {
		i := place[c.OrganisationID]
		out[i].Contacts = append(out[i].Contacts, c)
	}
	return out, total, nil
}
