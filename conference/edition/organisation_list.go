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
	Query    string // the beginnings of words of the name, in any order, with or without marks
	Province int64  // identity, 0 for all
	Kind     OrganisationKind
}

const fromOrganisations = ` FROM organisation o
	LEFT JOIN (SELECT province_id, MIN(sort_key) AS sort_key FROM province_version GROUP BY province_id) p ON p.province_id = o.province_id
WHERE (?1 = 0 OR o.province_id = ?1) AND (?2 = '' OR o.kind = ?2)
	AND NOT EXISTS (SELECT 1 FROM json_each(?3) t WHERE instr(' ' || o.folded, ' ' || t.value) = 0)`

const (
	sqlCountOrganisations = `SELECT count(*)` + fromOrganisations
	sqlListOrganisations  = `SELECT o.id, o.kind, COALESCE(o.province_id, 0), o.name_vi, o.name_en, o.email, o.phone, o.other_phone, o.valid_from, COALESCE(o.valid_to, '')` +
		fromOrganisations + ` ORDER BY p.sort_key, o.folded, o.id LIMIT ?4 OFFSET ?5`
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
	readings := vietnamese.QueryKeys(f.Query)
	if len(readings) == 0 {
		if strings.TrimSpace(f.Query) != "" {
			return nil, 0, nil // signs only: nothing is called that
		}
		readings = [][]string{{}}
	}
	for _, tokens := range readings {
		words, err := json.Marshal(tokens)
		if err != nil {
			return nil, 0, fmt.Errorf("write query: %w", err)
		}
		total, err := db.Value[int](ctx, q, sqlCountOrganisations, f.Province, f.Kind, string(words))
		if err != nil {
			return nil, 0, fmt.Errorf("count organisations: %w", err)
		}
		if total > 0 {
			found, err := db.Many(ctx, q, sqlListOrganisations, (*Organisation).fields, f.Province, f.Kind, string(words), limit, offset)
			if err != nil {
				return nil, 0, fmt.Errorf("list organisations: %w", err)
			}
			listed, err := withContacts(ctx, q, found)
			return listed, total, err
		}
	}
	return nil, 0, nil
}

func withContacts(ctx context.Context, q db.Reader, rows []Organisation) ([]Listed, error) {
	out := make([]Listed, len(rows))
	ids, place := make([]int64, len(rows)), make(map[int64]int, len(rows))
	for i, o := range rows {
		out[i].Organisation, ids[i], place[o.ID] = o, o.ID, i
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	contacts, err := db.Many(ctx, q, sqlContactsOf, (*Contact).fields, string(list))
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	for _, c := range contacts {
		i := place[c.OrganisationID]
		out[i].Contacts = append(out[i].Contacts, c)
	}
	return out, nil
}
