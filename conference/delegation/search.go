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

// Most queries are of one or two words: those are compared as they are, and only what
// is beyond them is unpacked, for each delegate that is left.
const searchWhere = `d.edition_id = ?1 AND NOT (d.state = 'withdrawn' AND d.registered_at IS NULL)
    AND (?2 = '' OR d.state = ?2) AND (?4 = 0 OR d.delegate_group_id = ?4)
    AND (?3 = 0 OR d.delegation_id IN (SELECT pn.id FROM delegation pn JOIN invitation pi ON pi.id = pn.invitation_id WHERE pi.province_version_id = ?3))
    AND (?5 = '' OR instr(' ' || d.folded, ?5) > 0) AND (?6 = '' OR instr(' ' || d.folded, ?6) > 0)
    AND (?7 = '' OR NOT EXISTS (SELECT 1 FROM json_each(?7) t WHERE instr(' ' || d.folded, ' ' || t.value) = 0))`

// A page follows the index of names. The count goes through all delegates: the plus has
// them read in the order of their table, which takes a fifth of the time by an index.
const (
	sqlSearch = sqlDelegates + `
WHERE ` + searchWhere + `
    AND (d.sort_key, d.id) > (?8, ?9) ORDER BY d.sort_key, d.id LIMIT ?10`
	sqlSearchCount = `SELECT count(*) FROM delegate d WHERE +` + searchWhere
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
	var words [2]string
	for n := range words {
		if len(tokens) > 0 {
			words[n], tokens = " "+tokens[0], tokens[1:]
		}
	}
	rest := ""
	if len(tokens) > 0 {
		raw, err := json.Marshal(tokens)
		if err != nil {
			return Page{}, fmt.Errorf("write query: %w", err)
		}
		rest = string(raw)
	}
	args := []any{editionID, f.State, f.ProvinceVersionID, f.GroupID, words[0], words[1], rest}
	var p Page
	var err error
	if p.Total, err = db.Value[int](ctx, q, sqlSearchCount, args...); err != nil {
		return Page{}, fmt.Errorf("count delegates: %w", err)
	}
	if p.Total == 0 {
		return p, nil
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
