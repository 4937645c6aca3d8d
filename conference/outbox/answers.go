package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"hoinghi/db"
)

const sqlAnswers = `SELECT mail_id, id, started_at, ended_at, outcome, code, answer FROM mail_attempt
WHERE id IN (SELECT max(id) FROM mail_attempt WHERE mail_id IN (SELECT value FROM json_each(?)) GROUP BY mail_id)`

// Answers gives the latest attempt to deliver each of these mails; one that was
// never tried is missing.
func (o *Outbox) Answers(ctx context.Context, mails []Mail) (map[int64]Attempt, error) {
	ids := make([]int64, len(mails))
	for i, m := range mails {
		ids[i] = m.ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("list of mails: %w", err)
	}
	type row struct {
		mail int64
		Attempt
	}
	rows, err := db.Many(ctx, o.db, sqlAnswers, func(r *row) []any {
		return []any{&r.mail, &r.ID, &r.StartedAt, &r.EndedAt, &r.Outcome, &r.Code, &r.Answer}
	}, string(list))
	if err != nil {
		return nil, fmt.Errorf("latest attempts: %w", err)
	}
	out := make(map[int64]Attempt, len(rows))
	for _, r := range rows {
		out[r.mail] = r.said()
	}
	return out, nil
}

// said gives the attempt with the program's own words told apart from the server's.
func (a Attempt) said() Attempt {
	if t, ok := ownWords(a.Answer); ok {
		a.Answer, a.Reason = "", t
	}
	return a
}
