package demo_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/demo"
	"hoinghi/db"
)

func TestLinks(t *testing.T) {
	s := newSite(t, unsent())
	links := s.fill(t)
	raw := must(json.Marshal(links))(t)
	shape := regexp.MustCompile(`^\{"base":"https://hoinghi\.example\.vn","administrator":"https://hoinghi\.example\.vn/desk/link/[0-9A-Z]{26}",` +
		`"organiser":"https://hoinghi\.example\.vn/desk/link/[0-9A-Z]{26}","door":"https://hoinghi\.example\.vn/door/pair#[0-9A-Z]{26}",` +
		`"delegate":"https://hoinghi\.example\.vn/m/[0-9A-Z]{26}","press":"https://hoinghi\.example\.vn/m/[0-9A-Z]{26}",` +
		`"press_officer":"https://hoinghi\.example\.vn/desk/link/[0-9A-Z]{26}","supervisor":"https://hoinghi\.example\.vn/desk/link/[0-9A-Z]{26}",` +
		`"focal_points":\[(,?\{"province":"[^"]+","link":"https://hoinghi\.example\.vn/m/[0-9A-Z]{26}","code":"[A-Z]{3}-[0-9A-Z]{6}"\}){20}\]\}$`)
	if !shape.Match(raw) {
		t.Errorf("the links are %s", raw)
	}
	if links.FocalPoints[0].Province != "Tây Ninh" {
		t.Errorf("the first focal point is of %s, want the host", links.FocalPoints[0].Province)
	}
	seen := map[string]bool{}
	secrets := []string{links.Administrator, links.Organiser, links.Door, links.Delegate, links.Press, links.PressOfficer, links.Supervisor}
	for _, f := range links.FocalPoints {
		secrets = append(secrets, f.Link, f.Code, f.Province)
	}
	for _, secret := range secrets {
		if seen[secret] {
			t.Errorf("%s was given out twice", secret)
		}
		seen[secret] = true
	}
	t.Run("open", func(t *testing.T) { s.testOpen(t, links) })
	t.Run("second fill", func(t *testing.T) { s.testSecondFill(t, links) })
}

func last(link string) string { return link[strings.LastIndexAny(link, "/#")+1:] }

// testOpen uses every link twice.
func (s *site) testOpen(t *testing.T, links demo.Links) {
	ctx := t.Context()
	for range 2 {
		for link, role := range map[string]conference.Role{links.Administrator: conference.RoleAdministrator, links.Organiser: conference.RoleOrganiser,
			links.PressOfficer: conference.RolePressOfficer, links.Supervisor: conference.RoleSupervisor} {
			_, token, err := s.rooms.Accounts.SignInByLink(ctx, last(link), "test")
			if err != nil {
				t.Fatalf("%s's link: %v", role, err)
			}
			staff, _, err := s.rooms.Accounts.SessionByToken(ctx, token)
			if err != nil || !slices.Equal(staff.Roles, []conference.Role{role}) {
				t.Errorf("%s's link signs in as %v, %v", role, staff.Roles, err)
			}
		}
		if d, _, err := s.rooms.Accounts.Pair(ctx, last(links.Door)); err != nil || d.EditionID != s.xii(t).ID {
			t.Errorf("door's link: %v", err)
		}
		if d, err := s.rooms.Delegations.ByToken(ctx, s.db, last(links.Delegate)); err != nil || d.State != delegation.Registered || d.Head {
			t.Errorf("delegate's link: %s, %v", d.State, err)
		}
		for _, f := range links.FocalPoints {
			i, err := s.rooms.Invitations.ByToken(ctx, s.db, last(f.Link))
			if err != nil || i.Province.NameVi != f.Province {
				t.Errorf("link of %s: %v", f.Province, err)
			}
			if j, err := s.rooms.Invitations.ByCode(ctx, s.db, f.Code); err != nil || j.ID != i.ID {
				t.Errorf("code of %s: %v", f.Province, err)
			}
		}
	}
	d := must(s.rooms.Delegations.ByToken(ctx, s.db, last(links.Delegate)))(t)
	if n := must(db.Value[int](ctx, s.db, `SELECT count(*) FROM scan WHERE delegate_id = ?`, d.ID))(t); n != 0 {
		t.Error("the delegate of the link has come already: the door cannot be tried out with this code")
	}
}

func (s *site) testSecondFill(t *testing.T, first demo.Links) {
	const data = `SELECT (SELECT count(*) FROM edition) + (SELECT count(*) FROM invitation) + (SELECT count(*) FROM delegate) + (SELECT count(*) FROM staff)
		+ (SELECT count(*) FROM mail) + (SELECT count(*) FROM scan) + (SELECT count(*) FROM agenda_session) + (SELECT count(*) FROM organisation)
		+ (SELECT count(*) FROM checkpoint) + (SELECT count(*) FROM badge)`
	before, lines := s.count(t, data), s.lines(t)
	s.clock.Set(time.Date(2026, time.November, 24, 3, 0, 0, 0, time.UTC))
	second := s.fill(t)
	if after := s.count(t, data); after != before {
		t.Errorf("the second fill made %d rows", after-before)
	}
	if diff := cmp.Diff(lines, s.lines(t)); diff != "" {
		t.Errorf("the second fill changed the delegates:\n%s", diff)
	}
	if diff := cmp.Diff(first.FocalPoints, second.FocalPoints); diff != "" {
		t.Errorf("the focal points' links changed:\n%s", diff)
	}
	if first.Administrator == second.Administrator || first.Door == second.Door {
		t.Error("the second fill gave an old sign-in link again")
	}
	if _, _, err := s.rooms.Accounts.SignInByLink(t.Context(), last(second.Organiser), "test"); err != nil {
		t.Errorf("the new link: %v", err)
	}
	if e := s.xii(t); !e.RegistrationOpen(s.clock.Now()) {
		t.Errorf("registration closed on %s: nobody can try the focal point's page", e.RegisterBy)
	}
}
