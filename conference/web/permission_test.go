package web_test

import (
	"context"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/agenda"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/showcase"
)

// The route table keeps strangers out; the verbs do so once more, so that a route
// with the wrong audience, or a handler that forgets who asks, opens nothing.
func TestVerbsAskWhoActs(t *testing.T) {
	h := open(t)
	s := h.site
	verbs := map[string]func(context.Context) error{
		"edition.Create":   func(ctx context.Context) error { _, err := s.Editions.Create(ctx, edition.XII()); return err },
		"edition.Change":   func(ctx context.Context) error { return s.Editions.Change(ctx, 1, edition.XII()) },
		"edition.SetFront": func(ctx context.Context) error { return s.Editions.SetFront(ctx, 1) },
		"edition.AddOrganisation": func(ctx context.Context) error {
			_, err := s.Editions.AddOrganisation(ctx, edition.Organisation{})
			return err
		},
		"edition.ChangeOrganisation": func(ctx context.Context) error {
			return s.Editions.ChangeOrganisation(ctx, edition.Organisation{ID: 1})
		},
		"agenda.Add":         func(ctx context.Context) error { _, err := s.Agenda.Add(ctx, 1, agenda.Draft{}); return err },
		"agenda.Remove":      func(ctx context.Context) error { return s.Agenda.Remove(ctx, 1) },
		"showcase.Add":       func(ctx context.Context) error { _, err := s.Showcase.Add(ctx, showcase.Draft{}); return err },
		"showcase.Change":    func(ctx context.Context) error { return s.Showcase.Change(ctx, 1, showcase.Draft{}) },
		"showcase.Publish":   func(ctx context.Context) error { return s.Showcase.Publish(ctx, 1) },
		"showcase.Unpublish": func(ctx context.Context) error { return s.Showcase.Unpublish(ctx, 1) },
		"showcase.AddPhoto": func(ctx context.Context) error {
			_, err := s.Showcase.AddPhoto(ctx, 1, showcase.Caption{}, nil)
			return err
		},
		"showcase.RemovePhoto": func(ctx context.Context) error { return s.Showcase.RemovePhoto(ctx, 1, 1) },
		"outbox.Resend":        func(ctx context.Context) error { _, err := s.Outbox.Resend(ctx, 1); return err },
		"outbox.Bounced": func(ctx context.Context) error {
			return s.Outbox.Bounced(ctx, outbox.Bounce{Mail: 1, Kind: outbox.BounceHard})
		},
		"outbox.ForgetBounce":      func(ctx context.Context) error { return s.Outbox.ForgetBounce(ctx, 1, 1) },
		"outbox.ReadReturned":      func(ctx context.Context) error { _, err := s.Outbox.ReadReturned(ctx, nil); return err },
		"outbox.Stop":              func(ctx context.Context) error { return s.Outbox.Stop(ctx, 1) },
		"invitation.Send":          func(ctx context.Context) error { _, err := s.Invitations.Send(ctx, 1, nil); return err },
		"invitation.SetText":       func(ctx context.Context) error { return s.Invitations.SetText(ctx, 1, "a", "b") },
		"invitation.SetQuotas":     func(ctx context.Context) error { return s.Invitations.SetQuotas(ctx, 1, nil) },
		"invitation.SetQuotaTable": func(ctx context.Context) error { return s.Invitations.SetQuotaTable(ctx, 1, nil) },
		"invitation.SetDeadline":   func(ctx context.Context) error { return s.Invitations.SetDeadline(ctx, 1, time.Time{}) },
		"invitation.Reissue":       func(ctx context.Context) error { _, err := s.Invitations.Reissue(ctx, 1); return err },
		"invitation.SetContact":    func(ctx context.Context) error { return s.Invitations.SetContact(ctx, 1, invitation.Contact{}) },
		"delegation.Submit":        func(ctx context.Context) error { _, err := s.Delegations.Submit(ctx, 1); return err },
		"delegation.Withdraw":      func(ctx context.Context) error { return s.Delegations.Withdraw(ctx, 1) },
		"account.Invite":           func(ctx context.Context) error { _, _, err := s.Accounts.Invite(ctx, account.Invitation{}); return err },
		"account.Disable":          func(ctx context.Context) error { return s.Accounts.Disable(ctx, 1) },
		"checkin.UndoLater":        func(ctx context.Context) error { return s.Checkins.UndoLater(ctx, 1, "x", "y") },
	}
	actors := []conference.Actor{
		{Kind: conference.ActorNobody},
		{Kind: conference.ActorDevice, ID: 1},
		{Kind: conference.ActorStaff, ID: 3, Roles: []conference.Role{conference.RoleSteward}},
		{Kind: conference.ActorFocalPoint, ID: 999}, // of no invitation: the first delegate is anybody's
		{Kind: conference.ActorDelegate, ID: 999},
	}
	for name, verb := range verbs {
		for _, a := range actors {
			if err := verb(conference.WithActor(t.Context(), a)); conference.KindOf(err) != conference.KindForbidden {
				t.Errorf("%s as %s: %v, want forbidden", name, a.Kind, err)
			}
		}
	}
}
