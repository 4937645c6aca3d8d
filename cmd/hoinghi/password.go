package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/account"
)

type passwordCommand struct {
	settings
	Email string `arg:"" help:"Address of the account."`
}

// Run prints a one-time link with which the holder of an account sets a new password:
// the way back in for an administrator whom no other administrator can help. Whoever may read the
// data folder may use it, and the audit says that it was used. The program must be stopped.
func (c passwordCommand) Run(ctx context.Context, s streams) error {
	base, err := url.Parse(strings.TrimRight(c.BaseURL, "/"))
	if err != nil || base.Host == "" {
		return advise(nil, "name the site's address with --base-url, so that the link can be opened", "hãy nêu địa chỉ của trang bằng --base-url để mở được liên kết")
	}
	a, err := c.open(ctx, base, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	link, err := c.link(ctx, a)
	if err := errors.Join(err, a.close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Liên kết đặt mật khẩu, dùng một lần, trong 24 giờ / link that sets a password, once, within 24 hours:\n\n  %s\n\n", link)
	return err
}

func (c passwordCommand) link(ctx context.Context, a *app) (string, error) {
	ctx = conference.WithActor(ctx, conference.Actor{Kind: conference.ActorSystem, Label: "hoinghi password", Roles: conference.Roles()})
	all, err := a.site.Accounts.List(ctx)
	if err != nil {
		return "", fmt.Errorf("list accounts: %w", err)
	}
	at := slices.IndexFunc(all, func(s account.Staff) bool { return strings.EqualFold(s.Email, strings.TrimSpace(c.Email)) })
	if at < 0 {
		return "", advise(nil, "no account has this address", "không có tài khoản nào dùng địa chỉ này; hãy kiểm tra lại")
	}
	token, err := a.site.Accounts.Reissue(ctx, all[at].ID)
	if conference.KindOf(err) == conference.KindConflict {
		return "", advise(err, "this account is closed: another administrator opens it again in the desk", "tài khoản này đã khóa; hãy nhờ quản trị viên khác mở lại")
	}
	if err != nil {
		return "", fmt.Errorf("make link: %w", err)
	}
	return a.site.Absolute("/desk/link/" + token), nil
}
