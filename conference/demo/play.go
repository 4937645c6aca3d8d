package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
)

// each does the same with every item at once, so that their writes share their
// fsyncs, and gives every error.
func each[T any](items []T, do func(T) error) error {
	errs := make([]error, len(items))
	var all sync.WaitGroup
	for n, item := range items {
		all.Go(func() { errs[n] = do(item) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// team are the people with accounts that act in the story.
type team struct{ administrator, organiser, supervisor, steward, press account.Staff }

// hire opens the accounts. Their passwords, which nobody knows, are hashed
// while the story goes on; the function waits for that.
func (f *filler) hire(ctx context.Context) (team, func() error, error) {
	var t team
	tokens := map[*account.Staff]string{}
	for _, h := range []struct {
		who         *account.Staff
		email, name string
		role        conference.Role
	}{
		{&t.administrator, administratorEmail, "Quản trị Mẫu", conference.RoleAdministrator},
		{&t.organiser, organiserEmail, "Bùi Thị Thí Dụ", conference.RoleOrganiser},
		{&t.supervisor, supervisorEmail, "Lý Văn Thí Dụ", conference.RoleSupervisor},
		{&t.steward, stewardEmail, "Đỗ Văn Ví Dụ", conference.RoleSteward},
		{&t.press, pressEmail, "Ngô Thị Minh Họa", conference.RolePressOfficer},
	} {
		s, token, err := f.Accounts.Invite(ctx, account.Invitation{Email: h.email, FullName: h.name, Roles: []conference.Role{h.role}})
		if err != nil {
			return team{}, nil, fmt.Errorf("open account: %w", err)
		}
		*h.who, tokens[h.who] = s, token
	}
	done := make(chan error, 1)
	go func() {
		var errs []error
		for _, token := range tokens {
			_, err := f.Accounts.UseLink(ctx, token, account.Credentials{Password: conference.NewSecret()})
			errs = append(errs, err)
		}
		done <- errors.Join(errs...)
	}()
	return t, func() error { return <-done }, nil
}

// invite gives every Sở its quota and its focal point and sends the invitations.
func (f *filler) invite(ctx context.Context, cast []party) error {
	if _, err := f.Invitations.Prepare(ctx, f.xii.ID); err != nil {
		return fmt.Errorf("prepare invitations: %w", err)
	}
	all, err := invitation.List(ctx, f.db, f.xii.ID)
	if err != nil {
		return fmt.Errorf("list invitations: %w", err)
	}
	groups, err := edition.Groups(ctx, f.db, f.xii.ID)
	if err != nil {
		return fmt.Errorf("list groups: %w", err)
	}
	for n := range cast {
		p := &cast[n]
		at := slices.IndexFunc(all, func(i invitation.Invitation) bool { return i.Province.Slug == p.slug })
		if at < 0 || len(groups) != groupCount {
			return fmt.Errorf("province %s with %d groups is not in the edition as the demo knows it", p.slug, groupCount)
		}
		p.id, p.organisationID = all[at].ID, all[at].OrganisationID
		for k := range p.people {
			p.people[k].GroupID = groups[p.people[k].group].ID
		}
	}
	if err := each(cast, func(p party) error { return f.describe(ctx, p, groups) }); err != nil {
		return err
	}
	if err := f.writeLetters(ctx, cast); err != nil {
		return err
	}
	sent, err := f.Invitations.Send(ctx, f.xii.ID, nil)
	if err != nil {
		return fmt.Errorf("send invitations: %w", err)
	}
	if sent.Queued != len(cast) {
		return fmt.Errorf("send invitations: %d of %d were queued", sent.Queued, len(cast))
	}
	return nil
}

// describe writes what the organisers know of a Sở before they invite it.
func (f *filler) describe(ctx context.Context, p party, groups []edition.Group) error {
	o, err := edition.OrganisationByID(ctx, f.db, p.organisationID)
	if err != nil {
		return fmt.Errorf("read organisation: %w", err)
	}
	o.Email = p.email
	if err := f.Editions.ChangeOrganisation(ctx, o); err != nil {
		return fmt.Errorf("set organisation's address: %w", err)
	}
	seats := map[int64]int{}
	for n, g := range groups {
		seats[g.ID] = p.quota[n]
	}
	if err := f.Invitations.SetQuotas(ctx, p.id, seats); err != nil {
		return fmt.Errorf("set quotas: %w", err)
	}
	if err := f.Invitations.SetContact(ctx, p.id, p.contact); err != nil {
		return fmt.Errorf("set focal point: %w", err)
	}
	return nil
}

// answer lets every focal point do what the story says, all at once.
func (f *filler) answer(ctx context.Context, cast []party) error {
	return each(cast, func(p party) error {
		if err := f.answerOne(conference.WithActor(ctx, p.actor()), p); err != nil {
			return fmt.Errorf("answer of %s: %w", p.slug, err)
		}
		return nil
	})
}

func (f *filler) answerOne(ctx context.Context, p party) error {
	if p.stance == silent {
		return nil
	}
	if err := f.Invitations.NoteOpened(ctx, p.id); err != nil {
		return err
	}
	switch p.stance {
	case silent, looking:
		return nil
	case declining:
		return f.Invitations.DeclineFor(ctx, p.id, p.reason, instead(p.slug))
	case accepting:
		return f.Invitations.Accept(ctx, p.id)
	case coming:
	}
	return f.register(ctx, p)
}

// register enters a delegation and sends it, then enters those who are named
// late, and lets those withdraw who cannot come after all.
func (f *filler) register(ctx context.Context, p party) error {
	if err := f.enter(ctx, p, false); err != nil {
		return err
	}
	if _, err := f.Delegations.Submit(ctx, p.id); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	return f.enter(ctx, p, true)
}

func (f *filler) enter(ctx context.Context, p party, late bool) error {
	for _, x := range p.people {
		if x.late != late {
			continue
		}
		if _, err := f.Delegations.Add(ctx, p.id, x.Person); err != nil {
			return fmt.Errorf("add %s: %w", x.ClientKey, err)
		}
	}
	if late {
		return f.excuse(ctx, p)
	}
	return nil
}

// excuse has delegates withdraw by their own links.
func (f *filler) excuse(ctx context.Context, p party) error {
	d, err := delegation.ForInvitation(ctx, f.db, p.id)
	if err != nil {
		return fmt.Errorf("read delegation: %w", err)
	}
	for _, x := range d.Delegates {
		if !p.person(x.ClientKey).withdraws {
			continue
		}
		own := conference.WithActor(ctx, conference.Actor{Kind: conference.ActorDelegate, ID: x.ID, Label: x.FullName})
		if err := f.Delegations.Withdraw(own, x.ID); err != nil {
			return fmt.Errorf("withdraw: %w", err)
		}
	}
	return nil
}
