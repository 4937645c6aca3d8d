package desk

import (
	"errors"
	"net/http"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

// maxCandidates is how many organisations are offered beside a new one.
const maxCandidates = 50

func (d *Desk) substituteRoutes() []ui.Route {
	const at = "/desk/e/:edition/invitations/:id"
	return []ui.Route{
		ui.POST(at+"/substitute", ui.Organisers, d.inviteSubstitute),
		ui.POST(at+"/refuse-substitute", ui.Organisers, d.refuseSubstitute),
	}
}

// proposal is the organisation proposed in the place of one that declined, to be decided on.
type proposal struct {
	ID                  int64
	Name, Contact, When string
	Which, Kinds        []ui.Option
	Seats               int
}

// link is one step of the chain of organisations in place of one another.
type link struct{ Text, Href, Note string }

// chain is what became of the proposals around an invitation.
type chain struct {
	Open  *proposal
	Steps []link
}

// chainOf reads the proposals around an invitation; form is prefilled for the open one.
func (d *Desk) chainOf(r *ui.Request, form *ui.Form, i invitation.Invitation) (chain, error) {
	var c chain
	lang, base := r.Lang(), "/desk/e/"+r.Edition().Slug+"/invitations/"
	before, err := invitation.InPlaceOf(r.Context(), d.DB, i.ID)
	if err != nil {
		return c, err
	}
	for _, s := range before {
		c.Steps = append(c.Steps, link{Text: r.T("substitute.chain.for", "name", s.By), Href: base + ui.Itoa(s.InvitationID), Note: moved(r, s)})
	}
	all, err := invitation.Substitutes(r.Context(), d.DB, i.ID)
	if err != nil {
		return c, err
	}
	for _, s := range all {
		switch s.State {
		case invitation.SubstituteInvited:
			c.Steps = append(c.Steps, link{Text: r.T("substitute.chain.by", "name", s.Invited), Href: base + ui.Itoa(s.InvitedID), Note: moved(r, s)})
		case invitation.SubstituteOpen:
			if c.Open, err = d.proposal(r, form, i, s); err != nil {
				return c, err
			}
		case invitation.SubstituteRefused, invitation.SubstituteWithdrawn:
			c.Steps = append(c.Steps, link{Text: s.Organisation, Note: joined(r.T("substitute.state."+string(s.State)), ui.Moment(s.DecidedAt.Time, lang), s.Note)})
		}
	}
	return c, nil
}

func moved(r *ui.Request, s invitation.Substitute) string {
	seats := ""
	if s.SeatsMoved > 0 {
		seats = r.T("substitute.chain.seats", "n", s.SeatsMoved)
	}
	return joined(ui.Moment(s.DecidedAt.Time, r.Lang()), s.DecidedBy, seats)
}

// joined puts the parts that are there into one line.
func joined(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p != "" && out != "" {
			out += " · "
		}
		out += p
	}
	return out
}

func (d *Desk) proposal(r *ui.Request, form *ui.Form, i invitation.Invitation, s invitation.Substitute) (*proposal, error) {
	p := &proposal{ID: s.ID, Name: s.Organisation, Contact: joined(s.Contact.Name, ui.Phone(s.Contact.Phone), s.Contact.Email),
		When: ui.Moment(s.ProposedAt.Time, r.Lang()), Seats: i.Seats(), Kinds: append([]ui.Option{{Label: r.T("organisation.choose_kind")}}, kindOptions(r, "")...)}
	known, err := d.candidates(r, i, s)
	if err != nil {
		return nil, err
	}
	p.Which = []ui.Option{{Value: "0", Label: r.T("substitute.new")}}
	match := int64(0)
	for _, o := range known {
		label := o.Name(r.Lang())
		if vietnamese.Fold(o.NameVi) == vietnamese.Fold(s.Organisation) {
			match, label = o.ID, r.T("substitute.match", "name", label)
		}
		p.Which = append(p.Which, ui.Option{Value: ui.Itoa(o.ID), Label: label})
	}
	if form.Get("proposal") == "" { // not posted
		form.Set("organisation", ui.Itoa(match))
		form.Set("new_name", s.Organisation)
		if k, ok := edition.KindByName(s.Organisation); ok {
			form.Set("new_kind", string(k))
		}
		form.Set("move", "1")
		form.Set("send", "1")
	}
	return p, nil
}

// candidates gives the organisations that may be meant: those that are called so, then
// those of the same province, without those that are invited.
func (d *Desk) candidates(r *ui.Request, i invitation.Invitation, s invitation.Substitute) ([]edition.Organisation, error) {
	invited := map[int64]bool{}
	all, err := invitation.List(r.Context(), d.DB, i.EditionID)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		invited[other.OrganisationID] = true
	}
	filters := []edition.OrganisationFilter{{Query: s.Organisation}}
	if i.Province.ProvinceID != 0 {
		filters = append(filters, edition.OrganisationFilter{Province: i.Province.ProvinceID})
	}
	var out []edition.Organisation
	for _, f := range filters {
		found, _, err := edition.Organisations(r.Context(), d.DB, f, maxCandidates, 0)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if !invited[o.ID] {
				invited[o.ID] = true
				out = append(out, o.Organisation)
			}
		}
	}
	return out, nil
}

// decide does something with the open proposal of the form; a refused form is shown again.
func (d *Desk) decide(r *ui.Request, do func(*ui.Form, int64) error) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	posted, err := r.Form()
	if err != nil {
		return err
	}
	s, err := invitation.SubstituteByID(r.Context(), d.DB, posted.ID("proposal"))
	if err != nil {
		return err
	}
	if s.InvitationID != i.ID {
		return conference.NotFound()
	}
	form := invitationForm(r, i)
	form.Overlay(posted)
	err = do(form, s.ID)
	if err == nil && !form.Wrong() {
		return nil
	}
	if err != nil && !form.Refuse(err) {
		return err
	}
	var refused *conference.Error
	if errors.As(err, &refused) && refused.Kind == conference.KindConflict {
		form.Set("proposal", "") // what was decided meanwhile has no form any more
	}
	return d.showInvitation(r, http.StatusUnprocessableEntity, form, i)
}

// inviteSubstitute makes the invitation of a proposed organisation and sends it, if that is wanted.
func (d *Desk) inviteSubstitute(r *ui.Request) error {
	return d.decide(r, func(form *ui.Form, id int64) error {
		choice := invitation.Choice{OrganisationID: form.ID("organisation"), Name: form.Get("new_name"), Kind: edition.OrganisationKind(form.Get("new_kind")), MoveSeats: form.Checked("move")}
		if typed := form.Get("organisation"); choice.OrganisationID == 0 && typed != "0" && typed != "" {
			form.Note("organisation", conference.Say("substitute.error.unknown"))
			return nil
		}
		made, err := d.Invitations.InviteSubstitute(r.Context(), id, choice)
		if err != nil {
			return err
		}
		name := made.Organisation.In(r.Lang())
		if !form.Checked("send") {
			r.Flash("success", "substitute.invited", "name", name)
		} else if unsent, err := d.sendOne(r, made.ID); err != nil {
			return err
		} else if unsent != "" {
			r.Flash("warning", "substitute.invited_unsent", "name", name, "reason", unsent)
		} else {
			r.Flash("success", "substitute.invited_sent", "name", name)
		}
		return r.Redirect("/desk/e/%s/invitations/%d", r.Edition().Slug, made.ID)
	})
}

func (d *Desk) refuseSubstitute(r *ui.Request) error {
	return d.decide(r, func(form *ui.Form, id int64) error {
		if err := d.Invitations.RefuseSubstitute(r.Context(), id, form.Text("note")); err != nil {
			return err
		}
		r.Flash("success", "substitute.refused")
		return r.Redirect("/desk/e/%s/invitations/%s", r.Edition().Slug, r.Param("id"))
	})
}
