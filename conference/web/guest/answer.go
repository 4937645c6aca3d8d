package guest

import (
	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// accept says that the organisation comes.
func (g *Guest) accept(r *ui.Request, i invitation.Invitation) error {
	if err := g.Invitations.Accept(r.Context(), i.ID); err != nil {
		return g.explain(r, i, err)
	}
	r.Flash("success", "guest.flash.accepted")
	return r.Redirect("%s", base(r))
}

// decline says that the organisation does not come, why, and who could in its place;
// said again it changes that. Like everything else that a
// focal point does, it ends with the deadline.
func (g *Guest) decline(r *ui.Request, i invitation.Invitation) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	if !i.Open(r.Now()) {
		return g.explain(r, i, closed(r, i))
	}
	instead := invitation.Proposal{Organisation: form.Get("sub_organisation"),
		Contact: invitation.Contact{Name: form.Get("sub_name"), Phone: form.Get("sub_phone"), Email: form.Get("sub_email")}}
	if err := g.Invitations.DeclineFor(r.Context(), i.ID, form.Text("reason"), instead); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return g.refuse(r, i, forms{Decline: form})
	}
	if i.Answer == invitation.Declined {
		r.Flash("success", "guest.flash.decline_changed")
	} else {
		r.Flash("info", "guest.flash.declined")
	}
	return r.Redirect("%s", base(r))
}

// setContact names the focal point.
func (g *Guest) setContact(r *ui.Request, i invitation.Invitation) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	if !i.Open(r.Now()) {
		return g.explain(r, i, closed(r, i))
	}
	contact := invitation.Contact{Name: form.Get("focal_name"), Phone: form.Get("focal_phone"), Email: form.Get("focal_email")}
	if err := g.Invitations.SetContact(r.Context(), i.ID, contact); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return g.refuse(r, i, forms{Contact: form})
	}
	r.Flash("success", "guest.flash.contact")
	return r.Redirect("%s", base(r))
}

// closed is the answer to what comes after the deadline.
func closed(r *ui.Request, i invitation.Invitation) error {
	return conference.Fail(conference.KindConflict, "invitation.error.deadline_passed",
		"time", ui.Clock(i.Deadline()), "date", ui.Date(i.Deadline(), r.Lang()))
}

// submit sends the list, once the focal point has said that the delegates know
// what their data are used for.
func (g *Guest) submit(r *ui.Request, i invitation.Invitation) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	if !form.Checked("informed") {
		form.Note("informed", conference.Say("guest.error.informed"))
		return g.refuse(r, i, forms{Send: form})
	}
	receipt, err := g.Delegations.Submit(r.Context(), i.ID)
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return g.refuse(r, i, forms{Send: form})
	}
	r.Flash("success", "guest.flash.sent", "new", receipt.New, "total", receipt.Total)
	return r.Redirect("%s/codes", base(r))
}
