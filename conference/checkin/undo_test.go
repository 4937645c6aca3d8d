package checkin_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/checkin"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

func TestUndo(t *testing.T) {
	h := newHall(t, 2)
	told, stop := h.db.Subscribe(checkin.Topic(edition))
	defer stop()
	h.upload(h.a, h.scan(1, 0), checkin.Scan{ID: uuid(2), Text: "menu", T: h.now()})
	<-told
	cursor := h.send(h.b, checkin.Batch{Sent: h.now()}).Cursor

	if err := h.room.Undo(t.Context(), h.b, uuid(1), 0); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("another device's scan: %v", err)
	}
	if err := h.room.Undo(t.Context(), h.a, uuid(9), 0); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("no such scan: %v", err)
	}
	if err := h.room.Undo(t.Context(), h.a, uuid(2), 0); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("a refused reading: %v", err)
	}
	h.clock.Advance(10*time.Second + time.Millisecond)
	if err := h.room.Undo(t.Context(), h.a, uuid(1), 0); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("after more than 10 s: %v", err)
	}
	// The button was pressed in time, the network came back later.
	pressed := h.now() - 5000
	for range 2 {
		if err := h.room.Undo(t.Context(), h.a, uuid(1), pressed); err != nil {
			t.Fatalf("undo: %v", err)
		}
	}
	<-told
	if n := h.count(`SELECT count(*) FROM audit_entry WHERE action = 'checkin.undo'`); n != 1 {
		t.Errorf("%d audit rows, want 1: undoing twice is undoing once", n)
	}
	got := h.send(h.b, checkin.Batch{Sent: h.now(), Cursor: cursor})
	if d := cmp.Diff([]checkin.Change{{DelegateID: 1}}, got.Changes); d != "" {
		t.Errorf("the other device was not told (-want +got):\n%s", d)
	}
	if r := h.upload(h.b, h.scan(3, 0)).Results[0]; r.Verdict != checkin.Accepted {
		t.Errorf("after the undoing: %q", r.Verdict)
	}
}

func TestUndoLater(t *testing.T) {
	h := newHall(t, 1)
	h.upload(h.a, h.scan(1, 0))
	h.clock.Advance(time.Hour)
	if err := h.room.UndoLater(h.as(conference.RoleSteward), edition, uuid(1), "nhầm người"); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("a steward: %v", err)
	}
	if err := h.room.UndoLater(h.as(conference.RoleOrganiser), 8, uuid(1), "nhầm người"); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("through another edition: %v", err)
	}
	if err := h.room.UndoLater(h.as(conference.RoleOrganiser), edition, uuid(1), "nhầm người"); err != nil {
		t.Fatalf("an organiser: %v", err)
	}
	if n := h.count(`SELECT count(*) FROM arrival`); n != 0 {
		t.Errorf("%d arrivals, want none", n)
	}
	testkit.Refused(t, h.room.UndoLater(h.as(conference.RoleOrganiser), edition, uuid(1), "lý do khác"), conference.KindConflict, "checkin.error.undone")
	if err := h.room.UndoLater(h.as(conference.RoleOrganiser), 8, uuid(1), "nhầm người"); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("taken back, through another edition: %v", err)
	}
}

func TestList(t *testing.T) {
	h := newHall(t, 3)
	h.upload(h.b, h.scan(1, 1))
	l := h.list(h.a)
	if len(l.People) != 3 || l.People[1].Arrived == nil || l.People[0].Arrived != nil || l.Cursor != 1 {
		t.Fatalf("list %+v", l)
	}
	p := l.People[1]
	want := checkin.Person{DelegateID: 2, Badge: h.badges[1].Number.String(), Number: "KC-002", Name: "Nguyễn Văn Mẫu 2", Folded: "nguyen van mau 2",
		Title: "Giám đốc", Organisation: "Sở Công Thương Mẫu", ProvinceVi: "An Giang", ProvinceEn: "An Giang",
		GroupCode: "so", GroupVi: "Lãnh đạo Sở", GroupEn: "DOIT", Colour: "son", State: "registered"}
	if d := cmp.Diff(want, p.Person); d != "" {
		t.Errorf("person (-want +got):\n%s", d)
	}
	if got := h.send(h.a, checkin.Batch{Sent: h.now(), Cursor: l.Cursor}); len(got.Changes) != 0 {
		t.Errorf("changes after the list: %+v", got.Changes)
	}
}

func TestArrivals(t *testing.T) {
	h := newHall(t, 3)
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		h.addDelegate(ctx, tx, 10, 2)
		h.addDelegate(ctx, tx, 11, 2)
		h.addDelegate(ctx, tx, 12, 2)
		h.exec(ctx, tx, `UPDATE delegate SET state = 'withdrawn' WHERE id = 11`)
		h.exec(ctx, tx, `UPDATE delegate SET state = 'listed' WHERE id = 12`)
		return nil
	})
	h.upload(h.a, h.scan(1, 0), h.scan(2, 0))
	h.clock.Advance(time.Minute)
	h.upload(h.b, h.scan(3, 3), checkin.Scan{ID: uuid(4), DelegateID: 2, T: h.now() - 1})
	got, err := checkin.Arrivals(t.Context(), h.db, edition, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got.Registered != 4 || got.Arrived != 3 {
		t.Errorf("%d of %d arrived, want 3 of 4", got.Arrived, got.Registered)
	}
	want := []checkin.ProvinceCount{
		{Slug: "tay-ninh-mau", Abbr: "XTN", NameVi: "Tây Ninh", NameEn: "Tay Ninh", Kind: "province", Host: true},
		{Slug: "an-giang-mau", Abbr: "XAG", NameVi: "An Giang", NameEn: "An Giang", Kind: "province", Registered: 3, Arrived: 2},
		{Slug: "can-tho-mau", Abbr: "XCT", NameVi: "Cần Thơ", NameEn: "Can Tho", Kind: "city"},
		{Registered: 1, Arrived: 1},
	}
	if d := cmp.Diff(want, got.Provinces); d != "" {
		t.Errorf("provinces (-want +got):\n%s", d)
	}
	if len(got.Minutes) != 2 || got.Minutes[0].N != 2 || got.Minutes[1].N != 1 {
		t.Errorf("minutes %+v", got.Minutes)
	}
	if len(got.Latest) != 2 || got.Latest[0].DelegateID != 10 || got.Latest[1].DelegateID != 2 || !got.Latest[1].ByHand || got.Latest[0].Device != "Điện thoại B" {
		t.Errorf("latest %+v", got.Latest)
	}
}

func TestCheckpoints(t *testing.T) {
	h := newHall(t, 0)
	first, err := h.room.Default(t.Context(), edition)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := h.room.Default(t.Context(), 8)
	if err != nil || fresh.ID == first.ID || fresh.Name("en") != "Main entrance" {
		t.Errorf("another edition's entrance: %+v, %v", fresh, err)
	}
	all, err := checkin.Checkpoints(t.Context(), h.db, edition)
	if d := cmp.Diff([]checkin.Checkpoint{first}, all); d != "" || err != nil {
		t.Errorf("checkpoints: %v (-want +got):\n%s", err, d)
	}
}

// Whoever looks at the doubtful scans reads who took an entry back, and why.
func TestWhoTookAnEntryBack(t *testing.T) {
	h := newHall(t, 2)
	h.upload(h.a, h.scan(1, 0), h.scan(2, 1))
	device := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorDevice, ID: 1, Label: "Điện thoại A"})
	if err := h.room.Undo(device, h.a, uuid(1), 0); err != nil {
		t.Fatal(err)
	}
	h.upload(h.b, h.scan(3, 0)) // in again: the same delegate has a second undoing
	supervisor := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 2, Label: "Lê Thị Thí Dụ", Roles: []conference.Role{conference.RoleSupervisor}})
	for scan, why := range map[string]string{uuid(2): "Quét nhầm thẻ", uuid(3): "Về sớm"} {
		if err := h.room.UndoLater(supervisor, edition, scan, why); err != nil {
			t.Fatal(err)
		}
	}
	found, err := checkin.Doubtfuls(t.Context(), h.db, edition, checkin.Undone, 10)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][3]string{}
	for _, x := range found {
		got[x.ScanID] = [3]string{string(x.UndoneByKind), x.UndoneBy, x.UndoneFor}
	}
	want := map[string][3]string{uuid(1): {"device", "Điện thoại A", ""}, uuid(2): {"staff", "Lê Thị Thí Dụ", "Quét nhầm thẻ"}, uuid(3): {"staff", "Lê Thị Thí Dụ", "Về sớm"}}
	if d := cmp.Diff(want, got); d != "" || len(found) != len(want) {
		t.Errorf("%d rows (-want +got):\n%s", len(found), d)
	}
}
