package web_test

import (
	"context"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
)

// verbsOfEditionOne gives verbs that change or tell something of the first edition, each with rows that
// exist, so that nothing else refuses them.
func (s *stage) verbsOfEditionOne() map[string]func(context.Context) error {
	const one = int64(1)
	of := func(query string) int64 { return s.number(query) }
	session := of("SELECT id FROM agenda_session WHERE edition_id = 1 AND removed_at IS NULL ORDER BY id DESC LIMIT 1")
	speaker := of("SELECT id FROM agenda_speaker WHERE edition_id = 1 AND removed_at IS NULL AND id NOT IN (SELECT speaker_id FROM agenda_speech) LIMIT 1")
	speech := of("SELECT p.id FROM agenda_speech p JOIN agenda_session x ON x.id = p.session_id WHERE x.edition_id = 1 AND p.removed_at IS NULL LIMIT 1")
	invited := of("SELECT id FROM invitation WHERE edition_id = 1 AND id IN (SELECT invitation_id FROM delegation) LIMIT 1")
	delegate := of("SELECT id FROM delegate WHERE edition_id = 1 AND state = 'registered' LIMIT 1")
	mail := of("SELECT id FROM mail WHERE edition_id = 1 AND state = 'queued' LIMIT 1")
	applied := of("SELECT id FROM press_application WHERE edition_id = 1 AND state = 'new' LIMIT 1")
	device := of("SELECT id FROM door_device WHERE edition_id = 1 AND revoked_at IS NULL LIMIT 1")
	point := of("SELECT id FROM checkpoint WHERE edition_id = 1 LIMIT 1")
	x := s.site
	return map[string]func(context.Context) error{
		"agenda.Remove":        func(ctx context.Context) error { return x.Agenda.Remove(ctx, session) },
		"agenda.Shift":         func(ctx context.Context) error { _, err := x.Agenda.Shift(ctx, session, 5, true); return err },
		"agenda.RemoveSpeaker": func(ctx context.Context) error { return x.Agenda.RemoveSpeaker(ctx, speaker) },
		"agenda.RemoveSpeech":  func(ctx context.Context) error { return x.Agenda.RemoveSpeech(ctx, speech) },
		"agenda.Add":           func(ctx context.Context) error { _, err := x.Agenda.Add(ctx, one, agenda.Draft{}); return err },
		"edition.Change":       func(ctx context.Context) error { return x.Editions.Change(ctx, one, edition.XII()) },
		"edition.SetFront":     func(ctx context.Context) error { return x.Editions.SetFront(ctx, one) },
		"edition.Create":       func(ctx context.Context) error { _, err := x.Editions.Create(ctx, edition.XII()); return err },
		"invitation.SetDeadline": func(ctx context.Context) error {
			return x.Invitations.SetDeadline(ctx, invited, s.clock.Now().Add(time.Hour))
		},
		"invitation.SetQuotas": func(ctx context.Context) error {
			return x.Invitations.SetQuotas(ctx, invited, map[int64]int{of("SELECT id FROM delegate_group WHERE edition_id = 1 LIMIT 1"): 90})
		},
		"invitation.Reissue": func(ctx context.Context) error { _, err := x.Invitations.Reissue(ctx, invited); return err },
		"invitation.SetContact": func(ctx context.Context) error {
			return x.Invitations.SetContact(ctx, invited, invitation.Contact{Name: "Mẫu Khác", Phone: "0900000123", Email: "khac@example.vn"})
		},
		"invitation.SetSigned": func(ctx context.Context) error {
			return x.Invitations.SetSigned(ctx, invited, invitation.CongVan, "a.pdf", scan(s.t, "Bản mẫu"))
		},
		"invitation.SetText": func(ctx context.Context) error {
			return x.Invitations.SetText(ctx, one, "Kính mời {đơn vị}", "Nội dung {liên kết}")
		},
		"invitation.Send":      func(ctx context.Context) error { _, err := x.Invitations.Send(ctx, one, []int64{invited}); return err },
		"invitation.Discard":   func(ctx context.Context) error { return x.Invitations.Discard(ctx, one, invitation.CongVan) },
		"delegation.Withdraw":  func(ctx context.Context) error { return x.Delegations.Withdraw(ctx, delegate) },
		"delegation.NotePrint": func(ctx context.Context) error { return x.Delegations.NotePrint(ctx, one, "a6", []delegation.Code{}) },
		"outbox.Resend":        func(ctx context.Context) error { _, err := x.Outbox.Resend(ctx, mail); return err },
		"outbox.Bounced": func(ctx context.Context) error {
			return x.Outbox.Bounced(ctx, outbox.Bounce{Mail: mail, Kind: outbox.BounceHard})
		},
		"outbox.ForgetBounce": func(ctx context.Context) error {
			return x.Outbox.ForgetBounce(ctx, of("SELECT mail_id FROM mail_bounce LIMIT 1"), of("SELECT id FROM mail_bounce LIMIT 1"))
		},
		"outbox.Stop": func(ctx context.Context) error { return x.Outbox.Stop(ctx, mail) },
		"press.Approve": func(ctx context.Context) error {
			_, err := x.Press.Approve(ctx, applied, press.Waiting, "")
			return err
		},
		"press.Refuse": func(ctx context.Context) error {
			_, err := x.Press.Refuse(ctx, applied, "Không đủ giấy tờ.")
			return err
		},
		"press.PreviewRefusal": func(ctx context.Context) error {
			_, _, err := x.Press.PreviewRefusal(ctx, applied, "Không đủ.")
			return err
		},
		"press.Letter":     func(ctx context.Context) error { _, _, err := x.Press.Letter(ctx, applied); return err },
		"press.SetDesk":    func(ctx context.Context) error { return x.Press.SetDesk(ctx, one, press.Desk{ContactName: "Mẫu"}) },
		"press.NoteExport": func(ctx context.Context) error { return x.Press.NoteExport(ctx, one, 1) },
		"checkin.AddCheckpoint": func(ctx context.Context) error {
			_, err := x.Checkins.AddCheckpoint(ctx, one, checkin.CheckpointDraft{NameVi: "Mẫu"})
			return err
		},
		"checkin.CloseCheckpoint": func(ctx context.Context) error { return x.Checkins.CloseCheckpoint(ctx, one, point) },
		"checkin.UndoLater": func(ctx context.Context) error {
			return x.Checkins.UndoLater(ctx, one, s.text("SELECT id FROM scan WHERE edition_id = 1 AND verdict = 'accepted' AND undone_at IS NULL LIMIT 1"), "nhầm")
		},
		"account.NewPairing": func(ctx context.Context) error {
			_, _, err := x.Accounts.NewPairing(ctx, one, point, "Mẫu", false)
			return err
		},
		"account.Devices":  func(ctx context.Context) error { _, err := x.Accounts.Devices(ctx, one); return err },
		"account.Device":   func(ctx context.Context) error { _, err := x.Accounts.Device(ctx, device); return err },
		"account.Rename":   func(ctx context.Context) error { return x.Accounts.Rename(ctx, device, "Mẫu khác") },
		"account.Move":     func(ctx context.Context) error { return x.Accounts.Move(ctx, device, 99) },
		"account.Revoke":   func(ctx context.Context) error { return x.Accounts.Revoke(ctx, device) },
		"account.SetRoles": func(ctx context.Context) error { return x.Accounts.Disable(ctx, 1) },
	}
}

// A handler that forgot whose edition a row is of would still open nothing: the rooms refuse somebody
// who holds every role for another edition, on pages of that edition, of this one and of none.
func TestVerbsRefuseRolesOfAnotherEdition(t *testing.T) {
	s := openStage(t)
	all := []conference.Role{conference.RoleOrganiser, conference.RoleSupervisor, conference.RoleSteward, conference.RolePressOfficer}
	foreign := conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Mẫu", Editions: map[int64][]conference.Role{2: all}}
	both := conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Mẫu", Editions: map[int64][]conference.Role{2: all, 1: {conference.RoleSteward}}}
	steward := conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Mẫu", Roles: []conference.Role{conference.RoleSteward}, Editions: map[int64][]conference.Role{2: all}}
	verbs := s.verbsOfEditionOne()
	w := watched(t, s.house)
	for name, verb := range verbs {
		for who, a := range map[string]conference.Actor{
			"of no page": foreign, "on a page of the own edition": foreign.In(2), "on a page of this edition": foreign.In(1),
			"a steward here, of no page": both, "a steward here, on a page of the other": both.In(2), "a steward here, on a page of this": both.In(1),
			"a steward everywhere, on a page of the other": steward.In(2), "a steward everywhere": steward} {
			if err := verb(conference.WithActor(t.Context(), a)); conference.KindOf(err) != conference.KindForbidden {
				t.Errorf("%s by an organiser of another edition, %s: %v, want forbidden", name, who, err)
			}
			if changed := w.changes(); len(changed) > 0 {
				t.Errorf("%s %s: changed %s", name, who, names(changed))
				w.bringBack(changed)
			}
		}
	}
	own := conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Mẫu", Editions: map[int64][]conference.Role{1: all}}
	for name, verb := range verbs {
		err := verb(conference.WithActor(t.Context(), own.In(1)))
		mayNot := name == "edition.SetFront" || name == "edition.Create" || name == "account.SetRoles"
		if refused := conference.KindOf(err) == conference.KindForbidden; refused != mayNot {
			t.Errorf("%s by an organiser of this edition: %v", name, err)
		}
		w.bringBack(w.changes())
	}
}
