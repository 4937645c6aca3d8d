package guest

import (
	"net/http"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// person reads the form of one delegate.
func person(form *ui.Form) delegation.Person {
	return delegation.Person{FullName: form.Get("full_name"), Gender: delegation.Gender(form.Get("gender")), JobTitle: form.Get("job_title"),
		Organisation: form.Get("organisation"), GroupID: form.ID("group"), Phone: form.Get("phone"), Email: form.Get("email"),
		Head: form.Checked("head"), ClientKey: form.Get("client_key")}
}

// personForm gives the form of one delegate as stored.
func personForm(r *ui.Request, d delegation.Delegate) *ui.Form {
	values := map[string]string{"full_name": d.FullName, "gender": string(d.Gender), "job_title": d.JobTitle, "organisation": d.Organisation,
		"group": ui.Itoa(d.GroupID), "phone": ui.Phone(d.Phone), "email": d.Email}
	if d.Head {
		values["head"] = "1"
	}
	return r.NewForm(values)
}

// add lists one more delegate.
func (g *Guest) add(r *ui.Request, i invitation.Invitation) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	d, err := g.Delegations.Add(r.Context(), i.ID, person(form))
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return g.refuse(r, i, forms{Person: form})
	}
	tell(r, "guest.flash.added", d)
	if len(d.Warnings) > 0 {
		return r.Redirect("%s", base(r)) // to the top, where the warning stands
	}
	return r.Redirect("%s?added=1#add", base(r)) // a delegation is typed in one go
}

// tell keeps the message about a delegate, with the warning of a possible double.
func tell(r *ui.Request, key string, d delegation.Delegate) {
	if len(d.Warnings) > 0 {
		r.Flash("warning", key+"_warning", "name", named(r, d), "warning", d.Warnings[0].Text)
		return
	}
	r.Flash("success", key, "name", named(r, d))
}

// delegateAt gives the delegate of the address, if the invitation is theirs.
func (g *Guest) delegateAt(r *ui.Request, i invitation.Invitation) (delegation.Delegate, error) {
	id, err := r.ID("id")
	if err != nil {
		return delegation.Delegate{}, err
	}
	d, err := delegation.ByID(r.Context(), g.DB, id)
	if err != nil {
		return delegation.Delegate{}, err
	}
	if d.InvitationID != i.ID {
		return delegation.Delegate{}, conference.NotFound()
	}
	return d, nil
}

// editForm shows one delegate's data for a change; whoever cannot be changed any
// more is seen in the list.
func (g *Guest) editForm(r *ui.Request, i invitation.Invitation) error {
	d, err := g.delegateAt(r, i)
	if err != nil {
		return err
	}
	if !d.Live() || !i.Open(r.Now()) {
		return r.Redirect("%s", base(r))
	}
	return g.show(r, http.StatusOK, i, forms{Editing: &d, Person: personForm(r, d)}, "")
}

func (g *Guest) edit(r *ui.Request, i invitation.Invitation) error {
	d, err := g.delegateAt(r, i)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	changed, err := g.Delegations.Edit(r.Context(), d.ID, i.ID, person(form))
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return g.refuse(r, i, forms{Editing: &d, Person: form})
	}
	tell(r, "guest.flash.edited", changed)
	return r.Redirect("%s", base(r))
}

// remove takes a delegate off the list; the page that follows offers to undo it.
func (g *Guest) remove(r *ui.Request, i invitation.Invitation) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := g.Delegations.Remove(r.Context(), id, i.ID); err != nil {
		return err
	}
	return r.Redirect("%s?removed=%d#list", base(r), id)
}

func (g *Guest) restore(r *ui.Request, i invitation.Invitation) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	d, err := g.Delegations.Restore(r.Context(), id, i.ID)
	if err != nil {
		return g.explain(r, i, err)
	}
	r.Flash("success", "guest.flash.restored", "name", named(r, d))
	return r.Redirect("%s", base(r))
}

// explain shows the page with the reason why a button did nothing.
func (g *Guest) explain(r *ui.Request, i invitation.Invitation, err error) error {
	form := r.NewForm(nil)
	if !form.Refuse(err) {
		return err
	}
	refused := form.Message
	for _, p := range form.Problems() {
		refused = p.Text
	}
	return g.show(r, http.StatusUnprocessableEntity, i, forms{}, refused)
}

// setHead makes a delegate the head of the delegation. What is missing for it, a
// telephone number, is asked for on the delegate's own form.
func (g *Guest) setHead(r *ui.Request, i invitation.Invitation) error {
	d, err := g.delegateAt(r, i)
	if err != nil {
		return err
	}
	if err := g.Delegations.SetHead(r.Context(), i.ID, d.ID); err != nil {
		if conference.KindOf(err) != conference.KindInvalid {
			return g.explain(r, i, err)
		}
		form := personForm(r, d)
		form.Set("head", "1")
		form.Refuse(err)
		return g.refuse(r, i, forms{Editing: &d, Person: form})
	}
	r.Flash("success", "guest.flash.head", "name", named(r, d))
	return r.Redirect("%s", base(r))
}
