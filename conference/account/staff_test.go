package account_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/audit"
)

func TestInviteSaysWhatIsWrong(t *testing.T) {
	h := newHouse(t)
	steward := []conference.Role{conference.RoleSteward}
	for _, c := range []struct {
		name string
		inv  account.Invitation
		want string
	}{
		{"taken, in other capitals", account.Invitation{Email: "QUANTRI@example.vn", FullName: "Mẫu Hai", Roles: steward}, "invalid: error.fields [email: account.error.email_taken]"},
		{"no role", account.Invitation{Email: "a@example.vn", FullName: "Mẫu Hai"}, "invalid: error.fields [roles: account.error.roles_missing]"},
		{"no such role", account.Invitation{Email: "a@example.vn", FullName: "Mẫu Hai", Roles: []conference.Role{"owner"}}, "invalid: error.fields [roles: account.error.role_unknown]"},
		{"nothing", account.Invitation{}, "invalid: error.fields [email: account.error.email_invalid] [full_name: account.error.full_name_missing] [roles: account.error.roles_missing]"},
		{"right", account.Invitation{Email: "a@example.vn", FullName: "Mẫu Hai", Roles: steward}, "no error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := h.room.Invite(h.as, c.inv); keyOf(err) != c.want {
				t.Errorf("got  %s\nwant %s", keyOf(err), c.want)
			}
		})
	}
}

func TestListIsInTheOrderOfVietnameseNames(t *testing.T) {
	h := newHouse(t)
	h.invite("a@example.vn", "Giả Định Văn Út", conference.RoleSteward)
	h.invite("b@example.vn", "Ví Dụ Thị Ánh", conference.RoleOrganiser)
	h.invite("c@example.vn", "Minh Họa Văn Ân", conference.RoleSteward)
	var got []string
	for _, s := range must(h.room.List(h.as))(t) {
		got = append(got, s.FullName)
	}
	want := []string{"Ví Dụ Thị Ánh", "Minh Họa Văn Ân", "Mẫu Thị Quản", "Giả Định Văn Út"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	h := newHouse(t)
	steward := []conference.Role{conference.RoleSteward}
	h.invite("cho@example.vn", "Mẫu Chưa Vào", conference.RoleAdministrator) // cannot sign in yet, so does not count
	wantKind(t, "lower the only one", h.room.SetRoles(h.as, h.admin.ID, account.Held{Everywhere: steward}), conference.KindConflict)
	wantKind(t, "close the only one", h.room.Disable(h.as, h.admin.ID), conference.KindConflict)
	got := must(h.room.ByID(h.as, h.admin.ID))(t)
	if d := cmp.Diff(h.admin, got); d != "" {
		t.Errorf("a refused change left its mark (-want +got):\n%s", d)
	}
	second := h.add("hai@example.vn", "Mẫu Thứ Hai", otherWords, conference.RoleAdministrator)
	if err := h.room.Disable(h.as, h.admin.ID); err != nil {
		t.Fatal(err)
	}
	as := conference.WithActor(t.Context(), second.Actor())
	wantKind(t, "lower the one left", h.room.SetRoles(as, second.ID, account.Held{Everywhere: steward}), conference.KindConflict)
	if err := h.room.Enable(as, h.admin.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetRoles(as, second.ID, account.Held{Everywhere: steward}); err != nil {
		t.Fatal(err)
	}
}

func actorsOf(t *testing.T, admin, supervisor, steward, organiser account.Staff, device account.Device) map[string]context.Context {
	return map[string]context.Context{
		"nobody":        t.Context(),
		"device":        conference.WithActor(t.Context(), device.Actor()),
		"supervisor":    conference.WithActor(t.Context(), supervisor.Actor()),
		"steward":       conference.WithActor(t.Context(), steward.Actor()),
		"organiser":     conference.WithActor(t.Context(), organiser.Actor()),
		"administrator": conference.WithActor(t.Context(), admin.Actor()),
	}
}

// Every verb for staff is tried as nobody, as a steward, as a reception supervisor, as an organiser and as an administrator.
func TestWhoMayDoWhat(t *testing.T) {
	h := newHouse(t)
	edition := h.edition()
	other := h.add("khac@example.vn", "Ví Dụ Người Khác", otherWords, conference.RoleSteward)
	steward := h.add("letan@example.vn", "Thí Dụ Văn Lễ", otherWords, conference.RoleSteward)
	supervisor := h.add("truonglt@example.vn", "Giả Định Văn Trưởng", otherWords, conference.RoleSupervisor)
	organiser := h.add("btc@example.vn", "Giả Định Thị Tổ", otherWords, conference.RoleOrganiser)
	device, _, err := h.room.NewPairing(h.as, edition, 1, "Cổng mẫu", false)
	if err != nil {
		t.Fatal(err)
	}
	actors := actorsOf(t, h.admin, supervisor, steward, organiser, device)
	roles := []conference.Role{conference.RoleSteward}
	r := h.room
	for _, v := range []struct {
		name string
		may  string
		do   func(ctx context.Context) error
	}{
		{"Invite", "administrator", func(ctx context.Context) error {
			_, _, err := r.Invite(ctx, account.Invitation{Email: "moi@example.vn", FullName: "Mẫu Mới", Roles: roles})
			return err
		}},
		{"List", "administrator", func(ctx context.Context) error { _, err := r.List(ctx); return err }},
		{"ByID of another", "administrator", func(ctx context.Context) error { _, err := r.ByID(ctx, other.ID); return err }},
		{"ByID of oneself", "steward administrator", func(ctx context.Context) error { _, err := r.ByID(ctx, steward.ID); return err }},
		{"Sessions of another", "administrator", func(ctx context.Context) error { _, err := r.Sessions(ctx, other.ID); return err }},
		{"Sessions of oneself", "organiser administrator", func(ctx context.Context) error { _, err := r.Sessions(ctx, organiser.ID); return err }},
		{"EndOtherSessions of another", "administrator", func(ctx context.Context) error { _, err := r.EndOtherSessions(ctx, other.ID, 0); return err }},
		{"SetRoles", "administrator", func(ctx context.Context) error { return r.SetRoles(ctx, other.ID, account.Held{Everywhere: roles}) }},
		{"Reissue", "administrator", func(ctx context.Context) error { _, err := r.Reissue(ctx, other.ID); return err }},
		{"DemoLink", "administrator", func(ctx context.Context) error { _, err := r.DemoLink(ctx, other.ID); return err }},
		{"ChangePassword of another", "", func(ctx context.Context) error {
			return r.ChangePassword(ctx, other.ID, 0, account.PasswordChange{Old: otherWords, New: adminWords})
		}},
		{"Disable", "administrator", func(ctx context.Context) error { return r.Disable(ctx, other.ID) }},
		{"Enable", "administrator", func(ctx context.Context) error { return r.Enable(ctx, other.ID) }},
		{"NewPairing", "supervisor organiser administrator", func(ctx context.Context) error { return pairing(ctx, r, edition, false) }},
		{"NewPairing for the demo", "administrator", func(ctx context.Context) error { return pairing(ctx, r, edition, true) }},
		{"Devices", "supervisor organiser administrator", func(ctx context.Context) error { _, err := r.Devices(ctx, edition); return err }},
		{"Device", "supervisor organiser administrator", func(ctx context.Context) error { _, err := r.Device(ctx, device.ID); return err }},
		{"Rename", "supervisor organiser administrator", func(ctx context.Context) error { return r.Rename(ctx, device.ID, "Cổng phụ") }},
		{"Revoke", "supervisor organiser administrator", func(ctx context.Context) error { return r.Revoke(ctx, device.ID) }},
	} {
		for name, ctx := range actors {
			t.Run(v.name+" as "+name, func(t *testing.T) {
				err := v.do(ctx)
				if slices.Contains(strings.Fields(v.may), name) {
					if err != nil {
						t.Errorf("refused: %v", err)
					}
					return
				}
				wantKind(t, "not allowed", err, conference.KindForbidden)
			})
		}
	}
}

func pairing(ctx context.Context, r *account.Room, edition int64, reusable bool) error {
	_, _, err := r.NewPairing(ctx, edition, 1, "Cổng", reusable)
	return err
}

func TestEveryChangeIsNoted(t *testing.T) {
	h := newHouse(t)
	s := h.add("letan@example.vn", "Thí Dụ Văn Lễ", otherWords, conference.RoleSteward)
	own := conference.WithActor(t.Context(), s.Actor())
	session, _ := h.signIn("letan@example.vn", otherWords)
	h.signIn("letan@example.vn", otherWords)
	for i, err := range []error{
		h.room.SetRoles(h.as, s.ID, account.Held{Everywhere: []conference.Role{conference.RoleOrganiser}}),
		h.room.SetRoles(h.as, s.ID, account.Held{Everywhere: []conference.Role{conference.RoleOrganiser}}), // changes nothing, notes nothing
		second(h.room.EndOtherSessions(own, s.ID, session.ID)),
		h.room.EndSession(own, session.ID),
		h.room.ChangePassword(own, s.ID, 0, account.PasswordChange{Old: otherWords, New: adminWords}),
		second(h.room.Reissue(h.as, s.ID)),
		second(h.room.DemoLink(h.as, s.ID)),
		h.room.Disable(h.as, s.ID),
		h.room.Disable(h.as, s.ID),
		h.room.Enable(h.as, s.ID),
	} {
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	type row struct {
		Action string
		Actor  int64
	}
	var got []row
	for _, e := range must(audit.History(t.Context(), h.db, "staff", s.ID))(t) {
		got = append([]row{{e.Action, e.ActorID}}, got...)
	}
	want := []row{
		{"account.invite", h.admin.ID}, {"account.use_link", s.ID}, {"account.sign_in", s.ID}, {"account.sign_in", s.ID},
		{"account.set_roles", h.admin.ID}, {"account.end_other_sessions", s.ID}, {"account.end_session", s.ID}, {"account.change_password", s.ID},
		{"account.reissue_link", h.admin.ID}, {"account.demo_link", h.admin.ID}, {"account.disable", h.admin.ID}, {"account.enable", h.admin.ID},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("record (-want +got):\n%s", d)
	}
}

func second[T any](_ T, err error) error { return err }
