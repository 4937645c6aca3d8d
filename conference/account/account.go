// Package account holds who may work with the house: staff with roles and
// passwords, their sessions, the one-time links that let somebody in without a
// password, and the paired devices of the door.
package account

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/db"
)

// Room is the account room. Its methods are safe for concurrent use.
type Room struct {
	db       *db.DB
	hasher   *hasher
	throttle *throttle
	mail     *mailing // nil: links are shown only
}

// Option changes how a Room is made.
type Option func(*settings)

type settings struct{ cost Cost }

// WithHashing sets what one password costs; without it DefaultCost holds.
func WithHashing(c Cost) Option { return func(s *settings) { s.cost = c } }

// New makes the room on an open database.
func New(d *db.DB, options ...Option) *Room {
	s := settings{cost: DefaultCost()}
	for _, o := range options {
		o(&s)
	}
	return &Room{db: d, hasher: newHasher(s.cost), throttle: newThrottle()}
}

// Staff is somebody with an account.
type Staff struct {
	ID          int64
	Email       string
	FullName    string
	Roles       []conference.Role           // for every edition, in the order of conference.Roles
	Editions    map[int64][]conference.Role // for one edition only, in the same order
	HasPassword bool                        // false until the one-time link was used
	DisabledAt  db.Time                     // zero while the account is open
	CreatedAt   db.Time
}

// Disabled reports whether the account was closed.
func (s Staff) Disabled() bool { return !s.DisabledAt.IsZero() }

// Actor gives the member of staff as the one who acts.
func (s Staff) Actor() conference.Actor {
	return conference.Actor{Kind: conference.ActorStaff, ID: s.ID, Label: s.FullName, Roles: s.Roles, Editions: s.Editions}
}

// Held gives what the member of staff may do.
func (s Staff) Held() Held { return Held{Everywhere: s.Roles, Editions: s.Editions} }

// Topic is what db.Subscribe takes to hear that somebody's sessions, roles or account changed.
func Topic(staffID int64) string { return "staff/" + strconv.FormatInt(staffID, 10) }

func (s *Staff) fields() []any {
	return []any{&s.ID, &s.Email, &s.FullName, &s.HasPassword, &s.DisabledAt, &s.CreatedAt, (*roleSet)(&s.Roles), (*scopedSet)(&s.Editions)}
}

// roleSet reads the roles of one person from a comma-separated column.
type roleSet []conference.Role

// Scan implements sql.Scanner.
func (r *roleSet) Scan(src any) error {
	*r = nil
	switch v := src.(type) {
	case nil:
	case string:
		*r = ordered(strings.Split(v, ","))
	case []byte:
		*r = ordered(strings.Split(string(v), ","))
	default:
		return fmt.Errorf("roles column holds %T", src)
	}
	return nil
}

// ordered gives the known roles among names, each once, in the order in which they are shown.
func ordered[S ~string](names []S) []conference.Role {
	var out []conference.Role
	for _, r := range conference.Roles() {
		if slices.Contains(names, S(r)) {
			out = append(out, r)
		}
	}
	return out
}

// RoleText gives the name of a role for people.
func RoleText(r conference.Role) conference.Text { return conference.Say("account.role." + string(r)) }

// administrate lets administrators through only.
func administrate(ctx context.Context) error {
	if !conference.ActorOf(ctx).In(0).Has(conference.RoleAdministrator) {
		return conference.Forbidden()
	}
	return nil
}

// ownOrAdministrate lets through administrators, and staff to what is their own.
func ownOrAdministrate(ctx context.Context, staffID int64) error {
	if isOwn(ctx, staffID) {
		return nil
	}
	return administrate(ctx)
}

func isOwn(ctx context.Context, staffID int64) bool {
	a := conference.ActorOf(ctx)
	return a.Kind == conference.ActorStaff && a.ID == staffID && staffID != 0
}

// keepDoor lets through those who run the door of an edition. Not the program itself:
// nothing that pairs a device may act in nobody's name.
func keepDoor(ctx context.Context, editionID int64) error {
	if !conference.ActorOf(ctx).In(editionID).Has(conference.RoleOrganiser, conference.RoleSupervisor) {
		return conference.Forbidden()
	}
	return nil
}

// keepSomeDoor lets through those who run the door of any edition, before a device is
// looked up whose edition says the rest.
func keepSomeDoor(ctx context.Context) error {
	if !conference.ActorOf(ctx).Somewhere(conference.RoleOrganiser, conference.RoleSupervisor) {
		return conference.Forbidden()
	}
	return nil
}
