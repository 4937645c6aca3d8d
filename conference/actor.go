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
	Roles []Role
}

// System is the actor of everything the program does by itself.
func System() Actor { return Actor{Kind: ActorSystem, Label: "system"} }

// Has reports whether the actor holds one of the roles; an administrator holds all.
func (a Actor) Has(roles ...Role) bool {
	if slices.Contains(a.Roles, RoleAdministrator) {
		return true
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// MayOrganise lets organisers and the program itself through. Errors: forbidden.
func MayOrganise(ctx context.Context) error { return admit(ctx, RoleOrganiser) }

// MayReceive lets those through who run the door: reception supervisors, organisers
// and the program itself. Errors: forbidden.
func MayReceive(ctx context.Context) error { return admit(ctx, RoleOrganiser, RoleSupervisor) }

// MayPress lets those through who look after the press: press officers, organisers
// and the program itself. Errors: forbidden.
func MayPress(ctx context.Context) error { return admit(ctx, RoleOrganiser, RolePressOfficer) }

func admit(ctx context.Context, roles ...Role) error {
	a := ActorOf(ctx)
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
