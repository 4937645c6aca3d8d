package invitation_test

import (
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/db"
)

// The words that an organiser sends by hand are theirs to write, must lead to the page,
// and come out without anything that a phone trips over.
func TestMessageForZaloAndSMS(t *testing.T) {
	h := open(t)
	i := h.first(t)
	body, err := h.room.MessageText(t.Context(), h.db, h.xii.ID)
	if err != nil {
		t.Fatal(err)
	}
	m := h.room.Message(h.xii, i, body)
	if !strings.Contains(m.Text, h.room.Link(i)+"\n") || !strings.Contains(m.Text, h.room.ShortCode(i)) || !strings.Contains(m.Text, i.Organisation.Vi) {
		t.Errorf("the house's own words:\n%s", m.Text)
	}
	if m.Unmarked != strings.ToValidUTF8(m.Unmarked, "") || m.UnmarkedLength.Unicode || m.UnmarkedLength.Parts == 0 || m.UnmarkedLength.Parts >= m.Length.Parts || !m.Length.Unicode {
		t.Errorf("lengths %+v and %+v\n%s", m.Length, m.UnmarkedLength, m.Unmarked)
	}
	if !strings.Contains(m.Unmarked, "So Cong Thuong tinh Tay Ninh") || !strings.Contains(m.Unmarked, h.room.Link(i)) {
		t.Errorf("without marks:\n%s", m.Unmarked)
	}
	for _, c := range []struct{ body, want string }{
		{"", "byhand.error.missing"},
		{strings.Repeat("ạ", 1001), "byhand.error.long"},
		{"[lien_ket] [gi_do]", "invitation.error.field_unknown"},
		{"Mời [don_vi]", "byhand.error.no_link"},
	} {
		h.refused(t, h.room.SetMessageText(t.Context(), h.xii.ID, c.body), conference.KindInvalid, "message: "+c.want)
	}
	if err := h.room.SetMessageText(t.Context(), h.xii.ID, "“Mời” – [don_vi]…\u200b\r\n[ lien_ket ]"); err != nil {
		t.Fatal(err)
	}
	if body, err = h.room.MessageText(t.Context(), h.db, h.xii.ID); err != nil {
		t.Fatal(err)
	}
	if got, want := h.room.Message(h.xii, i, body).Text, `"Mời" - Sở Công Thương tỉnh Tây Ninh...`+"\n"+h.room.Link(i); got != want {
		t.Errorf("own words: %q, want %q", got, want)
	}
	if got := invitation.PictureName(i); got != "QR-TNI-so-cong-thuong-tinh-tay-ninh.png" {
		t.Errorf("picture is called %s", got)
	}
}

// A sending by hand is recorded once for each way and link, can be taken back, and
// no longer counts when the link is replaced.
func TestHandOver(t *testing.T) {
	h := open(t)
	all := h.list(t, h.xii)
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Bùi Thị Thí Dụ", Roles: []conference.Role{conference.RoleOrganiser}})
	var first invitation.HandDelivery
	for range 2 {
		got, err := h.room.HandOver(ctx, all[0].ID, invitation.ByZalo)
		if err != nil {
			t.Fatal(err)
		}
		if first.ID != 0 && got != first {
			t.Errorf("the same again: %+v, want %+v", got, first)
		}
		first = got
	}
	if first.By != "Bùi Thị Thí Dụ" || first.Channel != invitation.ByZalo || first.Stale || !first.At.Equal(h.clock.Now()) {
		t.Errorf("recorded %+v", first)
	}
	if _, err := h.room.HandOver(ctx, all[0].ID, "pigeon"); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("unknown way: %v", err)
	}
	if err := h.room.TakeBack(ctx, all[1].ID, first.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("another's record: %v", err)
	}
	if _, err := h.room.Reissue(ctx, all[0].ID); err != nil {
		t.Fatal(err)
	}
	if by, err := invitation.HandDelivered(ctx, h.db, h.xii.ID); err != nil || len(by) != 1 || len(by[all[0].ID]) != 1 || !by[all[0].ID][0].Stale {
		t.Errorf("after a new link: %+v, %v", by, err)
	}
	second, err := h.room.HandOver(ctx, all[0].ID, invitation.ByZalo)
	if err != nil || second.ID == first.ID {
		t.Errorf("the new link: %+v, %v", second, err)
	}
	for range 2 {
		if err := h.room.TakeBack(ctx, all[0].ID, second.ID); err != nil {
			t.Fatal(err)
		}
	}
	left, err := invitation.HandDeliveries(ctx, h.db, all[0].ID)
	if err != nil || len(left) != 1 || left[0].ID != first.ID {
		t.Errorf("left %+v, %v", left, err)
	}
	if n := h.audited(t, "invitation.hand_over"); n != 2 {
		t.Errorf("%d rows of the record, want 2", n)
	}
	if n := h.audited(t, "invitation.hand_back"); n != 1 {
		t.Errorf("%d rows of taking back, want 1", n)
	}
}

func (h *house) audited(t *testing.T, action string) int {
	t.Helper()
	n, err := db.Value[int](t.Context(), h.db, `SELECT count(*) FROM audit_entry WHERE action = ?`, action)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// declined lets the first Sở decline and propose an organisation of this name.
func (h *house) declined(t *testing.T, name string) (invitation.Invitation, invitation.Substitute) {
	t.Helper()
	i := h.first(t)
	p := invitation.Proposal{Organisation: name, Contact: invitation.Contact{Name: "Ngô Thị Minh Họa", Phone: "0900000021", Email: "thay@vidu.example"}}
	if err := h.room.DeclineFor(h.focal(t, i), i.ID, "Trùng lịch", p); err != nil {
		t.Fatal(err)
	}
	all, err := invitation.Substitutes(t.Context(), h.db, i.ID)
	if err != nil || len(all) == 0 || all[0].State != invitation.SubstituteOpen {
		t.Fatalf("proposals %+v, %v", all, err)
	}
	return h.first(t), all[0]
}

// An organisation that declines names another one; the organiser invites it with the
// seats that became free, and the chain is kept.
func TestSubstituteIsInvited(t *testing.T) {
	h := open(t)
	g := h.first(t).Quotas[0].GroupID
	if err := h.room.SetQuotas(t.Context(), h.first(t).ID, map[int64]int{g: 3}); err != nil {
		t.Fatal(err)
	}
	from, s := h.declined(t, "Trung tâm Khuyến công Mẫu")
	if s.By != from.Organisation || s.Contact.Phone != "+84900000021" {
		t.Errorf("proposal %+v", s)
	}
	if waiting, err := invitation.SubstitutesWaiting(t.Context(), h.db, h.xii.ID); err != nil || len(waiting) != 1 {
		t.Errorf("waiting %+v, %v", waiting, err)
	}
	h.refused(t, h.choose(t, s.ID, invitation.Choice{Name: "", Kind: "x"}), conference.KindInvalid, "new_kind: edition.error.kind", "new_name: edition.error.missing")
	h.refused(t, h.choose(t, s.ID, invitation.Choice{OrganisationID: 99999}), conference.KindInvalid, "organisation: substitute.error.unknown")
	h.refused(t, h.choose(t, s.ID, invitation.Choice{OrganisationID: from.OrganisationID}), conference.KindInvalid, "organisation: substitute.error.invited")
	made, err := h.room.InviteSubstitute(t.Context(), s.ID, invitation.Choice{Name: s.Organisation, Kind: edition.KindIPC, MoveSeats: true})
	if err != nil {
		t.Fatal(err)
	}
	if made.Organisation.Vi != "Trung tâm Khuyến công Mẫu" || made.Seats() != 3 || made.FocalEmail != "thay@vidu.example" || made.Province.Slug != from.Province.Slug {
		t.Errorf("invited %+v", made)
	}
	if h.first(t).Seats() != 0 {
		t.Error("the seats are there twice")
	}
	h.refused(t, h.choose(t, s.ID, invitation.Choice{Name: "Khác", Kind: edition.KindIPC}), conference.KindConflict, "substitute.error.decided")
	chain, err := invitation.InPlaceOf(t.Context(), h.db, made.ID)
	if err != nil || len(chain) != 1 || chain[0].By != from.Organisation || chain[0].SeatsMoved != 3 || chain[0].InvitedID != made.ID || chain[0].DecidedAt.IsZero() {
		t.Errorf("chain %+v, %v", chain, err)
	}

	// Its seats are gone, so it cannot come after all before it gets some again.
	focal := h.focal(t, from)
	h.refused(t, h.room.Accept(focal, from.ID), conference.KindConflict, "substitute.error.replaced")
	h.refused(t, h.room.DeclineFor(focal, from.ID, "", invitation.Proposal{Organisation: "Thêm nữa"}), conference.KindConflict, "substitute.error.invited_already")
	if err := h.room.SetQuotas(t.Context(), from.ID, map[int64]int{g: 1}); err != nil {
		t.Fatal(err)
	}
	if err := h.room.Accept(focal, from.ID); err != nil {
		t.Errorf("with seats again: %v", err)
	}
	if h.audited(t, "invitation.substitute") != 1 || h.audited(t, "invitation.propose") != 1 || h.audited(t, "invitation.answer") != 2 {
		t.Error("the record of answers is not complete")
	}
}

func (h *house) choose(t *testing.T, id int64, c invitation.Choice) error {
	t.Helper()
	_, err := h.room.InviteSubstitute(t.Context(), id, c)
	return err
}

// A proposal may be changed and withdrawn with the answer, and refused with a reason.
func TestProposalsThatAreNotFollowed(t *testing.T) {
	h := open(t)
	i, s := h.declined(t, "Hiệp hội Mẫu")
	focal := h.focal(t, i)
	if err := h.room.DeclineFor(focal, i.ID, "Lý do khác", invitation.Proposal{Organisation: "Hiệp hội Thí Dụ"}); err != nil {
		t.Fatal(err)
	}
	states := func() (out []invitation.SubstituteState) {
		t.Helper()
		all, err := invitation.Substitutes(t.Context(), h.db, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			out = append(out, s.State)
		}
		return out
	}
	if got := states(); len(got) != 2 || got[0] != invitation.SubstituteOpen || got[1] != invitation.SubstituteWithdrawn || h.first(t).DeclineReason != "Lý do khác" {
		t.Errorf("after a change: %v", got)
	}
	h.refused(t, h.choose(t, s.ID, invitation.Choice{}), conference.KindConflict, "substitute.error.decided")
	all, err := invitation.Substitutes(t.Context(), h.db, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.refused(t, h.room.RefuseSubstitute(t.Context(), all[0].ID, strings.Repeat("x", 501)), conference.KindInvalid, "note: invitation.error.reason_long")
	if err := h.room.RefuseSubstitute(t.Context(), all[0].ID, "Ngoài thành phần"); err != nil {
		t.Fatal(err)
	}
	if got := states(); got[0] != invitation.SubstituteRefused {
		t.Errorf("after refusing: %v", got)
	}
	if err := h.room.DeclineFor(focal, i.ID, "", invitation.Proposal{Organisation: "Hiệp hội Ví Dụ"}); err != nil {
		t.Errorf("another after a refusal: %v", err)
	}
	if err := h.room.Accept(focal, i.ID); err != nil {
		t.Fatal(err)
	}
	if got := states(); got[0] != invitation.SubstituteWithdrawn {
		t.Errorf("after accepting: %v", got)
	}
	h.refused(t, h.room.DeclineFor(focal, i.ID, "", invitation.Proposal{Contact: invitation.Contact{Phone: "12", Email: "x@"}}), conference.KindInvalid,
		"sub_phone: invitation.error.focal_phone", "sub_email: invitation.error.focal_email", "sub_organisation: substitute.error.name_missing")
	h.clock.Set(h.xii.RegisterBy.Add(1))
	h.clock.Advance(1e9)
	h.refused(t, h.room.Decline(focal, i.ID, ""), conference.KindConflict, "invitation.error.deadline_passed")
}
