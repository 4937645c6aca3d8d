// Package ui is what every face of the web shares: the route table, the request,
// rendering, forms, errors, sessions and live updates. Only packages under web
// know HTTP; only this one and web know Echo.
package ui

import (
	"net/http"
	"slices"

	"hoinghi/conference"
)

// Audience says who may call a route. It stands beside each route, and a test
// walks every route as every role and as nobody.
type Audience string

// The audiences, from the widest to the narrowest.
const (
	Anyone         Audience = "anyone"
	LinkHolder     Audience = "link"          // whoever has the personal link or code in the address
	PairedDevice   Audience = "device"        // a door device, by its cookie
	SignedIn       Audience = "signed_in"     // any member of staff
	Stewards       Audience = "steward"       // whoever receives people: stewards and Supervisors
	Supervisors    Audience = "supervisor"    // reception supervisor, organiser, administrator
	PressOfficers  Audience = "press_officer" // press officer, organiser, administrator
	Organisers     Audience = "organiser"     // organiser, administrator
	AllOrganisers  Audience = "all_organiser" // organisers of every edition, for what concerns more than the one of the address
	AnyOrganisers  Audience = "any_organiser" // organisers of any edition, for what editions share or a page shows each their own of
	Administrators Audience = "administrator" // administrator
)

// roles gives the roles that an audience admits, nil for audiences that are no matter of roles.
func (a Audience) roles() []conference.Role {
	switch a {
	case SignedIn:
		return conference.Roles()
	case Stewards:
		return []conference.Role{conference.RoleSteward, conference.RoleSupervisor, conference.RoleOrganiser}
	case Supervisors:
		return []conference.Role{conference.RoleSupervisor, conference.RoleOrganiser}
	case PressOfficers:
		return []conference.Role{conference.RolePressOfficer, conference.RoleOrganiser}
	case Organisers, AnyOrganisers, AllOrganisers:
		return []conference.Role{conference.RoleOrganiser}
	case Administrators:
		return []conference.Role{conference.RoleAdministrator}
	case Anyone, LinkHolder, PairedDevice:
		return nil
	}
	return nil
}

// Staff reports whether the audience needs an account.
func (a Audience) Staff() bool { return a.roles() != nil }

// somewhere reports whether a role held for any edition is enough on a page that belongs to
// none. On any other such page only the roles held for every edition count.
func (a Audience) somewhere() bool { return a == SignedIn || a == AnyOrganisers }

// Admits reports whether a member of staff with these roles belongs to the audience.
func (a Audience) Admits(roles []conference.Role) bool {
	if slices.Contains(roles, conference.RoleAdministrator) {
		return true
	}
	return slices.ContainsFunc(a.roles(), func(r conference.Role) bool { return slices.Contains(roles, r) })
}

// Handler answers one request: it reads, calls one verb and answers.
type Handler func(*Request) error

// Route is one row of a face's table. Path is in Echo's form; a parameter
// ":edition" is resolved before the handler runs. JSON makes errors problems
// (RFC 9457) instead of pages. Limit is the largest body in bytes, 0 for the default.
// Early, if set, is asked before anything is read from the store; it reports whether it
// has answered already. Only pages for anyone may have one.
type Route struct {
	Method   string
	Path     string
	Audience Audience
	Handler  Handler
	JSON     bool
	Limit    int64
	Camera   bool // the page may use the camera and WebAssembly (scanner.md D5)
	Early    func(*Request) (done bool, err error)
}

// GET makes a route for reading.
func GET(path string, a Audience, h Handler) Route {
	return Route{Method: http.MethodGet, Path: path, Audience: a, Handler: h}
}

// POST makes a route for changing.
func POST(path string, a Audience, h Handler) Route {
	return Route{Method: http.MethodPost, Path: path, Audience: a, Handler: h}
}
