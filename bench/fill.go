package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/demo"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

const (
	devices  = 64
	sessions = 200
)

// filled is a folder with so many delegates, and the ways into it.
type filled struct {
	folder     string
	delegates  int
	staff      string   // cookie of an organiser
	devices    []string // cookies of paired devices
	codes      []string // what the QR codes hold
	registered float64  // delegates listed in a second by many focal points at once
}

// fill plays the example edition into an empty folder and adds delegates through
// the same verb that a focal point's form calls, many at once.
func fill(ctx context.Context, folder string, delegates int, base *url.URL) (f filled, err error) {
	f = filled{folder: folder, delegates: delegates}
	key := make([]byte, conference.MasterKeySize)
	_, _ = rand.Read(key) // never fails: it stops the program instead
	keys, err := conference.NewKeys(key)
	if err != nil {
		return f, err
	}
	d, err := db.Open(ctx, filepath.Join(folder, "hoinghi.db"), db.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := os.WriteFile(filepath.Join(folder, "master.key"), []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
		return f, err
	}
	site, err := web.Build(ctx, d, keys, slog.New(slog.DiscardHandler), outbox.Config{From: "btc@hoinghi.invalid"}, ui.Config{BaseURL: base, Version: "bench"})
	if err != nil {
		return f, err
	}
	if _, err := demo.Fill(ctx, d, keys, demo.Rooms{Editions: site.Editions, Accounts: site.Accounts, Invitations: site.Invitations, Delegations: site.Delegations,
		Checkins: site.Checkins, Agenda: site.Agenda, Press: site.Press, Outbox: site.Outbox, Signer: site.Signer}, base.String()); err != nil {
		return f, fmt.Errorf("example edition: %w", err)
	}
	e, err := edition.BySlug(ctx, d, demo.SlugXII)
	if err != nil {
		return f, err
	}
	ctx = conference.WithActor(ctx, conference.Actor{Kind: conference.ActorSystem, Label: "bench", Roles: conference.Roles()})
	g := &guests{filled: &f, db: d, site: site, edition: e}
	return f, errors.Join(g.invite(ctx), g.programme(ctx), g.letIn(ctx), g.arrive(ctx))
}

// guests adds to an example edition.
type guests struct {
	*filled
	db      *db.DB
	site    *ui.Site
	edition edition.Edition
	door    []checkin.Device
}

// invite gives every delegation its part of the delegates and sends the lists.
// Addresses are taken away first: mails with thousands of codes are not what is measured here.
func (g *guests) invite(ctx context.Context) error {
	all, err := invitation.List(ctx, g.db, g.edition.ID)
	if err != nil {
		return err
	}
	var parts []invitation.Invitation
	for _, i := range all {
		if i.Answer != "declined" {
			parts = append(parts, i)
		}
	}
	there, err := delegation.Search(ctx, g.db, g.edition.ID, delegation.Filter{State: delegation.Registered, Limit: 1})
	if err != nil {
		return err
	}
	missing := g.delegates - there.Total
	perGroup := missing/(len(parts)*len(parts[0].Quotas)) + 1
	for _, i := range parts {
		if err := g.prepare(ctx, i, perGroup); err != nil {
			return fmt.Errorf("prepare delegation: %w", err)
		}
	}
	began := time.Now()
	if err := g.list(ctx, parts, missing); err != nil {
		return fmt.Errorf("list delegates: %w", err)
	}
	g.registered = float64(missing) / time.Since(began).Seconds()
	for _, i := range parts {
		if _, err := g.site.Delegations.Submit(ctx, i.ID); err != nil {
			return fmt.Errorf("send list: %w", err)
		}
		codes, err := g.site.Delegations.Codes(ctx, g.db, i.ID)
		if err != nil {
			return err
		}
		for _, c := range codes {
			g.codes = append(g.codes, c.Text)
		}
	}
	return nil
}

func (g *guests) prepare(ctx context.Context, i invitation.Invitation, more int) error {
	o, err := edition.OrganisationByID(ctx, g.db, i.OrganisationID)
	if err != nil {
		return err
	}
	o.Email = ""
	seats := map[int64]int{}
	for _, q := range i.Quotas {
		seats[q.GroupID] = q.Seats + more
	}
	return errors.Join(g.site.Editions.ChangeOrganisation(ctx, o), g.site.Invitations.SetQuotas(ctx, i.ID, seats),
		g.site.Invitations.SetContact(ctx, i.ID, invitation.Contact{Name: i.FocalName, Phone: i.FocalPhone}))
}

// list adds the n missing delegates, 32 at a time, with sample names.
func (g *guests) list(ctx context.Context, parts []invitation.Invitation, n int) error {
	family := strings.Fields("Nguyễn Trần Lê Phạm Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đoàn Lâm Mai Trịnh Đào Cao Hà Tạ Lương")
	middle := strings.Fields("Văn Thị Hữu Minh Ngọc Thanh Quốc Gia Hoàng Xuân Đức Thu Kim Bảo Anh Hồng Công Mỹ Trọng Tấn")
	given := strings.Fields("Mẫu Thí Dụ Minh Họa Giả Định Ví Lan Cúc Trúc Mai Sen Tùng Bách Lâm Sơn Hải Giang Hà Phong Vân Nguyệt Nhật Thủy Đông")
	var next atomic.Int64
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for k := int(next.Add(1) - 1); k < n; k = int(next.Add(1) - 1) {
				i := parts[k%len(parts)]
				q := i.Quotas[k/len(parts)%len(i.Quotas)]
				name := family[k%25] + " " + middle[k/25%20] + " " + given[k/500%25] + " " + given[k/12500%25]
				_, err := g.site.Delegations.Add(ctx, i.ID, delegation.Person{FullName: name, JobTitle: "Chuyên viên phòng Quản lý công nghiệp", GroupID: q.GroupID,
					Phone: fmt.Sprintf("0900 %03d %03d", k/1000%1000, k%1000), Head: k < len(parts), ClientKey: fmt.Sprintf("bench-%d", k)})
				if err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// programme makes the programme of a large congress.
func (g *guests) programme(ctx context.Context) error {
	have, err := agenda.Visible(ctx, g.db, g.edition.ID, agenda.Internal)
	if err != nil {
		return err
	}
	for n := len(have); n < sessions; n++ {
		from := g.edition.Start().Add(time.Duration(8+n%9) * time.Hour)
		if _, err := g.site.Agenda.Add(ctx, g.edition.ID, agenda.Draft{Kind: agenda.KindDiscussion, TitleVi: fmt.Sprintf("Thảo luận nhóm %d về chế biến nông sản và làng nghề", n),
			TitleEn: fmt.Sprintf("Group discussion %d on farm produce and craft villages", n), ByVi: "Sở Công Thương", ByEn: "Department of Industry and Trade",
			RoomVi: fmt.Sprintf("Phòng %d", n), RoomEn: fmt.Sprintf("Room %d", n), StartsAt: db.At(from), EndsAt: db.At(from.Add(time.Hour))}); err != nil {
			return fmt.Errorf("programme: %w", err)
		}
	}
	return nil
}

// letIn signs an organiser in and pairs the devices.
func (g *guests) letIn(ctx context.Context) error {
	staff, err := g.site.Accounts.List(ctx)
	if err != nil {
		return err
	}
	for _, s := range staff {
		if len(s.Roles) != 1 || s.Roles[0] != conference.RoleOrganiser {
			continue
		}
		link, err := g.site.Accounts.DemoLink(ctx, s.ID)
		if err != nil {
			return err
		}
		_, token, err := g.site.Accounts.SignInByLink(ctx, link, "bench")
		if err != nil {
			return err
		}
		g.staff = "hoinghi=" + token
	}
	main, err := g.site.Checkins.Default(ctx, g.edition.ID)
	if err != nil {
		return err
	}
	return g.pair(ctx, main)
}

func (g *guests) pair(ctx context.Context, at checkin.Checkpoint) error {
	_, secret, err := g.site.Accounts.NewPairing(ctx, g.edition.ID, at.ID, "Điện thoại đo", true)
	if err != nil {
		return fmt.Errorf("pairing: %w", err)
	}
	for range devices {
		d, token, err := g.site.Accounts.Pair(ctx, secret)
		if err != nil {
			return fmt.Errorf("pair: %w", err)
		}
		g.devices = append(g.devices, ui.DeviceCookie+"="+token)
		g.door = append(g.door, checkin.Device{ID: d.ID, EditionID: d.EditionID, CheckpointID: d.CheckpointID})
	}
	return nil
}

// arrive lets two of three in, as a door sees them on the first morning.
func (g *guests) arrive(ctx context.Context) error {
	now := time.Now().UnixMilli()
	n := 0
	var scans []checkin.Scan
	for i, text := range g.codes {
		if i%3 < 2 {
			scans = append(scans, checkin.Scan{ID: fmt.Sprintf("%08x-f111-4000-8000-%012x", i, i), Seq: int64(i), Text: text, T: now})
		}
		if len(scans) == checkin.MaxBatch || i == len(g.codes)-1 && len(scans) > 0 {
			if _, err := g.site.Checkins.Upload(ctx, g.door[n%devices], checkin.Batch{Sent: now, Cursor: 1 << 50, Scans: scans}); err != nil {
				return fmt.Errorf("let in: %w", err)
			}
			n, scans = n+1, nil
		}
	}
	return nil
}
