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
		"edition.Create":            func(ctx context.Context) error { _, err := s.Editions.Create(ctx, edition.XII()); return err },
		"edition.Change":            func(ctx context.Context) error { return s.Editions.Change(ctx, 1, edition.XII()) },
		"edition.SetFront":          func(ctx context.Context) error { return s.Editions.SetFront(ctx, 1) },
		"edition.AddGroup":          func(ctx context.Context) error { return s.Editions.AddGroup(ctx, 1, edition.GroupDraft{}) },
		"edition.ChangeGroup":       func(ctx context.Context) error { return s.Editions.ChangeGroup(ctx, 1, 1, edition.GroupDraft{}) },
		"edition.MoveGroup":         func(ctx context.Context) error { return s.Editions.MoveGroup(ctx, 1, 1, true) },
		"edition.KeepGroups":        func(ctx context.Context) error { return s.Editions.KeepGroups(ctx, 1) },
		"invitation.RemoveGroup":    func(ctx context.Context) error { return s.Invitations.RemoveGroup(ctx, 1, 1) },
		"invitation.SetProvinces":   func(ctx context.Context) error { _, err := s.Invitations.SetProvinces(ctx, 1, nil); return err },
		"invitation.InviteAll":      func(ctx context.Context) error { _, err := s.Invitations.InviteAll(ctx, 1, nil); return err },
		"invitation.TakeContacts":   func(ctx context.Context) error { _, err := s.Invitations.TakeContacts(ctx, 1); return err },
		"invitation.DiscardEdition": func(ctx context.Context) error { return s.Invitations.DiscardEdition(ctx, 1) },
		"invitation.SetAgain":       func(ctx context.Context) error { return s.Invitations.SetAgain(ctx, 1, true) },
		"invitation.StartFrom":      func(ctx context.Context) error { _, err := s.Invitations.StartFrom(ctx, 1, nil); return err },
		"invitation.StartEmpty":     func(ctx context.Context) error { return s.Invitations.StartEmpty(ctx, 1) },
		"invitation.CreateFrom":     func(ctx context.Context) error { _, err := s.Invitations.CreateFrom(ctx, 1, edition.XII()); return err },
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
		"invitation.HandOver": func(ctx context.Context) error {
			_, err := s.Invitations.HandOver(ctx, 1, invitation.ByZalo)
			return err
		},
		"invitation.TakeBack":     func(ctx context.Context) error { return s.Invitations.TakeBack(ctx, 1, 1) },
		"invitation.SetMessage":   func(ctx context.Context) error { return s.Invitations.SetMessageText(ctx, 1, "[lien_ket]") },
		"invitation.NoteExport":   func(ctx context.Context) error { return s.Invitations.NoteExport(ctx, 1, 1) },
		"invitation.NoteMessages": func(ctx context.Context) error { return s.Invitations.NoteMessages(ctx, 1, 1) },
		"invitation.Substitute": func(ctx context.Context) error {
			_, err := s.Invitations.InviteSubstitute(ctx, 1, invitation.Choice{})
			return err
		},
		"invitation.RefuseSub":  func(ctx context.Context) error { return s.Invitations.RefuseSubstitute(ctx, 1, "") },
		"invitation.Ask":        func(ctx context.Context) error { return s.Invitations.Ask(ctx, 1, invitation.QuestionDraft{}) },
		"invitation.Answer":     func(ctx context.Context) error { return s.Invitations.AnswerQuestion(ctx, 1, "") },
		"invitation.Reopen":     func(ctx context.Context) error { return s.Invitations.ReopenQuestion(ctx, 1) },
		"invitation.Forward":    func(ctx context.Context) error { return s.Invitations.Forward(ctx, 1) },
		"invitation.SetContact": func(ctx context.Context) error { return s.Invitations.SetContact(ctx, 1, invitation.Contact{}) },
		"delegation.Submit":     func(ctx context.Context) error { _, err := s.Delegations.Submit(ctx, 1); return err },
		"delegation.Withdraw":   func(ctx context.Context) error { return s.Delegations.Withdraw(ctx, 1) },
		"account.Invite":        func(ctx context.Context) error { _, _, err := s.Accounts.Invite(ctx, account.Invitation{}); return err },
		"account.Disable":       func(ctx context.Context) error { return s.Accounts.Disable(ctx, 1) },
		"checkin.UndoLater":     func(ctx context.Context) error { return s.Checkins.UndoLater(ctx, 1, "x", "y") },
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
