package demo

import (
	"context"
	"fmt"
	"slices"

	"hoinghi/conference/account"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
)

// delegateOf is the province whose delegate the demo lets people in as.
const delegateOf = "dong-thap"

// links makes fresh links into the filled demo.
func (f *filler) links(ctx context.Context) (Links, error) {
	out := Links{Base: f.base}
	staff, err := f.Accounts.List(ctx)
	if err != nil {
		return Links{}, fmt.Errorf("list accounts: %w", err)
	}
	if out.Administrator, err = f.signIn(ctx, staff, administratorEmail); err != nil {
		return Links{}, err
	}
	if out.Organiser, err = f.signIn(ctx, staff, organiserEmail); err != nil {
		return Links{}, err
	}
	if out.PressOfficer, err = f.signIn(ctx, staff, pressEmail); err != nil {
		return Links{}, err
	}
	if out.Supervisor, err = f.signIn(ctx, staff, supervisorEmail); err != nil {
		return Links{}, err
	}
	if out.Press, err = f.pressLink(ctx); err != nil {
		return Links{}, err
	}
	if out.Door, err = f.pairing(ctx); err != nil {
		return Links{}, err
	}
	all, err := invitation.List(ctx, f.db, f.xii.ID)
	if err != nil {
		return Links{}, fmt.Errorf("list invitations: %w", err)
	}
	for _, i := range all {
		if i.Province.VersionID == 0 {
			continue // a central body that somebody invited while trying the demo out
		}
		out.FocalPoints = append(out.FocalPoints, FocalPoint{Province: i.Province.NameVi, Link: f.base + i.Path(f.keys), Code: i.ShortCode(f.keys)})
		if i.Province.Slug == delegateOf {
			if out.Delegate, err = f.delegateLink(ctx, i.ID); err != nil {
				return Links{}, err
			}
		}
	}
	return out, nil
}

// signIn gives "" for an account that somebody closed while trying the demo out.
func (f *filler) signIn(ctx context.Context, staff []account.Staff, email string) (string, error) {
	at := slices.IndexFunc(staff, func(s account.Staff) bool { return s.Email == email && !s.Disabled() })
	if at < 0 {
		return "", nil
	}
	token, err := f.Accounts.DemoLink(ctx, staff[at].ID)
	if err != nil {
		return "", fmt.Errorf("make sign-in link: %w", err)
	}
	return f.base + "/desk/link/" + token, nil
}

// pairing withdraws the pairing of an earlier start, whose link nobody sees any
// more, and makes a new one. Devices paired by it stay.
func (f *filler) pairing(ctx context.Context) (string, error) {
	devices, err := f.Accounts.Devices(ctx, f.xii.ID)
	if err != nil {
		return "", fmt.Errorf("list devices: %w", err)
	}
	for _, d := range devices {
		if d.Reusable && !d.Paired() {
			if err := f.Accounts.Revoke(ctx, d.ID); err != nil {
				return "", fmt.Errorf("withdraw pairing: %w", err)
			}
		}
	}
	main, err := f.Checkins.Default(ctx, f.xii.ID)
	if err != nil {
		return "", fmt.Errorf("find checkpoint: %w", err)
	}
	_, secret, err := f.Accounts.NewPairing(ctx, f.xii.ID, main.ID, "Thiết bị dùng thử", true)
	if err != nil {
		return "", fmt.Errorf("make pairing: %w", err)
	}
	return f.base + "/door/pair#" + secret, nil
}

// delegateLink takes the last of the list, who has not come through the door yet.
func (f *filler) delegateLink(ctx context.Context, invitationID int64) (string, error) {
	d, err := delegation.ForInvitation(ctx, f.db, invitationID)
	if err != nil {
		return "", fmt.Errorf("read delegation: %w", err)
	}
	for _, x := range slices.Backward(d.Delegates) {
		if x.State == delegation.Registered && !x.Head {
			return f.base + f.Delegations.Path(x), nil
		}
	}
	return "", nil
}
