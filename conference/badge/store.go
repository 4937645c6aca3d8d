package badge

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"time"

	"hoinghi/conference"
	"hoinghi/db"
)

// CurrentKey is the number of the key that signs new badges. A higher one would
// be used after a key of an edition became known; old badges keep naming theirs.
const CurrentKey uint8 = 1

// Reason says why a badge was revoked.
type Reason string

// The reasons for revoking a badge. An ordinary reprint revokes nothing.
const (
	ReasonWithdrawn   Reason = "withdrawn"   // the holder does not come
	ReasonSubstituted Reason = "substituted" // somebody else comes instead
	ReasonLost        Reason = "lost"        // reported lost; a new one is issued
)

// ReasonText gives a reason for people; not for the empty one.
func ReasonText(r Reason) conference.Text { return conference.Say("badge.reason." + string(r)) }

// Badge is one badge as issued. Its QR holds Number and what follows it, signed.
type Badge struct {
	ID         int64
	EditionID  int64
	Number     BadgeID
	DelegateID int64
	KeyID      uint8
	Category   uint8  // of the delegate's group when it was issued
	Days       uint8  // one bit per day of the edition, the first day lowest
	Issued     uint16 // hours since the edition's badge epoch
	IssuedAt   db.Time
	RevokedAt  db.Time // zero while it is valid
	Reason     Reason  // empty while it is valid
}

// Live reports whether the badge is still valid.
func (b Badge) Live() bool { return b.RevokedAt.IsZero() }

func (b *Badge) fields() []any {
	return []any{&b.ID, &b.EditionID, &b.Number, &b.DelegateID, &b.KeyID, &b.Category, &b.Days, &b.Issued, &b.IssuedAt, &b.RevokedAt, &b.Reason}
}

// Holder says for whom a badge is issued. Epoch is the edition's badge epoch.
type Holder struct {
	Edition    int64
	DelegateID int64
	Category   uint8
	Days       uint8
	Epoch      time.Time
}

const sqlInsertBadge = `INSERT INTO badge (edition_id, number, delegate_id, key_id, category, days, issued, issued_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING`

// Issue gives the holder's valid badge, making one with a fresh random number
// when there is none: a person has one badge per edition until it is revoked.
// It fails 65,536 hours (7 years) after the epoch; a clock that was set back behind
// the epoch counts as hour 0.
func Issue(ctx context.Context, tx *db.Tx, h Holder) (Badge, error) {
	live, err := LiveOf(ctx, tx, h.DelegateID)
	if err == nil || conference.KindOf(err) != conference.KindNotFound {
		return live, err
	}
	issued := max(0, int64(tx.Now().Sub(h.Epoch)/time.Hour))
	if issued > math.MaxUint16 {
		return Badge{}, fmt.Errorf("issue badge: %d hours after the badge epoch", issued)
	}
	// Two random 40-bit numbers among 50,000 meet with a chance of one in
	// 900: the next number is then simply drawn.
	for range 8 {
		n, err := db.Change(ctx, tx, sqlInsertBadge, h.Edition, drawNumber(), h.DelegateID, CurrentKey, h.Category, h.Days, issued, db.At(tx.Now()))
		if err != nil {
			return Badge{}, fmt.Errorf("insert badge: %w", err)
		}
		if n == 1 {
			return LiveOf(ctx, tx, h.DelegateID)
		}
	}
	return Badge{}, fmt.Errorf("issue badge: no free number in 8 draws")
}

// drawNumber gives 40 random bits.
func drawNumber() int64 {
	var b [8]byte
	// crypto/rand.Read never fails since Go 1.24: it stops the program instead.
	_, _ = rand.Read(b[3:])
	return int64(binary.BigEndian.Uint64(b[:]))
}

const sqlRevoke = `UPDATE badge SET revoked_at = ?1, reason = ?2 WHERE delegate_id = ?3 AND revoked_at IS NULL`

// Revoke ends a delegate's valid badge, if there is one, and reports whether there was.
func Revoke(ctx context.Context, tx *db.Tx, delegateID int64, reason Reason) (bool, error) {
	n, err := db.Change(ctx, tx, sqlRevoke, db.At(tx.Now()), reason, delegateID)
	if err != nil {
		return false, fmt.Errorf("revoke badge: %w", err)
	}
	return n > 0, nil
}

const sqlLiveBadge = `SELECT id, edition_id, number, delegate_id, key_id, category, days, issued, issued_at, revoked_at, reason
FROM badge WHERE delegate_id = ? AND revoked_at IS NULL`

// LiveOf gives a delegate's valid badge. Errors: not_found.
func LiveOf(ctx context.Context, q db.Reader, delegateID int64) (Badge, error) {
	b, err := db.One(ctx, q, sqlLiveBadge, (*Badge).fields, delegateID)
	if err != nil {
		return Badge{}, fmt.Errorf("read badge of a delegate: %w", err)
	}
	return b, nil
}

const sqlBadgeByNumber = `SELECT id, edition_id, number, delegate_id, key_id, category, days, issued, issued_at, revoked_at, reason
FROM badge WHERE number = ?`

// ByNumber gives the badge with a number, valid or not. Errors: not_found.
func ByNumber(ctx context.Context, q db.Reader, number BadgeID) (Badge, error) {
	b, err := db.One(ctx, q, sqlBadgeByNumber, (*Badge).fields, int64(number))
	if err != nil {
		return Badge{}, fmt.Errorf("read badge by number: %w", err)
	}
	return b, nil
}

const sqlBadgesOfEdition = `SELECT id, edition_id, number, delegate_id, key_id, category, days, issued, issued_at, revoked_at, reason
FROM badge WHERE edition_id = ? ORDER BY id`

// OfEdition gives every badge that an edition issued, revoked ones too.
func OfEdition(ctx context.Context, q db.Reader, editionID int64) ([]Badge, error) {
	all, err := db.Many(ctx, q, sqlBadgesOfEdition, (*Badge).fields, editionID)
	if err != nil {
		return nil, fmt.Errorf("list badges: %w", err)
	}
	return all, nil
}

// Signer makes badge codes. It keeps no code: the same badge gives the same one
// whenever it is asked. It is safe for concurrent use.
type Signer struct {
	keys *conference.Keys
	mu   sync.Mutex
	made map[keyName]ed25519.PrivateKey
}

type keyName struct {
	edition int64
	key     uint8
}

// NewSigner makes a signer with the keys of one installation.
func NewSigner(keys *conference.Keys) *Signer {
	return &Signer{keys: keys, made: map[keyName]ed25519.PrivateKey{}}
}

// Token gives the signed token of a badge. Its event number is the edition's id,
// of which a code holds 16 bits: an installation would have to hold 65,536
// editions before two of them shared a number, and their keys would still differ.
func (s *Signer) Token(b Badge) string {
	return Sign(s.private(b.EditionID, b.KeyID), Body{
		Version: CodeVersion, KeyID: b.KeyID, Event: uint16(b.EditionID), Badge: b.Number,
		Category: b.Category, Days: b.Days, Issued: b.Issued,
	})
}

// Code gives what the QR of a badge holds, with the host that the installation is reached under.
func (s *Signer) Code(b Badge, host string) string { return Text(host, s.Token(b)) }

// Public gives the key that verifies the badges of an edition signed with CurrentKey.
func (s *Signer) Public(editionID int64) ed25519.PublicKey {
	return s.PublicKey(editionID, CurrentKey)
}

// PublicKey gives the key that verifies the badges of an edition signed with one key number.
func (s *Signer) PublicKey(editionID int64, keyID uint8) ed25519.PublicKey {
	pub, _ := s.private(editionID, keyID).Public().(ed25519.PublicKey)
	return pub
}

func (s *Signer) private(editionID int64, keyID uint8) ed25519.PrivateKey {
	name := keyName{editionID, keyID}
	s.mu.Lock()
	defer s.mu.Unlock()
	key, ok := s.made[name]
	if !ok {
		key = ed25519.NewKeyFromSeed(s.keys.BadgeSeed(editionID, keyID))
		s.made[name] = key
	}
	return key
}
