package outbox

import (
	"context"
	"fmt"

	"hoinghi/db"
)

const sqlMailsOf = `SELECT id FROM mail WHERE kind = ? AND subject_id = ? ORDER BY id DESC LIMIT 50`

// Of gives the latest mails of one kind about one subject, newest first.
func (o *Outbox) Of(ctx context.Context, kind string, subject int64) ([]Mail, error) {
	ids, err := db.Values[int64](ctx, o.db, sqlMailsOf, kind, subject)
	if err != nil {
		return nil, fmt.Errorf("mails of a subject: %w", err)
	}
	return byIDs(ctx, o.db, ids...)
}
