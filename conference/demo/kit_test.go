package demo_test

import (
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/agenda"
	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/demo"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
	"hoinghi/conference/report"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

const base = "https://hoinghi.example.vn"

// site is a database with the rooms that the demo plays through.
type site struct {
	clock *testkit.Clock
	db    *db.DB
	keys  *conference.Keys
	rooms demo.Rooms
}

// unsent is a mail server that nobody asks: mails stay queued, and the hundreds of
// codes in them need not be drawn for tests that are not about mail.
func unsent() outbox.Config {
	return outbox.Config{SMTPURL: "smtp://127.0.0.1:1", From: "ban-to-chuc@hoinghi.invalid"}
}

func newSite(t *testing.T, mail outbox.Config) *site {
	t.Helper()
	clock := testkit.NewClock()
	d, keys := testkit.Store(t, clock), testkit.Keys(t)
	loc, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	out, err := outbox.New(d, testkit.Quiet(), mail)
	if err != nil {
		t.Fatal(err)
	}
	signer := badge.NewSigner(keys)
	delegations := delegation.New(d, keys, out, signer, loc, base, "HOINGHI.EXAMPLE.VN")
	return &site{clock: clock, db: d, keys: keys, rooms: demo.Rooms{
		Editions: edition.New(d), Outbox: out, Signer: signer, Agenda: agenda.New(d), Checkins: checkin.New(d, signer),
		Accounts:    account.New(d, account.WithHashing(account.Cost{MemoryKiB: 64, Passes: 1, Threads: 1})),
		Invitations: invitation.New(d, keys, out, loc, base),
		Delegations: delegations,
		Press:       press.New(d, out, delegations, loc, base),
	}}
}

func (s *site) fill(t *testing.T) demo.Links {
	t.Helper()
	links, err := demo.Fill(t.Context(), s.db, s.keys, s.rooms, base)
	if err != nil {
		t.Fatalf("fill: %v", err)
	}
	return links
}

func (s *site) xii(t *testing.T) edition.Edition {
	t.Helper()
	return must(edition.BySlug(t.Context(), s.db, demo.SlugXII))(t)
}

// delegations gives every delegation of the edition.
func (s *site) delegations(t *testing.T) []delegation.Delegation {
	t.Helper()
	var out []delegation.Delegation
	for _, i := range must(invitation.List(t.Context(), s.db, s.xii(t).ID))(t) {
		out = append(out, must(delegation.ForInvitation(t.Context(), s.db, i.ID))(t))
	}
	return out
}

func (s *site) board(t *testing.T) []report.Row {
	t.Helper()
	return must(report.Board(t.Context(), s.db, s.xii(t).ID))(t)
}

func (s *site) count(t *testing.T, query string) int {
	t.Helper()
	return must(db.Value[int](t.Context(), s.db, query))(t)
}

// must gives the value of a call that cannot fail in this test.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
