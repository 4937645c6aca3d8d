package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"hoinghi/db"
)

const sqlEntriesWithin = `SELECT id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, detail
FROM audit_entry
WHERE edition_id IN (SELECT value FROM json_each(?1)) AND (?2 = 0 OR id < ?2)
ORDER BY id DESC LIMIT ?3`

// EntriesWithin gives up to limit rows of the record of some editions, newest first, those older
// than row before when before is not 0; nil gives every row, also those of no edition.
func EntriesWithin(ctx context.Context, r db.Reader, editions []int64, before int64, limit int) ([]Entry, error) {
	if editions == nil {
		return Entries(ctx, r, 0, before, limit)
	}
	list, err := json.Marshal(editions)
	if err != nil {
		return nil, fmt.Errorf("list of editions: %w", err)
	}
	return db.Many(ctx, r, sqlEntriesWithin, (*Entry).fields, string(list), before, limit)
}
