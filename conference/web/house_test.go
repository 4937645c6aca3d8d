package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/demo"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

// house is the whole program on a loopback port, filled with the example edition.
type house struct {
	t     testing.TB
	db    *db.DB
	site  *ui.Site
	clock *testkit.Clock
	base  string
	links demo.Links
}

// open gives the house with its mails still queued: drawing the hundreds of codes in
// them would be most of a test's time.
func open(t testing.TB) *house {
	t.Helper()
	return openWith(t, outbox.Config{SMTPURL: "smtp://127.0.0.1:1", From: "btc@hoinghi.invalid"})
}

// openWithMail gives the house with every mail in its own mailbox.
func openWithMail(t testing.TB) *house {
	t.Helper()
	return openWith(t, outbox.Config{From: "btc@hoinghi.invalid", FromName: "Ban Tổ chức"})
}

func openWith(t testing.TB, mail outbox.Config) *house {
	t.Helper()
	clock := testkit.NewClock()
	clock.Set(demo.Moment())
	d := testkit.Store(t, clock)
	server := httptest.NewUnstartedServer(nil)
	base, err := url.Parse("http://" + server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	site, err := web.Build(ctx, d, testkit.Keys(t), testkit.Loud(t), mail,
		ui.Config{BaseURL: base, Version: "test", Dev: true})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := web.Handler(site, nil)
	if err != nil {
		t.Fatal(err)
	}
	server.Config = web.Server(ctx, handler)
	server.Start()
	t.Cleanup(func() {
		stop()
		server.Close()
	})
	h := &house{t: t, db: d, site: site, clock: clock, base: base.String()}
	h.links, err = demo.Fill(ctx, d, testkit.Keys(t), demo.Rooms{Editions: site.Editions, Accounts: site.Accounts, Invitations: site.Invitations,
		Delegations: site.Delegations, Checkins: site.Checkins, Agenda: site.Agenda, Outbox: site.Outbox, Press: site.Press, Signer: site.Signer}, h.base)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Showcase.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	return h
}

// visitor is one browser without scripts: it keeps cookies and does not follow redirects.
type visitor struct {
	h      *house
	client *http.Client
}

func (h *house) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &visitor{h: h, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// staff gives a visitor signed in with exactly these roles.
func (h *house) staff(role conference.Role) *visitor {
	h.t.Helper()
	v := h.visitor()
	switch role {
	case conference.RoleAdministrator:
		v.get(h.links.Administrator)
	case conference.RoleOrganiser:
		v.get(h.links.Organiser)
	case conference.RoleSupervisor, conference.RoleSteward, conference.RolePressOfficer:
		v.get(h.roleLink(role))
	}
	return v
}

// roleLink gives a sign-in link for the demo's account that holds just this role.
func (h *house) roleLink(role conference.Role) string {
	h.t.Helper()
	ctx := conference.WithActor(context.Background(), conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
	all, err := h.site.Accounts.List(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range all {
		if len(s.Roles) == 1 && s.Roles[0] == role {
			token, err := h.site.Accounts.DemoLink(ctx, s.ID)
			if err != nil {
				h.t.Fatal(err)
			}
			return h.base + "/desk/link/" + token
		}
	}
	h.t.Fatalf("the demo has no %s", role)
	return ""
}

// device gives a visitor that is a paired door device.
func (h *house) device() *visitor {
	h.t.Helper()
	v := h.visitor()
	_, secret, ok := strings.Cut(h.links.Door, "#")
	if !ok {
		h.t.Fatalf("door link %q has no secret", h.links.Door)
	}
	res, body := v.send(http.MethodPost, h.base+"/door/pair", "application/json", `{"secret":"`+secret+`"}`)
	if res.StatusCode >= 300 {
		h.t.Fatalf("pairing: %d %s", res.StatusCode, body)
	}
	return v
}

func (v *visitor) send(method, address, contentType, body string) (*http.Response, string) {
	v.h.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.h.base + address
	}
	req, err := http.NewRequestWithContext(v.h.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		v.h.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.h.t.Fatalf("%s %s: %v", method, address, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	return res, string(text)
}

func (v *visitor) get(address string) (*http.Response, string) {
	v.h.t.Helper()
	return v.send(http.MethodGet, address, "", "")
}
