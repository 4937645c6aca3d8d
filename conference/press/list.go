package press

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Filter says which applications are looked for; a zero field lets every one through.
type Filter struct {
	State State
	Query string // the beginnings of words of name or outlet, in any order, with or without marks
}

const sqlList = sqlApplications + `
WHERE a.edition_id = ?1 AND (?2 = '' OR a.state = ?2)
    AND NOT EXISTS (SELECT 1 FROM json_each(?3) t WHERE instr(' ' || a.folded, ' ' || t.value) = 0)
ORDER BY a.state <> 'new', a.id DESC`

// List gives the applications of an edition that a filter lets through: those that
// wait first, then the latest first.
func List(ctx context.Context, q db.Reader, editionID int64, f Filter) ([]Application, error) {
	readings := vietnamese.QueryKeys(f.Query)
	if len(readings) == 0 {
		if strings.TrimSpace(f.Query) != "" {
			return nil, nil // signs only: nobody is called that
		}
		readings = [][]string{{}}
	}
	for _, tokens := range readings {
		words, err := json.Marshal(tokens)
		if err != nil {
			return nil, fmt.Errorf("write query: %w", err)
		}
		found, err := db.Many(ctx, q, sqlList, (*Application).fields, editionID, f.State, string(words))
		if err != nil {
			return nil, fmt.Errorf("list press applications: %w", err)
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

const sqlOthers = sqlApplications + ` WHERE a.edition_id = ?1 AND a.id <> ?2 AND (lower(a.email) = lower(?3) OR a.phone = ?4) ORDER BY a.id DESC LIMIT 10`

// Others gives further applications that name the same address or telephone, the
// latest first: whoever decides should know that one was refused before, or that the person
// has a badge already.
func Others(ctx context.Context, q db.Reader, a Application) ([]Application, error) {
	found, err := db.Many(ctx, q, sqlOthers, (*Application).fields, a.EditionID, a.ID, a.Email, a.Phone)
	if err != nil {
		return nil, fmt.Errorf("look for further applications: %w", err)
	}
	return found, nil
}

const sqlCounts = `SELECT state, count(*) FROM press_application WHERE edition_id = ? GROUP BY state`

// Counts gives the number of an edition's applications in each state that has any.
func Counts(ctx context.Context, q db.Reader, editionID int64) (map[State]int, error) {
	type row struct {
		state State
		n     int
	}
	rows, err := db.Many(ctx, q, sqlCounts, func(r *row) []any { return []any{&r.state, &r.n} }, editionID)
	if err != nil {
		return nil, fmt.Errorf("count press applications: %w", err)
	}
	out := map[State]int{}
	for _, r := range rows {
		out[r.state] = r.n
	}
	return out, nil
}
