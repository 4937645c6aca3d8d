package guest

import (
	"net/http"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

// delegationPage is the focal point's page.
type delegationPage struct {
	ui.Frame
	facts
	Base           string
	Name, Province string
	I              invitation.Invitation
	Deadline, Left string
	Until, Own     string // the deadline in words, and how it differs from the general one
	Open, Declined bool
	Groups         []usage
	Taken, Seats   int
	Rows, Gone     []row
	Removed        *row // taken off the list just now; can be put back
	Added          bool // somebody was added just now, and the next may follow
	Listed         int  // on the list, not sent
	Registered     int
	Submitted      string
	HasHead        bool
	Refused        string // why nothing was done, where no field can say it
	Choices        []ui.Option
	Honorifics     []ui.Option
	Letters        []signedLetter
	AgainGiven     string // when the focal point agreed to be asked again
	talk
	forms
}

// forms are the page's forms; one that was refused is shown as it was typed. With
// Editing the page is about this delegate only.
type forms struct {
	Person, Contact, Send, Decline, Question, Again *ui.Form
	Editing                                         *delegation.Delegate
}

// usage is how much of one group's quota is taken.
type usage struct {
	Label       string
	Used, Total int
}

// row is one delegate as the list shows them.
type row struct {
	ID                               int64
	Number, Name, Work, Group, Phone string
	State                            delegation.State
	Head                             bool
}

func rowOf(r *ui.Request, d delegation.Delegate) row {
	return row{ID: d.ID, Number: d.Number, Name: named(r, d), Work: joined(d.JobTitle, d.Organisation), Group: d.Group.In(r.Lang()),
		Phone: ui.Phone(d.Phone), State: d.State, Head: d.Head}
}

// open shows the page and keeps the moment when the link was opened first, unless a
// member of staff looks at it.
func (g *Guest) open(r *ui.Request, i invitation.Invitation) error {
	if !r.SignedIn() {
		if err := g.Invitations.NoteOpened(r.Context(), i.ID); err != nil {
			g.Log.Error("note the opening of a link", "error", err) // the page matters more
		}
	}
	return g.show(r, http.StatusOK, i, forms{}, "")
}

// refuse shows the page again with what was typed.
func (g *Guest) refuse(r *ui.Request, i invitation.Invitation, f forms) error {
	return g.show(r, http.StatusUnprocessableEntity, i, f, "")
}

func (g *Guest) show(r *ui.Request, status int, i invitation.Invitation, f forms, refused string) error {
	dn, err := delegation.ForInvitation(r.Context(), g.DB, i.ID)
	if err != nil {
		return err
	}
	if f.Decline == nil {
		if f.Decline, err = g.declining(r, i); err != nil {
			return err
		}
	}
	page := g.page(r, dn, f)
	page.Refused = refused
	if page.talk, err = g.talk(r, i); err != nil {
		return err
	}
	for _, form := range []*ui.Form{f.Person, f.Contact, f.Send, f.Decline, f.Question} {
		if form != nil && form.Message != "" {
			page.Refused = form.Message
		}
	}
	page.Added = r.Query("added") != ""
	if page.Letters, err = g.signedLetters(r, i); err != nil {
		return err
	}
	if err := g.fillAgain(r, i, &page); err != nil {
		return err
	}
	if page.Removed, err = g.removed(r, i); err != nil {
		return err
	}
	return r.PageStatus(status, "guest/delegation", page)
}

// page gives everything that the page shows of a delegation.
func (g *Guest) page(r *ui.Request, dn delegation.Delegation, f forms) delegationPage {
	i, lang := dn.Invitation, r.Lang()
	_, hasHead := dn.Head()
	page := delegationPage{Frame: r.Frame("list"), facts: factsOf(r), Base: base(r), Name: i.Organisation.In(lang), Province: i.Province.Print(lang), I: i,
		Deadline: ui.Moment(i.Deadline(), lang), Left: timeLeft(r, i.Deadline()), Until: r.T("guest.deadline.words", "deadline", inWords(r, i.Deadline())), Own: ownDeadline(r, i), Open: i.Open(r.Now()), Declined: i.Answer == invitation.Declined,
		Seats: i.Seats(), Taken: len(dn.Delegates), Listed: dn.Count(delegation.Listed), Registered: dn.Count(delegation.Registered),
		Submitted: ui.Moment(dn.SubmittedAt.Time, lang), HasHead: hasHead}
	page.Path = page.Base
	if f.Editing != nil {
		page.Path = page.Base + "/delegates/" + ui.Itoa(f.Editing.ID)
	}
	for _, u := range dn.Groups {
		if u.Seats > 0 || u.Taken > 0 {
			page.Groups = append(page.Groups, usage{Label: u.Group.In(lang), Used: u.Taken, Total: u.Seats})
		}
	}
	for _, d := range dn.Delegates {
		page.Rows = append(page.Rows, rowOf(r, d))
	}
	for _, d := range dn.Withdrawn {
		page.Gone = append(page.Gone, rowOf(r, d))
	}
	page.forms = withDefaults(r, dn, f)
	page.Choices = choices(r, dn.Groups, page.Person.Get("group"))
	page.Honorifics = honorifics(r)
	return page
}

// withDefaults fills in the forms that were not posted.
func withDefaults(r *ui.Request, dn delegation.Delegation, f forms) forms {
	i := dn.Invitation
	if f.Person == nil {
		values := map[string]string{"organisation": i.Organisation.Vi, "client_key": conference.NewSecret()}
		if _, ok := dn.Head(); !ok {
			values["head"] = "1"
		}
		f.Person = r.NewForm(values)
	}
	if f.Contact == nil {
		f.Contact = r.NewForm(map[string]string{"focal_name": i.FocalName, "focal_phone": ui.Phone(i.FocalPhone), "focal_email": i.FocalEmail})
	}
	if f.Send == nil {
		f.Send = r.NewForm(nil)
	}
	if f.Question == nil {
		f.Question = r.NewForm(map[string]string{"asker_name": i.FocalName, "asker_phone": ui.Phone(i.FocalPhone), "asker_email": i.FocalEmail, "client_key": conference.NewSecret()})
	}
	return f
}

// choices gives the groups that still have a seat, and the one that is chosen already.
func choices(r *ui.Request, groups []delegation.Usage, chosen string) []ui.Option {
	out := []ui.Option{{Label: r.T("guest.person.group_choose")}}
	for _, u := range groups {
		value := ui.Itoa(u.GroupID)
		if u.Left() == 0 && value != chosen {
			continue
		}
		out = append(out, ui.Option{Value: value, Label: r.T("guest.person.group_left", "group", u.Group, "left", u.Left(), "seats", u.Seats)})
	}
	if len(out) == 2 {
		return out[1:] // no choice at all
	}
	return out
}

func honorifics(r *ui.Request) []ui.Option {
	var out []ui.Option
	for _, g := range []delegation.Gender{delegation.Male, delegation.Female} {
		out = append(out, ui.Option{Value: string(g), Label: r.T(delegation.Honorific(g).Key)})
	}
	return append([]ui.Option{{Value: string(delegation.Unsaid), Label: r.T("guest.person.unsaid")}}, out...)
}

// removed gives the delegate whom the address names as just taken off the list.
func (g *Guest) removed(r *ui.Request, i invitation.Invitation) (*row, error) {
	id := r.QueryID("removed")
	if id == 0 {
		return nil, nil
	}
	d, err := delegation.ByID(r.Context(), g.DB, id)
	if conference.KindOf(err) == conference.KindNotFound || err == nil && (d.InvitationID != i.ID || d.Live()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	line := rowOf(r, d)
	return &line, nil
}

// timeLeft says how far away the deadline is, counted in days of Viet Nam.
func timeLeft(r *ui.Request, deadline time.Time) string {
	now := r.Now()
	days := int(day(deadline).Sub(day(now)) / (24 * time.Hour))
	switch {
	case now.After(deadline):
		return r.T("guest.deadline.passed")
	case days == 0:
		return r.T("guest.deadline.today")
	case days == 1:
		return r.T("guest.deadline.tomorrow")
	}
	return r.T("guest.deadline.days", "n", days)
}

func day(t time.Time) time.Time {
	y, m, d := t.In(vietnamese.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, vietnamese.Zone())
}
