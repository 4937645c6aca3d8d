package demo_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/delegation"
	"hoinghi/conference/demo"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/report"
)

// The demo is started years after the conference, and its focal points' pages must work.
func TestLongAfterTheConference(t *testing.T) {
	s := newSite(t, outbox.Config{})
	s.clock.Set(time.Date(2026, time.November, 24, 3, 0, 0, 0, time.UTC))
	links := s.fill(t)
	if sum := report.Sum(s.board(t)); sum.Registered != 268 || sum.Sent != 20 {
		t.Errorf("registered %d, invitations sent %d; want 268, 20", sum.Registered, sum.Sent)
	}
	at := slices.IndexFunc(links.FocalPoints, func(f demo.FocalPoint) bool { return f.Province == "Bạc Liêu" })
	i := must(s.rooms.Invitations.ByToken(t.Context(), s.db, last(links.FocalPoints[at].Link)))(t)
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID})
	if _, err := s.rooms.Delegations.Add(ctx, i.ID, delegation.Person{FullName: "Trần Văn Ví Dụ", GroupID: i.Quotas[0].GroupID, Phone: "0900 000 999", Head: true}); err != nil {
		t.Errorf("add a delegate: %v", err)
	}
}

// The demo's clock starts on the first morning; a demo that is started again on the next
// days finds its focal points' pages open.
func TestOverTheDaysOfTheConference(t *testing.T) {
	s := newSite(t, unsent())
	s.clock.Set(demo.Moment())
	s.fill(t)
	if own := edition.XII().RegisterBy; !s.xii(t).RegisterBy.Equal(own.Time) {
		t.Errorf("registration closes on %s, want the edition's own deadline %s", s.xii(t).RegisterBy, own)
	}
	for _, later := range []time.Duration{10 * time.Hour, 30 * time.Hour, 48 * time.Hour} {
		s.clock.Set(demo.Moment().Add(later))
		s.fill(t)
		if !s.xii(t).RegistrationOpen(s.clock.Now()) {
			t.Errorf("registration is closed %s after the start", later)
		}
	}
}

// With a mail server the demo only queues: its mails are the running program's to send.
func TestWithAMailServer(t *testing.T) {
	s := newSite(t, unsent())
	s.fill(t)
	counts := must(s.rooms.Outbox.Counts(t.Context(), s.xii(t).ID))(t)
	if len(counts) != 1 || counts[outbox.StateQueued] < 190 {
		t.Errorf("mails by state: %v; want every one queued", counts)
	}
}

func TestFillRefusesWhatIsNotTheDemo(t *testing.T) {
	real := edition.XII()
	real.IsSample = false
	sample := edition.Today()
	half := edition.XII()
	for name, c := range map[string]struct {
		edition *edition.Draft
		staff   bool
		want    error
	}{
		"a real edition":       {edition: &real, want: demo.ErrReal},
		"another sample":       {edition: &sample, want: demo.ErrReal},
		"an interrupted demo":  {edition: &half, want: demo.ErrHalfDone},
		"accounts, no edition": {staff: true, want: demo.ErrReal},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, unsent())
			if c.edition != nil {
				if err := s.rooms.Editions.Seed(t.Context()); err != nil {
					t.Fatal(err)
				}
				must(s.rooms.Editions.Create(t.Context(), *c.edition))(t)
			}
			if c.staff {
				admin := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Roles: conference.Roles()})
				if _, _, err := s.rooms.Accounts.Invite(admin, account.Invitation{Email: "a@vidu.invalid", FullName: "Lê Thị Mẫu", Roles: conference.Roles()}); err != nil {
					t.Fatal(err)
				}
			}
			audit := s.count(t, `SELECT count(*) FROM audit_entry`)
			if _, err := demo.Fill(t.Context(), s.db, s.keys, s.rooms, base); !errors.Is(err, c.want) {
				t.Errorf("fill: %v, want %v", err, c.want)
			}
			if n := s.count(t, `SELECT count(*) FROM audit_entry`); n != audit {
				t.Error("the refused fill changed something")
			}
		})
	}
}

// A demo in which somebody tried to set up a real conference has become a real folder.
func TestFillRefusesADemoThatBecameReal(t *testing.T) {
	s := newSite(t, unsent())
	s.fill(t)
	own := edition.Today()
	own.Slug, own.IsSample = "xviii-2028", false
	must(s.rooms.Editions.Create(t.Context(), own))(t)
	if _, err := demo.Fill(t.Context(), s.db, s.keys, s.rooms, base); !errors.Is(err, demo.ErrReal) {
		t.Errorf("fill: %v, want %v", err, demo.ErrReal)
	}
}
