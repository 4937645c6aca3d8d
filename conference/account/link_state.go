package account

import (
	"context"
	"fmt"

	"hoinghi/db"
)

// LinkState says how somebody's latest one-time link fares. The zero value is that of one
// who never had a link.
type LinkState struct {
	StaffID   int64
	CreatedAt db.Time
	ExpiresAt db.Time // when it was withdrawn, if it was
	UsedAt    db.Time // zero until used
	Open      bool    // it can still be used
}

const sqlLinkStates = `SELECT staff_id, created_at, expires_at, used_at FROM one_time_link
WHERE purpose = 'set_password' AND id IN (SELECT max(id) FROM one_time_link WHERE purpose = 'set_password' AND staff_id IS NOT NULL GROUP BY staff_id)`

// LinkStates gives the state of everybody's latest one-time link by member of staff.
// Administrators only.
func (r *Room) LinkStates(ctx context.Context) (map[int64]LinkState, error) {
	if err := administrate(ctx); err != nil {
		return nil, err
	}
	all, err := db.Many(ctx, r.db, sqlLinkStates, func(l *LinkState) []any { return []any{&l.StaffID, &l.CreatedAt, &l.ExpiresAt, &l.UsedAt} })
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	out := map[int64]LinkState{}
	for _, l := range all {
		l.Open = l.UsedAt.IsZero() && r.db.Now().Before(l.ExpiresAt.Time)
		out[l.StaffID] = l
	}
	return out, nil
}

type sight struct {
	staffID int64
	at      db.Time
}

const sqlLastSeen = `SELECT staff_id, max(seen_at) FROM staff_session GROUP BY staff_id`

// LastSeen gives when each member of staff was seen last, by those of their sessions that are
// on record. Administrators only.
func (r *Room) LastSeen(ctx context.Context) (map[int64]db.Time, error) {
	if err := administrate(ctx); err != nil {
		return nil, err
	}
	all, err := db.Many(ctx, r.db, sqlLastSeen, func(s *sight) []any { return []any{&s.staffID, &s.at} })
	if err != nil {
		return nil, fmt.Errorf("read last sights: %w", err)
	}
	out := map[int64]db.Time{}
	for _, s := range all {
		out[s.staffID] = s.at
	}
	return out, nil
}
