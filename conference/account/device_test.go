package account_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/audit"
)

func TestPairingIsUsedOnce(t *testing.T) {
	h := newHouse(t)
	waiting, secret, err := h.room.NewPairing(h.as, h.edition(), 7, "  Cổng  chính 1 ", false)
	if err != nil {
		t.Fatal(err)
	}
	if waiting.Name != "Cổng chính 1" || waiting.Paired() || waiting.CheckpointID != 7 {
		t.Errorf("pairing %+v", waiting)
	}
	var won atomic.Int32
	var token atomic.Value
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			d, tok, err := h.room.Pair(t.Context(), secret)
			if err == nil {
				won.Add(1)
				token.Store(tok)
				if d.ID != waiting.ID || !d.Paired() {
					t.Errorf("paired %+v", d)
				}
				return
			}
			if !strings.Contains(keyOf(err), "pairing_used") {
				t.Errorf("the others: %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d of 20 paired, want 1", won.Load())
	}
	d := must(h.room.DeviceByToken(t.Context(), token.Load().(string)))(t)
	if d.ID != waiting.ID || d.Actor().Kind != conference.ActorDevice {
		t.Errorf("device %+v", d)
	}
	_, err = h.room.DeviceByToken(t.Context(), secret)
	wantKind(t, "the pairing secret as a token", err, conference.KindNotFound)
	var got []string
	for _, e := range must(audit.History(t.Context(), h.db, "door_device", d.ID))(t) {
		got = append(got, string(e.ActorKind)+" "+e.Action)
	}
	if diff := cmp.Diff([]string{"device account.pair", "staff account.new_pairing"}, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestPairingEnds(t *testing.T) {
	for _, c := range []struct {
		name     string
		reusable bool
		after    time.Duration
		want     string
	}{
		{"in time", false, 10*time.Minute - time.Second, "no error"},
		{"too late", false, 10 * time.Minute, "gone: account.error.pairing_expired"},
		{"demo in time", true, 30*24*time.Hour - time.Second, "no error"},
		{"demo too late", true, 30 * 24 * time.Hour, "gone: account.error.pairing_expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			edition := h.edition()
			_, secret, err := h.room.NewPairing(h.as, edition, 1, "Cổng", c.reusable)
			if err != nil {
				t.Fatal(err)
			}
			h.clock.Advance(c.after)
			if _, _, err := h.room.Pair(t.Context(), secret); keyOf(err) != c.want {
				t.Errorf("got %s, want %s", keyOf(err), c.want)
			}
			listed := len(must(h.room.Devices(h.as, edition))(t))
			if expired := c.want != "no error"; expired != (listed == 0) {
				t.Errorf("%d devices are listed", listed)
			}
		})
	}
}

func TestReusablePairingServesSeveralBrowsers(t *testing.T) {
	h := newHouse(t)
	edition := h.edition()
	pairing, secret, err := h.room.NewPairing(h.as, edition, 1, "Cổng mẫu", true)
	if err != nil {
		t.Fatal(err)
	}
	var devices []account.Device
	var tokens []string
	for range 3 {
		d, token, err := h.room.Pair(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		devices, tokens = append(devices, d), append(tokens, token)
	}
	for i, token := range tokens {
		d := must(h.room.DeviceByToken(t.Context(), token))(t)
		if diff := cmp.Diff(devices[i], d); diff != "" {
			t.Errorf("device %d (-want +got):\n%s", i, diff)
		}
	}
	var names []string
	for _, d := range must(h.room.Devices(h.as, edition))(t) {
		names = append(names, d.Name)
	}
	if diff := cmp.Diff([]string{"Cổng mẫu", "Cổng mẫu 1", "Cổng mẫu 2", "Cổng mẫu 3"}, names); diff != "" {
		t.Errorf("devices (-want +got):\n%s", diff)
	}
	if err := h.room.Revoke(h.as, pairing.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = h.room.Pair(t.Context(), secret)
	wantKind(t, "a withdrawn pairing", err, conference.KindGone)
	must(h.room.DeviceByToken(t.Context(), tokens[0]))(t)
}

func TestRevokedDeviceIsShutOut(t *testing.T) {
	h := newHouse(t)
	edition := h.edition()
	_, secret, err := h.room.NewPairing(h.as, edition, 1, "Cổng", false)
	if err != nil {
		t.Fatal(err)
	}
	d, token, err := h.room.Pair(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.room.Revoke(h.as, d.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.room.DeviceByToken(t.Context(), token)
	wantKind(t, "revoked", err, conference.KindGone)
	if list := must(h.room.Devices(h.as, edition))(t); len(list) != 1 || !list[0].Revoked() {
		t.Errorf("list %+v", list)
	}
	wantKind(t, "no such device", h.room.Revoke(h.as, 999), conference.KindNotFound)
}

func TestDeviceSightAndName(t *testing.T) {
	h := newHouse(t)
	_, secret, err := h.room.NewPairing(h.as, h.edition(), 1, "Cổng", false)
	if err != nil {
		t.Fatal(err)
	}
	paired, token, err := h.room.Pair(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct{ advance, want time.Duration }{{59 * time.Second, 0}, {time.Second, time.Minute}, {30 * time.Second, time.Minute}} {
		h.clock.Advance(c.advance)
		if err := h.room.Seen(t.Context(), must(h.room.DeviceByToken(t.Context(), token))(t)); err != nil {
			t.Fatal(err)
		}
		d := must(h.room.DeviceByToken(t.Context(), token))(t)
		if got := d.SeenAt.Sub(paired.SeenAt.Time); got != c.want {
			t.Errorf("step %d: seen after %v, want %v", i, got, c.want)
		}
	}
	if err := h.room.Rename(h.as, paired.ID, "Cổng phụ"); err != nil {
		t.Fatal(err)
	}
	if d := must(h.room.Device(h.as, paired.ID))(t); d.Name != "Cổng phụ" {
		t.Errorf("name %q", d.Name)
	}
	err = h.room.Rename(h.as, paired.ID, " ")
	if want := "invalid: error.fields [name: account.error.device_name_missing]"; keyOf(err) != want {
		t.Errorf("got %s, want %s", keyOf(err), want)
	}
}
