package delegation_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/db"
)

// Fifty forms are sent in the same moment for three seats (product.md 6).
func TestQuotaHoldsWhenFiftyRace(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 3)
	var listed, refused atomic.Int32
	start := make(chan struct{})
	var wg sync.WaitGroup
	for n := range 50 {
		wg.Go(func() {
			<-start
			_, err := h.room.Add(t.Context(), i.ID, person(fmt.Sprintf("Lê Thí Dụ %s", words[n%len(words)]), h.groups[0].ID))
			if err == nil {
				listed.Add(1)
				return
			}
			refused.Add(1)
			h.refused(t, err, conference.KindConflict, "group: delegation.error.quota_full")
		})
	}
	close(start)
	wg.Wait()
	if listed.Load() != 3 || refused.Load() != 47 {
		t.Errorf("%d listed, %d refused", listed.Load(), refused.Load())
	}
	d := h.delegation(t, i)
	seen := map[string]bool{}
	for _, x := range d.Delegates {
		seen[x.Number] = true
	}
	if len(d.Delegates) != 3 || len(seen) != 3 {
		t.Errorf("%d delegates with %d numbers", len(d.Delegates), len(seen))
	}
}

var words = []string{"An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh"}

// The same form is sent fifty times over a bad line.
func TestOneFormIsOneDelegateWhenFiftyRace(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 50)
	p := person("Lê Thí Dụ", h.groups[0].ID)
	p.ClientKey = "form"
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := h.room.Add(t.Context(), i.ID, p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(h.delegation(t, i).Delegates); n != 1 {
		t.Errorf("%d delegates of one form", n)
	}
}

// Whatever is done in whatever order: no group ever holds more than its seats, a
// delegate has at most one valid badge, exactly the registered have one, and no number is given twice.
func TestQuotaAndBadgesHoldInAnyOrder(t *testing.T) {
	h := open(t)
	all := 0
	rapid.Check(t, func(rt *rapid.T) {
		i := h.invited(t, h.xii, all%20, 0, 0) // the quotas of an earlier run are lowered as far as they go
		all++
		groups := []int64{h.groups[0].ID, h.groups[1].ID}
		var ids []int64
		pick := func() int64 { return rapid.SampledFrom(append([]int64{0}, ids...)).Draw(rt, "delegate") }
		group := func() int64 { return rapid.SampledFrom(groups).Draw(rt, "group") }
		try := func(err error) {
			switch conference.KindOf(err) {
			case conference.KindConflict, conference.KindNotFound:
			default:
				if err != nil {
					rt.Fatalf("unexpected: %v", err)
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(*rapid.T) {
				d, err := h.room.Add(t.Context(), i.ID, delegation.Person{FullName: "Lê Thí Dụ", GroupID: group(), Phone: "0912345678", Head: true})
				if err == nil {
					ids = append(ids, d.ID)
				}
				try(err)
			},
			"move":     func(*rapid.T) { try(second(h.room.Edit(t.Context(), pick(), i.ID, person("Lê Thí Dụ", group())))) },
			"remove":   func(*rapid.T) { try(h.room.Remove(t.Context(), pick(), i.ID)) },
			"restore":  func(*rapid.T) { try(second(h.room.Restore(t.Context(), pick(), i.ID))) },
			"withdraw": func(*rapid.T) { try(h.room.Withdraw(t.Context(), pick())) },
			"submit":   func(*rapid.T) { try(second(h.room.Submit(t.Context(), i.ID))) },
			"quota": func(*rapid.T) {
				try(h.inv.SetQuotas(t.Context(), i.ID, map[int64]int{group(): rapid.IntRange(0, 3).Draw(rt, "seats")}))
			},
			"": func(rt *rapid.T) { h.holds(rt, i.ID) },
		})
		for _, id := range ids { // leave the seats free for the next run
			if err := h.room.Remove(t.Context(), id, i.ID); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

func (h *house) holds(rt *rapid.T, invitationID int64) {
	ctx := context.Background()
	d, err := delegation.ForInvitation(ctx, h.db, invitationID)
	if err != nil {
		rt.Fatal(err)
	}
	for _, u := range d.Groups {
		if u.Taken > u.Seats {
			rt.Fatalf("%d delegates on %d seats", u.Taken, u.Seats)
		}
	}
	for _, x := range append(d.Delegates, d.Withdrawn...) {
		_, err := badge.LiveOf(ctx, h.db, x.ID)
		if has := err == nil; has != (x.State == delegation.Registered) {
			rt.Fatalf("%s delegate, badge: %v", x.State, err)
		}
	}
	twice, err := db.Value[int](ctx, h.db, `SELECT count(*) FROM (SELECT 1 FROM badge WHERE revoked_at IS NULL GROUP BY delegate_id HAVING count(*) > 1
UNION ALL SELECT 1 FROM delegate GROUP BY edition_id, number HAVING count(*) > 1)`)
	if err != nil || twice != 0 {
		rt.Fatalf("%d delegates with two badges or numbers used twice, %v", twice, err)
	}
}
