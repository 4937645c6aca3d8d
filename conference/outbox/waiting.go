package outbox

import (
	"context"
	"fmt"
	"strings"

	"hoinghi/db"
)

const sqlStopWaiting = `UPDATE mail SET state = CASE state WHEN 'queued' THEN 'stopped' ELSE state END, due_at = NULL
WHERE kind = ?1 AND subject_id = ?2 AND state IN ('queued', 'unknown') AND due_at IS NOT NULL RETURNING COALESCE(edition_id, 0)`

// StopWaiting takes the mails of a kind about one subject out of the queue, in the write
// that makes them pointless. One on its way this moment goes on; one that may have arrived
// stays shown as unknown, but is not tried again.
func StopWaiting(ctx context.Context, tx *db.Tx, kind string, subject int64) error {
	editions, err := db.Values[int64](ctx, tx, sqlStopWaiting, kind, subject)
	if err != nil {
		return fmt.Errorf("stop waiting mail: %w", err)
	}
	for _, id := range editions {
		publish(tx, id)
	}
	return nil
}

// Deliverable reports whether an address is one that Queue takes. It says nothing about
// whether somebody reads it.
func Deliverable(address string) bool { return validAddress(strings.TrimSpace(address)) }
