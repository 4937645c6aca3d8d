package account

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"hoinghi/conference"
)

func TestHashingBeyondTheQueueIsRefused(t *testing.T) {
	h := newHasher(Cost{MemoryKiB: 64, Passes: 1, Threads: 1})
	phc, err := h.hash(t.Context(), "một mật khẩu mẫu")
	if err != nil {
		t.Fatal(err)
	}
	for range hashSlots + hashQueue {
		h.places <- struct{}{}
	}
	if _, err := h.matches(t.Context(), "một mật khẩu mẫu", phc); conference.KindOf(err) != conference.KindUnavailable {
		t.Fatalf("with a full queue: %v, want %s", err, conference.KindUnavailable)
	}
	for range hashSlots + hashQueue {
		<-h.places
	}
	if ok, err := h.matches(t.Context(), "một mật khẩu mẫu", phc); !ok || err != nil {
		t.Fatalf("with an empty queue: %v, %v", ok, err)
	}
}

func TestWaitingToHashEndsWithItsContext(t *testing.T) {
	h := newHasher(Cost{MemoryKiB: 64, Passes: 1, Threads: 1})
	for range hashSlots {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, "một mật khẩu mẫu"); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want the context's error", err)
	}
	if n := len(h.places); n != 0 {
		t.Fatalf("%d places stay taken", n)
	}
}

// The hash that stands in for a missing one must be checked like a real one.
func TestDummyHashTakesTheSameWorkAndNeverMatches(t *testing.T) {
	h := newHasher(Cost{MemoryKiB: 128, Passes: 3, Threads: 1})
	real, err := h.hash(t.Context(), "một mật khẩu mẫu")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.dummy) != len(real) || h.dummy[:len("$argon2id$v=19$m=128,t=3,p=1$")] != real[:len("$argon2id$v=19$m=128,t=3,p=1$")] {
		t.Errorf("dummy %q is not of the form of %q", h.dummy, real)
	}
	if ok, err := h.matches(t.Context(), "", ""); ok || err != nil {
		t.Errorf("no hash: %v, %v", ok, err)
	}
}

func TestDelayGrows(t *testing.T) {
	for _, c := range []struct {
		failures int
		want     time.Duration
	}{{0, 0}, {4, 0}, {5, time.Minute}, {6, 2 * time.Minute}, {10, 32 * time.Minute}, {11, time.Hour}, {99, time.Hour}, {100, 24 * time.Hour}, {1000, 24 * time.Hour}} {
		if got := delay(c.failures); got != c.want {
			t.Errorf("after %d failures: %v, want %v", c.failures, got, c.want)
		}
	}
}

func TestThrottleStaysWithinItsSizeAndKeepsAccounts(t *testing.T) {
	th := newThrottle()
	now := time.UnixMilli(1_660_000_000_000)
	for range freeFailures {
		if err := th.begin("staff@example.vn", true, now); err != nil {
			t.Fatal(err)
		}
	}
	for i := range throttleSize + 500 {
		if err := th.begin(fmt.Sprintf("stranger%d@example.vn", i), false, now); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(th.entries); n > throttleSize {
		t.Errorf("%d entries, want at most %d", n, throttleSize)
	}
	if err := th.begin("staff@example.vn", true, now); conference.KindOf(err) != conference.KindTooMany {
		t.Errorf("the account's failures were forgotten for strangers: %v", err)
	}
}

// A sign-in whose password was never checked must not count as a wrong one.
func TestAttemptTakenBackIsForgotten(t *testing.T) {
	th := newThrottle()
	now := time.UnixMilli(1_660_000_000_000)
	for i := range 3 * freeFailures {
		if err := th.begin("staff@example.vn", true, now); err != nil {
			t.Fatalf("attempt %d: %v", i, err)
		}
		th.undo("staff@example.vn")
	}
}

func TestPasswordsRefusedByAFullQueueAreNotCounted(t *testing.T) {
	r := &Room{hasher: newHasher(Cost{MemoryKiB: 64, Passes: 1, Threads: 1}), throttle: newThrottle()}
	for range hashSlots + hashQueue {
		r.hasher.places <- struct{}{}
	}
	now := time.UnixMilli(1_660_000_000_000)
	for i := range 3 * freeFailures {
		if _, err := r.verify(t.Context(), "staff@example.vn", identity{id: 1}, "sai", now); conference.KindOf(err) != conference.KindUnavailable {
			t.Fatalf("attempt %d: %v, want %s", i, err, conference.KindUnavailable)
		}
	}
}
