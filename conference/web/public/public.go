// Package public is the face for everybody: the front page of an edition, its
// programme, and what a badge's link shows.
package public

import (
	"errors"
	"net/http"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/badge"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

// Public answers for everybody.
type Public struct {
	*ui.Site
	cache *cache
}

// Face gives the public route table.
func Face(site *ui.Site) ui.Face {
	p := &Public{Site: site, cache: newCache(site.DB)}
	return ui.Face{Name: "public", Nav: p.nav, Routes: append(append(p.showcaseRoutes(), p.pressRoutes()...),
		p.keptRoute("/", p.front),
		p.keptRoute("/e/:edition", p.edition),
		p.keptRoute("/e/:edition/programme", p.programme),
		p.keptRoute("/e/:edition/programme.ics", p.calendar),
		ui.GET("/e/:edition/programme/:session", ui.Anyone, p.sessionCalendar),
		ui.GET("/c/:code", ui.Anyone, p.badge),
		ui.GET("/C/:code", ui.Anyone, p.badge),
		ui.GET("/robots.txt", ui.Anyone, p.robots),
	)}
}

func (p *Public) nav(r *ui.Request) []ui.NavGroup {
	items := []ui.NavItem{}
	if e, ok := r.CurrentEdition(); ok {
		items = append(items,
			ui.NavItem{Key: "front", Label: r.T("public.nav.front"), Href: "/e/" + e.Slug, Icon: "flag"},
			ui.NavItem{Key: "programme", Label: r.T("public.nav.programme"), Href: "/e/" + e.Slug + "/programme", Icon: "calendar"},
			ui.NavItem{Key: "press", Label: r.T("public.nav.press"), Href: "/e/" + e.Slug + "/press", Icon: "newspaper"})
	}
	items = append(items, ui.NavItem{Key: "showcase", Label: r.T("public.nav.showcase"), Href: "/lang-nghe", Icon: "store"})
	items = append(items, ui.NavItem{Key: "code", Label: r.T("public.nav.code"), Href: "/m", Icon: "mail"})
	return []ui.NavGroup{{Items: items}}
}

const html = "text/html; charset=UTF-8"

// page renders a page as the content of an answer.
func page(r *ui.Request, name string, data any) (content, error) {
	body, err := r.Render(name, data)
	return content{kind: html, body: body}, err
}

type frontPage struct {
	ui.Frame
	Days      []day
	Programme string // address of the whole programme
	Calendar  string
	Provinces []string
	Theme     string
	Address   string
	Reported  string
	Others    []ui.EditionLink
}

// front shows the edition that matters now.
func (p *Public) front(r *ui.Request) (content, error) {
	e, err := edition.Front(r.Context(), p.DB)
	if conference.KindOf(err) == conference.KindNotFound {
		return page(r, "public/empty", struct{ ui.Frame }{r.Frame("front")})
	}
	if err != nil {
		return content{}, err
	}
	r.SetEdition(e)
	return p.show(r, e)
}

func (p *Public) edition(r *ui.Request) (content, error) {
	if !r.Edition().IsPublic {
		return content{}, conference.NotFound()
	}
	return p.show(r, r.Edition())
}

func (p *Public) show(r *ui.Request, e edition.Edition) (content, error) {
	sessions, err := agenda.Visible(r.Context(), p.DB, e.ID, agenda.Public)
	if err != nil {
		return content{}, err
	}
	members, err := edition.Members(r.Context(), p.DB, e.ID)
	if err != nil {
		return content{}, err
	}
	lang := r.Lang()
	front := frontPage{Frame: r.Frame("front"), Days: days(r, short(sessions)), Programme: "/e/" + e.Slug + "/programme",
		Calendar: "/e/" + e.Slug + "/programme.ics", Theme: e.Theme(lang), Address: e.Address(lang), Reported: e.ReportedVi}
	for _, m := range members {
		front.Provinces = append(front.Provinces, m.Print(lang))
	}
	if front.Others, err = p.others(r, e); err != nil {
		return content{}, err
	}
	return page(r, "public/front", front)
}

// others lists the other editions that are public.
func (p *Public) others(r *ui.Request, e edition.Edition) ([]ui.EditionLink, error) {
	all, err := edition.All(r.Context(), p.DB)
	if err != nil {
		return nil, err
	}
	var out []ui.EditionLink
	for _, o := range all {
		if o.IsPublic && o.ID != e.ID {
			out = append(out, ui.EditionLink{Title: o.Short(r.Lang()), Href: "/e/" + o.Slug})
		}
	}
	return out, nil
}

type badgePage struct {
	ui.Frame
	Genuine bool
	Revoked bool
	Front   string
}

// badge shows what any phone sees that reads a badge: whether it is genuine, and
// where the programme is. Nothing about the person.
func (p *Public) badge(r *ui.Request) error {
	token, err := badge.Parse(r.Param("code"))
	if err != nil {
		return conference.NotFound()
	}
	page := badgePage{}
	b, err := p.Signer.Find(r.Context(), p.DB, token)
	switch {
	case err == nil:
		e, err := edition.ByID(r.Context(), p.DB, b.EditionID)
		if err != nil {
			return err
		}
		r.SetEdition(e)
		page.Genuine, page.Revoked, page.Front = true, !b.RevokedAt.IsZero(), "/e/"+e.Slug
	case errors.Is(err, badge.ErrNotABadge), errors.Is(err, badge.ErrForged), conference.KindOf(err) == conference.KindNotFound:
	default:
		return err
	}
	page.Frame = r.Frame("badge")
	page.NoIndex = true
	status := http.StatusOK
	if !page.Genuine {
		status = http.StatusNotFound
	}
	return r.PageStatus(status, "public/badge", page)
}

func (p *Public) robots(r *ui.Request) error {
	return r.File("text/plain; charset=utf-8", "", []byte("User-agent: *\nDisallow: /desk\nDisallow: /door\nDisallow: /m\nDisallow: /c\n"))
}
