package desk

import (
	"net/http"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/press"
	"hoinghi/conference/web/ui"
)

type correctionPage struct {
	ui.Frame
	Form                  *ui.Form
	Base, Name            string
	Kinds, Roles, Honours []ui.Option
}

// pressCorrection shows the data of an application that waits, to be corrected.
func (d *Desk) pressCorrection(r *ui.Request) error {
	a, err := d.oneApplication(r)
	if err != nil {
		return err
	}
	return d.showCorrection(r, http.StatusOK, a, r.NewForm(map[string]string{"outlet": a.Outlet, "outlet_kind": string(a.OutletKind), "full_name": a.FullName,
		"gender": string(a.Gender), "role": string(a.Role), "card_number": a.CardNumber, "phone": ui.Phone(a.Phone), "email": a.Email, "needs": a.Needs}))
}

func (d *Desk) showCorrection(r *ui.Request, status int, a press.Application, form *ui.Form) error {
	base := pressBase(r) + "/" + ui.Itoa(a.ID)
	if a.State != press.Waiting {
		return r.Redirect("%s", base)
	}
	page := correctionPage{Form: form, Base: base, Name: a.FullName, Honours: []ui.Option{{Label: r.T("guest.person.unsaid")}},
		Frame: r.Frame("press", ui.Crumb{Label: r.T("desk.nav.press"), Href: pressBase(r)}, ui.Crumb{Label: a.FullName, Href: base})}
	for _, k := range press.OutletKinds() {
		page.Kinds = append(page.Kinds, ui.Option{Value: string(k), Label: r.Say(press.OutletKindText(k))})
	}
	for _, k := range press.Roles() {
		page.Roles = append(page.Roles, ui.Option{Value: string(k), Label: r.Say(press.RoleText(k))})
	}
	for _, g := range []delegation.Gender{delegation.Male, delegation.Female} {
		page.Honours = append(page.Honours, ui.Option{Value: string(g), Label: r.Say(delegation.Honorific(g))})
	}
	return r.PageStatus(status, "desk/press/edit", page)
}

func (d *Desk) correctPress(r *ui.Request) error {
	a, err := d.oneApplication(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	after, err := d.Press.Correct(r.Context(), a.ID, press.Draft{Outlet: form.Get("outlet"), OutletKind: press.OutletKind(form.Get("outlet_kind")),
		FullName: form.Get("full_name"), Gender: delegation.Gender(form.Get("gender")), Role: press.Role(form.Get("role")),
		CardNumber: form.Get("card_number"), Phone: form.Get("phone"), Email: form.Get("email"), Needs: form.Get("needs")})
	switch {
	case err == nil:
		r.Flash("success", "press.desk.corrected", "name", after.FullName)
		return r.Redirect("%s/%d", pressBase(r), a.ID)
	case !form.Refuse(err):
		return err
	case conference.KindOf(err) == conference.KindConflict: // decided meanwhile: the application says how
		if a, err = d.oneApplication(r); err != nil {
			return err
		}
		return d.showApplication(r, http.StatusUnprocessableEntity, a, form, mailPreview{})
	}
	return d.showCorrection(r, http.StatusUnprocessableEntity, a, form)
}

// previewRefusal shows the mail of a refusal with the reason typed so far.
func (d *Desk) previewRefusal(r *ui.Request, form *ui.Form) error {
	a, err := d.oneApplication(r)
	if err != nil {
		return err
	}
	var p mailPreview
	p.Subject, p.Text, err = d.Press.PreviewRefusal(r.Context(), a.ID, form.Text("reason"))
	switch {
	case err == nil:
		return d.showApplication(r, http.StatusOK, a, form, p)
	case form.Refuse(err):
		return d.showApplication(r, http.StatusUnprocessableEntity, a, form, p)
	}
	return err
}
