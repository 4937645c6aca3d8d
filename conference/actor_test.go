package conference_test

import (
	"context"
	"slices"
	"testing"

	"hoinghi/conference"
)

// Roles held for one edition count there and nowhere else, wherever the actor stands.
func TestActorIsJudgedByTheEdition(t *testing.T) {
	organiser, steward := conference.RoleOrganiser, conference.RoleSteward
	staff := func(everywhere []conference.Role, two ...conference.Role) conference.Actor {
		a := conference.Actor{Kind: conference.ActorStaff, ID: 1, Roles: everywhere}
		if two != nil {
			a.Editions = map[int64][]conference.Role{2: two}
		}
		return a
	}
	ask := func(a conference.Actor, may func(context.Context) error) bool {
		return may(conference.WithActor(context.Background(), a)) == nil
	}
	in := func(edition int64) func(context.Context) error {
		return func(ctx context.Context) error { return conference.MayOrganiseIn(ctx, edition) }
	}
	for _, c := range []struct {
		name                               string
		actor                              conference.Actor
		here, one, two, everywhere, anyOne bool
		noteOne, noteTwo                   bool
	}{
		{"nothing", staff(nil), false, false, false, false, false, false, false},
		{"organiser of all", staff([]conference.Role{organiser}), true, true, true, true, true, true, true},
		{"administrator within an edition", staff([]conference.Role{conference.RoleAdministrator}).In(1), true, true, true, true, true, true, true},
		{"organiser of two", staff(nil, organiser), false, false, true, false, true, false, true},
		{"organiser of two within it", staff(nil, organiser).In(2), true, false, true, false, true, false, true},
		{"organiser of two within one", staff(nil, organiser).In(1), false, false, true, false, true, false, true},
		{"from one into two and out again", staff(nil, organiser).In(1).In(2).In(0), false, false, true, false, true, false, true},
		{"steward of all, organiser of two, within it", staff([]conference.Role{steward}, organiser).In(2), true, false, true, false, true, false, true},
		{"steward of all, organiser of two, within one", staff([]conference.Role{steward}, organiser).In(1), false, false, true, false, true, true, true},
		{"the program", conference.System(), true, true, true, true, true, true, true},
		{"the program within an edition", conference.System().In(1), true, true, true, true, true, true, true},
		{"a device with roles by mistake", conference.Actor{Kind: conference.ActorDevice, ID: 1, Roles: conference.Roles()}, false, false, false, false, false, true, true},
	} {
		got := []bool{ask(c.actor, conference.MayOrganise), ask(c.actor, in(1)), ask(c.actor, in(2)), ask(c.actor, conference.MayOrganiseEverywhere),
			ask(c.actor, conference.MayOrganiseSomewhere), c.actor.MayNote(1), c.actor.MayNote(2)}
		if want := []bool{c.here, c.one, c.two, c.everywhere, c.anyOne, c.noteOne, c.noteTwo}; !slices.Equal(got, want) {
			t.Errorf("%s: here, one, two, everywhere, any, note one, note two: %v, want %v", c.name, got, want)
		}
		if !c.actor.MayNote(0) {
			t.Errorf("%s may leave nothing on the record of no edition", c.name)
		}
	}
	if got := staff(nil, organiser).Reach(steward); got == nil || len(got) != 0 {
		t.Errorf("a role that is not held reaches %v", got)
	}
	if got := staff([]conference.Role{organiser}, steward).Reach(organiser); got != nil {
		t.Errorf("a role held for every edition reaches %v only", got)
	}
}
