package public

import (
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/showcase"
	"hoinghi/conference/web/ui"
)

// neighbours is how many other villages a village's page leads to.
const neighbours = 6

type villagePage struct {
	ui.Frame
	Name, Craft, Products string
	Group, GroupHref      string
	Then, Now             string // place and province under the boundaries of 2022 and of today
	Titles                []string
	Doubtful, Confirmed   bool
	Note                  string
	Photos                []villagePhoto
	Others                []villageCard
	OthersTitle           string
	OthersHref            string
}

type villagePhoto struct {
	Href, Alt, Credit string
	Width, Height     int
}

func (p *Public) village(r *ui.Request) (content, error) {
	v, err := showcase.BySlug(r.Context(), p.DB, r.Param("slug"))
	if err != nil {
		return content{}, err
	}
	usual, err := p.frontEdition(r)
	if err != nil {
		return content{}, err
	}
	then, err := showcase.Names(r.Context(), p.DB, showcase.Then)
	if err != nil {
		return content{}, err
	}
	now, err := showcase.Names(r.Context(), p.DB, showcase.Now)
	if err != nil {
		return content{}, err
	}
	photos, err := showcase.Photos(r.Context(), p.DB, v.ID)
	if err != nil {
		return content{}, err
	}
	lang := r.Lang()
	one := villagePage{Name: v.Name, Craft: v.Craft, Products: v.Products, Group: r.Say(showcase.GroupText(v.Group)),
		GroupHref: address{boundary: usual, usual: usual, group: v.Group}.String(),
		Then:      placeLine(v.Place2022, then[v.ProvinceID].Print(lang)), Now: placeLine(v.PlaceNow, now[v.ProvinceNowID].Print(lang)),
		Titles: titles(r, v), Doubtful: v.Confirmed() && v.Doubtful(), Confirmed: v.Confirmed(), Note: v.Note(lang)}
	for _, photo := range photos {
		one.Photos = append(one.Photos, villagePhoto{Href: photoAddress(photo, false), Alt: photo.Alt(lang), Credit: photo.Credit, Width: photo.Width, Height: photo.Height})
	}
	if err := p.fillOthers(r, &one, v, then[v.ProvinceID]); err != nil {
		return content{}, err
	}
	one.Frame = r.Frame("showcase", ui.Crumb{Label: r.T("public.nav.showcase"), Href: "/lang-nghe"}, ui.Crumb{Label: then[v.ProvinceID].Short(lang), Href: one.OthersHref})
	return page(r, "public/showcase/one", one)
}

func placeLine(place, province string) string {
	if place == "" {
		return province
	}
	return place + ", " + province
}

// fillOthers fills the other villages of the province of 2022.
func (p *Public) fillOthers(r *ui.Request, page *villagePage, v showcase.Village, province edition.Province) error {
	near, err := showcase.Public(r.Context(), p.DB, showcase.Filter{Boundary: showcase.Then, Province: v.ProvinceID})
	if err != nil {
		return err
	}
	near = slices.DeleteFunc(near, func(o showcase.Village) bool { return o.ID == v.ID })
	page.OthersTitle = province.Print(r.Lang())
	page.OthersHref = "/lang-nghe?boundary=2022&province=" + ui.QueryEscape(province.Slug)
	page.Others, err = villageCards(r.Context(), r, near[:min(len(near), neighbours)], showcase.Then)
	return err
}

// photoAddress gives where a photo is found. Its bytes never change.
func photoAddress(p showcase.Photo, thumb bool) string {
	if thumb {
		return "/lang-nghe/photo/" + ui.Itoa(p.ID) + "-480.jpg"
	}
	return "/lang-nghe/photo/" + ui.Itoa(p.ID) + ".jpg"
}

// villagePhoto answers with a photo of a published village, to be kept by browsers
// and caches for a month.
func (p *Public) villagePhoto(r *ui.Request) error {
	name, ok := strings.CutSuffix(r.Param("id"), ".jpg")
	name, thumb := strings.CutSuffix(name, "-480")
	id := ui.Number(name)
	if !ok || id == 0 {
		return conference.NotFound()
	}
	photo, published, err := showcase.PhotoByID(r.Context(), p.DB, id)
	if err != nil {
		return err
	}
	if !published {
		return conference.NotFound()
	}
	return r.Lasting("image/jpeg", photo.Digest+r.Param("id"), func() ([]byte, error) {
		return showcase.PhotoJPEG(r.Context(), p.DB, id, thumb)
	})
}
