package badge

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// Find gives the badge that a token names, revoked ones included. Errors:
// ErrNotABadge and ErrForged as Verify; not_found for a genuine code whose badge this
// installation does not hold.
func (s *Signer) Find(ctx context.Context, q db.Reader, token string) (Badge, error) {
	body, _, _, err := Decode(token)
	if err != nil {
		return Badge{}, err
	}
	if body, err = Verify(s.PublicKey(int64(body.Event), body.KeyID), token); err != nil {
		return Badge{}, err
	}
	b, err := ByNumber(ctx, q, body.Badge)
	if err != nil {
		return Badge{}, fmt.Errorf("find badge: %w", err)
	}
	if b.EditionID != int64(body.Event) {
		return Badge{}, conference.NotFound()
	}
	return b, nil
}
