package account_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/db"
)

// Whoever guesses must not learn whether an account exists.
func TestRefusedSignInsAreAlike(t *testing.T) {
	h := newHouse(t)
	closed := h.add("dong@example.vn", "Ví Dụ Đã Đóng", otherWords, conference.RoleSteward)
	if err := h.room.Disable(h.as, closed.ID); err != nil {
		t.Fatal(err)
	}
	h.invite("moi@example.vn", "Ví Dụ Chưa Vào", conference.RoleSteward)
	for _, c := range []struct{ name, email, password string }{
		{"wrong password", adminEmail, otherWords},
		{"empty password", adminEmail, ""},
		{"endless password", adminEmail, string(make([]byte, 1<<20))},
		{"unknown address", "ai@example.vn", adminWords},
		{"no address", "quantri", adminWords},
		{"closed account, right password", "dong@example.vn", otherWords},
		{"no password yet", "moi@example.vn", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, token, err := h.room.SignIn(t.Context(), c.email, c.password, "")
			if token != "" || keyOf(err) != "invalid: account.error.sign_in" {
				t.Errorf("answer %q", keyOf(err))
			}
		})
	}
}

func TestSignIn(t *testing.T) {
	h := newHouse(t)
	session, token, err := h.room.SignIn(t.Context(), " QuanTri@EXAMPLE.vn ", adminWords, "Firefox  trên\nWindows")
	if err != nil {
		t.Fatal(err)
	}
	if _, again := h.signIn(adminEmail, adminWords); again == token {
		t.Error("two sign-ins gave one token")
	}
	staff, got, err := h.room.SessionByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(h.admin, staff); d != "" {
		t.Errorf("staff (-want +got):\n%s", d)
	}
	if d := cmp.Diff(session, got); d != "" || got.Device != "Firefox trên Windows" {
		t.Errorf("session (-want +got):\n%s\n%+v", d, got)
	}
}

// The same words typed with another Vietnamese keyboard are the same password.
func TestPasswordInDecomposedForm(t *testing.T) {
	h := newHouse(t)
	h.add("letan@example.vn", "Thí Dụ Văn Lễ", "ke\u0302\u0301 hoạch ngo\u0323c lan", conference.RoleSteward)
	h.signIn("letan@example.vn", "k\u1ebf hoạch ng\u1ecdc lan")
}

func minutes(t *testing.T, err error) any {
	t.Helper()
	wantKind(t, "throttled", err, conference.KindTooMany)
	var e *conference.Error
	if errors.As(err, &e) && len(e.Message.Args) == 2 {
		return e.Message.Args[1]
	}
	return nil
}

func TestGuessingIsSlowedDown(t *testing.T) {
	for _, email := range []string{adminEmail, "khong-co@example.vn"} {
		t.Run(email, func(t *testing.T) {
			h := newHouse(t)
			try := func(password string) error {
				_, _, err := h.room.SignIn(t.Context(), email, password, "")
				return err
			}
			for range 5 {
				wantKind(t, "one of five", try("sai"), conference.KindInvalid)
			}
			if got := minutes(t, try(adminWords)); got != 1 {
				t.Errorf("wait %v min, want 1", got)
			}
			h.clock.Advance(time.Minute)
			wantKind(t, "sixth", try("sai"), conference.KindInvalid)
			h.clock.Advance(30 * time.Second)
			if got := minutes(t, try(adminWords)); got != 2 {
				t.Errorf("wait %v min, want 2 (1½ begun)", got)
			}
			h.clock.Advance(90 * time.Second)
			wantKind(t, "seventh", try("sai"), conference.KindInvalid)
			if got := minutes(t, try("sai")); got != 4 {
				t.Errorf("wait %v min, want 4", got)
			}
		})
	}
}

func TestRightPasswordForgetsTheWrongOnes(t *testing.T) {
	h := newHouse(t)
	for range 3 {
		for range 4 {
			_, _, err := h.room.SignIn(t.Context(), adminEmail, "sai", "")
			wantKind(t, "wrong", err, conference.KindInvalid)
		}
		h.signIn(adminEmail, adminWords)
	}
}

func TestGuessesAtTheSameMomentDoNotPassTogether(t *testing.T) {
	h := newHouse(t)
	var checked atomic.Int32
	var wg sync.WaitGroup
	for range 60 {
		wg.Go(func() {
			if _, _, err := h.room.SignIn(t.Context(), adminEmail, "sai", ""); conference.KindOf(err) == conference.KindInvalid {
				checked.Add(1)
			}
		})
	}
	wg.Wait()
	if n := checked.Load(); n < 1 || n > 5 {
		t.Errorf("%d of 60 guesses were checked, want at most 5", n)
	}
}

func TestSessionEndsIdleAndInTheEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []time.Duration // the last one is judged
		live  bool
	}{
		{"just before idle", []time.Duration{12*time.Hour - time.Second}, true},
		{"idle", []time.Duration{12 * time.Hour}, false},
		{"idle again after a sight", []time.Duration{11 * time.Hour, 12 * time.Hour}, false},
		{"kept by sights", []time.Duration{11 * time.Hour, 11 * time.Hour, 11 * time.Hour}, true},
		{"seven busy days", repeat(14, 12*time.Hour-time.Minute, 14*time.Minute), false},
		{"almost seven busy days", repeat(14, 12*time.Hour-time.Minute, 13*time.Minute), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			_, token := h.signIn(adminEmail, adminWords)
			for i, step := range c.steps {
				h.clock.Advance(step)
				if live := h.live(token); i == len(c.steps)-1 && live != c.live {
					t.Errorf("live: %v, want %v", live, c.live)
				}
			}
			if n := len(must(h.room.Sessions(h.as, h.admin.ID))(t)); n != map[bool]int{true: 1}[c.live] {
				t.Errorf("%d sessions are listed", n)
			}
		})
	}
}

func repeat(n int, step, last time.Duration) []time.Duration {
	var out []time.Duration
	for range n {
		out = append(out, step)
	}
	return append(out, last)
}

func TestSightIsWrittenOnceAMinute(t *testing.T) {
	h := newHouse(t)
	_, token := h.signIn(adminEmail, adminWords)
	seen := func() time.Time {
		return must(db.Value[db.Time](t.Context(), h.db, `SELECT seen_at FROM staff_session`))(t).Time
	}
	start := seen()
	for i, c := range []struct{ advance, want time.Duration }{{0, 0}, {59 * time.Second, 0}, {time.Second, time.Minute}, {59 * time.Second, time.Minute}, {2 * time.Minute, 3*time.Minute + 59*time.Second}} {
		h.clock.Advance(c.advance)
		if !h.live(token) {
			t.Fatal("not live")
		}
		if got := seen().Sub(start); got != c.want {
			t.Errorf("step %d: seen after %v, want %v", i, got, c.want)
		}
	}
}

func TestEndingSessions(t *testing.T) {
	h := newHouse(t)
	steward := h.add("letan@example.vn", "Thí Dụ Văn Lễ", otherWords, conference.RoleSteward)
	own := conference.WithActor(t.Context(), steward.Actor())
	s1, t1 := h.signIn("letan@example.vn", otherWords)
	_, t2 := h.signIn("letan@example.vn", otherWords)
	_, t3 := h.signIn("letan@example.vn", otherWords)
	sa, ta := h.signIn(adminEmail, adminWords)

	wantKind(t, "a stranger's session", h.room.EndSession(own, sa.ID), conference.KindNotFound)
	wantKind(t, "nobody ends", h.room.EndSession(t.Context(), sa.ID), conference.KindNotFound)
	if n, err := h.room.EndOtherSessions(own, steward.ID, s1.ID); n != 2 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if !h.live(t1) || h.live(t2) || h.live(t3) || !h.live(ta) {
		t.Error("not exactly the others ended")
	}
	for range 2 {
		if err := h.room.EndSession(own, s1.ID); err != nil {
			t.Error(err)
		}
	}
	if h.live(t1) {
		t.Error("signed out, yet live")
	}
}

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	h := newHouse(t)
	keep, t1 := h.signIn(adminEmail, adminWords)
	_, t2 := h.signIn(adminEmail, adminWords)
	wantKind(t, "wrong old", h.room.ChangePassword(h.as, h.admin.ID, keep.ID, account.PasswordChange{Old: otherWords, New: otherWords}), conference.KindInvalid)
	wantKind(t, "weak new", h.room.ChangePassword(h.as, h.admin.ID, keep.ID, account.PasswordChange{Old: adminWords, New: "khuyencong2022"}), conference.KindInvalid)
	if !h.live(t2) {
		t.Error("a refused change ended a session")
	}
	if err := h.room.ChangePassword(h.as, h.admin.ID, keep.ID, account.PasswordChange{Old: adminWords, New: otherWords}); err != nil {
		t.Fatal(err)
	}
	if !h.live(t1) || h.live(t2) {
		t.Error("not exactly the other session ended")
	}
	h.signIn(adminEmail, otherWords)
	_, _, err := h.room.SignIn(t.Context(), adminEmail, adminWords, "")
	wantKind(t, "old password", err, conference.KindInvalid)
}

func TestClosingAnAccountEndsItsSessionsAndRolesHoldAtOnce(t *testing.T) {
	h := newHouse(t)
	s := h.add("letan@example.vn", "Thí Dụ Văn Lễ", otherWords, conference.RoleSteward)
	_, token := h.signIn("letan@example.vn", otherWords)
	if err := h.room.SetRoles(h.as, s.ID, account.Held{Everywhere: []conference.Role{conference.RoleSteward, conference.RoleOrganiser}}); err != nil {
		t.Fatal(err)
	}
	got, _, err := h.room.SessionByToken(t.Context(), token)
	if d := cmp.Diff([]conference.Role{conference.RoleOrganiser, conference.RoleSteward}, got.Roles); d != "" || err != nil {
		t.Errorf("roles (-want +got):\n%s%v", d, err)
	}
	if err := h.room.Disable(h.as, s.ID); err != nil {
		t.Fatal(err)
	}
	if h.live(token) {
		t.Error("the session outlives its account")
	}
	if err := h.room.Enable(h.as, s.ID); err != nil {
		t.Fatal(err)
	}
	if h.live(token) {
		t.Error("opening the account revived an ended session")
	}
	h.signIn("letan@example.vn", otherWords)
}

func TestRowsOfOldSessionsAreForgotten(t *testing.T) {
	h := newHouse(t)
	h.signIn(adminEmail, adminWords)
	h.clock.Advance(38 * 24 * time.Hour)
	h.signIn(adminEmail, adminWords)
	if n := must(db.Value[int](context.Background(), h.db, `SELECT count(*) FROM staff_session`))(t); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}
