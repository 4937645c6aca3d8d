package invitation_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/db"
)

// A province that leaves takes its draft along; one whose invitation went out stays. One
// that becomes a city keeps its invitation under the new name.
func TestInvitationsFollowTheProvinces(t *testing.T) {
	h := open(t)
	draft := edition.Today()
	draft.StartsOn, draft.EndsOn = "2026-04-20", "2026-04-21"
	draft.RegisterBy.Time = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	e := h.create(t, draft)
	h.seats(t, e, 4)
	before := h.of(t, e, "dong-nai")
	draft.StartsOn, draft.EndsOn = "2026-05-20", "2026-05-21"
	if err := h.ed.Change(t.Context(), e.ID, draft); err != nil {
		t.Fatal(err)
	}
	choices := []edition.Choice{{Slug: "can-tho", Role: edition.RoleHost}, {Slug: "dong-nai", Role: edition.RoleMember}, {Slug: "lam-dong", Role: edition.RoleMember}}
	removed, err := h.room.SetProvinces(t.Context(), e.ID, choices)
	if err != nil || removed != 6 {
		t.Fatalf("%d drafts removed, %v", removed, err)
	}
	after := h.of(t, e, "dong-nai")
	if after.ID != before.ID || after.Organisation.Vi != "Sở Công Thương thành phố Đồng Nai" || after.Province.Kind != edition.KindCity || after.Seats() != 5 {
		t.Errorf("the invitation of Đồng Nai: %+v", after)
	}
	if fresh := h.of(t, e, "lam-dong"); fresh.ID <= before.ID+8 && fresh.Seats() != 0 || len(h.list(t, e)) != 3 {
		t.Errorf("invitations: %v", h.list(t, e))
	}
	if err := h.room.Accept(t.Context(), after.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.room.SetProvinces(t.Context(), e.ID, choices[:1])
	h.refused(t, err, conference.KindConflict, "member: invitation.error.not_a_draft")
	if len(h.list(t, e)) != 3 {
		t.Error("a refused choice changed something")
	}
}

// A link of a draft that was removed is never the link of another organisation: its
// number is not given out again.
func TestNumbersOfRemovedDraftsAreNotUsedAgain(t *testing.T) {
	h := open(t)
	e := h.again(t, nil)
	if _, err := h.room.StartFrom(t.Context(), e.ID, nil); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range h.list(t, e) {
		seen[h.room.Link(i)] = true
	}
	if err := h.room.DiscardEdition(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	next := h.again(t, nil)
	if next.ID == e.ID {
		t.Error("the number of a discarded edition is used again")
	}
	if _, err := h.room.StartFrom(t.Context(), next.ID, nil); err != nil {
		t.Fatal(err)
	}
	for _, i := range h.list(t, next) {
		if seen[h.room.Link(i)] {
			t.Errorf("%s has the link of a removed draft", i.Organisation.Vi)
		}
	}
}

// write gives a draft everything that may be prepared for it before something goes out, and
// a message that was said to be handed over by mistake.
func (h *house) write(t *testing.T, e edition.Edition) {
	t.Helper()
	i := h.of(t, e, "ca-mau")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.room.SetReminderText(t.Context(), e.ID, h.room.DefaultReminder()))
	must(h.room.ConfirmReminders(t.Context(), e.ID, invitation.RemindDraft{Days1: "3", Days2: "1", At: "08:00", Text: h.room.DefaultReminder()}))
	must(h.room.SetMessageText(t.Context(), e.ID, "Mời dự: [lien_ket]"))
	must(h.room.SetCopies(t.Context(), i.ID, "vanthu@vidu.example"))
	d, err := h.room.HandOver(t.Context(), i.ID, invitation.ByZalo)
	must(err)
	h.refused(t, h.room.DiscardEdition(t.Context(), e.ID), conference.KindConflict, "invitation.error.not_a_draft")
	must(h.room.TakeBack(t.Context(), i.ID, d.ID))
}

// An edition is discarded as a whole while it is a draft, and not when something went out.
func TestOnlyADraftIsDiscarded(t *testing.T) {
	h := open(t)
	if err := h.room.DiscardEdition(t.Context(), h.xii.ID); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("a public edition: %v", err)
	}
	e := h.again(t, nil)
	if _, err := h.room.StartFrom(t.Context(), e.ID, nil); err != nil {
		t.Fatal(err)
	}
	stop := conference.Fail(conference.KindConflict, "edition.error.in_use")
	h.refused(t, h.room.DiscardEdition(t.Context(), e.ID, func(context.Context, *db.Tx, int64) error { return stop }), conference.KindConflict, "edition.error.in_use")
	if n := len(h.list(t, e)); n != 8 {
		t.Errorf("a refused discard left %d invitations", n)
	}
	i := h.of(t, e, "ca-mau")
	if err := h.room.Accept(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	h.refused(t, h.room.DiscardEdition(t.Context(), e.ID), conference.KindConflict, "invitation.error.not_a_draft")
	other := h.again(t, func(d *edition.Draft) { d.Slug = "khac" })
	if _, err := h.room.StartFrom(t.Context(), other.ID, nil); err != nil {
		t.Fatal(err)
	}
	h.write(t, other)
	if err := h.room.DiscardEdition(t.Context(), other.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := edition.ByID(t.Context(), h.db, other.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("it is still there: %v", err)
	}
	left, err := db.Value[int](t.Context(), h.db, `SELECT (SELECT count(*) FROM invitation WHERE edition_id = ?1) + (SELECT count(*) FROM edition_province WHERE edition_id = ?1)
		+ (SELECT count(*) FROM delegate_group WHERE edition_id = ?1) + (SELECT count(*) FROM edition_copy WHERE edition_id = ?1)
		+ (SELECT count(*) FROM reminder_text WHERE edition_id = ?1) + (SELECT count(*) FROM reminder_plan WHERE edition_id = ?1) + (SELECT count(*) FROM invitation_message WHERE edition_id = ?1)`, other.ID)
	if err != nil || left != 0 {
		t.Errorf("%d rows are left: %v", left, err)
	}
}

func TestAGroupWithEmptyQuotasIsRemoved(t *testing.T) {
	h := open(t)
	groups, err := edition.Groups(t.Context(), h.db, h.xii.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.seats(t, h.xii, 1)
	h.refused(t, h.room.RemoveGroup(t.Context(), h.xii.ID, groups[0].ID), conference.KindConflict, "edition.error.group_used")
	if err := h.room.SetQuotasForAll(t.Context(), h.xii.ID, map[int64]int{groups[0].ID: 0}); err != nil {
		t.Fatal(err)
	}
	if err := h.room.RemoveGroup(t.Context(), h.xii.ID, groups[0].ID); err != nil {
		t.Fatal(err)
	}
	if n := len(h.first(t).Quotas); n != 9 {
		t.Errorf("%d groups", n)
	}
	if err := h.room.RemoveGroup(t.Context(), h.xii.ID, groups[0].ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("again: %v", err)
	}
}

// Any organisation of the register that exists on the day can be invited; contacts that
// came later become focal points on request.
func TestOrganisationsOfTheRegisterAreInvited(t *testing.T) {
	h := open(t)
	add := func(o edition.Organisation) edition.Organisation {
		t.Helper()
		o, err := h.ed.AddOrganisation(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	bank := add(edition.Organisation{Kind: "bank", NameVi: "Ngân hàng Mẫu"})
	past := add(edition.Organisation{Kind: "bank", NameVi: "Ngân hàng Cũ Mẫu", ValidTo: "2021-01-01"})
	open, err := invitation.Uninvited(t.Context(), h.db, h.xii.ID)
	if err != nil || len(open) != 1 || open[0].ID != bank.ID {
		t.Fatalf("uninvited: %v %v", open, err)
	}
	_, err = h.room.InviteAll(t.Context(), h.xii.ID, nil)
	h.refused(t, err, conference.KindInvalid, "organisation: invitation.error.none_chosen")
	_, err = h.room.InviteAll(t.Context(), h.xii.ID, []int64{bank.ID, past.ID})
	h.refused(t, err, conference.KindInvalid, "organisation: invitation.error.cannot_invite")
	if n, err := h.room.InviteAll(t.Context(), h.xii.ID, []int64{bank.ID, bank.ID}); err != nil || n != 1 {
		t.Errorf("invited %d, %v", n, err)
	}
	_, err = h.room.InviteAll(t.Context(), h.xii.ID, []int64{bank.ID})
	h.refused(t, err, conference.KindInvalid, "organisation: invitation.error.cannot_invite")
	if err := h.ed.SaveContact(t.Context(), edition.Contact{OrganisationID: bank.ID, FullName: "Đỗ Thị Mẫu", Email: "do@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	if n, err := h.room.ContactsToTake(t.Context(), h.db, h.xii.ID); err != nil || n != 1 {
		t.Errorf("%d contacts to take, %v", n, err)
	}
	if n, err := h.room.TakeContacts(t.Context(), h.xii.ID); err != nil || n != 1 {
		t.Errorf("%d contacts taken, %v", n, err)
	}
	at := slices.IndexFunc(h.list(t, h.xii), func(i invitation.Invitation) bool { return i.OrganisationID == bank.ID })
	if i := h.list(t, h.xii)[at]; i.FocalName != "Đỗ Thị Mẫu" || i.Address() != "do@vidu.example" {
		t.Errorf("focal point %+v", i)
	}
	if n, err := h.room.TakeContacts(t.Context(), h.xii.ID); err != nil || n != 0 {
		t.Errorf("%d contacts taken again, %v", n, err)
	}
}
