package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"hoinghi/conference"
)

// Cost says what hashing one password takes with argon2id (RFC 9106).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultCost gives the second of the equal choices of the OWASP Password
// Storage Cheat Sheet, 19 MiB and two passes: some 50 ms of one core.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1} }

const (
	hashSlots = 2  // at once: each takes a core and its memory
	hashQueue = 16 // waiting; beyond it the visitor is told to try again
)

// hasher hashes and checks passwords, few at a time: a flood of sign-ins must
// not take the machine from the door.
type hasher struct {
	params argon2id.Params
	places chan struct{} // those who hash or wait
	slots  chan struct{} // those who hash
	dummy  string        // checked where there is no hash to check, so that it takes as long
}

func newHasher(c Cost) *hasher {
	h := &hasher{
		params: argon2id.Params{Memory: c.MemoryKiB, Iterations: c.Passes, Parallelism: c.Threads, SaltLength: 16, KeyLength: 32},
		places: make(chan struct{}, hashSlots+hashQueue),
		slots:  make(chan struct{}, hashSlots),
	}
	var b [48]byte
	// crypto/rand.Read never fails since Go 1.24: it stops the program instead.
	_, _ = rand.Read(b[:])
	h.dummy = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", c.MemoryKiB, c.Passes, c.Threads,
		base64.RawStdEncoding.EncodeToString(b[:16]), base64.RawStdEncoding.EncodeToString(b[16:]))
	return h
}

// hash gives the PHC form of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	out, err := argon2id.CreateHash(typed(password), &h.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return out, nil
}

// matches reports whether the password belongs to the PHC form. An empty form
// never matches, and takes as long as any other.
func (h *hasher) matches(ctx context.Context, password, phc string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	against := phc
	if phc == "" {
		against = h.dummy
	}
	ok, err := argon2id.ComparePasswordAndHash(typed(password), against)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return ok && phc != "", nil
}

// enter waits for one of the slots; it gives the function that leaves it.
func (h *hasher) enter(ctx context.Context) (func(), error) {
	select {
	case h.places <- struct{}{}:
	default:
		return nil, conference.Fail(conference.KindUnavailable, "account.error.busy")
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; <-h.places }, nil
	case <-ctx.Done():
		<-h.places
		return nil, ctx.Err()
	}
}

// typed gives the form of a password that does not depend on the keyboard: one
// Vietnamese keyboard sends "ế" as one character, another as three.
func typed(password string) string { return norm.NFC.String(password) }
