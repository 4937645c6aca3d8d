package invitation_test

import (
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

const baseURL = "https://hoinghi.example"

// house is an edition with its invitations prepared.
type house struct {
	clock *testkit.Clock
	db    *db.DB
	keys  *conference.Keys
	out   *outbox.Outbox
	loc   *templates.Locales
	ed    *edition.Room
	room  *invitation.Room
	xii   edition.Edition
}

func open(t *testing.T) *house {
	t.Helper()
	return openWith(t, outbox.Config{})
}

func openWith(t *testing.T, mail outbox.Config) *house {
	t.Helper()
	h := &house{clock: testkit.NewClock()}
	h.db, h.keys = testkit.Store(t, h.clock), testkit.Keys(t)
	var err error
	if h.loc, err = templates.LoadLocales(); err != nil {
		t.Fatal(err)
	}
	if h.out, err = outbox.New(h.db, testkit.Quiet(), mail); err != nil {
		t.Fatal(err)
	}
	h.ed = edition.New(h.db)
	if err := h.ed.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.room = invitation.New(h.db, h.keys, h.out, h.loc, baseURL)
	h.xii = h.create(t, testkit.Draft())
	return h
}

func (h *house) create(t *testing.T, d edition.Draft) edition.Edition {
	t.Helper()
	e, err := h.ed.Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.room.Prepare(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	return e
}

func (h *house) list(t *testing.T, e edition.Edition) []invitation.Invitation {
	t.Helper()
	all, err := invitation.List(t.Context(), h.db, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) first(t *testing.T) invitation.Invitation {
	t.Helper()
	return h.list(t, h.xii)[0]
}

func (h *house) refused(t *testing.T, err error, kind conference.Kind, want ...string) {
	t.Helper()
	testkit.Refused(t, err, kind, want...)
}

func TestPrepareMakesWhatIsMissing(t *testing.T) {
	h := open(t)
	all := h.list(t, h.xii)
	if len(all) != 20 || all[0].Province.Slug != "tay-ninh" || all[1].Province.NameVi != "An Giang" {
		t.Errorf("%d invitations, the first of %s and %s; want the host's, then 19 in Vietnamese order", len(all), all[0].Province.NameVi, all[1].Province.NameVi)
	}
	if n, err := h.room.Prepare(t.Context(), h.xii.ID); err != nil || n != 0 {
		t.Errorf("prepared again: %d, %v", n, err)
	}
	if _, err := h.room.Prepare(t.Context(), 999); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("unknown edition: %v", err)
	}
	if i := all[0]; len(i.Quotas) != 10 || i.Seats() != 0 || i.Address() != "" || !i.Deadline().Equal(h.xii.RegisterBy.Time) {
		t.Errorf("fresh invitation: %+v", i)
	}
}

// Two editions may be open at once; nothing of one shows up in the other.
func TestEditionsDoNotMix(t *testing.T) {
	h := open(t)
	today := h.create(t, edition.Today())
	if n := len(h.list(t, today)); n != 8 {
		t.Errorf("%d invitations to today's edition", n)
	}
	if n := len(h.list(t, h.xii)); n != 20 {
		t.Errorf("%d invitations to the XII edition", n)
	}
	_, err := h.room.Send(t.Context(), today.ID, []int64{h.first(t).ID})
	h.refused(t, err, conference.KindNotFound, "error.not_found")
	group := h.first(t).Quotas[0].GroupID
	err = h.room.SetQuotasForAll(t.Context(), today.ID, map[int64]int{group: 1})
	h.refused(t, err, conference.KindInvalid, invitation.QuotaField(group)+": invitation.error.group_unknown")
	err = h.room.SetQuotaTable(t.Context(), today.ID, map[int64]map[int64]int{h.first(t).ID: {group: 1}})
	h.refused(t, err, conference.KindNotFound, "error.not_found")
}

func TestLinkAndShortCode(t *testing.T) {
	h := open(t)
	i := h.first(t)
	got, err := h.room.ByToken(t.Context(), h.db, strings.ToLower(i.Token(h.keys)))
	if err != nil || got.ID != i.ID {
		t.Errorf("by link: %d, %v", got.ID, err)
	}
	if want := baseURL + "/m/" + i.Token(h.keys); h.room.Link(i) != want {
		t.Errorf("link %s", h.room.Link(i))
	}
	code := i.ShortCode(h.keys)
	if len(code) != 10 || code[:4] != i.Province.Abbr+"-" {
		t.Errorf("short code %s", code)
	}
	for _, typed := range []string{code, strings.ToLower(strings.ReplaceAll(code, "-", "")), " " + code[:4] + " " + code[4:7] + " " + code[7:] + " "} {
		if got, err := h.room.ByCode(t.Context(), h.db, typed); err != nil || got.ID != i.ID {
			t.Errorf("by code %q: %d, %v", typed, got.ID, err)
		}
	}
	for _, wrong := range []string{"", "TNI", code[4:], "AGI" + code[3:], code + "0", "TNI-000000"} {
		if _, err := h.room.ByCode(t.Context(), h.db, wrong); conference.KindOf(err) != conference.KindNotFound {
			t.Errorf("by code %q: %v", wrong, err)
		}
	}
	for name, token := range map[string]string{"another kind": h.keys.LinkToken(conference.LinkDelegate, i.ID, 1), "another generation": h.keys.LinkToken(conference.LinkInvitation, i.ID, 2), "nonsense": "x"} {
		if _, err := h.room.ByToken(t.Context(), h.db, token); conference.KindOf(err) != conference.KindNotFound {
			t.Errorf("token of %s: %v", name, err)
		}
	}
}

func TestReissueEndsTheOldLink(t *testing.T) {
	h := open(t)
	old := h.first(t)
	if err := h.room.NoteOpened(t.Context(), old.ID); err != nil {
		t.Fatal(err)
	}
	fresh, err := h.room.Reissue(t.Context(), old.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.room.ByToken(t.Context(), h.db, old.Token(h.keys))
	h.refused(t, err, conference.KindGone, "invitation.error.link_replaced")
	_, err = h.room.ByCode(t.Context(), h.db, old.ShortCode(h.keys))
	h.refused(t, err, conference.KindGone, "invitation.error.link_replaced")
	if got, err := h.room.ByToken(t.Context(), h.db, fresh.Token(h.keys)); err != nil || got.ID != old.ID || !got.OpenedAt.IsZero() {
		t.Errorf("new link: %+v, %v", got, err)
	}
	if got, err := h.room.ByCode(t.Context(), h.db, fresh.ShortCode(h.keys)); err != nil || got.ID != old.ID {
		t.Errorf("new code: %d, %v", got.ID, err)
	}
}

func TestOpeningIsNotedOnce(t *testing.T) {
	h := open(t)
	at := h.clock.Now()
	for range 2 {
		if err := h.room.NoteOpened(t.Context(), h.first(t).ID); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Hour)
	}
	if got := h.first(t).OpenedAt; !got.Equal(at) {
		t.Errorf("opened at %v, want %v", got, at)
	}
}

func TestAnswer(t *testing.T) {
	h := open(t)
	id := h.first(t).ID
	if err := h.room.Decline(t.Context(), id, " Trùng lịch họp\r\n"); err != nil {
		t.Fatal(err)
	}
	if i := h.first(t); i.Answer != invitation.Declined || i.DeclineReason != "Trùng lịch họp" || i.AnsweredAt.IsZero() {
		t.Errorf("declined: %+v", i)
	}
	h.refused(t, h.room.Decline(t.Context(), id, strings.Repeat("ạ", 501)), conference.KindInvalid, "reason: invitation.error.reason_long")
	if err := h.room.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if i := h.first(t); i.Answer != invitation.Accepted || i.DeclineReason != "" {
		t.Errorf("accepted after declining: %+v", i)
	}
	if err := h.room.Decline(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(h.xii.RegisterBy.Add(time.Millisecond))
	h.refused(t, h.room.Accept(t.Context(), id), conference.KindConflict, "invitation.error.deadline_passed")
	if err := h.room.SetDeadline(t.Context(), id, h.clock.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := h.room.Accept(t.Context(), id); err != nil {
		t.Errorf("with an own deadline: %v", err)
	}
}

func TestDeadline(t *testing.T) {
	h := open(t)
	id := h.first(t).ID
	h.refused(t, h.room.SetDeadline(t.Context(), id, h.xii.End().Add(time.Second)), conference.KindInvalid, "register_by: invitation.error.deadline_late")
	own := h.xii.Start()
	for _, want := range []time.Time{own, {}} {
		if err := h.room.SetDeadline(t.Context(), id, want); err != nil {
			t.Fatal(err)
		}
		if got := h.first(t); !got.OwnDeadline.Equal(want) || want.IsZero() != got.Deadline().Equal(h.xii.RegisterBy.Time) {
			t.Errorf("own deadline %v, deadline %v", got.OwnDeadline, got.Deadline())
		}
	}
}

func TestContact(t *testing.T) {
	h := open(t)
	id := h.first(t).ID
	for _, c := range []struct {
		in   invitation.Contact
		want []string
	}{
		{invitation.Contact{Name: "Nguyễn Văn A"}, []string{"focal_name: invitation.error.focal_name_placeholder"}},
		{invitation.Contact{Name: strings.Repeat("a", 121), Phone: "12", Email: "x@"}, []string{"focal_name: invitation.error.focal_name_long",
			"focal_phone: invitation.error.focal_phone", "focal_email: invitation.error.focal_email"}},
	} {
		h.refused(t, h.room.SetContact(t.Context(), id, c.in), conference.KindInvalid, c.want...)
	}
	if err := h.room.SetContact(t.Context(), id, invitation.Contact{Name: " Võ  Thị Minh Họa ", Phone: "0900.000.010", Email: "daumoi@VIDU.gov.vn"}); err != nil {
		t.Fatal(err)
	}
	if i := h.first(t); i.FocalName != "Võ Thị Minh Họa" || i.FocalPhone != "+84900000010" || i.Address() != "daumoi@vidu.gov.vn" {
		t.Errorf("contact %q %q %q", i.FocalName, i.FocalPhone, i.Address())
	}
	if err := h.room.SetContact(t.Context(), id, invitation.Contact{}); err != nil {
		t.Errorf("an empty contact: %v", err)
	}
}

func TestQuotas(t *testing.T) {
	h := open(t)
	i := h.first(t)
	a, b := i.Quotas[0].GroupID, i.Quotas[1].GroupID
	if err := h.room.SetQuotasForAll(t.Context(), h.xii.ID, map[int64]int{a: 2, b: 3}); err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetQuotas(t.Context(), i.ID, map[int64]int{b: 0}); err != nil {
		t.Fatal(err)
	}
	all := h.list(t, h.xii)
	if all[0].Seats() != 2 || all[19].Seats() != 5 {
		t.Errorf("seats %d and %d, want 2 and 5", all[0].Seats(), all[19].Seats())
	}
	for _, n := range []int{-1, 1001} {
		h.refused(t, h.room.SetQuotas(t.Context(), i.ID, map[int64]int{a: n}), conference.KindInvalid, invitation.QuotaField(a)+": invitation.error.seats_range")
	}
}

func TestQuotaTableIsSetWholeOrNotAtAll(t *testing.T) {
	h := open(t)
	all := h.list(t, h.xii)
	g := all[0].Quotas[3].GroupID
	err := h.room.SetQuotaTable(t.Context(), h.xii.ID, map[int64]map[int64]int{all[0].ID: {g: 2}, all[1].ID: {g: 1001}, all[2].ID: {g: -1}})
	h.refused(t, err, conference.KindInvalid, invitation.TableField(all[1].ID, g)+": invitation.error.seats_range", invitation.TableField(all[2].ID, g)+": invitation.error.seats_range")
	if h.first(t).Seats() != 0 {
		t.Error("a part of a refused table was kept")
	}
	if err := h.room.SetQuotaTable(t.Context(), h.xii.ID, map[int64]map[int64]int{all[0].ID: {g: 2}, all[1].ID: {g: 3}}); err != nil {
		t.Fatal(err)
	}
	if got := h.list(t, h.xii); got[0].Seats() != 2 || got[1].Seats() != 3 || got[2].Seats() != 0 {
		t.Errorf("seats %d, %d, %d", got[0].Seats(), got[1].Seats(), got[2].Seats())
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	h := open(t)
	i, other := h.first(t), h.list(t, h.xii)[1]
	as := func(a conference.Actor) map[string]error {
		ctx := conference.WithActor(t.Context(), a)
		_, prepare := h.room.Prepare(ctx, h.xii.ID)
		_, send := h.room.Send(ctx, h.xii.ID, nil)
		_, reissue := h.room.Reissue(ctx, i.ID)
		return map[string]error{"prepare": prepare, "send": send, "reissue": reissue, "quotas": h.room.SetQuotas(ctx, i.ID, nil),
			"text": h.room.SetText(ctx, h.xii.ID, "a", "b"), "deadline": h.room.SetDeadline(ctx, i.ID, time.Time{}),
			"contact": h.room.SetContact(ctx, i.ID, invitation.Contact{}), "accept": h.room.Accept(ctx, i.ID)}
	}
	answers := map[string]bool{"contact": true, "accept": true}
	focal := func(id int64) conference.Actor { return conference.Actor{Kind: conference.ActorFocalPoint, ID: id} }
	staff := func(r conference.Role) conference.Actor {
		return conference.Actor{Kind: conference.ActorStaff, ID: 1, Roles: []conference.Role{r}}
	}
	for name, c := range map[string]struct {
		actor conference.Actor
		may   func(verb string) bool
	}{
		"organiser":         {staff(conference.RoleOrganiser), func(string) bool { return true }},
		"steward":           {staff(conference.RoleSteward), func(string) bool { return false }},
		"its focal point":   {focal(i.ID), func(verb string) bool { return answers[verb] }},
		"another's":         {focal(other.ID), func(string) bool { return false }},
		"a delegate's link": {conference.Actor{Kind: conference.ActorDelegate, ID: i.ID}, func(string) bool { return false }},
	} {
		for verb, err := range as(c.actor) {
			if forbidden := conference.KindOf(err) == conference.KindForbidden; forbidden == c.may(verb) {
				t.Errorf("%s, %s: %v", name, verb, err)
			}
		}
	}
}
