package account

import (
	"crypto/sha256"
	"sync"
	"time"

	"hoinghi/conference"
)

const (
	freeFailures   = 5                  // wrong passwords in a row before the first delay
	firstDelay     = time.Minute        // doubled by each further failure
	longestDelay   = time.Hour          // until maxFailures
	maxFailures    = 100                // in a row, NIST SP 800-63B-4 3.2.2; then one try in finalDelay
	finalDelay     = 24 * time.Hour     //
	forgetFailures = 3 * 24 * time.Hour // without any attempt
	throttleSize   = 10_000             // accounts watched at once
)

// throttle slows down guessing at one account. It lives in memory: a stranger's
// wrong guesses must not fill the disk. Addresses without an account are
// counted like those with one, so that the answer tells nothing, but they are
// the first to be dropped when the map is full.
type throttle struct {
	mu      sync.Mutex
	entries map[[sha256.Size]byte]*attempts
}

type attempts struct {
	failures int
	last     time.Time
	known    bool
}

func newThrottle() *throttle { return &throttle{entries: map[[sha256.Size]byte]*attempts{}} }

// begin counts an attempt as failed before its password is checked, so that many
// at once do not pass together; success or a hash that never ran takes it back.
func (t *throttle) begin(email string, known bool, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := sha256.Sum256([]byte(email))
	a := t.entries[key]
	if a == nil || now.Sub(a.last) >= forgetFailures {
		t.makeRoom(now)
		a = &attempts{}
		t.entries[key] = a
	}
	a.known = known
	if wait := delay(a.failures) - now.Sub(a.last); a.failures > 0 && wait > 0 {
		minutes := int((wait + time.Minute - 1) / time.Minute)
		return conference.Fail(conference.KindTooMany, "account.error.wait", "minutes", minutes)
	}
	a.failures++
	a.last = now
	return nil
}

// undo takes one attempt back.
func (t *throttle) undo(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := t.entries[sha256.Sum256([]byte(email))]; a != nil && a.failures > 0 {
		a.failures--
	}
}

// clear forgets every attempt at an account.
func (t *throttle) clear(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.entries, sha256.Sum256([]byte(email)))
}

// delay gives how long after so many failures in a row the next attempt waits.
func delay(failures int) time.Duration {
	switch {
	case failures < freeFailures:
		return 0
	case failures >= maxFailures:
		return finalDelay
	}
	return min(firstDelay<<min(failures-freeFailures, 10), longestDelay)
}

// makeRoom keeps the map within its size: what is forgotten goes first, then an
// address without an account, then the one not tried for the longest time.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.entries) < throttleSize {
		return
	}
	var victim [sha256.Size]byte
	var oldest *attempts
	for key, a := range t.entries {
		if !a.known || now.Sub(a.last) >= forgetFailures {
			delete(t.entries, key)
			return
		}
		if oldest == nil || a.last.Before(oldest.last) {
			victim, oldest = key, a
		}
	}
	delete(t.entries, victim)
}
