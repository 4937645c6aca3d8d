package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"hoinghi/db"
)

const sqlMailsOf = `SELECT id FROM mail WHERE kind IN (SELECT value FROM json_each(?)) AND subject_id = ? ORDER BY id DESC LIMIT 50`

// Of gives the latest mails of some kinds about one subject of theirs, newest first.
func (o *Outbox) Of(ctx context.Context, subject int64, kinds ...string) ([]Mail, error) {
	list, err := json.Marshal(kinds)
	if err != nil {
		return nil, fmt.Errorf("list of kinds: %w", err)
	}
	ids, err := db.Values[int64](ctx, o.db, sqlMailsOf, string(list), subject)
	if err != nil {
		return nil, fmt.Errorf("mails of a subject: %w", err)
	}
	return byIDs(ctx, o.db, ids...)
}
