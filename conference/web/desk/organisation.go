package desk

import (
	"net/http"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

type organisationPage struct {
	ui.Frame
	New       bool
	O         edition.Organisation
	Form      *ui.Form
	Base      string
	Kind      string
	Province  string
	Provinces []ui.Option
	Kinds     []ui.Option
	Contacts  []contactForm
	Returned  []returnNotice // mail to its addresses that came back
	History   []auditRow
}

// contactForm is the form of one contact; ID is 0 for the one to be added.
type contactForm struct {
	ID   int64
	Name string
	Note string
	Form *ui.Form
}

func (d *Desk) oneOrganisation(r *ui.Request) (edition.Organisation, error) {
	id, err := r.ID("id")
	if err != nil {
		return edition.Organisation{}, err
	}
	return edition.OrganisationByID(r.Context(), d.DB, id)
}

func (d *Desk) newOrganisation(r *ui.Request) error {
	return d.showOrganisation(r, http.StatusOK, edition.Organisation{}, r.NewForm(nil), contactForm{})
}

// organisationDraft reads the form; a province that is none of those offered is noted.
func (d *Desk) organisationDraft(r *ui.Request, form *ui.Form) (edition.Organisation, error) {
	places, err := d.places(r)
	if err != nil {
		return edition.Organisation{}, err
	}
	if v := form.Get("province"); v != "" && places.Named(form.ID("province")).ProvinceID == 0 {
		form.Note("province", conference.Say("organisation.error.province"))
	}
	return edition.Organisation{Kind: edition.OrganisationKind(form.Get("kind")), ProvinceID: form.ID("province"), NameVi: form.Get("name_vi"), NameEn: form.Get("name_en"),
		Email: form.Get("email"), Phone: form.Get("phone"), OtherPhone: form.Get("other_phone")}, nil
}

func (d *Desk) addOrganisation(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	o, err := d.organisationDraft(r, form)
	if err != nil {
		return err
	}
	if !form.Wrong() {
		if o, err = d.Editions.AddOrganisation(r.Context(), o); err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return d.showOrganisation(r, http.StatusUnprocessableEntity, edition.Organisation{}, form, contactForm{})
	}
	r.Flash("success", "organisation.flash.added", "name", o.NameVi)
	return r.Redirect("%s/%d", organisationsAt, o.ID)
}

func (d *Desk) organisation(r *ui.Request) error {
	o, err := d.oneOrganisation(r)
	if err != nil {
		return err
	}
	return d.showOrganisation(r, http.StatusOK, o, organisationForm(r, o), contactForm{})
}

func organisationForm(r *ui.Request, o edition.Organisation) *ui.Form {
	return r.NewForm(map[string]string{"name_vi": o.NameVi, "name_en": o.NameEn, "email": o.Email, "phone": ui.Phone(o.Phone), "other_phone": ui.Phone(o.OtherPhone)})
}

// showOrganisation shows an organisation with its contacts; refused is the contact's
// form that was posted and refused, if one was.
func (d *Desk) showOrganisation(r *ui.Request, status int, o edition.Organisation, form *ui.Form, refused contactForm) error {
	places, err := d.places(r)
	if err != nil {
		return err
	}
	page := organisationPage{New: o.ID == 0, O: o, Form: form, Base: organisationsAt + "/" + ui.Itoa(o.ID),
		Frame:     r.Frame("organisations", ui.Crumb{Label: r.T("desk.nav.organisations"), Href: organisationsAt}),
		Provinces: append([]ui.Option{{Label: r.T("organisation.no_province")}}, provinceOptions(r, places, 0)...),
		Kinds:     append([]ui.Option{{Label: r.T("organisation.choose_kind")}}, kindOptions(r, "")...)}
	if page.New {
		return r.PageStatus(status, "desk/organisations/one", page)
	}
	page.Kind = r.Say(edition.OrganisationKindText(o.Kind))
	if p := places.Named(o.ProvinceID); p.ProvinceID != 0 {
		page.Province = p.Print(r.Lang())
	}
	contacts, err := edition.Contacts(r.Context(), d.DB, o.ID)
	if err != nil {
		return err
	}
	addresses := []string{o.Email}
	for _, c := range contacts {
		page.Contacts = append(page.Contacts, formOfContact(r, c, refused))
		addresses = append(addresses, c.Email)
	}
	if page.Returned, err = d.bouncedAddresses(r, addresses...); err != nil {
		return err
	}
	page.Contacts = append(page.Contacts, formOfContact(r, edition.Contact{}, refused))
	history, err := audit.History(r.Context(), d.DB, "organisation", o.ID)
	if err != nil {
		return err
	}
	for _, h := range history {
		page.History = append(page.History, auditLine(r, h))
	}
	return r.PageStatus(status, "desk/organisations/one", page)
}

func formOfContact(r *ui.Request, c edition.Contact, refused contactForm) contactForm {
	if refused.Form != nil && refused.ID == c.ID {
		refused.Name = c.FullName
		return refused
	}
	values := map[string]string{"full_name": c.FullName, "job_title": c.JobTitle, "phone": ui.Phone(c.Phone), "other_phone": ui.Phone(c.OtherPhone), "email": c.Email}
	if c.Consented {
		values["consented"] = "1"
	}
	out := contactForm{ID: c.ID, Name: c.FullName, Form: r.NewForm(values)}
	if c.ID != 0 {
		out.Note = r.T("organisation.source."+c.Source, "when", ui.Moment(c.ChangedAt.Time, r.Lang()))
	}
	return out
}

func (d *Desk) changeOrganisation(r *ui.Request) error {
	o, err := d.oneOrganisation(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft, err := d.organisationDraft(r, form)
	if err != nil {
		return err
	}
	draft.ID = o.ID
	if !form.Wrong() {
		if err := d.Editions.ChangeOrganisation(r.Context(), draft); err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return d.showOrganisation(r, http.StatusUnprocessableEntity, o, form, contactForm{})
	}
	r.Flash("success", "organisation.flash.saved")
	return r.Redirect("%s/%d", organisationsAt, o.ID)
}

func (d *Desk) addContact(r *ui.Request) error { return d.saveContact(r, 0) }

func (d *Desk) changeContact(r *ui.Request) error {
	id, err := r.ID("contact")
	if err != nil {
		return err
	}
	return d.saveContact(r, id)
}

func (d *Desk) saveContact(r *ui.Request, id int64) error {
	o, err := d.oneOrganisation(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	err = d.Editions.SaveContact(r.Context(), edition.Contact{ID: id, OrganisationID: o.ID, FullName: form.Get("full_name"), JobTitle: form.Get("job_title"),
		Phone: form.Get("phone"), OtherPhone: form.Get("other_phone"), Email: form.Get("email"), Consented: form.Checked("consented")})
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showOrganisation(r, http.StatusUnprocessableEntity, o, organisationForm(r, o), contactForm{ID: id, Form: form})
	}
	r.Flash("success", "organisation.flash.contact_saved")
	return r.Redirect("%s/%d#contacts", organisationsAt, o.ID)
}

func (d *Desk) removeContact(r *ui.Request) error {
	o, err := d.oneOrganisation(r)
	if err != nil {
		return err
	}
	id, err := r.ID("contact")
	if err != nil {
		return err
	}
	if err := d.Editions.RemoveContact(r.Context(), o.ID, id); err != nil {
		return err
	}
	r.Flash("success", "organisation.flash.contact_removed")
	return r.Redirect("%s/%d#contacts", organisationsAt, o.ID)
}
