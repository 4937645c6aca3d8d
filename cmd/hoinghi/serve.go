package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
)

type serveCommand struct{ settings }

// Run serves a data folder until it is told to stop.
func (c serveCommand) Run(ctx context.Context, s streams) error {
	log := slog.New(slog.NewJSONHandler(s.err, nil))
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() { _ = l.Close() }() // closed already when serving ended
	base, err := c.base(l)
	if err != nil {
		return err
	}
	a, err := c.open(ctx, base, log)
	if err != nil {
		return err
	}
	if err := a.site.Editions.Seed(ctx); err != nil {
		return errors.Join(fmt.Errorf("reference data: %w", err), a.close())
	}
	if err := a.site.Showcase.Seed(ctx); err != nil {
		return errors.Join(fmt.Errorf("craft villages: %w", err), a.close())
	}
	if err := greet(ctx, a, s); err != nil {
		return errors.Join(err, a.close())
	}
	return a.serve(ctx, l)
}

// greet prints where the site is, and while there is no account yet the link
// that creates the first administrator.
func greet(ctx context.Context, a *app, s streams) error {
	token, first, err := a.site.Accounts.FirstAdministratorLink(ctx)
	if err != nil {
		return fmt.Errorf("first administrator: %w", err)
	}
	if _, err := fmt.Fprintf(s.out, "\nHội nghị: %s\n", a.site.BaseURL); err != nil {
		return err
	}
	if !first {
		return nil
	}
	_, err = fmt.Fprintf(s.out, "\nChưa có tài khoản. Mở liên kết này (dùng một lần, trong 24 giờ) để tạo quản trị viên đầu tiên:\n"+
		"There is no account yet. Open this link (once, within 24 hours) to create the first administrator:\n\n  %s\n\n", a.site.Absolute("/desk/link/"+token))
	return err
}
