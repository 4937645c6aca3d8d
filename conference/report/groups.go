package report

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// GroupCount is how far one invitation has filled the seats of one delegate group.
type GroupCount struct {
	GroupID    int64
	Group      conference.Names
	Seats      int
	Listed     int // on the list, sent or not: the seats that are taken
	Registered int // of them, those whose list was sent
}

// Free gives the seats that nobody has taken yet.
func (g GroupCount) Free() int { return max(0, g.Seats-g.Listed) }

const sqlGroupCounts = `
SELECT i.id, g.id, g.name_vi, g.name_en, coalesce(q.seats, 0), coalesce(t.listed, 0), coalesce(t.registered, 0)
FROM invitation i
JOIN delegate_group g ON g.edition_id = i.edition_id
LEFT JOIN quota q ON q.invitation_id = i.id AND q.delegate_group_id = g.id
LEFT JOIN (SELECT dn.invitation_id, d.delegate_group_id, count(*) AS listed, sum(d.state = 'registered') AS registered
    FROM delegate d JOIN delegation dn ON dn.id = d.delegation_id
    WHERE d.edition_id = ?1 AND d.state IN ('listed', 'registered') GROUP BY dn.invitation_id, d.delegate_group_id
) t ON t.invitation_id = i.id AND t.delegate_group_id = g.id
WHERE i.edition_id = ?1 AND (q.seats > 0 OR t.listed > 0)
ORDER BY i.id, g.position`

// GroupCounts gives, by invitation of an edition, its groups that have seats or
// delegates, in the groups' order.
func GroupCounts(ctx context.Context, q db.Reader, edition int64) (map[int64][]GroupCount, error) {
	type row struct {
		invitation int64
		GroupCount
	}
	rows, err := db.Many(ctx, q, sqlGroupCounts, func(r *row) []any {
		return []any{&r.invitation, &r.GroupID, &r.Group.Vi, &r.Group.En, &r.Seats, &r.Listed, &r.Registered}
	}, edition)
	if err != nil {
		return nil, fmt.Errorf("count seats by group: %w", err)
	}
	out := map[int64][]GroupCount{}
	for _, r := range rows {
		out[r.invitation] = append(out[r.invitation], r.GroupCount)
	}
	return out, nil
}
