package public

import (
	"context"
	"net/url"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/showcase"
	"hoinghi/conference/web/ui"
)

// villagesPerPage is how many cards a page of the list shows.
const villagesPerPage = 24

func (p *Public) showcaseRoutes() []ui.Route {
	return []ui.Route{
		p.unlessSearched(p.keptRoute("/lang-nghe", p.villages), p.villages),
		p.keptRoute("/lang-nghe/:slug", p.village),
		ui.GET("/lang-nghe/photo/:id", ui.Anyone, p.villagePhoto),
	}
}

// unlessSearched makes a kept route answer afresh when its address holds more than
// a language: there are too many ways to search to keep them all.
func (p *Public) unlessSearched(route ui.Route, make func(*ui.Request) (content, error)) ui.Route {
	searched := func(r *ui.Request) bool {
		for name := range r.HTTP().URL.Query() {
			if name != "lang" {
				return true
			}
		}
		return false
	}
	early, handler := route.Early, route.Handler
	route.Early = func(r *ui.Request) (bool, error) {
		if searched(r) {
			return false, nil
		}
		return early(r)
	}
	route.Handler = func(r *ui.Request) error {
		if !searched(r) {
			return handler(r)
		}
		made, err := make(r)
		if err != nil {
			return err
		}
		return r.File(made.kind, made.name, made.body)
	}
	return route
}

type villagesPage struct {
	ui.Frame
	Found, All       int // villages that match, and villages under this boundary
	Query            string
	Filtered         bool
	Unknown          []string // values of the address that are on no list, in words
	Chosen           []string // what the list is narrowed to, in words
	Boundary         string   // the hidden field's value
	Boundaries       []boundaryLink
	Former           bool
	Provinces        []ui.Option
	Groups           []ui.Option
	Tiles            []villageTile
	Cards            []villageCard
	Page, Pages      int
	Previous, Next   string
	Whole            string // address of the list without pages
	Elsewhere        bool   // today's boundaries leave the villages of Bình Thuận out
	ElsewhereAddress string
}

type boundaryLink struct {
	Label, Href string
	Current     bool
}

type villageTile struct {
	ui.Tile
	Name, Href    string
	Count, Level  int
	Current, None bool
}

type villageCard struct {
	Name, Craft, Place, Href string
	Photo, Alt               string
	Width, Height            int
	Confirmed                bool
	Titles                   []string
}

// address gives the list's address for a filter; what is as it would be without
// saying so is left out.
type address struct {
	query    string
	boundary showcase.Boundary
	usual    showcase.Boundary
	province string
	group    showcase.Group
	page     int
	all      bool // without pages, for print
}

func (a address) String() string {
	v := url.Values{}
	if a.query != "" {
		v.Set("q", a.query)
	}
	if a.boundary != a.usual {
		v.Set("boundary", string(a.boundary))
	}
	if a.province != "" {
		v.Set("province", a.province)
	}
	if a.group != "" {
		v.Set("craft", string(a.group))
	}
	if a.page > 1 {
		v.Set("page", ui.Itoa(int64(a.page)))
	}
	if a.all {
		v.Set("all", "1")
	}
	if len(v) == 0 {
		return "/lang-nghe"
	}
	return "/lang-nghe?" + v.Encode()
}

// frontEdition puts the edition of the front page into the frame and gives the
// boundary that held on its first day.
func (p *Public) frontEdition(r *ui.Request) (showcase.Boundary, error) {
	e, err := edition.Front(r.Context(), p.DB)
	switch {
	case conference.KindOf(err) == conference.KindNotFound:
		return showcase.Now, nil
	case err != nil:
		return "", err
	}
	r.SetEdition(e)
	return showcase.BoundaryOf(e.StartsOn), nil
}

func (p *Public) villages(r *ui.Request) (content, error) {
	usual, err := p.frontEdition(r)
	if err != nil {
		return content{}, err
	}
	at := address{query: r.Query("q"), boundary: usual, usual: usual, page: int(max(1, r.QueryID("page"))), all: r.Query("all") != ""}
	if b := showcase.Boundary(r.Query("boundary")); b == showcase.Then || b == showcase.Now {
		at.boundary = b
	}
	list := villagesPage{Frame: r.Frame("showcase"), Query: at.query, Former: at.boundary == showcase.Then}
	if g := showcase.Group(r.Query("craft")); slices.Contains(showcase.Groups(), g) {
		at.group = g
	} else if g != "" {
		list.Unknown = append(list.Unknown, r.T("showcase.unknown_group"))
	}
	provinces, err := showcase.Provinces(r.Context(), p.DB, at.boundary)
	if err != nil {
		return content{}, err
	}
	var province edition.Province
	if i := slices.IndexFunc(provinces, func(o edition.Province) bool { return o.Slug == r.Query("province") }); i >= 0 {
		province = provinces[i]
		at.province = province.Slug
	} else if r.Query("province") != "" {
		list.Unknown = append(list.Unknown, r.T("showcase.unknown_province"))
	}
	matching, err := showcase.Public(r.Context(), p.DB, showcase.Filter{Query: at.query, Boundary: at.boundary, Group: at.group})
	if err != nil {
		return content{}, err
	}
	list.tiles(r, at, provinces, showcase.Count(matching, at.boundary))
	if province.ProvinceID != 0 {
		matching = slices.DeleteFunc(matching, func(v showcase.Village) bool { return v.Province(at.boundary) != province.ProvinceID })
		list.Chosen = append(list.Chosen, province.Print(r.Lang()))
	}
	list.Found = len(matching)
	list.filters(r, at, provinces)
	if err := list.switches(r, at, province.ProvinceID); err != nil {
		return content{}, err
	}
	if err := list.cards(r.Context(), r, at, matching); err != nil {
		return content{}, err
	}
	return page(r, "public/showcase/list", list)
}

// tiles fills the map: the counts are those of the other filters, so that each tile
// says what a click on it would find.
func (page *villagesPage) tiles(r *ui.Request, at address, provinces []edition.Province, counts map[int64]int) {
	places := ui.PresentTiles()
	if page.Former {
		places = ui.FormerTiles()
	}
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	for _, o := range provinces {
		place, ok := places[o.Slug]
		if !ok {
			page.Tiles = nil // a map that leaves somebody out would mislead
			return
		}
		n := counts[o.ProvinceID]
		link := at
		link.page, link.province = 0, o.Slug
		if at.province == o.Slug {
			link.province = "" // a second click shows all again
		}
		t := villageTile{Tile: place, Name: o.Print(r.Lang()), Href: link.String(), Count: n, Current: at.province == o.Slug, None: n == 0}
		if n > 0 {
			t.Level = 1 + (n-1)*4/max(1, most)
		}
		page.Tiles = append(page.Tiles, t)
	}
}

// switches fills the switch between the boundaries. A chosen province stays where one
// leads to one.
func (page *villagesPage) switches(r *ui.Request, at address, provinceID int64) error {
	if at.boundary != at.usual {
		page.Boundary = string(at.boundary)
	}
	for _, b := range []showcase.Boundary{showcase.Then, showcase.Now} {
		link := at
		link.boundary, link.page = b, 0
		if provinceID != 0 && b != at.boundary {
			there, _, err := showcase.Counterpart(r.Context(), r.Site().DB, provinceID, b)
			if err != nil {
				return err
			}
			link.province = there.Slug
		}
		page.Boundaries = append(page.Boundaries, boundaryLink{Label: r.T("showcase.boundary." + string(b)), Href: link.String(), Current: b == at.boundary})
		if b == showcase.Then && at.boundary == showcase.Now {
			page.Elsewhere, page.ElsewhereAddress = true, link.String()
		}
	}
	return nil
}

// filters fills the choices of the form.
func (page *villagesPage) filters(r *ui.Request, at address, provinces []edition.Province) {
	for _, o := range provinces {
		page.Provinces = append(page.Provinces, ui.Option{Value: o.Slug, Label: o.Short(r.Lang()), Selected: o.Slug == at.province})
	}
	for _, g := range showcase.Groups() {
		page.Groups = append(page.Groups, ui.Option{Value: string(g), Label: r.Say(showcase.GroupText(g)), Selected: g == at.group})
	}
	if at.group != "" {
		page.Chosen = append(page.Chosen, r.Say(showcase.GroupText(at.group)))
	}
	if at.query != "" {
		page.Chosen = append(page.Chosen, r.T("showcase.quoted", "text", at.query))
	}
	page.Filtered = len(page.Chosen) > 0
}

// cards fills the page of the list that the address names.
func (page *villagesPage) cards(ctx context.Context, r *ui.Request, at address, found []showcase.Village) error {
	perPage := villagesPerPage
	if at.all {
		perPage = max(1, len(found))
	}
	page.Pages = max(1, (len(found)+perPage-1)/perPage)
	page.Page = min(at.page, page.Pages)
	if page.Pages > 1 {
		whole := at
		whole.page, whole.all = 0, true
		page.Whole = whole.String()
	}
	if page.Page > 1 {
		at.page = page.Page - 1
		page.Previous = at.String()
	}
	if page.Page < page.Pages {
		at.page = page.Page + 1
		page.Next = at.String()
	}
	first := (page.Page - 1) * perPage
	var err error
	page.Cards, err = villageCards(ctx, r, found[first:min(len(found), first+perPage)], at.boundary)
	return err
}

func villageCards(ctx context.Context, r *ui.Request, villages []showcase.Village, b showcase.Boundary) ([]villageCard, error) {
	names, err := showcase.Names(ctx, r.Site().DB, b)
	if err != nil {
		return nil, err
	}
	photos, err := showcase.FirstPhotos(ctx, r.Site().DB)
	if err != nil {
		return nil, err
	}
	var out []villageCard
	for _, v := range villages {
		c := villageCard{Name: v.Name, Craft: v.Craft, Place: names[v.Province(b)].Short(r.Lang()), Href: "/lang-nghe/" + v.Slug, Confirmed: v.Confirmed(), Titles: titles(r, v)}
		if photo, ok := photos[v.ID]; ok {
			c.Photo, c.Alt = photoAddress(photo, true), photo.Alt(r.Lang())
			c.Width, c.Height = photo.ThumbSize()
		}
		out = append(out, c)
	}
	return out, nil
}

// titles gives the names of the titles that are certain.
func titles(r *ui.Request, v showcase.Village) []string {
	var out []string
	for _, t := range v.Facts() {
		out = append(out, r.Say(showcase.RecognitionText(t)))
	}
	return out
}
