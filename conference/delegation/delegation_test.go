package delegation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
)

func TestAddListsADelegate(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 1, 2)
	if d := h.delegation(t, i); d.ID != 0 || len(d.Delegates) != 0 || len(d.Groups) != 10 || d.Groups[1].Left() != 2 {
		t.Errorf("before anybody is listed: %+v", d)
	}
	d := h.add(t, i, delegation.Person{FullName: "  PHẠM QUỐC MẪU ", Gender: delegation.Male, JobTitle: "Phó Giám đốc", GroupID: h.groups[0].ID,
		Phone: "0900 000 011", Email: "Mau@VIDU.example", Head: true})
	got := []string{d.FullName, d.Number, d.Organisation, d.Phone, d.Email, string(d.State), d.Group.Vi, d.Province.Slug}
	want := []string{"Phạm Quốc Mẫu", "KC22-TNI-001", "Sở Công Thương tỉnh Tây Ninh", "+84900000011", "Mau@vidu.example", "listed", h.groups[0].NameVi, "tay-ninh"}
	if diff := cmp.Diff(want, got); diff != "" || !d.Head {
		t.Errorf("head %v, delegate (-want +got):\n%s", d.Head, diff)
	}
	h.add(t, i, person("Đặng Thị Thí Dụ", h.groups[1].ID))
	full := h.delegation(t, i)
	if head, ok := full.Head(); !ok || head.ID != d.ID || full.Delegates[0].ID != d.ID || full.Groups[0].Left() != 0 || full.Groups[1].Taken != 1 {
		t.Errorf("delegation: %+v", full)
	}
	if full.Invitation.Answer != invitation.Accepted {
		t.Error("listing somebody does not accept the invitation")
	}
}

func TestPersonIsChecked(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 5)
	g := h.groups[0].ID
	long := strings.Repeat("ộ", 201)
	for name, c := range map[string]struct {
		in   delegation.Person
		want []string
	}{
		"nothing":     {delegation.Person{}, []string{"full_name: delegation.error.name_missing", "group: delegation.error.group_missing"}},
		"placeholder": {person("Nguyễn Văn A", g), []string{"full_name: delegation.error.name_placeholder"}},
		"short":       {person("Ý", g), []string{"full_name: delegation.error.name_short"}},
		"all wrong": {delegation.Person{FullName: strings.Repeat("ab ", 50), Gender: "x", JobTitle: long, Organisation: long, GroupID: g, Phone: "123", Email: "a@b", ClientKey: long},
			[]string{"full_name: delegation.error.name_long", "job_title: delegation.error.job_title_long", "organisation: delegation.error.organisation_long",
				"phone: delegation.error.phone", "email: delegation.error.email", "gender: delegation.error.gender", "client_key: delegation.error.client_key"}},
		"two numbers": {delegation.Person{FullName: "Lê Thí Dụ", GroupID: g, Phone: "0912345678, 0912345679"}, []string{"phone: delegation.error.phone_several"}},
		"head":        {delegation.Person{FullName: "Lê Thí Dụ", GroupID: g, Head: true}, []string{"phone: delegation.error.head_phone"}},
		"other group": {person("Lê Thí Dụ", 9999), []string{"group: delegation.error.group_unknown"}},
	} {
		_, err := h.room.Add(t.Context(), i.ID, c.in)
		t.Log(name)
		h.refused(t, err, conference.KindInvalid, c.want...)
	}
	_, err := h.room.Add(t.Context(), i.ID, person("Lê Thí Dụ", h.groups[3].ID))
	h.refused(t, err, conference.KindConflict, "group: delegation.error.quota_none")
	if d := h.delegation(t, i); d.ID != 0 {
		t.Error("a refused delegate left a delegation behind")
	}
	if d := h.add(t, i, person("Lữ Ỷ", g)); d.Number != "KC22-TNI-001" {
		t.Errorf("a refused delegate used up a number: %s", d.Number)
	}
}

func TestStateForbids(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 5)
	d := h.add(t, i, person("Lê Thí Dụ", h.groups[0].ID))
	if err := h.room.Remove(t.Context(), d.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	_, err := h.room.Edit(t.Context(), d.ID, i.ID, person("Lê Thí Dụ", h.groups[0].ID))
	h.refused(t, err, conference.KindConflict, "delegation.error.withdrawn")
	h.refused(t, h.room.SetHead(t.Context(), i.ID, d.ID), conference.KindConflict, "delegation.error.withdrawn")
	if err := h.inv.Decline(t.Context(), i.ID, ""); err != nil {
		t.Fatal(err)
	}
	_, err = h.room.Add(t.Context(), i.ID, person("Võ Thí Dụ", h.groups[0].ID))
	h.refused(t, err, conference.KindConflict, "invitation.error.declined")
	if err := h.inv.Accept(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(h.xii.RegisterBy.Add(1e6))
	_, err = h.room.Add(t.Context(), i.ID, person("Võ Thí Dụ", h.groups[0].ID))
	h.refused(t, err, conference.KindConflict, "invitation.error.deadline_passed")
	_, err = h.room.Restore(t.Context(), d.ID, i.ID)
	h.refused(t, err, conference.KindConflict, "invitation.error.deadline_passed")
	organiser := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, Roles: []conference.Role{conference.RoleOrganiser}})
	if _, err := h.room.Add(organiser, i.ID, person("Võ Thí Dụ", h.groups[0].ID)); err != nil {
		t.Errorf("an organiser after the deadline: %v", err)
	}
}

func TestSamePostingIsOneDelegate(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 1)
	p := person("Lê Thí Dụ", h.groups[0].ID)
	p.ClientKey = "form-1"
	first, again := h.add(t, i, p), h.add(t, i, p)
	if first.ID != again.ID || len(h.delegation(t, i).Delegates) != 1 {
		t.Errorf("delegates %d and %d of one form", first.ID, again.ID)
	}
	other := h.invited(t, h.xii, 1, 1)
	if d := h.add(t, other, p); d.ID == first.ID {
		t.Error("a form's key reaches into another delegation")
	}
}

func TestSamePersonIsWarnedAbout(t *testing.T) {
	h := open(t)
	a, b := h.invited(t, h.xii, 0, 5), h.invited(t, h.xii, 1, 5)
	g := h.groups[0].ID
	with := func(name, phone string) delegation.Person {
		return delegation.Person{FullName: name, Phone: phone, GroupID: g}
	}
	first := h.add(t, a, with("Nguyễn Thị Hòa Mẫu", "0912 345 678"))
	for name, c := range map[string]struct {
		in   invitation.Invitation
		p    delegation.Person
		want int
	}{
		"other spelling, same number": {b, with("NGUYỄN THỊ HOÀ MẪU", "+84912345678"), 1},
		"other number":                {b, with("Nguyễn Thị Hòa Mẫu", "0912 345 679"), 0},
		"no number, other delegation": {b, with("Nguyễn Thị Hòa Mẫu", ""), 0},
		"no number, same delegation":  {a, with("Nguyễn Thị Hòa Mẫu", ""), 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := h.add(t, c.in, c.p)
			if len(d.Warnings) != c.want || c.want == 1 && d.Warnings[0].OtherID != first.ID {
				t.Errorf("warnings %+v", d.Warnings)
			}
			for _, w := range d.Warnings {
				h.worded(t, w.Text)
			}
			if err := h.room.Remove(t.Context(), d.ID, c.in.ID); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestEdit(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 1, 1)
	p := delegation.Person{FullName: "Lê Thí Dụ", GroupID: h.groups[0].ID, Phone: "0912345678", Head: true}
	d := h.add(t, i, p)
	other := h.add(t, i, person("Võ Minh Họa", h.groups[1].ID))
	p.GroupID = h.groups[1].ID
	_, err := h.room.Edit(t.Context(), d.ID, i.ID, p)
	h.refused(t, err, conference.KindConflict, "group: delegation.error.quota_full")
	p.GroupID, p.FullName, p.Phone, p.Head = h.groups[0].ID, "Lê Văn Thí Dụ", "", false
	if d, err = h.room.Edit(t.Context(), d.ID, i.ID, p); err != nil || d.FullName != "Lê Văn Thí Dụ" || d.Head || d.Number != "KC22-TNI-001" {
		t.Errorf("edited %+v, %v", d, err)
	}
	h.refused(t, h.room.SetHead(t.Context(), i.ID, d.ID), conference.KindInvalid, "phone: delegation.error.head_phone")
	found, err := delegation.Search(t.Context(), h.db, h.xii.ID, delegation.Filter{Query: "van thi"})
	if err != nil || found.Total != 1 {
		t.Errorf("search by the new name: %+v, %v", found, err)
	}
	foreign := h.invited(t, h.xii, 1, 1)
	for name, err := range map[string]error{
		"edit":   second(h.room.Edit(t.Context(), other.ID, foreign.ID, p)),
		"remove": h.room.Remove(t.Context(), other.ID, foreign.ID),
		"head":   h.room.SetHead(t.Context(), foreign.ID, other.ID),
	} {
		if conference.KindOf(err) != conference.KindNotFound {
			t.Errorf("%s through another invitation: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestRemoveAndRestore(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 1)
	d := h.add(t, i, delegation.Person{FullName: "Lê Thí Dụ", GroupID: h.groups[0].ID, Phone: "0912345678", Head: true})
	for range 2 {
		if err := h.room.Remove(t.Context(), d.ID, i.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.delegation(t, i); len(got.Delegates)+len(got.Withdrawn) != 0 || got.Groups[0].Left() != 1 {
		t.Errorf("after removal: %+v", got)
	}
	if _, err := h.room.Restore(t.Context(), d.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	if head, ok := h.delegation(t, i).Head(); !ok || head.ID != d.ID || head.State != delegation.Listed {
		t.Errorf("after undoing: %+v", head)
	}
	if err := h.room.Remove(t.Context(), d.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	fresh := h.add(t, i, person("Võ Minh Họa", h.groups[0].ID))
	if fresh.Number != "KC22-TNI-002" {
		t.Errorf("number %s was used before", fresh.Number)
	}
	_, err := h.room.Restore(t.Context(), d.ID, i.ID)
	h.refused(t, err, conference.KindConflict, "group: delegation.error.quota_full")
}

func TestQuotaNeverBelowWhatIsTaken(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 2)
	g := h.groups[0].ID
	h.add(t, i, person("Lê Thí Dụ", g))
	h.add(t, i, person("Võ Minh Họa", g))
	field := invitation.QuotaField(g) + ": invitation.error.quota_taken"
	h.refused(t, h.inv.SetQuotas(t.Context(), i.ID, map[int64]int{g: 1}), conference.KindConflict, field)
	h.refused(t, h.inv.SetQuotasForAll(t.Context(), h.xii.ID, map[int64]int{g: 1}), conference.KindConflict, field)
	all, err := invitation.List(t.Context(), h.db, h.xii.ID)
	if err != nil || all[0].Seats() != 2 || all[1].Seats() != 0 {
		t.Errorf("a refused change for all stayed: %d, %d, %v", all[0].Seats(), all[1].Seats(), err)
	}
	h.refused(t, h.inv.Decline(t.Context(), i.ID, ""), conference.KindConflict, "invitation.error.decline_listed")
}

// Two editions may be open at once; they count and number by themselves.
func TestEditionsDoNotMix(t *testing.T) {
	h := open(t)
	today, groups := h.create(t, edition.Today())
	a, b := h.invited(t, h.xii, 0, 1), h.invited(t, today, 0, 1)
	h.add(t, a, person("Lê Thí Dụ", h.groups[0].ID))
	_, err := h.room.Add(t.Context(), b.ID, person("Lê Thí Dụ", h.groups[0].ID))
	h.refused(t, err, conference.KindInvalid, "group: delegation.error.group_unknown")
	d := h.add(t, b, person("Lê Thí Dụ", groups[0].ID))
	if want := fmt.Sprintf("%s-%s-001", today.Prefix, b.Province.Abbr); d.Number != want || len(d.Warnings) != 0 {
		t.Errorf("number %s, want %s; warnings %v", d.Number, want, d.Warnings)
	}
	for _, e := range []edition.Edition{h.xii, today} {
		if p, err := delegation.Search(t.Context(), h.db, e.ID, delegation.Filter{}); err != nil || p.Total != 1 || p.Delegates[0].EditionID != e.ID {
			t.Errorf("search in %s: %+v, %v", e.Slug, p, err)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	h := open(t)
	i, other := h.invited(t, h.xii, 0, 9), h.invited(t, h.xii, 1, 9)
	d := h.add(t, i, person("Lê Thí Dụ", h.groups[0].ID))
	for name, c := range map[string]struct {
		actor          conference.Actor
		list, withdraw bool
	}{
		"its focal point":  {conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID}, true, true},
		"another's":        {conference.Actor{Kind: conference.ActorFocalPoint, ID: other.ID}, false, false},
		"the delegate":     {conference.Actor{Kind: conference.ActorDelegate, ID: d.ID}, false, true},
		"another delegate": {conference.Actor{Kind: conference.ActorDelegate, ID: d.ID + 1}, false, false},
		"a door device":    {conference.Actor{Kind: conference.ActorDevice, ID: i.ID}, false, false},
		"a steward":        {conference.Actor{Kind: conference.ActorStaff, Roles: []conference.Role{conference.RoleSteward}}, false, false},
		"an organiser":     {conference.Actor{Kind: conference.ActorStaff, Roles: []conference.Role{conference.RoleOrganiser}}, true, true},
	} {
		ctx := conference.WithActor(t.Context(), c.actor)
		_, add := h.room.Add(ctx, i.ID, person("Võ Minh Họa", h.groups[0].ID))
		_, submit := h.room.Submit(ctx, i.ID)
		_, restore := h.room.Restore(ctx, d.ID, i.ID)
		for verb, err := range map[string]error{"add": add, "submit": submit, "restore": restore, "withdraw": h.room.Withdraw(ctx, d.ID)} {
			may := c.list
			if verb == "withdraw" {
				may = c.withdraw
			}
			if forbidden := conference.KindOf(err) == conference.KindForbidden; forbidden == may {
				t.Errorf("%s, %s: %v", name, verb, err)
			}
		}
	}
}

// A department of the ministry has no province, yet a short code and delegates.
func TestOrganisationWithoutAProvince(t *testing.T) {
	h := open(t)
	o, err := h.ed.AddOrganisation(t.Context(), edition.Organisation{Kind: edition.KindMinistryDepartment, NameVi: "Cục Thí Dụ"})
	if err != nil {
		t.Fatal(err)
	}
	i, err := h.inv.Invite(t.Context(), h.xii.ID, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.inv.Invite(t.Context(), h.xii.ID, o.ID); err != nil || again.ID != i.ID {
		t.Errorf("invited again: %d, %v", again.ID, err)
	}
	if got, err := h.inv.ByCode(t.Context(), h.db, h.inv.ShortCode(i)); err != nil || got.ID != i.ID {
		t.Errorf("by %s: %v", h.inv.ShortCode(i), err)
	}
	if err := h.inv.SetQuotas(t.Context(), i.ID, map[int64]int{h.groups[0].ID: 1}); err != nil {
		t.Fatal(err)
	}
	if d := h.add(t, i, person("Lê Thí Dụ", h.groups[0].ID)); d.Number != "KC22-TWG-001" || d.Province.VersionID != 0 {
		t.Errorf("delegate %s, %+v", d.Number, d.Province)
	}
	all, err := invitation.List(t.Context(), h.db, h.xii.ID)
	if err != nil || all[len(all)-1].ID != i.ID {
		t.Errorf("it stands after the provinces: %v", err)
	}
	if _, err := h.inv.Invite(t.Context(), h.xii.ID, 9999); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("unknown organisation: %v", err)
	}
}
