package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/checkin"
)

// arrival is somebody coming to the door.
type arrival struct {
	key    string
	scan   checkin.Scan // without its id and count
	device int          // index of the door's devices
}

// openDoor pairs two devices and has them report who came within the last forty minutes.
func (f *filler) openDoor(ctx context.Context, cast []party) error {
	main, err := f.Checkins.Default(ctx, f.xii.ID)
	if err != nil {
		return fmt.Errorf("make checkpoint: %w", err)
	}
	var devices []account.Device
	for _, name := range []string{"Điện thoại cửa chính 1", "Điện thoại cửa chính 2"} {
		_, secret, err := f.Accounts.NewPairing(ctx, f.xii.ID, main.ID, name, false)
		if err != nil {
			return fmt.Errorf("make pairing: %w", err)
		}
		d, _, err := f.Accounts.Pair(ctx, secret)
		if err != nil {
			return fmt.Errorf("pair device: %w", err)
		}
		devices = append(devices, d)
	}
	var all []arrival
	for _, p := range cast {
		some, err := f.arrivals(ctx, p)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b arrival) int { return cmp.Or(cmp.Compare(a.scan.T, b.scan.T), cmp.Compare(a.key, b.key)) })
	ids := rand.New(rand.NewPCG(seed, 2))
	for n, d := range devices {
		if err := f.report(ctx, d, n, all, ids); err != nil {
			return err
		}
	}
	return nil
}

// arrivals gives those of a delegation who came; who came twice is read at the other
// device some minutes later.
func (f *filler) arrivals(ctx context.Context, p party) ([]arrival, error) {
	if p.stance != coming {
		return nil, nil
	}
	codes, err := f.Delegations.Codes(ctx, f.db, p.id)
	if err != nil {
		return nil, fmt.Errorf("read codes of %s: %w", p.slug, err)
	}
	now := f.db.Now()
	var out []arrival
	for _, c := range codes {
		x := p.person(c.Delegate.ClientKey)
		if x.arrived == 0 {
			continue
		}
		s := checkin.Scan{T: now.Add(-x.arrived).UnixMilli(), Text: c.Text, Shown: checkin.Accepted}
		if x.byHand {
			s.Text, s.DelegateID = "", c.Delegate.ID
		}
		out = append(out, arrival{key: x.ClientKey, scan: s, device: x.device})
		if x.again > 0 {
			s.T, s.Shown = now.Add(-x.again).UnixMilli(), checkin.Already
			out = append(out, arrival{key: x.ClientKey, scan: s, device: 1 - x.device})
		}
	}
	return out, nil
}

// report uploads what one device read, in the order of time.
func (f *filler) report(ctx context.Context, d account.Device, n int, all []arrival, ids *rand.Rand) error {
	ctx = conference.WithActor(ctx, d.Actor())
	var scans []checkin.Scan
	for _, a := range all {
		if a.device == n {
			a.scan.ID, a.scan.Seq = uuid(ids), int64(len(scans)+1)
			scans = append(scans, a.scan)
		}
	}
	who := checkin.Device{ID: d.ID, EditionID: d.EditionID, CheckpointID: d.CheckpointID}
	for part := range slices.Chunk(scans, checkin.MaxBatch) {
		out, err := f.Checkins.Upload(ctx, who, checkin.Batch{Sent: f.db.Now().UnixMilli(), Scans: part})
		if err != nil {
			return fmt.Errorf("report scans: %w", err)
		}
		for _, r := range out.Results {
			if !r.Verdict.In() {
				return fmt.Errorf("report scans: scan %s came to %q %s", r.ID, r.Verdict, r.Error.Key)
			}
		}
	}
	return nil
}

// uuid gives a version 4 UUID (RFC 9562) from the demo's own numbers.
func uuid(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a>>32), uint16(a>>16), a&0xfff, 0x8000|b>>50&0x3fff, b&0xffffffffffff)
}
