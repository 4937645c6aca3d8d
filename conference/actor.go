package conference

import (
	"context"
	"slices"
)

// ActorKind says what sort of party acts.
type ActorKind string

// The parties that can change something.
const (
	ActorNobody     ActorKind = "nobody"      // a visitor whom nothing identifies; may change nothing
	ActorSystem     ActorKind = "system"      // the program itself: outbox, first start, demo
	ActorStaff      ActorKind = "staff"       // somebody with an account
	ActorFocalPoint ActorKind = "focal_point" // somebody with an invitation's personal link
	ActorDelegate   ActorKind = "delegate"    // somebody with a delegate's personal link
	ActorDevice     ActorKind = "device"      // a paired door device
)

// Role is what a member of staff may do.
type Role string

// The roles of this stage of the product.
const (
	RoleAdministrator Role = "administrator"        // everything, staff included
	RoleOrganiser     Role = "organiser"            // invitations, delegations, programme, door, press
	RoleSupervisor    Role = "reception_supervisor" // the door: checkpoints, devices, double entries, taking back
	RoleSteward       Role = "steward"              // the door: who is there, nothing else
	RolePressOfficer  Role = "press_officer"        // the press: accreditation and what the press page says
)

// Roles lists every role in the order in which they are shown.
func Roles() []Role {
	return []Role{RoleAdministrator, RoleOrganiser, RoleSupervisor, RoleSteward, RolePressOfficer}
}

// Actor is who acts, for permissions and for the audit. ID is the row of the
// kind's own table (staff, invitation, delegate, device), 0 for the system.
// Label is a name to be shown beside the audit row.
type Actor struct {
	Kind  ActorKind
	ID    int64
	Label string
	// Roles are those by which the actor is judged here: within an edition (In) the ones held
	// for it, elsewhere the ones held for every edition.
	Roles []Role
	// Editions are the roles held for one edition only, by edition.
	Editions map[int64][]Role
	// Edition is the one within which the actor acts, 0 for none.
	Edition int64

	everywhere []Role // the roles held for every edition, once Edition is set
}

// System is the actor of everything the program does by itself.
func System() Actor { return Actor{Kind: ActorSystem, Label: "system"} }

// Has reports whether the actor holds one of the roles here; an administrator holds all.
func (a Actor) Has(roles ...Role) bool { return holds(a.Roles, roles) }

func holds(held, wanted []Role) bool {
	if slices.Contains(held, RoleAdministrator) {
		return true
	}
	return slices.ContainsFunc(wanted, func(r Role) bool { return slices.Contains(held, r) })
}

// Everywhere gives the roles that the actor holds for every edition.
func (a Actor) Everywhere() []Role {
	if a.Edition == 0 {
		return a.Roles
	}
	return a.everywhere
}

// In gives the actor as one who acts within an edition, judged by the roles held for it; 0 is
// what belongs to no edition, where only the roles held for every one count.
func (a Actor) In(edition int64) Actor {
	held := a.Everywhere()
	a.everywhere, a.Roles, a.Edition = held, slices.Concat(held, a.Editions[edition]), edition
	if edition == 0 {
		a.Roles = held
	}
	return a
}

// Somewhere reports whether the actor holds one of the roles for any edition.
func (a Actor) Somewhere(roles ...Role) bool {
	return holds(a.Anywhere(), roles)
}

// Anywhere gives every role that the actor holds for any edition.
func (a Actor) Anywhere() []Role {
	out := slices.Clone(a.Everywhere())
	for _, held := range a.Editions {
		out = append(out, held...)
	}
	return out
}

// MayEnter reports whether the actor holds any role for an edition.
func (a Actor) MayEnter(edition int64) bool { return len(a.In(edition).Roles) > 0 }

// Reach gives the editions for which the actor holds one of the roles: nil for every one,
// what belongs to none included; otherwise those alone, perhaps none.
func (a Actor) Reach(roles ...Role) []int64 {
	if a.Kind == ActorSystem || holds(a.Everywhere(), roles) {
		return nil
	}
	out := []int64{}
	for edition, held := range a.Editions {
		if holds(held, roles) {
			out = append(out, edition)
		}
	}
	slices.Sort(out)
	return out
}

// MayNote reports whether the actor may leave a change to something of an edition behind.
// It is the last lock, should a verb have forgotten whose edition its row is of: staff need a
// role there, and roles held for one edition do not open another's rows. 0 is no edition.
func (a Actor) MayNote(edition int64) bool {
	if a.Kind != ActorStaff || edition == 0 {
		return true
	}
	if a.Edition != 0 && a.Edition != edition && len(a.Editions[a.Edition]) > 0 {
		return false
	}
	return a.MayEnter(edition)
}

// MayOrganise lets organisers and the program itself through, judged where the actor acts:
// within an edition by the roles held for it, elsewhere by those held for every one. Errors: forbidden.
func MayOrganise(ctx context.Context) error { return admit(ActorOf(ctx), RoleOrganiser) }

// MayOrganiseIn lets through who organises this edition, wherever they act; 0 is what
// belongs to no edition. Errors: forbidden.
func MayOrganiseIn(ctx context.Context, edition int64) error {
	return admit(ActorOf(ctx).In(edition), RoleOrganiser)
}

// MayOrganiseEverywhere lets through who organises every edition. Errors: forbidden.
func MayOrganiseEverywhere(ctx context.Context) error { return MayOrganiseIn(ctx, 0) }

// MayOrganiseSomewhere lets through who organises any edition, for what all editions
// share: organisations, craft villages. Errors: forbidden.
func MayOrganiseSomewhere(ctx context.Context) error {
	a := ActorOf(ctx)
	if a.Kind == ActorStaff && a.Somewhere(RoleOrganiser) {
		return nil
	}
	return admit(a, RoleOrganiser)
}

// MayReceiveIn lets those through who run the door of this edition: reception supervisors,
// organisers and the program itself. Errors: forbidden.
func MayReceiveIn(ctx context.Context, edition int64) error {
	return admit(ActorOf(ctx).In(edition), RoleOrganiser, RoleSupervisor)
}

// MayPressIn lets those through who look after this edition's press: press officers,
// organisers and the program itself. Errors: forbidden.
func MayPressIn(ctx context.Context, edition int64) error {
	return admit(ActorOf(ctx).In(edition), RoleOrganiser, RolePressOfficer)
}

// MayPress is MayPressIn where the actor acts, as MayOrganise.
func MayPress(ctx context.Context) error {
	return admit(ActorOf(ctx), RoleOrganiser, RolePressOfficer)
}

func admit(a Actor, roles ...Role) error {
	if a.Kind == ActorSystem || a.Kind == ActorStaff && a.Has(roles...) {
		return nil
	}
	return Forbidden()
}

type actorKey struct{}

// WithActor gives a context in which a acts.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf gives who acts in ctx, the system when nobody was named.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return System()
}
