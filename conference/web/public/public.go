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
type Public struct{ *ui.Site }

// Face gives the public route table.
func Face(site *ui.Site) ui.Face {
	p := &Public{site}
	return ui.Face{Name: "public", Nav: p.nav, Routes: []ui.Route{
		ui.GET("/", ui.Anyone, p.front),
		ui.GET("/e/:edition", ui.Anyone, p.edition),
		ui.GET("/e/:edition/programme.ics", ui.Anyone, p.calendar),
		ui.GET("/c/:code", ui.Anyone, p.badge),
		ui.GET("/C/:code", ui.Anyone, p.badge),
		ui.GET("/robots.txt", ui.Anyone, p.robots),
	}}
}

func (p *Public) nav(r *ui.Request) []ui.NavGroup {
	items := []ui.NavItem{}
	if e, ok := r.CurrentEdition(); ok {
		items = append(items,
			ui.NavItem{Key: "front", Label: r.T("public.nav.front"), Href: "/e/" + e.Slug, Icon: "flag"},
			ui.NavItem{Key: "programme", Label: r.T("public.nav.programme"), Href: "/e/" + e.Slug + "#programme", Icon: "calendar"})
	}
	items = append(items, ui.NavItem{Key: "code", Label: r.T("public.nav.code"), Href: "/m", Icon: "mail"})
	return []ui.NavGroup{{Items: items}}
}

type frontPage struct {
	ui.Frame
	Days      []day
	Calendar  string
	Provinces []string
	Theme     string
	Address   string
	Reported  string
	Others    []ui.EditionLink
}

type day struct {
	Title    string
	Sessions []line
}

type line struct {
	Start, End, ISO, Title, By, Room, Kind string
	Break                                  bool
}

// front shows the edition that matters now.
func (p *Public) front(r *ui.Request) error {
	e, err := edition.Front(r.Context(), p.DB)
	if conference.KindOf(err) == conference.KindNotFound {
		return r.Page("public/empty", struct{ ui.Frame }{r.Frame("front")})
	}
	if err != nil {
		return err
	}
	r.SetEdition(e)
	return p.show(r, e)
}

func (p *Public) edition(r *ui.Request) error {
	if !r.Edition().IsPublic {
		return conference.NotFound()
	}
	return p.show(r, r.Edition())
}

func (p *Public) show(r *ui.Request, e edition.Edition) error {
	sessions, err := agenda.Visible(r.Context(), p.DB, e.ID, agenda.Public)
	if err != nil {
		return err
	}
	members, err := edition.Members(r.Context(), p.DB, e.ID)
	if err != nil {
		return err
	}
	lang := r.Lang()
	page := frontPage{Frame: r.Frame("front"), Days: days(sessions, lang), Calendar: "/e/" + e.Slug + "/programme.ics",
		Theme: e.Theme(lang), Address: e.Address(lang), Reported: e.ReportedVi}
	for _, m := range members {
		page.Provinces = append(page.Provinces, m.Print(lang))
	}
	if page.Others, err = p.others(r, e); err != nil {
		return err
	}
	return r.Page("public/front", page)
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

// days groups sessions, which come in order of time, by their day in Viet Nam.
func days(sessions []agenda.Session, lang string) []day {
	var out []day
	for _, s := range sessions {
		title := ui.Weekday(s.StartsAt.Time, lang) + ", " + ui.Date(s.StartsAt.Time, lang)
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, day{Title: title})
		}
		d := &out[len(out)-1]
		d.Sessions = append(d.Sessions, line{Start: ui.Clock(s.StartsAt.Time), End: ui.Clock(s.EndsAt.Time), ISO: ui.ISO(s.StartsAt.Time),
			Title: s.Title(lang), By: s.By(lang), Room: s.Room(lang), Kind: string(s.Kind), Break: s.Kind == agenda.KindBreak || s.Kind == agenda.KindMeal})
	}
	return out
}

func (p *Public) calendar(r *ui.Request) error {
	e := r.Edition()
	if !e.IsPublic {
		return conference.NotFound()
	}
	sessions, err := agenda.Visible(r.Context(), p.DB, e.ID, agenda.Public)
	if err != nil {
		return err
	}
	text, err := agenda.Calendar(e, sessions, r.Lang(), p.Absolute("/e/"+e.Slug), r.Now())
	if err != nil {
		return err
	}
	return r.File("text/calendar; charset=utf-8", e.Slug+".ics", text)
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
