package ui

import (
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/edition"
)

// ofEdition reports whether the route's address names an edition.
func (r Route) ofEdition() bool { return strings.Contains(r.Path, ":edition") }

// judge lets a member of staff through to the route, or not. Under an edition the roles held
// for it count, elsewhere those held for every edition, or for any where the audience says
// so. From here on the request's actor is judged the same way by every room.
func (r *Request) judge() error {
	actor := r.staff.Actor()
	if !r.route.ofEdition() {
		roles := actor.Roles
		if r.route.Audience.somewhere() {
			roles = actor.Anywhere()
		}
		if !r.route.Audience.Admits(roles) {
			return conference.Forbidden()
		}
		return nil
	}
	if !r.route.Audience.Admits(actor.Anywhere()) {
		return conference.Forbidden() // before anything is looked up
	}
	e, err := edition.BySlug(r.Context(), r.site.DB, r.Param("edition"))
	if err != nil {
		return err
	}
	actor = actor.In(e.ID)
	roles := actor.Roles
	if r.route.Audience == AllOrganisers {
		roles = actor.Everywhere()
	}
	if !r.route.Audience.Admits(roles) {
		return conference.Forbidden()
	}
	r.ActAs(actor)
	r.edition = &e
	return nil
}

// Actor gives who acts, judged by the roles held for the edition that the page is of, or that
// its frame shows.
func (r *Request) Actor() conference.Actor {
	actor := conference.ActorOf(r.Context())
	if r.edition != nil {
		return actor.In(r.edition.ID)
	}
	return actor
}

// stillAdmitted reports whether the session still holds and the route still admits its holder.
func (r *Request) stillAdmitted() bool {
	staff, err := r.site.Accounts.Holder(r.Context(), r.readCookie(r.site.sessionCookie()))
	if err != nil {
		// A reader that fails for a moment shows nothing either; the page connects again.
		return false
	}
	r.staff = &staff
	return r.judge() == nil
}

// keepEdition picks the edition that a page of no edition shows in its frame: the one that was
// open last, the one on the front page, or any, among those for which a role is held.
func (r *Request) keepEdition() error {
	actor := r.staff.Actor()
	pick := func(e edition.Edition, err error) (bool, error) {
		switch {
		case err == nil && actor.MayEnter(e.ID):
			r.edition = &e
			return true, nil
		case err == nil, conference.KindOf(err) == conference.KindNotFound:
			return false, nil
		}
		return false, err
	}
	if done, err := pick(edition.BySlug(r.Context(), r.site.DB, r.readCookie(editionCookie))); done || err != nil {
		return err
	}
	if done, err := pick(edition.Front(r.Context(), r.site.DB)); done || err != nil || len(actor.Editions) == 0 {
		return err
	}
	all, err := edition.All(r.Context(), r.site.DB)
	if err != nil {
		return err
	}
	for _, e := range all {
		if done, err := pick(e, nil); done {
			return err
		}
	}
	return nil
}

// DeskHome gives the page of an edition on which the member of staff begins:
// the overview, or as much of the edition as the roles show.
func (r *Request) DeskHome(e edition.Edition) string {
	base := "/desk/e/" + e.Slug
	switch a := r.staff.Actor().In(e.ID); {
	case a.Has(conference.RoleOrganiser):
		return base
	case a.Has(conference.RoleSupervisor, conference.RoleSteward):
		return base + "/arrivals"
	case a.Has(conference.RolePressOfficer):
		return base + "/press"
	}
	return "/desk/me"
}

// roleLabel names the highest role held for the edition that the frame shows, or else for any.
func (r *Request) roleLabel() string {
	actor := r.staff.Actor()
	held := actor.Anywhere()
	if r.edition != nil && actor.MayEnter(r.edition.ID) {
		held = actor.In(r.edition.ID).Roles
	}
	for _, role := range conference.Roles() {
		for _, has := range held {
			if has == role {
				return r.T("account.role." + string(role))
			}
		}
	}
	return ""
}
