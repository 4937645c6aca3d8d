package checkin

import (
	"context"
	"fmt"

	"hoinghi/db"
)

func (f *First) fields() []any {
	return []any{&f.ScanID, &f.At, &f.DeviceID, &f.Device, &f.CheckpointVi, &f.CheckpointEn}
}

const firstColumns = `s.id, s.effective_at, s.device_id, dd.name, c.name_vi, c.name_en`

const sqlFirstByID = `SELECT ` + firstColumns + `
FROM scan s JOIN checkpoint c ON c.id = s.checkpoint_id JOIN door_device dd ON dd.id = s.device_id
WHERE s.id = ?`

const sqlFirstEntry = `SELECT ` + firstColumns + `
FROM scan s JOIN checkpoint c ON c.id = s.checkpoint_id JOIN door_device dd ON dd.id = s.device_id
WHERE s.checkpoint_id = ? AND s.delegate_id = ? AND s.undone_at IS NULL AND s.verdict IN ('accepted', 'already')
ORDER BY s.effective_at, s.id LIMIT 1`

// firstEntry gives a delegate's first entry at a checkpoint, nil if there is none.
// It depends on what is on record, never on the order in which it came (D8).
func firstEntry(ctx context.Context, q db.Reader, checkpointID, delegateID int64) (*First, error) {
	found, err := db.Many(ctx, q, sqlFirstEntry, (*First).fields, checkpointID, delegateID)
	if err != nil {
		return nil, fmt.Errorf("read first entry: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

const changeLimit = 500 // people in one answer; the device asks again for the rest

const sqlChanges = `WITH moved AS (
    SELECT delegate_id, max(version) AS version FROM scan
    WHERE version > ?2 AND checkpoint_id = ?1 AND delegate_id IS NOT NULL AND verdict IN ('accepted', 'already')
    GROUP BY delegate_id ORDER BY 2 LIMIT ?3
)
SELECT m.delegate_id, m.version,
    (SELECT count(*) FROM scan e WHERE e.checkpoint_id = ?1 AND e.delegate_id = m.delegate_id AND e.undone_at IS NULL AND e.verdict IN ('accepted', 'already')),
    ifnull(s.id, ''), s.effective_at, ifnull(s.device_id, 0), ifnull(dd.name, ''), ifnull(c.name_vi, ''), ifnull(c.name_en, '')
FROM moved m
LEFT JOIN scan s ON s.id = (
    SELECT f.id FROM scan f
    WHERE f.checkpoint_id = ?1 AND f.delegate_id = m.delegate_id AND f.undone_at IS NULL AND f.verdict IN ('accepted', 'already')
    ORDER BY f.effective_at, f.id LIMIT 1)
LEFT JOIN checkpoint c ON c.id = s.checkpoint_id
LEFT JOIN door_device dd ON dd.id = s.device_id
ORDER BY m.version`

type change struct {
	Change
	version int64
	first   First
}

func (c *change) fields() []any {
	return append([]any{&c.DelegateID, &c.version, &c.Entries}, c.first.fields()...)
}

// Changes gives whose state at the device's checkpoint moved after the cursor,
// at most 500 people, and the cursor to ask with next.
func Changes(ctx context.Context, q db.Reader, dev Device, cursor int64) ([]Change, int64, error) {
	found, err := db.Many(ctx, q, sqlChanges, (*change).fields, dev.CheckpointID, cursor, changeLimit)
	if err != nil {
		return nil, cursor, fmt.Errorf("list changes: %w", err)
	}
	out := make([]Change, 0, len(found))
	for _, c := range found {
		if c.first.ScanID != "" {
			first := c.first
			c.First = &first
		}
		cursor = max(cursor, c.version)
		out = append(out, c.Change)
	}
	return out, cursor, nil
}
