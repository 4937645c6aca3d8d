package main

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/testkit"
)

// An administrator who forgot the password gets in again by whoever keeps the machine.
func TestALostPasswordIsSetAnew(t *testing.T) {
	dir := t.TempDir()
	base := &url.URL{Scheme: "https", Host: "hoinghi.example"}
	c := settings{Data: dir, MailFrom: "btc@hoinghi.invalid"}
	open := func() *app {
		t.Helper()
		a, err := c.open(t.Context(), base, testkit.Quiet())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := open()
	ctx := conference.WithActor(context.Background(), conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
	_, token, err := a.site.Accounts.Invite(ctx, account.Invitation{Email: "quan-tri@vidu.example", FullName: "Mẫu Quản Trị", Roles: []conference.Role{conference.RoleAdministrator}})
	if err == nil {
		_, err = a.site.Accounts.UseLink(ctx, token, account.Credentials{Password: "bốn mùa hoa nở"})
	}
	if err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, "running on this data folder", "password", "--data", dir, "--base-url", base.String(), "quan-tri@vidu.example")
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, "--base-url", "password", "--data", dir, "quan-tri@vidu.example")
	mustRefuse(t, "no account has this address", "password", "--data", dir, "--base-url", base.String(), "ai@vidu.example")
	out := mustDo(t, "password", "--data", dir, "--base-url", base.String()+"/", " Quan-Tri@vidu.example")
	link := regexp.MustCompile(`https://hoinghi\.example/desk/link/([0-9A-Z]{26})`).FindStringSubmatch(out)
	if link == nil || strings.Contains(out, "bốn mùa") {
		t.Fatalf("printed %s", out)
	}
	a = open()
	defer func() { _ = a.close() }()
	if _, err := a.site.Accounts.UseLink(ctx, link[1], account.Credentials{Password: "năm mùa trăng sáng"}); err != nil {
		t.Error(err)
	}
}
