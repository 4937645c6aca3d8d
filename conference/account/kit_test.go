package account_test

import (
	"context"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const (
	adminEmail = "quantri@example.vn"
	adminWords = "thuyền giấy nghìn mùa trăng"
	otherWords = "bốn con ngựa sắt qua cầu"
)

// house is a room with its first administrator.
type house struct {
	t     *testing.T
	db    *db.DB
	clock *testkit.Clock
	room  *account.Room
	admin account.Staff
	as    context.Context // the administrator's
}

func cheap() account.Option {
	return account.WithHashing(account.Cost{MemoryKiB: 64, Passes: 1, Threads: 1})
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, clock: testkit.NewClock()}
	h.db = testkit.Store(t, h.clock)
	h.room = account.New(h.db, cheap())
	token, ok, err := h.room.FirstAdministratorLink(t.Context())
	if err != nil || !ok {
		t.Fatalf("first link: %v, %v", ok, err)
	}
	h.admin = must(h.room.UseLink(t.Context(), token, account.Credentials{FullName: "Mẫu Thị Quản", Email: adminEmail, Password: adminWords}))(t)
	h.as = conference.WithActor(t.Context(), h.admin.Actor())
	return h
}

// invite adds somebody without a password and gives the link's token.
func (h *house) invite(email, name string, roles ...conference.Role) (account.Staff, string) {
	h.t.Helper()
	s, token, err := h.room.Invite(h.as, account.Invitation{Email: email, FullName: name, Roles: roles})
	if err != nil {
		h.t.Fatalf("invite %s: %v", email, err)
	}
	return s, token
}

// add adds somebody with a password.
func (h *house) add(email, name, password string, roles ...conference.Role) account.Staff {
	h.t.Helper()
	_, token := h.invite(email, name, roles...)
	return must(h.room.UseLink(h.t.Context(), token, account.Credentials{Password: password}))(h.t)
}

func (h *house) signIn(email, password string) (account.Session, string) {
	h.t.Helper()
	s, token, err := h.room.SignIn(h.t.Context(), email, password, "Firefox trên Windows")
	if err != nil {
		h.t.Fatalf("sign in %s: %v", email, err)
	}
	return s, token
}

// edition gives the id of an edition that devices can belong to.
func (h *house) edition() int64 {
	h.t.Helper()
	var id int64
	testkit.Write(h.t, h.db, func(ctx context.Context, tx *db.Tx) error {
		var err error
		id, err = db.Insert(ctx, tx, `INSERT INTO edition (slug, ordinal, title_vi, short_vi, prefix, starts_on, ends_on, register_by, created_at, changed_at)
			VALUES ('mau-2022', 1, 'Kỳ mẫu', 'Mẫu', 'KC22', '2022-09-15', '2022-09-16', 0, 0, 0)`)
		return err
	})
	return id
}

func (h *house) live(token string) bool {
	h.t.Helper()
	_, _, err := h.room.SessionByToken(h.t.Context(), token)
	if err != nil && conference.KindOf(err) != conference.KindGone {
		h.t.Fatalf("session: %v", err)
	}
	return err == nil
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantKind(t *testing.T, what string, err error, want conference.Kind) {
	t.Helper()
	if err == nil || conference.KindOf(err) != want {
		t.Errorf("%s: error %v, want kind %q", what, err, want)
	}
}

// keyOf gives the message key of an error, and its fields' keys.
func keyOf(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}
