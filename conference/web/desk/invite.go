package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/report"
	"hoinghi/conference/web/ui"
)

// maxOffered is how many organisations one page offers to invite.
const maxOffered = 300

type invitePage struct {
	ui.Frame
	Form      *ui.Form
	Rows      []inviteRow
	Total     int
	Kinds     []ui.Option
	Query     string
	Here      string
	Base      string
	Contacts  int // drafts that the register has a focal point for
	NoAddress int
	Invited   int
	Next      *step
}

type inviteRow struct {
	ID                   int64
	Name, Kind, Province string
	Chosen               bool
}

func (d *Desk) uninvited(r *ui.Request) error {
	return d.showUninvited(r, http.StatusOK, r.NewForm(nil))
}

// showUninvited offers the organisations of the register that have no invitation to the
// edition yet.
func (d *Desk) showUninvited(r *ui.Request, status int, form *ui.Form) error {
	e := r.Edition()
	kind, query := edition.OrganisationKind(r.Query("kind")), r.Query("q")
	base := "/desk/e/" + e.Slug + "/invitations"
	page := invitePage{Frame: r.Frame("invitations", boardCrumb(r)), Form: form, Kinds: kindOptions(r, kind), Query: query, Base: base, Here: base + "/add"}
	all, err := invitation.Uninvited(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	places, err := edition.PlacesOn(r.Context(), d.DB, e.StartsOn)
	if err != nil {
		return err
	}
	chosen := form.IDs("organisation")
	for _, o := range all {
		row := inviteRow{ID: o.ID, Name: o.Name(r.Lang()), Kind: r.Say(edition.OrganisationKindText(o.Kind)), Chosen: slices.Contains(chosen, o.ID)}
		if p := places.Named(o.ProvinceID); p.ProvinceID != 0 {
			row.Province = p.Short(r.Lang())
		}
		if kind != "" && o.Kind != kind || query != "" && !ui.Matches(row.Name+" "+row.Province, query) {
			continue
		}
		if page.Total++; page.Total <= maxOffered {
			page.Rows = append(page.Rows, row)
		}
	}
	rows, err := report.Board(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	sum := report.Sum(rows)
	page.Invited, page.NoAddress = sum.Invitations, sum.NoAddress
	if page.Contacts, err = d.Invitations.ContactsToTake(r.Context(), d.DB, e.ID); err != nil {
		return err
	}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	return r.PageStatus(status, "desk/invitations/add", page)
}

func (d *Desk) inviteChosen(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	chosen := form.IDs("organisation")
	if len(chosen) < len(form.All("organisation")) {
		chosen = append(chosen, -1) // what is no organisation must not be passed over
	}
	n, err := d.Invitations.InviteAll(r.Context(), r.Edition().ID, chosen)
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showUninvited(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "setup.invite.done", "n", n)
	return r.Redirect("/desk/e/%s/invitations/add", r.Edition().Slug)
}

func (d *Desk) takeContacts(r *ui.Request) error {
	n, err := d.Invitations.TakeContacts(r.Context(), r.Edition().ID)
	if err != nil {
		return err
	}
	r.Flash("success", "setup.invite.contacts_taken", "n", n)
	return r.Redirect("/desk/e/%s/invitations/add", r.Edition().Slug)
}

// again says in words what an invitation's focal point agreed to for the next edition.
func (d *Desk) again(r *ui.Request, i invitation.Invitation) (string, error) {
	c, err := invitation.Again(r.Context(), d.DB, i.ID)
	if err != nil || !c.Given() {
		return "", err
	}
	return r.T("desk.invitation.again", "when", ui.Moment(c.GivenAt.Time, r.Lang()), "version", c.Version), nil
}

// endAgain ends the consent of a focal point who asked for it by telephone or letter.
func (d *Desk) endAgain(r *ui.Request) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	if err := d.Invitations.SetAgain(r.Context(), i.ID, false); err != nil {
		return err
	}
	r.Flash("success", "desk.invitation.again_ended")
	return r.Redirect("/desk/e/%s/invitations/%d", r.Edition().Slug, i.ID)
}
