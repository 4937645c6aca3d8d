package delegation_test

import (
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

const (
	baseURL = "https://hoinghi.example"
	host    = "HOINGHI.EXAMPLE"
)

// house is the XII edition with its invitations prepared and no seats yet.
type house struct {
	clock  *testkit.Clock
	db     *db.DB
	keys   *conference.Keys
	out    *outbox.Outbox
	loc    *templates.Locales
	ed     *edition.Room
	inv    *invitation.Room
	room   *delegation.Room
	signer *badge.Signer
	xii    edition.Edition
	groups []edition.Group
}

func open(t testing.TB) *house {
	t.Helper()
	h := &house{clock: testkit.NewClock()}
	h.db, h.keys = testkit.Store(t, h.clock), testkit.Keys(t)
	var err error
	if h.loc, err = templates.LoadLocales(); err != nil {
		t.Fatal(err)
	}
	if h.out, err = outbox.New(h.db, testkit.Quiet(), outbox.Config{}); err != nil {
		t.Fatal(err)
	}
	h.ed, h.signer = edition.New(h.db), badge.NewSigner(h.keys)
	if err := h.ed.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.inv = invitation.New(h.db, h.keys, h.out, h.loc, baseURL)
	h.room = delegation.New(h.db, h.keys, h.out, h.signer, h.loc, baseURL, host)
	h.xii, h.groups = h.create(t, testkit.Draft())
	return h
}

func (h *house) create(t testing.TB, d edition.Draft) (edition.Edition, []edition.Group) {
	t.Helper()
	e, err := h.ed.Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.inv.Prepare(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	groups, err := edition.Groups(t.Context(), h.db, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return e, groups
}

// invited gives the nth invitation of an edition after giving its groups these seats, from the first group on.
func (h *house) invited(t testing.TB, e edition.Edition, n int, seats ...int) invitation.Invitation {
	t.Helper()
	all, err := invitation.List(t.Context(), h.db, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	quotas := map[int64]int{}
	for i, s := range seats {
		quotas[all[n].Quotas[i].GroupID] = s
	}
	if err := h.inv.SetQuotas(t.Context(), all[n].ID, quotas); err != nil {
		t.Fatal(err)
	}
	i, err := invitation.ByID(t.Context(), h.db, all[n].ID)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func person(name string, group int64) delegation.Person {
	return delegation.Person{FullName: name, GroupID: group}
}

func (h *house) add(t testing.TB, i invitation.Invitation, p delegation.Person) delegation.Delegate {
	t.Helper()
	d, err := h.room.Add(t.Context(), i.ID, p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (h *house) delegation(t testing.TB, i invitation.Invitation) delegation.Delegation {
	t.Helper()
	d, err := delegation.ForInvitation(t.Context(), h.db, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (h *house) submit(t testing.TB, i invitation.Invitation) delegation.Receipt {
	t.Helper()
	r, err := h.room.Submit(t.Context(), i.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) refused(t testing.TB, err error, kind conference.Kind, want ...string) {
	t.Helper()
	testkit.Refused(t, err, kind, want...)
}

// worded checks that a text exists in both languages with nothing left unfilled.
func (h *house) worded(t testing.TB, text conference.Text) {
	t.Helper()
	testkit.Worded(t, text)
}
