// Package guest is the face for those who have a personal link and no account: the
// focal point of an invited organisation, who fills in its delegation, and a
// delegate, who gets a code. A GET shows and changes nothing but the note that the link was
// opened, since programs that read mail open links too.
package guest

import (
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// Guest answers for the holders of personal links.
type Guest struct{ *ui.Site }

// Face gives the guests' route table. The QR code of a link is written in capitals,
// which makes it smaller, so a link is found under /M too.
func Face(site *ui.Site) ui.Face {
	g := &Guest{site}
	const at = "/m/:token"
	return ui.Face{Name: "guest", Nav: g.nav, Routes: []ui.Route{
		ui.GET("/m", ui.Anyone, g.codeForm),
		ui.GET("/M", ui.Anyone, g.codeForm),
		ui.POST("/m", ui.Anyone, g.findCode),
		ui.GET(at, ui.LinkHolder, g.front),
		ui.GET("/M/:token", ui.LinkHolder, g.front),
		ui.POST(at+"/accept", ui.LinkHolder, g.focalPoint(g.accept)),
		ui.POST(at+"/decline", ui.LinkHolder, g.focalPoint(g.decline)),
		ui.POST(at+"/contact", ui.LinkHolder, g.focalPoint(g.setContact)),
		ui.POST(at+"/questions", ui.LinkHolder, g.focalPoint(g.ask)),
		ui.POST(at+"/again", ui.LinkHolder, g.focalPoint(g.again)),
		ui.POST(at+"/submit", ui.LinkHolder, g.focalPoint(g.submit)),
		ui.POST(at+"/delegates", ui.LinkHolder, g.focalPoint(g.add)),
		ui.GET(at+"/delegates/:id", ui.LinkHolder, g.focalPoint(g.editForm)),
		ui.POST(at+"/delegates/:id", ui.LinkHolder, g.focalPoint(g.edit)),
		ui.POST(at+"/delegates/:id/remove", ui.LinkHolder, g.focalPoint(g.remove)),
		ui.POST(at+"/delegates/:id/restore", ui.LinkHolder, g.focalPoint(g.restore)),
		ui.POST(at+"/delegates/:id/head", ui.LinkHolder, g.focalPoint(g.setHead)),
		ui.GET(at+"/letters/:kind", ui.LinkHolder, g.focalPoint(g.letter)),
		ui.GET(at+"/codes", ui.LinkHolder, g.focalPoint(g.codes)),
		ui.GET(at+"/codes/:file", ui.LinkHolder, g.focalPoint(g.codePicture)),
		ui.GET(at+"/badge.png", ui.LinkHolder, g.badgePicture),
		ui.GET(at+"/conference.ics", ui.LinkHolder, g.calendar),
		ui.GET(at+"/programme.ics", ui.LinkHolder, g.programme),
	}}
}

// nav gives the places of a link: it needs more than one to be worth showing.
func (g *Guest) nav(r *ui.Request) []ui.NavGroup {
	e, ok := r.CurrentEdition()
	if !ok {
		return nil
	}
	var items []ui.NavItem
	add := func(key, href, icon string) {
		items = append(items, ui.NavItem{Key: key, Label: r.T("guest.nav." + key), Href: href, Icon: icon})
	}
	switch conference.ActorOf(r.Context()).Kind {
	case conference.ActorFocalPoint:
		add("list", base(r), "users")
		add("codes", base(r)+"/codes", "qr-code")
	case conference.ActorDelegate:
		add("badge", base(r), "id-card")
	case conference.ActorNobody, conference.ActorSystem, conference.ActorStaff, conference.ActorDevice:
		return nil
	}
	if e.IsPublic {
		add("programme", "/e/"+e.Slug+"#programme", "calendar")
	}
	if len(items) < 2 {
		return nil
	}
	return []ui.NavGroup{{Items: items}}
}

// base gives the address of the link's own page, in the form in which links are issued.
func base(r *ui.Request) string { return "/m/" + conference.NormaliseToken(r.Param("token")) }

// front shows what the link stands for.
func (g *Guest) front(r *ui.Request) error {
	i, err := g.invitationOf(r)
	switch {
	case err == nil:
		return g.open(r, i)
	case conference.KindOf(err) != conference.KindNotFound:
		return g.lost(r, err)
	}
	d, err := g.delegateOf(r)
	if err != nil {
		return g.lost(r, err)
	}
	return g.badge(r, d)
}

// focalPoint makes a handler that only the focal point's link reaches.
func (g *Guest) focalPoint(h func(*ui.Request, invitation.Invitation) error) ui.Handler {
	return func(r *ui.Request) error {
		i, err := g.invitationOf(r)
		if err != nil {
			return g.lost(r, err)
		}
		return h(r, i)
	}
}

// invitationOf gives the invitation of the link and makes its focal point the actor.
func (g *Guest) invitationOf(r *ui.Request) (invitation.Invitation, error) {
	i, err := g.Invitations.ByToken(r.Context(), g.DB, r.Param("token"))
	if err != nil {
		return invitation.Invitation{}, err
	}
	r.ActAs(conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID, Label: i.Organisation.Vi})
	return i, g.setEdition(r, i.EditionID)
}

// delegateOf gives the delegate of the link and makes them the actor.
func (g *Guest) delegateOf(r *ui.Request) (delegation.Delegate, error) {
	d, err := g.Delegations.ByToken(r.Context(), g.DB, r.Param("token"))
	if err != nil {
		return delegation.Delegate{}, err
	}
	r.ActAs(conference.Actor{Kind: conference.ActorDelegate, ID: d.ID, Label: d.Number})
	return d, g.setEdition(r, d.EditionID)
}

func (g *Guest) setEdition(r *ui.Request, id int64) error {
	e, err := edition.ByID(r.Context(), g.DB, id)
	if err != nil {
		return err
	}
	r.SetEdition(e)
	return nil
}

// lost refuses a link and shows, where there is a public edition, whom to call.
func (g *Guest) lost(r *ui.Request, why error) error {
	if conference.KindOf(why) == conference.KindGone {
		g.former(r, r.Param("token"))
	}
	if _, ok := r.CurrentEdition(); !ok {
		g.setFront(r)
	}
	return why
}

// setFront puts the edition of the front page into the frame. A page without it is
// still a page, so a failure is only logged.
func (g *Guest) setFront(r *ui.Request) {
	e, err := edition.Front(r.Context(), g.DB)
	switch {
	case err == nil:
		r.SetEdition(e)
	case conference.KindOf(err) != conference.KindNotFound:
		g.Log.Error("edition of the front page", "error", err)
	}
}

// facts is what a guest has to know about the conference.
type facts struct {
	Title, Theme, When, Venue, Address, Organiser, Host string
	Programme                                           string // address of the public page, "" when there is none
}

func factsOf(r *ui.Request) facts {
	e, lang := r.Edition(), r.Lang()
	f := facts{Title: e.Title(lang), Theme: e.Theme(lang), When: ui.DateRange(e.StartsOn, e.EndsOn, lang), Venue: e.Venue(lang),
		Address: e.Address(lang), Organiser: e.Organiser(lang), Host: e.Host(lang)}
	if e.IsPublic {
		f.Programme = "/e/" + e.Slug + "#programme"
	}
	return f
}

// named gives a person's name with the form of address, where one was said.
func named(r *ui.Request, d delegation.Delegate) string {
	if d.Gender == delegation.Unsaid {
		return d.FullName
	}
	return r.T(delegation.Honorific(d.Gender).Key) + " " + d.FullName
}

// joined puts the parts that are there into one line.
func joined(parts ...string) string {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, ", ")
}
