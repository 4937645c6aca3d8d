package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"hoinghi/conference/audit"
	"hoinghi/conference/demo"
	"hoinghi/db"
)

type demoCommand struct {
	settings
	JSON        bool `help:"Print one line of JSON with the addresses once ready."`
	AllowRemote bool `help:"Allow an address that other machines can reach. The demo's links let anybody in."`
}

// Run fills the data folder with the example edition, unless it holds it
// already, and serves it with links that sign in as each kind of user.
func (c demoCommand) Run(ctx context.Context, s streams) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() { _ = l.Close() }()
	if tcp, ok := l.Addr().(*net.TCPAddr); !c.AllowRemote && (!ok || !tcp.IP.IsLoopback()) {
		return errors.New("the demo's links let anybody in, so it listens on a loopback address only; --allow-remote overrides this")
	}
	base, err := c.base(l)
	if err != nil {
		return err
	}
	c.Dev = true
	log := slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	clock := startDemoClock()
	c.clock = clock.now
	a, err := c.open(ctx, base, log)
	if err != nil {
		return err
	}
	if err := clock.catchUp(ctx, a.db); err != nil {
		return errors.Join(err, a.close())
	}
	links, err := demo.Fill(ctx, a.db, a.keys, demo.Rooms{Editions: a.site.Editions, Accounts: a.site.Accounts, Invitations: a.site.Invitations,
		Delegations: a.site.Delegations, Checkins: a.site.Checkins, Agenda: a.site.Agenda, Outbox: a.site.Outbox, Signer: a.site.Signer, Press: a.site.Press}, base.String())
	if err != nil {
		return errors.Join(fmt.Errorf("fill the demo: %w", err), a.close())
	}
	if err := a.site.Showcase.Seed(ctx); err != nil {
		return errors.Join(fmt.Errorf("craft villages: %w", err), a.close())
	}
	if err := show(s.out, links, c.JSON); err != nil {
		return errors.Join(err, a.close())
	}
	return a.serve(ctx, l)
}

// demoClock runs like the machine's, but on the morning of the example
// conference: the reception is busy, and late changes are still taken.
type demoClock struct{ shift atomic.Int64 }

func startDemoClock() *demoClock {
	c := &demoClock{}
	c.shift.Store(int64(time.Until(demo.Moment())))
	return c
}

func (c *demoClock) now() time.Time { return time.Now().Add(time.Duration(c.shift.Load())) }

// catchUp puts the clock behind everything that an earlier run recorded, since
// time must not run backwards in one folder.
func (c *demoClock) catchUp(ctx context.Context, d *db.DB) error {
	last, err := audit.Entries(ctx, d, 0, 0, 1)
	if err != nil {
		return fmt.Errorf("read the demo's last moment: %w", err)
	}
	if len(last) == 1 && last[0].At.After(c.now()) {
		c.shift.Add(int64(last[0].At.Sub(c.now()) + time.Second))
	}
	return nil
}

// show prints the links, for people or for a program.
func show(out io.Writer, links demo.Links, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(links)
	}
	text := fmt.Sprintf("\nHội nghị, dữ liệu minh họa / example data\n\n  Trang công khai / public site:  %s\n  Quản trị viên / administrator:  %s\n"+
		"  Ban Tổ chức / organiser:        %s\n  Phụ trách báo chí / press desk: %s\n  Phụ trách đón tiếp / reception: %s\n  Cửa đón tiếp / door:            %s\n"+
		"  Đại biểu / delegate:            %s\n  Nhà báo / journalist:           %s\n",
		links.Base, links.Administrator, links.Organiser, links.PressOfficer, links.Supervisor, links.Door, links.Delegate, links.Press)
	for i, f := range links.FocalPoints {
		if i == 3 {
			text += fmt.Sprintf("  … và %d đơn vị khác / and %d others (see Giấy mời theo tỉnh)\n", len(links.FocalPoints)-3, len(links.FocalPoints)-3)
			break
		}
		text += fmt.Sprintf("  Đầu mối / focal point:          %s (%s, mã/code %s)\n", f.Link, f.Province, f.Code)
	}
	_, err := fmt.Fprintln(out, text)
	return err
}
