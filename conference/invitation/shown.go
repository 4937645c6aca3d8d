package invitation

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// Shown is a sending as somebody has seen and confirmed it.
type Shown struct {
	Pool   []int64 // what Plan was asked for
	Chosen []int64 // those of Plan.Ready that shall have the mail
	Seal   string  // Plan.Seal
}

// SendShown sends what a page showed, or nothing: not with another text, not to whoever was
// added meanwhile, not a second time to those who were sent it from another page. Form fields: id.
// Errors: conflict when anything has changed; invalid when nobody or somebody else is chosen; as Send.
func (r *Room) SendShown(ctx context.Context, editionID int64, s Shown) (Sending, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return Sending{}, err
	}
	var bad conference.Problems
	if len(s.Chosen) == 0 {
		bad.Add("id", "sending.error.nobody")
		return Sending{}, bad.Err()
	}
	return r.send(ctx, editionID, func(ctx context.Context, tx *db.Tx) (Plan, error) {
		p, err := plan(ctx, tx, editionID, s.Pool, tx.Now())
		if err != nil {
			return Plan{}, err
		}
		seal, err := r.seal(ctx, tx, editionID, p)
		if err != nil {
			return Plan{}, err
		}
		if seal != s.Seal {
			return Plan{}, conference.Fail(conference.KindConflict, "sending.error.changed")
		}
		for _, id := range s.Chosen {
			if !slices.ContainsFunc(p.Ready, func(i Invitation) bool { return i.ID == id }) {
				bad.Add("id", "sending.error.unknown")
				return Plan{}, bad.Err()
			}
		}
		p.Ready = slices.DeleteFunc(p.Ready, func(i Invitation) bool { return !slices.Contains(s.Chosen, i.ID) })
		return p, nil
	})
}

// seal gives a digest of what a plan would send: the text, and for each invitation who would
// read it and which mail carried it last.
func (r *Room) seal(ctx context.Context, q db.Reader, editionID int64, p Plan) (string, error) {
	text, err := r.Text(ctx, q, editionID)
	if err != nil {
		return "", err
	}
	ids := make([]int64, len(p.Ready))
	for n, i := range p.Ready {
		ids[n] = i.ID
	}
	last, err := outbox.StateOf(ctx, q, KindInvite, ids...)
	if err != nil {
		return "", fmt.Errorf("last mails: %w", err)
	}
	copies, err := CopiesOf(ctx, q, editionID)
	if err != nil {
		return "", err
	}
	type line struct {
		ID, Generation, Mail int64
		To                   outbox.Address
		Cc                   []outbox.Address
		Answer               Answer
	}
	lines := make([]line, len(p.Ready))
	for n, i := range p.Ready {
		lines[n] = line{ID: i.ID, Generation: i.Generation, Mail: last[i.ID].ID, To: i.to(), Cc: copies[i.ID], Answer: i.Answer}
	}
	all, err := json.Marshal([]any{text, lines})
	if err != nil {
		return "", fmt.Errorf("write down a plan: %w", err)
	}
	sum := sha256.Sum256(all)
	return base64.RawURLEncoding.EncodeToString(sum[:18]), nil
}
