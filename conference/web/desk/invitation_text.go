package desk

import (
	"net/http"
	"strconv"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

type textPage struct {
	ui.Frame
	Form   *ui.Form
	Fields []mergeField
	Every  []ui.Option // organisations to read the text as
	Sheet  *readAs
	Seen   string // which saved text the form began with
	Self   string // where a test mail goes
	Base   string
	Next   *step
}

type mergeField struct{ Name, Text string }

// readAs is a mail as one organisation will read it.
type readAs struct {
	invitation.MailPreview
	For string
}

func (d *Desk) text(r *ui.Request) error {
	t, err := d.Invitations.Text(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	form := r.NewForm(map[string]string{"subject": t.Subject, "body": t.Body})
	if id := r.QueryID("for"); id != 0 {
		form.Set("for", strconv.FormatInt(id, 10))
	}
	return d.showText(r, http.StatusOK, form, &t)
}

// showText shows the text with a preview for the chosen organisation, or the first; t
// is nil when what was typed cannot be filled in.
func (d *Desk) showText(r *ui.Request, status int, form *ui.Form, t *invitation.Text) error {
	e := r.Edition()
	page := textPage{Frame: r.Frame("invitation-text"), Form: form, Self: r.Staff().Email, Base: "/desk/e/" + e.Slug + "/invitations"}
	for _, f := range invitation.MergeFields() {
		page.Fields = append(page.Fields, mergeField{Name: "[" + f + "]", Text: r.T("invitation.field." + f)})
	}
	saved, err := d.Invitations.Text(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page.Seen = saved.Seal()
	if form.Get("do") == "preview" { // nothing was refused: what it began with still holds, or will be refused
		page.Seen = form.Get("seen")
	}
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	for _, i := range all {
		page.Every = append(page.Every, ui.Option{Value: strconv.FormatInt(i.ID, 10), Label: i.Organisation.In(r.Lang())})
	}
	if t != nil && len(all) > 0 {
		if page.Sheet, err = d.readAs(r, all, form.ID("for"), t); err != nil {
			return err
		}
	}
	return r.PageStatus(status, "desk/invitations/text", page)
}

// readAs gives the mail as one of these invitations' organisations will read it, the
// first when none of them has the number.
func (d *Desk) readAs(r *ui.Request, among []invitation.Invitation, id int64, t *invitation.Text) (*readAs, error) {
	one := among[0]
	for _, i := range among {
		if i.ID == id {
			one = i
		}
	}
	mail, err := d.Invitations.PreviewMail(r.Context(), d.DB, one.ID, t)
	if err != nil {
		return nil, err
	}
	return &readAs{MailPreview: mail, For: one.Organisation.In(r.Lang())}, nil
}

// setText saves the text, shows it as one organisation will read it, or saves it and
// sends it to whoever wrote it.
func (d *Desk) setText(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.checkFor(r, form); err != nil {
		return err
	}
	if form.Wrong() {
		return d.showText(r, http.StatusUnprocessableEntity, form, nil)
	}
	t, do := invitation.Text{Subject: form.Get("subject"), Body: form.Text("body")}, form.Get("do")
	if do == "preview" {
		if err := invitation.CheckText(t); err != nil {
			if !form.Refuse(err) {
				return err
			}
			return d.showText(r, http.StatusUnprocessableEntity, form, nil)
		}
		return d.showText(r, http.StatusOK, form, &t)
	}
	if err := d.Invitations.ReplaceText(r.Context(), r.Edition().ID, t, form.Get("seen")); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showText(r, http.StatusUnprocessableEntity, form, nil)
	}
	if id := form.ID("for"); do == "test" && id != 0 {
		if err := d.sendTest(r, id); err != nil {
			return err
		}
		return r.Redirect("/desk/e/%s/invitations/text?for=%d", r.Edition().Slug, id)
	}
	r.Flash("success", "desk.text.saved")
	return r.Redirect("/desk/e/%s/invitations/text", r.Edition().Slug)
}

// checkFor notes at its field when the organisation to read the text as is none of the edition's.
func (d *Desk) checkFor(r *ui.Request, form *ui.Form) error {
	if form.Get("for") == "" {
		return nil
	}
	_, err := d.invitationOf(r, form.ID("for"))
	if conference.KindOf(err) == conference.KindNotFound {
		form.Note("for", conference.Say("sending.error.for"))
		return nil
	}
	return err
}

// sendTest sends whoever is signed in the mail of one invitation.
func (d *Desk) sendTest(r *ui.Request, invitationID int64) error {
	if _, err := d.Invitations.SendTest(r.Context(), invitationID, r.Staff()); err != nil {
		return err
	}
	if d.Outbox.Local() {
		r.Flash("success", "sending.flash.tested_local")
	} else {
		r.Flash("success", "sending.flash.tested", "address", r.Staff().Email)
	}
	return nil
}
