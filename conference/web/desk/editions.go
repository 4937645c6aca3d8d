package desk

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

func (d *Desk) editionRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk/editions", ui.AnyOrganisers, d.editions),
		ui.GET("/desk/editions/new", ui.AllOrganisers, d.newEdition),
		ui.POST("/desk/editions/new", ui.AllOrganisers, d.createEdition),
		ui.GET("/desk/e/:edition/settings", ui.Organisers, d.settings),
		ui.POST("/desk/e/:edition/settings", ui.Organisers, d.changeSettings),
		ui.POST("/desk/e/:edition/front", ui.AllOrganisers, d.setFront),
	}
}

type editionsPage struct {
	ui.Frame
	Rows   []editionRow
	MayAdd bool // organises every edition, those to come included
}

type editionRow struct {
	Title, When, Venue, Href string
	Public, Front, Sample    bool
}

func (d *Desk) editions(r *ui.Request) error {
	all, err := edition.All(r.Context(), d.DB)
	if err != nil {
		return err
	}
	actor := conference.ActorOf(r.Context())
	page := editionsPage{Frame: r.Frame("editions"), MayAdd: actor.Has(conference.RoleOrganiser)}
	for _, e := range all {
		if !actor.In(e.ID).Has(conference.RoleOrganiser) {
			continue
		}
		page.Rows = append(page.Rows, editionRow{Title: e.Title(r.Lang()), When: ui.DateRange(e.StartsOn, e.EndsOn, r.Lang()), Venue: e.Venue(r.Lang()),
			Href: "/desk/e/" + e.Slug, Public: e.IsPublic, Front: e.IsFront, Sample: e.IsSample})
	}
	return r.Page("desk/editions/list", page)
}

type editionPage struct {
	ui.Frame
	Form      *ui.Form
	New       bool
	IsFront   bool
	MayFront  bool // organises every edition: another loses the front page
	Clusters  []ui.Option
	Provinces []ui.Option
	Members   []string
	From      string     // title of the edition that the new one starts from
	Earlier   []ui.Crumb // editions that it could start from
	Discard   bool       // the edition is still a draft that can be removed
	Next      *step
}

func (d *Desk) newEdition(r *ui.Request) error {
	values := map[string]string{"cluster": edition.ClusterSouth}
	if slug := r.Query("from"); slug != "" {
		from, err := edition.BySlug(r.Context(), d.DB, slug)
		if err != nil {
			return err
		}
		if values, err = d.proposed(r, from); err != nil {
			return err
		}
	}
	return d.showNewEdition(r, http.StatusOK, r.NewForm(values))
}

// nameSources tells the page which edition the new one starts from, or could.
func (d *Desk) nameSources(r *ui.Request, page *editionPage) error {
	all, err := edition.All(r.Context(), d.DB)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Slug == page.Form.Get("from") {
			page.From = e.Short(r.Lang())
		}
		page.Earlier = append(page.Earlier, ui.Crumb{Label: e.Short(r.Lang()), Href: "/desk/editions/new?from=" + e.Slug})
	}
	return nil
}

func (d *Desk) showNewEdition(r *ui.Request, status int, form *ui.Form) error {
	page := editionPage{Frame: r.Frame("editions", ui.Crumb{Label: r.T("desk.nav.editions"), Href: "/desk/editions"}), Form: form, New: true}
	for _, c := range edition.Clusters() {
		page.Clusters = append(page.Clusters, ui.Option{Value: c, Label: page.Say(edition.ClusterText(c))})
	}
	provinces, err := edition.ProvincesOn(r.Context(), d.DB, r.Now().Format("2006-01-02"), "")
	if err != nil {
		return err
	}
	page.Provinces = append(page.Provinces, ui.Option{Label: r.T("desk.edition.choose_host")})
	for _, p := range provinces {
		page.Provinces = append(page.Provinces, ui.Option{Value: p.Slug, Label: p.Print(r.Lang())})
	}
	if err := d.nameSources(r, &page); err != nil {
		return err
	}
	return r.PageStatus(status, "desk/editions/form", page)
}

func (d *Desk) createEdition(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft := draftOf(form)
	if !form.Wrong() {
		to, err := d.makeEdition(r.Context(), draft, form.Get("from"))
		if err == nil {
			r.Flash("success", "desk.edition.created")
			return r.Redirect("%s", to)
		}
		if !form.Refuse(err) {
			return err
		}
		if form.Error("slug") != "" { // follows from ordinal and year, and has no field of its own
			form.Note("ordinal", conference.Say("edition.error.twice", "ordinal", draft.Ordinal, "year", strings.SplitN(draft.StartsOn, "-", 2)[0]))
			form.Forget("slug")
		}
	}
	return d.showNewEdition(r, http.StatusUnprocessableEntity, form)
}

// makeEdition creates an edition, from nothing or to be filled from an earlier one, and
// gives the page on which its preparation goes on.
func (d *Desk) makeEdition(ctx context.Context, draft edition.Draft, from string) (string, error) {
	if from == "" {
		e, err := d.Editions.Create(ctx, draft)
		if err != nil {
			return "", err
		}
		return "/desk/e/" + e.Slug, d.prepare(ctx, e.ID)
	}
	source, err := edition.BySlug(ctx, d.DB, from)
	if err != nil {
		return "", err
	}
	e, err := d.Invitations.CreateFrom(ctx, source.ID, draft)
	if err != nil {
		return "", err
	}
	if _, err := d.Checkins.Default(ctx, e.ID); err != nil {
		return "", fmt.Errorf("prepare checkpoint: %w", err)
	}
	return "/desk/e/" + e.Slug + "/start", nil
}

// prepare makes what every edition needs before anybody is invited. Each step
// may be repeated, so a crash between them is made good by the next start.
func (d *Desk) prepare(ctx context.Context, editionID int64) error {
	if _, err := d.Invitations.Prepare(ctx, editionID); err != nil {
		return fmt.Errorf("prepare invitations: %w", err)
	}
	if _, err := d.Checkins.Default(ctx, editionID); err != nil {
		return fmt.Errorf("prepare checkpoint: %w", err)
	}
	return nil
}

// draftOf reads the edition's form; what is no number or moment is noted at its field.
func draftOf(form *ui.Form) edition.Draft {
	var s edition.Settings
	for name, place := range textFields(&s) {
		*place = form.Get(name)
	}
	if s.ShortVi == "" { // the title would take its place, and is too long for a badge
		form.Note("short_vi", conference.Say("edition.error.missing"))
	}
	s.Ordinal = form.Int("ordinal")
	s.IsPublic = form.Checked("is_public")
	moment, ok := ui.ParseLocalMinute(form.Get("register_by"))
	if !ok {
		form.Note("register_by", conference.Say("desk.error.moment"))
	}
	s.RegisterBy = db.At(moment)
	return edition.Draft{Settings: s, Cluster: form.Get("cluster"), HostProvince: form.Get("host_province")}
}

func textFields(s *edition.Settings) map[string]*string {
	return map[string]*string{
		"slug": &s.Slug, "title_vi": &s.TitleVi, "title_en": &s.TitleEn, "short_vi": &s.ShortVi, "short_en": &s.ShortEn, "prefix": &s.Prefix,
		"theme_vi": &s.ThemeVi, "theme_en": &s.ThemeEn, "starts_on": &s.StartsOn, "ends_on": &s.EndsOn,
		"venue_vi": &s.VenueVi, "venue_en": &s.VenueEn, "address_vi": &s.AddressVi, "address_en": &s.AddressEn,
		"organiser_vi": &s.OrganiserVi, "organiser_en": &s.OrganiserEn, "host_vi": &s.HostVi, "host_en": &s.HostEn,
		"contact_name": &s.ContactName, "contact_phone": &s.ContactPhone, "contact_email": &s.ContactEmail,
	}
}

func (d *Desk) settings(r *ui.Request) error {
	return d.showSettings(r, http.StatusOK, settingsForm(r))
}

func settingsForm(r *ui.Request) *ui.Form {
	s := r.Edition().Settings
	values := map[string]string{"ordinal": strconv.Itoa(s.Ordinal), "register_by": ui.LocalMinute(s.RegisterBy.Time)}
	for name, place := range textFields(&s) {
		values[name] = *place
	}
	values["contact_phone"] = ui.Phone(s.ContactPhone)
	if s.IsPublic {
		values["is_public"] = "1"
	}
	return r.NewForm(values)
}

func (d *Desk) showSettings(r *ui.Request, status int, form *ui.Form) error {
	page := editionPage{Frame: r.Frame("settings"), Form: form, IsFront: r.Edition().IsFront, MayFront: conference.MayOrganiseEverywhere(r.Context()) == nil}
	members, err := edition.Members(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		page.Members = append(page.Members, m.Print(r.Lang()))
	}
	if page.Discard, err = invitation.Discardable(r.Context(), d.DB, r.Edition().ID); err != nil {
		return err
	}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	return r.PageStatus(status, "desk/editions/form", page)
}

func (d *Desk) changeSettings(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft, was := draftOf(form), r.Edition()
	draft.Slug, draft.Prefix, draft.IsSample, draft.ReportedVi = was.Slug, was.Prefix, was.IsSample, was.ReportedVi
	if !form.Wrong() {
		if err := d.Editions.Change(r.Context(), was.ID, draft); err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return d.showSettings(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "desk.edition.saved")
	return r.Redirect("/desk/e/%s/settings", was.Slug)
}

func (d *Desk) setFront(r *ui.Request) error {
	if err := d.Editions.SetFront(r.Context(), r.Edition().ID); err != nil {
		form := r.NewForm(nil)
		if !form.Refuse(err) {
			return err
		}
		r.Flash("error", "desk.edition.front_refused")
	} else {
		r.Flash("success", "desk.edition.front_set")
	}
	return r.Redirect("/desk/e/%s/settings", r.Edition().Slug)
}
