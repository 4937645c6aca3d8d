package account_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/audit"
	"hoinghi/conference/testkit"
)

func TestFirstAdministrator(t *testing.T) {
	room := account.New(testkit.Store(t, testkit.NewClock()), cheap())
	older, _, err := room.FirstAdministratorLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, ok, err := room.FirstAdministratorLink(t.Context())
	if err != nil || !ok {
		t.Fatalf("second start: %v, %v", ok, err)
	}
	c := account.Credentials{FullName: "  Mẫu  Thị Quản ", Email: " QuanTri@Example.VN ", Password: adminWords}
	_, err = room.UseLink(t.Context(), older, c)
	wantKind(t, "the link of the start before", err, conference.KindGone)

	link, err := room.OpenLink(t.Context(), strings.ToLower(token))
	if err != nil || link.Purpose != account.PurposeFirstAdministrator {
		t.Fatalf("open: %+v, %v", link, err)
	}
	s, err := room.UseLink(t.Context(), token, c)
	if err != nil {
		t.Fatalf("opening the link used it up: %v", err)
	}
	got := []any{s.Email, s.FullName, s.Roles, s.HasPassword, s.Disabled()}
	want := []any{"quantri@example.vn", "Mẫu Thị Quản", []conference.Role{conference.RoleAdministrator}, true, false}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("first administrator (-want +got):\n%s", d)
	}
	if token, ok, err := room.FirstAdministratorLink(t.Context()); ok || token != "" || err != nil {
		t.Errorf("with staff: %q, %v, %v", token, ok, err)
	}
}

func TestUseLinkSaysWhatIsWrongAtTheField(t *testing.T) {
	room := account.New(testkit.Store(t, testkit.NewClock()), cheap())
	token, _, err := room.FirstAdministratorLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = room.UseLink(t.Context(), token, account.Credentials{FullName: " ", Email: "quantri", Password: "ngắn"})
	var e *conference.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field+": "+f.Text.Key)
	}
	want := []string{"full_name: account.error.full_name_missing", "email: account.error.email_invalid", "password: account.error.password_short"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	if _, err := room.OpenLink(t.Context(), token); err != nil {
		t.Errorf("a refused form used the link up: %v", err)
	}
}

func TestOneTimeLinkIsUsedOnce(t *testing.T) {
	h := newHouse(t)
	s, token := h.invite("letan@example.vn", "Thí Dụ Văn Lễ", conference.RoleSteward)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := h.room.UseLink(t.Context(), token, account.Credentials{Password: otherWords})
			switch {
			case err == nil:
				won.Add(1)
			case conference.KindOf(err) != conference.KindGone && conference.KindOf(err) != conference.KindUnavailable:
				t.Errorf("the others: %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d of 20 used the link, want 1", won.Load())
	}
	_, err := h.room.OpenLink(t.Context(), token)
	if wantKind(t, "used link", err, conference.KindGone); !strings.Contains(keyOf(err), "link_used") {
		t.Errorf("used link says %v", err)
	}
	uses := 0
	for _, e := range must(audit.History(t.Context(), h.db, "staff", s.ID))(t) {
		if e.Action == "account.use_link" {
			uses++
			if e.ActorKind != conference.ActorStaff || e.ActorID != s.ID {
				t.Errorf("the use is noted as done by %s %d", e.ActorKind, e.ActorID)
			}
		}
	}
	if uses != 1 {
		t.Errorf("%d audit rows of the use, want 1", uses)
	}
}

func TestLinksEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		end   func(h *house, s account.Staff, token string) error
		still bool
	}{
		{"seven days less a second", func(h *house, _ account.Staff, _ string) error {
			h.clock.Advance(7*24*time.Hour - time.Second)
			return nil
		}, true},
		{"seven days", func(h *house, _ account.Staff, _ string) error { h.clock.Advance(7 * 24 * time.Hour); return nil }, false},
		{"a newer link", func(h *house, s account.Staff, _ string) error { _, err := h.room.Reissue(h.as, s.ID); return err }, false},
		{"the account is closed", func(h *house, s account.Staff, _ string) error { return h.room.Disable(h.as, s.ID) }, false},
		{"closed and opened again", func(h *house, s account.Staff, _ string) error {
			return errors.Join(h.room.Disable(h.as, s.ID), h.room.Enable(h.as, s.ID))
		}, false},
		{"roles changed", func(h *house, s account.Staff, _ string) error {
			return h.room.SetRoles(h.as, s.ID, account.Held{Everywhere: []conference.Role{conference.RoleOrganiser}})
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			s, token := h.invite("letan@example.vn", "Thí Dụ Văn Lễ", conference.RoleSteward)
			if err := c.end(h, s, token); err != nil {
				t.Fatal(err)
			}
			_, err := h.room.UseLink(t.Context(), token, account.Credentials{Password: otherWords})
			if c.still && err != nil {
				t.Errorf("ended early: %v", err)
			}
			if !c.still {
				wantKind(t, "afterwards", err, conference.KindGone)
			}
		})
	}
}

func TestForgottenPassword(t *testing.T) {
	h := newHouse(t)
	s := h.add("letan@example.vn", "Thí Dụ Văn Lễ", otherWords, conference.RoleSteward)
	_, session := h.signIn("letan@example.vn", otherWords)
	token := must(h.room.Reissue(h.as, s.ID))(t)
	if !h.live(session) {
		t.Fatal("issuing a link ended the session")
	}
	for range 6 {
		_, _, _ = h.room.SignIn(t.Context(), "letan@example.vn", "không phải mật khẩu", "")
	}
	must(h.room.UseLink(t.Context(), token, account.Credentials{Password: adminWords, Email: "khac@example.vn", FullName: "Ai Đó"}))(t)
	if h.live(session) {
		t.Error("the old session outlives the new password")
	}
	_, _, err := h.room.SignIn(t.Context(), "letan@example.vn", otherWords, "")
	wantKind(t, "old password", err, conference.KindInvalid)
	h.signIn("letan@example.vn", adminWords) // the throttle was cleared, e-mail and name were not changed
}

func TestUnknownTokens(t *testing.T) {
	h := newHouse(t)
	for _, token := range []string{"", "abc", conference.NewSecret(), strings.Repeat("Ω", 26)} {
		_, err := h.room.OpenLink(t.Context(), token)
		wantKind(t, "open "+token, err, conference.KindNotFound)
		_, err = h.room.UseLink(t.Context(), token, account.Credentials{Password: otherWords})
		wantKind(t, "use "+token, err, conference.KindNotFound)
		_, _, err = h.room.SessionByToken(t.Context(), token)
		wantKind(t, "session "+token, err, conference.KindNotFound)
		_, _, err = h.room.Pair(t.Context(), token)
		wantKind(t, "pair "+token, err, conference.KindNotFound)
		_, err = h.room.DeviceByToken(t.Context(), token)
		wantKind(t, "device "+token, err, conference.KindNotFound)
		_, _, err = h.room.SignInByLink(t.Context(), token, "")
		wantKind(t, "sign in by "+token, err, conference.KindNotFound)
	}
}

func TestDemoLinkSignsInAgainAndAgain(t *testing.T) {
	h := newHouse(t)
	s, invitation := h.invite("letan@example.vn", "Thí Dụ Văn Lễ", conference.RoleSteward)
	token := must(h.room.DemoLink(h.as, s.ID))(t)
	for range 3 {
		session, secret, err := h.room.SignInByLink(t.Context(), token, "Chrome")
		if err != nil || session.StaffID != s.ID || !h.live(secret) {
			t.Fatalf("sign in by link: %+v, %v", session, err)
		}
	}
	_, err := h.room.UseLink(t.Context(), token, account.Credentials{Password: otherWords})
	wantKind(t, "a demo link as one that sets a password", err, conference.KindNotFound)
	_, _, err = h.room.SignInByLink(t.Context(), invitation, "")
	wantKind(t, "an invitation as a demo link", err, conference.KindNotFound)

	if err := h.room.Disable(h.as, s.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = h.room.SignInByLink(t.Context(), token, "")
	wantKind(t, "closed account", err, conference.KindGone)
	if err := h.room.Enable(h.as, s.ID); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(30 * 24 * time.Hour)
	_, _, err = h.room.SignInByLink(t.Context(), token, "")
	wantKind(t, "after thirty days", err, conference.KindGone)
}
