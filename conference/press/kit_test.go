package press_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

const baseURL = "https://hoinghi.example"

// house is the example edition, open for the press.
type house struct {
	clock       *testkit.Clock
	db          *db.DB
	out         *outbox.Outbox
	delegations *delegation.Room
	room        *press.Room
	ed          *edition.Room
	xii         edition.Edition
	officer     context.Context
	nobody      context.Context
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{clock: testkit.NewClock()}
	keys := testkit.Keys(t)
	h.db = testkit.Store(t, h.clock)
	loc, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	if h.out, err = outbox.New(h.db, testkit.Quiet(), outbox.Config{}); err != nil {
		t.Fatal(err)
	}
	h.ed = edition.New(h.db)
	if err := h.ed.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.delegations = delegation.New(h.db, keys, h.out, badge.NewSigner(keys), loc, baseURL, "HOINGHI.EXAMPLE")
	h.room = press.New(h.db, h.out, h.delegations, loc, baseURL)
	if h.xii, err = h.ed.Create(t.Context(), testkit.Draft()); err != nil {
		t.Fatal(err)
	}
	h.officer = h.as(t, "Bà Minh Họa", conference.RolePressOfficer)
	h.nobody = conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorNobody})
	return h
}

func (h *house) as(t *testing.T, name string, roles ...conference.Role) context.Context {
	return conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 7, Label: name, Roles: roles})
}

func draft() press.Draft {
	return press.Draft{Outlet: "Báo Ví Dụ", OutletKind: "online", FullName: "TRỊNH THỊ THÍ DỤ", Gender: delegation.Female, Role: "reporter", CardNumber: "VD 0001",
		Phone: "0900 000 701", Email: "phongvien@vidu.example", Lang: "vi", Notice: true, ClientKey: "k1"}
}

func (h *house) apply(t *testing.T, d press.Draft) press.Application {
	t.Helper()
	a, err := h.room.Apply(h.nobody, h.xii.ID, d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (h *house) approved(t *testing.T) press.Application {
	t.Helper()
	a, err := h.room.Approve(h.officer, h.apply(t, draft()).ID, press.Waiting, "")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (h *house) live(t *testing.T, a press.Application) badge.Badge {
	t.Helper()
	b, err := badge.LiveOf(t.Context(), h.db, a.DelegateID)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (h *house) count(t *testing.T, query string) int {
	t.Helper()
	n, err := db.Value[int](t.Context(), h.db, query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
