// Package desk is the organisers' face: everything behind an account.
package desk

import (
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/web/ui"
)

// Desk answers for the organisers.
type Desk struct {
	*ui.Site
	box      mailbox
	printing chan struct{} // holds one while a PDF is made
	packs    packs
}

// Face gives the desk's route table and navigation.
func Face(site *ui.Site) ui.Face {
	d := &Desk{Site: site, printing: make(chan struct{}, 1)}
	return ui.Face{Name: "desk", Nav: d.nav, Routes: slices.Concat(
		d.entryRoutes(),
		d.homeRoutes(),
		d.editionRoutes(),
		d.setupRoutes(),
		d.organisationRoutes(),
		d.importRoutes(),
		d.invitationRoutes(),
		d.sendRoutes(),
		d.byHandRoutes(),
		d.substituteRoutes(),
		d.questionRoutes(),
		d.letterRoutes(),
		d.delegateRoutes(),
		d.badgeRoutes(),
		d.programmeRoutes(),
		d.showcaseRoutes(),
		d.doorRoutes(),
		d.pressRoutes(),
		d.mailRoutes(), d.bounceRoutes(),
		d.staffRoutes(),
		d.auditRoutes(),
		d.styleRoutes(),
	)}
}

// nav gives the navigation by task, in the order of the conference's life. Only
// what the member of staff may open is shown.
func (d *Desk) nav(r *ui.Request) []ui.NavGroup {
	if !r.SignedIn() {
		return nil
	}
	var groups []ui.NavGroup
	add := func(label string, items ...ui.NavItem) {
		if len(items) > 0 {
			groups = append(groups, ui.NavGroup{Label: r.T(label), Items: items})
		}
	}
	item := func(key, href, icon string) ui.NavItem {
		return ui.NavItem{Key: key, Label: r.T("desk.nav." + key), Href: href, Icon: icon}
	}
	actor := r.Actor()
	e, ok := r.CurrentEdition()
	organiser := ok && actor.Has(conference.RoleOrganiser)
	if ok {
		base := "/desk/e/" + e.Slug
		if organiser {
			add("desk.nav.prepare", item("home", base, "layout-dashboard"), item("settings", base+"/settings", "settings"),
				item("provinces", base+"/provinces", "map-pin"), item("groups", base+"/groups", "users"))
			add("desk.nav.invite", item("organisations", organisationsAt, "building-2"), item("invitations", base+"/invitations", "mail"), item("invitation-text", base+"/invitations/text", "file-text"),
				ui.NavItem{Key: "sendings", Label: r.T("sending.nav"), Href: base + "/invitations/sendings", Icon: "send"},
				ui.NavItem{Key: "letters", Label: r.T("letters.nav"), Href: base + "/letters", Icon: "stamp"},
				ui.NavItem{Key: "by-hand", Label: r.T("byhand.nav"), Href: base + "/invitations/by-hand", Icon: "message-circle"},
				ui.NavItem{Key: "questions", Label: r.T("question.nav"), Href: base + "/questions", Icon: "circle-question-mark"})
			add("desk.nav.register", item("delegates", base+"/delegates", "users"),
				ui.NavItem{Key: "badges", Label: r.T("print.nav"), Href: base + "/badges", Icon: "printer"})
			add("desk.nav.programme_group", item("programme", base+"/programme", "calendar"))
			add("desk.nav.showcase_group", item("showcase", "/desk/showcase", "store"))
		}
		if actor.Has(conference.RoleOrganiser, conference.RolePressOfficer) {
			add("desk.nav.press_group", item("press", base+"/press", "newspaper"))
		}
		add("desk.nav.receive", receiveItems(actor, base, item)...)
	}
	if !organiser && actor.Somewhere(conference.RoleOrganiser) {
		add("desk.nav.invite", item("organisations", organisationsAt, "building-2"))
		add("desk.nav.showcase_group", item("showcase", "/desk/showcase", "store"))
	}
	if actor.Somewhere(conference.RoleOrganiser) {
		system := []ui.NavItem{item("editions", "/desk/editions", "flag"), item("mail", "/desk/mail", "send"), item("audit", "/desk/audit", "history")}
		if actor.Has(conference.RoleAdministrator) {
			system = append(system, item("staff", "/desk/staff", "users"))
		}
		add("desk.nav.system", system...)
	}
	add("desk.nav.me", item("me", "/desk/me", "user"))
	return groups
}

// receiveItems gives what somebody may open of the reception.
func receiveItems(a conference.Actor, base string, item func(key, href, icon string) ui.NavItem) []ui.NavItem {
	var out []ui.NavItem
	if a.Has(conference.RoleOrganiser, conference.RoleSupervisor, conference.RoleSteward) {
		out = append(out, item("arrivals", base+"/arrivals", "door-open"))
	}
	if a.Has(conference.RoleOrganiser, conference.RoleSupervisor) {
		out = append(out, item("door", base+"/door", "scan-line"), item("doubtful", base+"/doubtful", "history"))
	}
	return out
}
