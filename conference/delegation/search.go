package delegation

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The numbers of rows on one page of a search.
const (
	defaultLimit = 50
	maxLimit     = 500
)

// Filter says which delegates are looked for; a zero field lets every one through.
type Filter struct {
	Query             string // the beginnings of words of name, organisation or number, in any order, with or without marks
	ProvinceVersionID int64
	GroupID           int64
	State             State
	After             string // Page.Next of the page before
	Limit             int    // 0: 50; at most 500
}

// Page is one page of a search.
type Page struct {
	Delegates []Delegate
	Total     int    // on all pages
	Next      string // "" on the last page
}

const searchWhere = `
WHERE d.edition_id = ?1 AND NOT (d.state = 'withdrawn' AND d.registered_at IS NULL)
    AND (?2 = '' OR d.state = ?2) AND (?3 = 0 OR i.province_version_id = ?3) AND (?4 = 0 OR d.delegate_group_id = ?4)
    AND NOT EXISTS (SELECT 1 FROM json_each(?5) t WHERE instr(' ' || d.folded, ' ' || t.value) = 0)`

const (
	sqlSearch = sqlDelegates + searchWhere + `
    AND (d.sort_key, d.id) > (?6, ?7) ORDER BY d.sort_key, d.id LIMIT ?8`
	sqlSearchCount = `SELECT count(*) FROM delegate d
JOIN delegation dn ON dn.id = d.delegation_id LEFT JOIN invitation i ON i.id = dn.invitation_id` + searchWhere
)

// Search gives the delegates of an edition that a filter lets through, in the
// Vietnamese order of their names. A query that finds nobody as it stands is read as typed
// without a Vietnamese input method too.
func Search(ctx context.Context, q db.Reader, editionID int64, f Filter) (Page, error) {
	readings := vietnamese.QueryKeys(f.Query)
	if len(readings) == 0 {
		if strings.TrimSpace(f.Query) != "" {
			return Page{}, nil // signs only: nobody is called that
		}
		readings = [][]string{{}}
	}
	for _, tokens := range readings {
		p, err := search(ctx, q, editionID, f, tokens)
		if err != nil || p.Total > 0 {
			return p, err
		}
	}
	return Page{}, nil
}

func search(ctx context.Context, q db.Reader, editionID int64, f Filter, tokens []string) (Page, error) {
	words, err := json.Marshal(tokens)
	if err != nil {
		return Page{}, fmt.Errorf("write query: %w", err)
	}
	args := []any{editionID, f.State, f.ProvinceVersionID, f.GroupID, string(words)}
	var p Page
	if p.Total, err = db.Value[int](ctx, q, sqlSearchCount, args...); err != nil {
		return Page{}, fmt.Errorf("count delegates: %w", err)
	}
	limit := min(f.Limit, maxLimit)
	if limit <= 0 {
		limit = defaultLimit
	}
	key, id := readCursor(f.After)
	p.Delegates, err = db.Many(ctx, q, sqlSearch, (*Delegate).fields, append(args, key, id, limit+1)...)
	if err != nil {
		return Page{}, fmt.Errorf("search delegates: %w", err)
	}
	if len(p.Delegates) > limit {
		p.Delegates = p.Delegates[:limit]
		last := p.Delegates[limit-1]
		p.Next = base64.RawURLEncoding.EncodeToString(last.sortKey) + "." + strconv.FormatInt(last.ID, 10)
	}
	return p, nil
}

// readCursor gives the place after which a page begins; anything else than a
// Page.Next is the beginning.
func readCursor(s string) (key []byte, id int64) {
	first, second, _ := strings.Cut(s, ".")
	key, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil || len(key) == 0 {
		return []byte{}, 0 // not nil, which SQL would take for NULL
	}
	id, err = strconv.ParseInt(second, 10, 64)
	if err != nil {
		return []byte{}, 0
	}
	return key, id
}
