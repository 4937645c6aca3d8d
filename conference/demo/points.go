package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/press"
)

// station is a further checkpoint of the story with its device.
type station struct {
	vi, en, device string
	admits         []string // codes of groups
}

func stations() []station {
	return []station{
		{"Bàn báo chí", "Press desk", "Máy tính bàn báo chí", []string{"press"}},
		{"Khu trưng bày sản phẩm", "Product exhibition", "Điện thoại khu trưng bày", []string{"doit_leaders", "moit_units", "host_agencies", "rural_enterprises", "craft_villages"}},
	}
}

// openStations adds the checkpoints for certain groups: the press desk receives two
// journalists and sends a delegate away, and one is let in all the same.
func (f *filler) openStations(ctx context.Context, cast []party, supervisor conference.Actor) error {
	groups, err := edition.Groups(ctx, f.db, f.xii.ID)
	if err != nil {
		return fmt.Errorf("list groups: %w", err)
	}
	var devices []account.Device
	for _, s := range stations() {
		var admits []int64
		for _, g := range groups {
			if slices.Contains(s.admits, g.Code) {
				admits = append(admits, g.ID)
			}
		}
		d, err := f.openStation(conference.WithActor(ctx, supervisor), s, admits)
		if err != nil {
			return err
		}
		devices = append(devices, d)
	}
	journalists := groups[slices.IndexFunc(groups, func(g edition.Group) bool { return g.Code == press.GroupCode })]
	return f.receiveJournalists(ctx, cast, devices[0], journalists.ID)
}

func (f *filler) openStation(ctx context.Context, s station, admits []int64) (account.Device, error) {
	point, err := f.Checkins.AddCheckpoint(ctx, f.xii.ID, checkin.CheckpointDraft{NameVi: s.vi, NameEn: s.en, Groups: admits})
	if err != nil {
		return account.Device{}, fmt.Errorf("open checkpoint: %w", err)
	}
	_, secret, err := f.Accounts.NewPairing(ctx, f.xii.ID, point.ID, s.device, false)
	if err != nil {
		return account.Device{}, fmt.Errorf("make pairing: %w", err)
	}
	d, _, err := f.Accounts.Pair(ctx, secret)
	if err != nil {
		return account.Device{}, fmt.Errorf("pair device: %w", err)
	}
	return d, nil
}

// receiveJournalists has the press desk read two journalists and two others.
func (f *filler) receiveJournalists(ctx context.Context, cast []party, desk account.Device, groupID int64) error {
	texts, err := f.journalistCodes(ctx)
	if err != nil {
		return err
	}
	host, err := f.Delegations.Codes(ctx, f.db, cast[0].id)
	if err != nil {
		return fmt.Errorf("read codes of the host: %w", err)
	}
	others := slices.DeleteFunc(host, func(c delegation.Code) bool { return c.Delegate.GroupID == groupID })
	ids, now := rand.New(rand.NewPCG(seed, 3)), f.db.Now()
	scans := []checkin.Scan{{Text: texts[0]}, {Text: texts[1]}, {Text: others[1].Text, Shown: checkin.WrongGroup}, {Text: others[2].Text, Anyway: true, Reason: "permitted"}}
	for i := range scans {
		scans[i].ID, scans[i].Seq, scans[i].T = uuid(ids), int64(i+1), now.Add(-time.Duration(12-2*i)*time.Minute).UnixMilli()
	}
	out, err := f.Checkins.Upload(conference.WithActor(ctx, desk.Actor()), checkin.Device{ID: desk.ID, EditionID: desk.EditionID, CheckpointID: desk.CheckpointID},
		checkin.Batch{Sent: now.UnixMilli(), Scans: scans})
	if err != nil {
		return fmt.Errorf("report of the press desk: %w", err)
	}
	for i, want := range []checkin.Verdict{checkin.Accepted, checkin.Accepted, checkin.WrongGroup, checkin.Accepted} {
		if got := out.Results[i].Verdict; got != want {
			return fmt.Errorf("report of the press desk: scan %d came to %q, want %q", i, got, want)
		}
	}
	return nil
}

// journalistCodes gives the codes of those accredited.
func (f *filler) journalistCodes(ctx context.Context) ([]string, error) {
	all, err := press.List(ctx, f.db, f.xii.ID, press.Filter{State: press.Approved})
	if err != nil {
		return nil, fmt.Errorf("list journalists: %w", err)
	}
	var out []string
	for _, a := range all {
		d, err := delegation.ByID(ctx, f.db, a.DelegateID)
		if err != nil {
			return nil, fmt.Errorf("read journalist: %w", err)
		}
		c, err := f.Delegations.Code(ctx, f.db, d)
		if err != nil {
			return nil, fmt.Errorf("read code of a journalist: %w", err)
		}
		out = append(out, c.Text)
	}
	return out, nil
}
