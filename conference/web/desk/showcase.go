package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/showcase"
	"hoinghi/conference/web/ui"
)

// photoBody leaves room for the caption beside the photo.
const photoBody = showcase.MaxFile + 64<<10

func (d *Desk) showcaseRoutes() []ui.Route {
	const at = "/desk/showcase"
	upload := ui.POST(at+"/:id/photos", ui.AnyOrganisers, d.addPhoto)
	upload.Limit = photoBody
	return []ui.Route{
		ui.GET(at, ui.AnyOrganisers, d.showcase),
		ui.GET(at+"/new", ui.AnyOrganisers, d.newVillage),
		ui.POST(at+"/new", ui.AnyOrganisers, d.addVillage),
		ui.GET(at+"/:id", ui.AnyOrganisers, d.village),
		ui.POST(at+"/:id", ui.AnyOrganisers, d.changeVillage),
		ui.POST(at+"/:id/publish", ui.AnyOrganisers, d.publishVillage),
		ui.POST(at+"/:id/unpublish", ui.AnyOrganisers, d.unpublishVillage),
		upload,
		ui.GET(at+"/:id/photos/:photo", ui.AnyOrganisers, d.villagePhoto),
		ui.POST(at+"/:id/photos/:photo/remove", ui.AnyOrganisers, d.removePhoto),
	}
}

type showcasePage struct {
	ui.Frame
	Rows      []villageRow
	Query     string
	Provinces []ui.Option
	Groups    []ui.Option
	States    []ui.Option
}

type villageRow struct {
	ID                           int64
	Name, Craft, Group, Province string
	Photos                       int
	Published, Unconfirmed       bool
}

func (d *Desk) showcase(r *ui.Request) error {
	f := showcase.Filter{Query: r.Query("q"), Boundary: showcase.Then, Province: r.QueryID("province"), Group: showcase.Group(r.Query("craft")), State: showcase.State(r.Query("state"))}
	found, err := showcase.List(r.Context(), d.DB, f)
	if err != nil {
		return err
	}
	provinces, err := showcase.Provinces(r.Context(), d.DB, showcase.Then)
	if err != nil {
		return err
	}
	page := showcasePage{Frame: r.Frame("showcase"), Query: f.Query}
	names := map[int64]string{}
	for _, p := range provinces {
		names[p.ProvinceID] = p.Short(r.Lang())
		page.Provinces = append(page.Provinces, ui.Option{Value: ui.Itoa(p.ProvinceID), Label: p.Short(r.Lang()), Selected: p.ProvinceID == f.Province})
	}
	for _, g := range showcase.Groups() {
		page.Groups = append(page.Groups, ui.Option{Value: string(g), Label: r.Say(showcase.GroupText(g)), Selected: g == f.Group})
	}
	for _, s := range showcase.States() {
		page.States = append(page.States, ui.Option{Value: string(s), Label: r.T("showcase.state." + string(s)), Selected: s == f.State})
	}
	for _, v := range found {
		page.Rows = append(page.Rows, villageRow{ID: v.ID, Name: v.Name, Craft: v.Craft, Group: r.Say(showcase.GroupText(v.Group)), Province: names[v.ProvinceID],
			Photos: v.Photos, Published: v.Published, Unconfirmed: !v.Confirmed() || v.Doubtful()})
	}
	return r.Page("desk/showcase/list", page)
}

type villagePage struct {
	ui.Frame
	New       bool
	V         showcase.Village
	Form      *ui.Form
	PhotoForm *ui.Form
	Photos    []photoRow
	Full      bool // no photo may be added
	Groups    []ui.Option
	Provinces []ui.Option
	Titles    []ui.Option
	Site      string // address of the public page, "" while it is not published
	Base      string
	History   []auditRow
}

type photoRow struct {
	ID            int64
	Href          string
	Alt, Credit   string
	Width, Height int
}

func (d *Desk) oneVillage(r *ui.Request) (showcase.Village, error) {
	id, err := r.ID("id")
	if err != nil {
		return showcase.Village{}, err
	}
	return showcase.ByID(r.Context(), d.DB, id)
}

func (d *Desk) village(r *ui.Request) error {
	v, err := d.oneVillage(r)
	if err != nil {
		return err
	}
	return d.showVillage(r, http.StatusOK, v, villageForm(r, v), r.NewForm(nil))
}

// villageForm gives the form with what is stored.
func villageForm(r *ui.Request, v showcase.Village) *ui.Form {
	values := map[string]string{"craft_group": string(v.Group), "province": ui.Itoa(v.ProvinceID)}
	for name, place := range villageTexts(&v.Draft) {
		values[name] = *place
	}
	for _, t := range v.Recognised.List() {
		values["recognised_"+string(t)] = "1"
	}
	if v.RecognisedCertain {
		values["recognised_certain"] = "1"
	}
	if v.Confirmed() {
		values["confirmed"] = "1"
	}
	return r.NewForm(values)
}

func villageTexts(d *showcase.Draft) map[string]*string {
	return map[string]*string{"name": &d.Name, "craft": &d.Craft, "products": &d.Products, "place_2022": &d.Place2022, "place_now": &d.PlaceNow,
		"note_vi": &d.NoteVi, "note_en": &d.NoteEn, "to_check": &d.ToCheck}
}

func villageDraft(form *ui.Form) showcase.Draft {
	d := showcase.Draft{Group: showcase.Group(form.Get("craft_group")), ProvinceID: form.ID("province"), RecognisedCertain: form.Checked("recognised_certain"), Confidence: showcase.Medium}
	for name, place := range villageTexts(&d) {
		*place = form.Text(name)
	}
	if form.Checked("confirmed") {
		d.Confidence = showcase.High
	}
	var titles []string
	for _, t := range showcase.Recognitions() {
		if form.Checked("recognised_" + string(t)) {
			titles = append(titles, string(t))
		}
	}
	d.Recognised = showcase.TitlesOf(titles)
	return d
}

func (d *Desk) showVillage(r *ui.Request, status int, v showcase.Village, form, photoForm *ui.Form) error {
	page := villagePage{V: v, New: v.ID == 0, Form: form, PhotoForm: photoForm, Base: "/desk/showcase/" + ui.Itoa(v.ID),
		Frame: r.Frame("showcase", ui.Crumb{Label: r.T("desk.nav.showcase"), Href: "/desk/showcase"})}
	if v.Published {
		page.Site = "/lang-nghe/" + v.Slug
	}
	if err := page.choices(r); err != nil {
		return err
	}
	if !page.New {
		if err := page.kept(r); err != nil {
			return err
		}
	}
	return r.PageStatus(status, "desk/showcase/one", page)
}

// choices fills what the form lets choose from.
func (page *villagePage) choices(r *ui.Request) error {
	provinces, err := showcase.Provinces(r.Context(), r.Site().DB, showcase.Then)
	if err != nil {
		return err
	}
	now, err := showcase.Names(r.Context(), r.Site().DB, showcase.Now)
	if err != nil {
		return err
	}
	page.Provinces = append(page.Provinces, ui.Option{Label: r.T("showcase.choose_province")})
	page.Groups = append(page.Groups, ui.Option{Label: r.T("showcase.choose_group")})
	for _, p := range provinces {
		label := p.Short(r.Lang())
		if _, kept := now[p.ProvinceID]; !kept {
			next, err := showcase.Present(r.Context(), r.Site().DB, p.ProvinceID)
			if err != nil {
				return err
			}
			label = r.T("showcase.province_now", "then", label, "now", next.Short(r.Lang()))
		}
		page.Provinces = append(page.Provinces, ui.Option{Value: ui.Itoa(p.ProvinceID), Label: label})
	}
	for _, g := range showcase.Groups() {
		page.Groups = append(page.Groups, ui.Option{Value: string(g), Label: r.Say(showcase.GroupText(g))})
	}
	for _, t := range showcase.Recognitions() {
		page.Titles = append(page.Titles, ui.Option{Value: "recognised_" + string(t), Label: r.Say(showcase.RecognitionText(t))})
	}
	return nil
}

// kept fills what a stored village has beside its form: photos and history.
func (page *villagePage) kept(r *ui.Request) error {
	photos, err := showcase.Photos(r.Context(), r.Site().DB, page.V.ID)
	if err != nil {
		return err
	}
	for _, p := range photos {
		row := photoRow{ID: p.ID, Href: page.Base + "/photos/" + ui.Itoa(p.ID), Alt: p.Alt(r.Lang()), Credit: p.Credit}
		row.Width, row.Height = p.ThumbSize()
		page.Photos = append(page.Photos, row)
	}
	page.Full = len(photos) >= showcase.MaxPhotos
	history, err := audit.History(r.Context(), r.Site().DB, "craft_village", page.V.ID)
	if err != nil {
		return err
	}
	for _, h := range history {
		page.History = append(page.History, auditLine(r, h))
	}
	return nil
}

func (d *Desk) newVillage(r *ui.Request) error {
	return d.showVillage(r, http.StatusOK, showcase.Village{}, r.NewForm(nil), r.NewForm(nil))
}

func (d *Desk) addVillage(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	v, err := d.Showcase.Add(r.Context(), villageDraft(form))
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showVillage(r, http.StatusUnprocessableEntity, showcase.Village{}, form, r.NewForm(nil))
	}
	r.Flash("success", "showcase.added", "name", v.Name)
	return r.Redirect("/desk/showcase/%d", v.ID)
}

func (d *Desk) changeVillage(r *ui.Request) error {
	v, err := d.oneVillage(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Showcase.Change(r.Context(), v.ID, villageDraft(form)); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showVillage(r, http.StatusUnprocessableEntity, v, form, r.NewForm(nil))
	}
	r.Flash("success", "showcase.saved")
	return r.Redirect("/desk/showcase/%d", v.ID)
}

func (d *Desk) publishVillage(r *ui.Request) error {
	v, err := d.oneVillage(r)
	if err != nil {
		return err
	}
	if err := d.Showcase.Publish(r.Context(), v.ID); err != nil {
		return err
	}
	r.Flash("success", "showcase.published", "name", v.Name)
	return r.Redirect("/desk/showcase/%d", v.ID)
}

func (d *Desk) unpublishVillage(r *ui.Request) error {
	v, err := d.oneVillage(r)
	if err != nil {
		return err
	}
	if err := d.Showcase.Unpublish(r.Context(), v.ID); err != nil {
		return err
	}
	r.Flash("success", "showcase.unpublished", "name", v.Name)
	return r.Redirect("/desk/showcase/%d", v.ID)
}

func (d *Desk) addPhoto(r *ui.Request) error {
	v, err := d.oneVillage(r)
	if err != nil {
		return err
	}
	form, file, err := r.Upload("photo")
	if err != nil {
		return err
	}
	if !form.Wrong() {
		_, err = d.Showcase.AddPhoto(r.Context(), v.ID, showcase.Caption{Credit: form.Get("credit"), AltVi: form.Get("alt_vi"), AltEn: form.Get("alt_en")}, file)
		if err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		if len(file) > 0 && form.Error("photo") == "" {
			form.Note("photo", conference.Say("showcase.error.choose_again")) // a browser forgets the file that was chosen
		}
		return d.showVillage(r, form.Status(), v, villageForm(r, v), form)
	}
	r.Flash("success", "showcase.photo_added")
	return r.Redirect("/desk/showcase/%d", v.ID)
}

// villagePhoto shows the preview of a photo to organisers, published or not.
func (d *Desk) villagePhoto(r *ui.Request) error {
	photo, err := d.photoOf(r)
	if err != nil {
		return err
	}
	data, err := showcase.PhotoJPEG(r.Context(), d.DB, photo.ID, true)
	if err != nil {
		return err
	}
	return r.File("image/jpeg", "", data)
}

// photoOf gives the photo that the address names, if it is that village's.
func (d *Desk) photoOf(r *ui.Request) (showcase.Photo, error) {
	v, err := d.oneVillage(r)
	if err != nil {
		return showcase.Photo{}, err
	}
	id, err := r.ID("photo")
	if err != nil {
		return showcase.Photo{}, err
	}
	all, err := showcase.Photos(r.Context(), d.DB, v.ID)
	if err != nil {
		return showcase.Photo{}, err
	}
	i := slices.IndexFunc(all, func(p showcase.Photo) bool { return p.ID == id })
	if i < 0 {
		return showcase.Photo{}, conference.NotFound()
	}
	return all[i], nil
}

func (d *Desk) removePhoto(r *ui.Request) error {
	photo, err := d.photoOf(r)
	if err != nil {
		return err
	}
	if err := d.Showcase.RemovePhoto(r.Context(), photo.VillageID, photo.ID); err != nil {
		return err
	}
	r.Flash("success", "showcase.photo_removed")
	return r.Redirect("/desk/showcase/%d", photo.VillageID)
}
