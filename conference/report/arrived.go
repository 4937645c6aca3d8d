package report

import (
	"context"
	"encoding/json"
	"fmt"

	"hoinghi/db"
)

// The named ones' entries are looked up in their index; the view of arrivals would go
// through everybody's.
const sqlArrived = `SELECT delegate_id, min(effective_at) FROM scan
WHERE edition_id = ?1 AND delegate_id IN (SELECT value FROM json_each(?2)) AND undone_at IS NULL AND verdict IN ('accepted', 'already')
GROUP BY delegate_id`

// ArrivedAt gives when those of the named delegates who are inside came in.
func ArrivedAt(ctx context.Context, q db.Reader, edition int64, delegates []int64) (map[int64]db.Time, error) {
	ids, err := json.Marshal(delegates)
	if err != nil {
		return nil, fmt.Errorf("arrived: %w", err)
	}
	type row struct {
		id int64
		at db.Time
	}
	rows, err := db.Many(ctx, q, sqlArrived, func(r *row) []any { return []any{&r.id, &r.at} }, edition, string(ids))
	if err != nil {
		return nil, fmt.Errorf("arrived: %w", err)
	}
	out := make(map[int64]db.Time, len(rows))
	for _, r := range rows {
		out[r.id] = r.at
	}
	return out, nil
}
