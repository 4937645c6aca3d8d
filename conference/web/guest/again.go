package guest

import (
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// again keeps whether the focal point may be asked again for the next edition. Neither the
// deadline nor the answer has anything to do with it.
func (g *Guest) again(r *ui.Request, i invitation.Invitation) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	agreed := form.Checked("again")
	if err := g.Invitations.SetAgain(r.Context(), i.ID, agreed); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return g.refuse(r, i, forms{Again: form})
	}
	if agreed {
		r.Flash("success", "guest.flash.again")
	} else {
		r.Flash("success", "guest.flash.again_off")
	}
	return r.Redirect("%s#again", base(r))
}

// fillAgain tells the page what the focal point agreed to. The box is ticked only by a
// consent that holds for the words that the page shows.
func (g *Guest) fillAgain(r *ui.Request, i invitation.Invitation, page *delegationPage) error {
	c, err := invitation.Again(r.Context(), g.DB, i.ID)
	if err != nil {
		return err
	}
	holds := c.Version == invitation.AgainVersion
	if holds {
		page.AgainGiven = ui.Moment(c.GivenAt.Time, r.Lang())
	}
	if page.Again == nil {
		page.Again = r.NewForm(nil)
		if holds {
			page.Again.Set("again", "1")
		}
	}
	return nil
}
