package account_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

// mailed gives the house with links that are mailed, and the log of the outbox.
func mailed(t *testing.T, server string) (*house, *outbox.Outbox, *bytes.Buffer) {
	t.Helper()
	h := newHouse(t)
	log := &bytes.Buffer{}
	loc := must(templates.LoadLocales())(t)
	out := must(outbox.New(h.db, slog.New(slog.NewTextHandler(log, nil)), outbox.Config{SMTPURL: server, From: "btc@hoinghi.example.vn"}))(t)
	h.room.UseMail(account.Mailing{Keys: testkit.Keys(t), Outbox: out, Locales: loc, BaseURL: "https://hoinghi.example",
		Letterhead: func(context.Context, *templates.Locale) (templates.Letterhead, error) {
			return templates.Letterhead{Lang: "vi", Conference: "Hội nghị mẫu", Signature: "Ban Tổ chức"}, nil
		}})
	return h, out, log
}

// A link is mailed to its holder as it is shown, and neither the ledger, nor the log, nor the
// database file keeps it.
func TestLinkIsMailedAndKeptNowhere(t *testing.T) {
	server := testkit.NewSMTP(t)
	h, out, log := mailed(t, "smtp://"+server.Addr())
	s, token := h.invite("moi@example.vn", "Thí Dụ Thị Mới", conference.RoleSteward)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- out.Run(ctx) }()
	got := server.WaitFor(1, 20*time.Second)
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].EnvelopeTo != "moi@example.vn" || got[0].Err != nil {
		t.Fatalf("received %+v", got)
	}
	for what, text := range map[string]string{"text": got[0].Text, "HTML": got[0].HTML} {
		if !strings.Contains(text, "https://hoinghi.example/desk/link/"+token) || !strings.Contains(text, "Thí Dụ Thị Mới") {
			t.Errorf("the %s lacks link or name:\n%s", what, text)
		}
	}
	ledger := must(out.List(t.Context(), outbox.Filter{Kind: account.KindLink}))(t)
	if len(ledger) != 1 || !strings.Contains(ledger[0].Body, "…") {
		t.Errorf("ledger: %+v", ledger)
	}
	held := append(log.Bytes(), must(os.ReadFile(h.db.Path()))(t)...)
	held = append(held, must(os.ReadFile(h.db.Path()+"-wal"))(t)...)
	if !bytes.Contains(held, []byte("moi@example.vn")) || bytes.Contains(bytes.ToUpper(held), []byte(token)) {
		t.Error("the link stands in the log or the database, or the files read are not where the rows are")
	}
	if _, err := h.room.UseLink(t.Context(), token, account.Credentials{Password: otherWords}); err != nil {
		t.Error(err)
	}
	if l := must(h.room.LinkStates(h.as))(t)[s.ID]; l.UsedAt.IsZero() || l.Open {
		t.Errorf("state of the used link: %+v", l)
	}
}

// A mail that was not sent before its link was replaced, used up, or the mail server taken away is not made
// any more; what the program itself issues is not mailed.
func TestLinkThatDoesNotHoldIsNotMailed(t *testing.T) {
	h, out, _ := mailed(t, "smtp://127.0.0.1:1")
	s, first := h.invite("moi@example.vn", "Thí Dụ Thị Mới", conference.RoleSteward)
	second := must(h.room.Reissue(h.as, s.ID))(t)
	if first == second {
		t.Fatal("a new link is the old one")
	}
	mails := must(out.List(t.Context(), outbox.Filter{Kind: account.KindLink}))(t)
	if len(mails) != 2 {
		t.Fatalf("%d mails queued", len(mails))
	}
	if _, msg, err := out.Render(t.Context(), mails[0].ID); err != nil || !strings.Contains(msg.Text, second) {
		t.Errorf("the new link: %v", err)
	}
	_, _, err := out.Render(t.Context(), mails[1].ID)
	wantKind(t, "the replaced link", err, conference.KindGone)
	if l := must(h.room.LinkStates(h.as))(t)[s.ID]; !l.Open {
		t.Errorf("state of the new link: %+v", l)
	}
	system := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Roles: conference.Roles()})
	if _, err := h.room.Reissue(system, s.ID); err != nil {
		t.Fatal(err)
	}
	if again := must(out.List(t.Context(), outbox.Filter{Kind: account.KindLink}))(t); len(again) != 2 {
		t.Errorf("the program's own link was mailed")
	}
	local, out, _ := mailed(t, "")
	if local.invite("moi@example.vn", "Thí Dụ Thị Mới", conference.RoleSteward); local.room.MailsLinks() || len(must(out.List(t.Context(), outbox.Filter{}))(t)) != 0 {
		t.Error("a link was put into the mailbox that organisers read")
	}
	testkit.Write(t, local.db, func(ctx context.Context, tx *db.Tx) error { // queued while there was a server
		_, err := out.Queue(ctx, tx, outbox.Queued{Kind: account.KindLink, Subject: 1, ToAddress: "moi@example.vn"})
		return err
	})
	_, _, err = out.Render(t.Context(), must(out.List(t.Context(), outbox.Filter{}))(t)[0].ID)
	wantKind(t, "without a server", err, conference.KindGone)
}

// Roles for single editions are kept, given in order, and checked as those for all are.
func TestRolesForOneEdition(t *testing.T) {
	h := newHouse(t)
	e := h.edition()
	s, _ := h.invite("moi@example.vn", "Thí Dụ Thị Mới", conference.RoleSteward)
	in := func(edition int64, roles ...conference.Role) account.Held {
		return account.Held{Editions: map[int64][]conference.Role{edition: roles}}
	}
	for _, c := range []struct {
		held account.Held
		want string
	}{
		{account.Held{}, "invalid: error.fields [roles: account.error.roles_missing]"},
		{in(e), "invalid: error.fields [roles: account.error.roles_missing]"},
		{in(e, conference.RoleAdministrator), "invalid: error.fields [roles: account.error.administrator_everywhere]"},
		{in(e, "owner"), "invalid: error.fields [roles: account.error.role_unknown]"},
		{in(999, conference.RoleSteward), "invalid: error.fields [roles: account.error.role_unknown]"},
		{in(e, conference.RoleSteward, conference.RoleOrganiser), "no error"},
	} {
		if got := keyOf(h.room.SetRoles(h.as, s.ID, c.held)); got != c.want {
			t.Errorf("%+v: %s, want %s", c.held, got, c.want)
		}
	}
	got := must(h.room.ByID(h.as, s.ID))(t)
	if want := in(e, conference.RoleOrganiser, conference.RoleSteward); len(got.Roles) != 0 || !got.Held().Equal(want) || got.Editions[e][0] != conference.RoleOrganiser {
		t.Errorf("holds %+v", got.Held())
	}
	a := got.Actor()
	if a.Has(conference.RoleSteward) || !a.In(e).Has(conference.RoleSteward) || a.In(e+1).Has(conference.RoleSteward) || a.In(e).In(0).Has(conference.RoleSteward) {
		t.Error("the actor is judged by roles of another edition")
	}
	if reach := a.Reach(conference.RoleOrganiser); len(reach) != 1 || reach[0] != e {
		t.Errorf("reaches %v", reach)
	}
}
