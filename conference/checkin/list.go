package checkin

import (
	"context"
	"fmt"

	"hoinghi/conference/badge"
	"hoinghi/db"
)

// List is what a device takes along to decide by itself while the network is away.
type List struct {
	At      db.Time // the server's clock: how old the list is, and what was issued after it
	Cursor  int64   // to ask for changes with
	People  []Listed
	Revoked []RevokedBadge
}

// Listed is a person on a device's list.
type Listed struct {
	Person
	Arrived *First // at the device's checkpoint
}

// RevokedBadge is a genuine badge that lets nobody in any more.
type RevokedBadge struct {
	Badge      string
	DelegateID int64
	Reason     badge.Reason
}

const sqlPeople = `SELECT ` + personColumns + `,
    ifnull(s.id, ''), s.effective_at, ifnull(s.device_id, 0), ifnull(dd.name, ''), ifnull(c.name_vi, ''), ifnull(c.name_en, '')
FROM ` + personTables + `
LEFT JOIN scan s ON s.id = (
    SELECT f.id FROM scan f
    WHERE f.checkpoint_id = ?2 AND f.delegate_id = d.id AND f.undone_at IS NULL AND f.verdict IN ('accepted', 'already')
    ORDER BY f.effective_at, f.id LIMIT 1)
LEFT JOIN checkpoint c ON c.id = s.checkpoint_id
LEFT JOIN door_device dd ON dd.id = s.device_id
WHERE d.edition_id = ?1
ORDER BY d.sort_key, d.id`

type listed struct {
	Listed
	first First
}

func (l *listed) fields() []any { return append(l.Person.fields(), l.first.fields()...) }

const sqlLastVersion = `SELECT ifnull(max(version), 0) FROM scan`

// People gives the list for a device: everybody of the edition in Vietnamese
// order, those who withdrew included (a withdrawn badge must be told from an
// unknown one), and the revoked badges. now is the server's time.
func People(ctx context.Context, q db.Reader, dev Device, now db.Time) (List, error) {
	out := List{At: now}
	var err error
	// The cursor is read first: what happens meanwhile is told twice rather than never.
	if out.Cursor, err = db.Value[int64](ctx, q, sqlLastVersion); err != nil {
		return List{}, fmt.Errorf("read cursor: %w", err)
	}
	people, err := db.Many(ctx, q, sqlPeople, (*listed).fields, dev.EditionID, dev.CheckpointID)
	if err != nil {
		return List{}, fmt.Errorf("list people: %w", err)
	}
	out.People = make([]Listed, 0, len(people))
	for _, p := range people {
		if p.first.ScanID != "" {
			first := p.first
			p.Arrived = &first
		}
		out.People = append(out.People, p.Listed)
	}
	badges, err := badge.OfEdition(ctx, q, dev.EditionID)
	if err != nil {
		return List{}, err
	}
	for _, b := range badges {
		if !b.Live() {
			out.Revoked = append(out.Revoked, RevokedBadge{Badge: b.Number.String(), DelegateID: b.DelegateID, Reason: b.Reason})
		}
	}
	return out, nil
}
