package checkin_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

func TestVerdicts(t *testing.T) {
	h := newHall(t, 6)
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		h.exec(ctx, tx, `UPDATE delegate SET state = 'withdrawn' WHERE id IN (3, 4)`)
		for id, reason := range map[int64]badge.Reason{2: badge.ReasonLost, 3: badge.ReasonWithdrawn} {
			if _, err := badge.Revoke(ctx, tx, id, reason); err != nil {
				return err
			}
		}
		_, err := badge.Issue(ctx, tx, badge.Holder{Edition: edition, DelegateID: 2, Epoch: tx.Now()})
		return err
	})
	genuine := h.token(0)
	last := byte('0')
	if genuine[len(genuine)-1] == last {
		last = '1'
	}
	strangerBadge := h.badges[0]
	strangerBadge.Number++
	other := h.badges[0]
	other.EditionID = 8
	cases := []struct {
		name string
		scan checkin.Scan
		want checkin.Verdict
	}{
		{"genuine", checkin.Scan{Text: genuine}, checkin.Accepted},
		{"lower case, second time", checkin.Scan{Text: strings.ToLower(genuine)}, checkin.Already},
		{"lost and replaced", checkin.Scan{Text: h.token(1)}, checkin.Revoked},
		{"withdrawn with the badge", checkin.Scan{Text: h.token(2)}, checkin.Withdrawn},
		{"withdrawn, badge still valid", checkin.Scan{Text: h.token(3)}, checkin.Withdrawn},
		{"signed but nobody's", checkin.Scan{Text: h.signer.Token(strangerBadge)}, checkin.Unknown},
		{"one character changed", checkin.Scan{Text: genuine[:len(genuine)-1] + string(last)}, checkin.Forged},
		{"another edition", checkin.Scan{Text: h.signer.Token(other)}, checkin.OtherEvent},
		{"any other code", checkin.Scan{Text: "https://example.com/menu"}, checkin.NotABadge},
		{"by hand", checkin.Scan{DelegateID: 5}, checkin.Accepted},
		{"by hand, withdrawn", checkin.Scan{DelegateID: 4}, checkin.Withdrawn},
		{"by hand, no such delegate", checkin.Scan{DelegateID: 999}, checkin.Unknown},
	}
	for i, c := range cases {
		c.scan.ID, c.scan.T = uuid(i+1), h.now()
		got := h.upload(h.a, c.scan).Results[0]
		if got.Verdict != c.want || got.Wrong() {
			t.Errorf("%s: verdict %q error %q, want %q", c.name, got.Verdict, got.Error.Key, c.want)
		}
		if c.want == checkin.Revoked && (got.Reason != badge.ReasonLost || got.Replaced.IsZero() || got.Person == nil) {
			t.Errorf("%s: reason %q, replaced %v, person %v", c.name, got.Reason, got.Replaced, got.Person)
		}
		if c.want == checkin.Already && (got.First == nil || got.First.ScanID != uuid(1) || got.First.Device != "Điện thoại A" || got.First.Checkpoint("vi") != "Cửa chính") {
			t.Errorf("%s: first %+v", c.name, got.First)
		}
	}
	if n := h.count(`SELECT count(*) FROM scan`); n != len(cases) {
		t.Errorf("%d scans on record, want %d: refused readings are kept too", n, len(cases))
	}
	if n := h.count(`SELECT count(*) FROM audit_entry WHERE action = 'checkin.by_hand'`); n != 1 {
		t.Errorf("%d audit rows for entries by hand, want 1", n)
	}
}

// TestLostReply uploads a batch again whose answer never arrived: nothing is
// recorded twice, and every scan gets the answer it got at first, even though
// the winner has changed since.
func TestLostReply(t *testing.T) {
	h := newHall(t, 3)
	batch := []checkin.Scan{h.scan(10, 0), h.scan(11, 1), h.scan(12, 0), {ID: uuid(13), DelegateID: 3, T: h.now()}}
	first := h.upload(h.a, batch...)
	h.clock.Advance(time.Minute)
	earlier := h.scan(1, 0)
	earlier.T = h.now() - 10*60_000
	if got := h.upload(h.b, earlier).Results[0].Verdict; got != checkin.Accepted {
		t.Fatalf("the earlier reading: %q", got)
	}
	again := h.upload(h.a, batch...)
	if d := cmp.Diff(first.Results, again.Results); d != "" {
		t.Errorf("answers differ (-first +again):\n%s", d)
	}
	if n := h.count(`SELECT count(*) FROM scan`); n != 5 {
		t.Errorf("%d scans on record, want 5", n)
	}
	if n := h.count(`SELECT count(*) FROM audit_entry WHERE action = 'checkin.by_hand'`); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
}

// TestPoison mixes scans that cannot be recorded into a batch: each gets an
// error of its own, the others are recorded.
func TestPoison(t *testing.T) {
	h := newHall(t, 2)
	h.upload(h.b, h.scan(50, 1))
	bad := []checkin.Scan{
		{ID: "", Text: h.token(0), T: h.now()},
		{ID: "'; DROP TABLE scan; --", Text: h.token(0), T: h.now()},
		{ID: uuid(2), Text: h.token(0), T: -1},
		{ID: uuid(3), Text: h.token(0), T: 1 << 62},
		{ID: uuid(4), Text: h.token(0), T: h.now(), Off: -1 << 62},
		{ID: uuid(5), T: h.now()},
		{ID: uuid(6), Text: h.token(0), DelegateID: 1, T: h.now()},
		{ID: uuid(7), Text: strings.Repeat("A", 5000), T: h.now()},
		{ID: uuid(8), Text: h.token(0), T: h.now(), Seq: -1},
		{ID: uuid(50), Text: h.token(0), T: h.now()}, // another device's scan
	}
	batch := append(append([]checkin.Scan{h.scan(20, 0)}, bad...), h.scan(21, 1))
	got := h.upload(h.a, batch...).Results
	for i, r := range got[1 : len(got)-1] {
		if !r.Wrong() || r.Verdict != "" || r.Person != nil || r.ID != bad[i].ID {
			t.Errorf("bad scan %d: %+v", i, r)
		}
	}
	if got[0].Verdict != checkin.Accepted || got[len(got)-1].Verdict != checkin.Already {
		t.Errorf("good scans: %q and %q", got[0].Verdict, got[len(got)-1].Verdict)
	}
	if n := h.count(`SELECT count(*) FROM scan`); n != 3 {
		t.Errorf("%d scans on record, want 3", n)
	}
}

func TestBatchLimits(t *testing.T) {
	h := newHall(t, 1)
	scans := make([]checkin.Scan, checkin.MaxBatch+1)
	for i := range scans {
		scans[i] = h.scan(i, 0)
	}
	if _, err := h.room.Upload(t.Context(), h.a, checkin.Batch{Sent: h.now(), Scans: scans}); conference.KindOf(err) != conference.KindTooLarge {
		t.Errorf("51 scans: %v", err)
	}
	if _, err := h.room.Upload(t.Context(), h.a, checkin.Batch{Sent: -5, Scans: scans[:1]}); conference.KindOf(err) != conference.KindInvalid {
		t.Errorf("impossible clock: %v", err)
	}
	if n := h.count(`SELECT count(*) FROM scan`); n != 0 {
		t.Errorf("%d scans on record, want none", n)
	}
}

// TestFastClock has one device seven minutes ahead. The person read first in
// truth is the winner, whichever device reports first.
func TestFastClock(t *testing.T) {
	const fast = 420_034
	for _, order := range []string{"right first", "fast first"} {
		h := newHall(t, 1)
		truth := h.now()
		early := checkin.Scan{ID: uuid(9), Text: h.token(0), T: truth + fast, Off: -fast} // on the fast device
		late := checkin.Scan{ID: uuid(1), Text: h.token(0), T: truth + 30_000}            // half a minute later on the right one
		h.clock.Advance(2 * time.Minute)
		right := func() checkin.Result {
			return h.send(h.a, checkin.Batch{Sent: h.now(), Scans: []checkin.Scan{late}}).Results[0]
		}
		ahead := func() checkin.Result {
			return h.send(h.b, checkin.Batch{Sent: h.now() + fast, Scans: []checkin.Scan{early}}).Results[0]
		}
		var doubt []bool
		if order == "right first" {
			doubt = append(doubt, right().ClockDoubt)
			h.clock.Advance(time.Second)
			doubt = append(doubt, ahead().ClockDoubt)
		} else {
			doubt = append(doubt, ahead().ClockDoubt)
			h.clock.Advance(time.Second)
			doubt = append(doubt, right().ClockDoubt)
		}
		p := h.list(h.a).People[0]
		if p.Arrived == nil || p.Arrived.ScanID != uuid(9) || p.Arrived.At.UnixMilli() != truth {
			t.Errorf("%s: arrived %+v, want the scan of the fast device at %d", order, p.Arrived, truth)
		}
		if doubt[0] || doubt[1] {
			t.Errorf("%s: a steady clock was doubted", order)
		}
		changes, _, err := checkin.Changes(t.Context(), h.db, h.a, 0)
		if err != nil || len(changes) != 1 || changes[0].Entries != 2 {
			t.Errorf("%s: changes %+v, %v; want one person with two entries", order, changes, err)
		}
	}
}

func TestMovedClockIsDoubted(t *testing.T) {
	h := newHall(t, 2)
	s := h.scan(1, 0)
	s.T, s.Off = h.now()+600_000, -600_000 // read while ten minutes fast, then somebody set the clock right
	if !h.upload(h.a, s).Results[0].ClockDoubt {
		t.Error("a clock moved by ten minutes was not doubted")
	}
	if p := h.list(h.a).People[0]; p.Arrived == nil || p.Arrived.At.UnixMilli() > h.now() {
		t.Errorf("arrived %+v, want no later than now", p.Arrived)
	}
	s = h.scan(2, 1)
	s.Off = 120_000
	if h.upload(h.a, s).Results[0].ClockDoubt {
		t.Error("120 s exactly is still believed")
	}
}

// TestOrderOfArrival uploads the same readings in random orders and batches: who
// was first, when and where never depends on it (scanner.md T6b).
func TestOrderOfArrival(t *testing.T) {
	h := newHall(t, 2)
	want := map[int]string{}
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
			return db.Exec(ctx, tx, `DELETE FROM scan`)
		})
		base := h.now() - 3_600_000
		var scans []checkin.Scan
		for n := range 12 {
			// Two readings share each moment, so that the id decides.
			scans = append(scans, checkin.Scan{ID: uuid(100 - n), Text: h.token(n % 2), T: base + int64((n*7%12)/4)*1000})
		}
		order := rapid.Permutation(scans).Draw(rt, "order")
		for len(order) > 0 {
			n := rapid.IntRange(1, len(order)).Draw(rt, "batch")
			h.clock.Advance(time.Millisecond)
			dev, off := h.a, rapid.Int64Range(-500_000, 500_000).Draw(rt, "fast")
			if rapid.Bool().Draw(rt, "device b") {
				dev = h.b
			}
			batch := checkin.Batch{Sent: h.now() + off}
			for _, s := range order[:n] {
				s.T, s.Off = s.T+off, -off
				batch.Scans = append(batch.Scans, s)
			}
			h.send(dev, batch)
			order = order[n:]
		}
		for i, p := range h.list(h.a).People {
			got := fmt.Sprintf("%s at %d", p.Arrived.ScanID, p.Arrived.At.UnixMilli()-base)
			if want[i] == "" {
				want[i] = got
			}
			if got != want[i] {
				rt.Fatalf("delegate %d: %s, before %s", i, got, want[i])
			}
		}
	})
	if runs < 100 || want[0] == "" {
		t.Fatalf("%d orders were tried", runs)
	}
}

// TestManyDoors has 64 devices' uploads at once, each with the same 20 badges:
// of each badge exactly one reading is told "accepted".
func TestManyDoors(t *testing.T) {
	h := newHall(t, 20)
	var wg sync.WaitGroup
	var mu sync.Mutex
	accepted, already := map[int64]int{}, 0
	for g := range 64 {
		wg.Go(func() {
			dev := h.a
			if g%2 == 1 {
				dev = h.b
			}
			for i := range 20 {
				s := h.scan(1+g*20+(i+g)%20, (i+g)%20)
				out, err := h.room.Upload(t.Context(), dev, checkin.Batch{Sent: s.T, Scans: []checkin.Scan{s}})
				if err != nil {
					t.Errorf("upload: %v", err)
					return
				}
				mu.Lock()
				switch r := out.Results[0]; r.Verdict {
				case checkin.Accepted:
					accepted[r.Person.DelegateID]++
				case checkin.Already:
					already++
				default:
					t.Errorf("verdict %q", r.Verdict)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for _, id := range h.delegates {
		if accepted[id] != 1 {
			t.Errorf("delegate %d was accepted %d times", id, accepted[id])
		}
	}
	if already != 63*20 {
		t.Errorf("%d were told 'already', want %d", already, 63*20)
	}
	if n := h.count(`SELECT count(*) FROM arrival`); n != 20 {
		t.Errorf("%d arrivals, want 20", n)
	}
}
