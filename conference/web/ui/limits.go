package ui

import (
	"maps"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hoinghi/conference"
)

// maxBuckets bounds the memory of a limit under a flood of addresses.
const maxBuckets = 20000

// Limit is how often something may be tried.
type Limit struct {
	Name   string
	Per    time.Duration // one try more each Per
	Burst  int
	Global bool // one bucket for all visitors instead of one per address
}

type limits struct {
	now     func() time.Time
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, buckets: map[string]*rate.Limiter{}}
}

// Allow counts one try and fails with KindTooMany when there were too many. A
// hall is behind one address, so limits per address are generous; accounts have
// stricter ones of their own.
func (r *Request) Allow(l Limit) error {
	if !r.site.limits.allow(l, r.IP()) {
		return conference.Fail(conference.KindTooMany, "error.too_many")
	}
	return nil
}

// Left fails as Allow does when a limit has no try left, but counts none: for limits
// that only failures count against.
func (r *Request) Left(l Limit) error {
	if !r.site.limits.left(l, r.IP()) {
		return conference.Fail(conference.KindTooMany, "error.too_many")
	}
	return nil
}

func (l *limits) left(limit Limit, ip string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket(limit, ip).TokensAt(l.now()) >= 1
}

func (l *limits) allow(limit Limit, ip string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket(limit, ip).AllowN(l.now(), 1)
}

// bucket gives the bucket that a try counts against.
func (l *limits) bucket(limit Limit, ip string) *rate.Limiter {
	key := limit.Name
	if !limit.Global {
		key += " " + network(ip)
	}
	b, ok := l.buckets[key]
	if !ok {
		if len(l.buckets) >= maxBuckets {
			// Forgetting is safer than growing without end; what is counted for all
			// visitors together stays, or a flood of addresses would reset it.
			maps.DeleteFunc(l.buckets, func(key string, _ *rate.Limiter) bool { return strings.Contains(key, " ") })
		}
		b = rate.NewLimiter(rate.Every(limit.Per), limit.Burst)
		l.buckets[key] = b
	}
	return b
}

// network gives what counts as one visitor: an IPv4 address, or the /64 that an
// IPv6 visitor can choose addresses in freely.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a.Unmap().Is4() {
		return a.Unmap().String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}
