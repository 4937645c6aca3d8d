package guest

import (
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/press"
	"hoinghi/conference/web/ui"
)

// pictureScale is the size of one module of a code's picture, in pixels: some 500
// across, sharp on every phone and on paper of half a page.
const pictureScale = 12

// calendarType names the method too: some programs refuse a file without (RFC 6047).
const calendarType = "text/calendar; charset=utf-8; method=PUBLISH"

type codesPage struct {
	ui.Frame
	facts
	Base, Name, Submitted string
	Cards                 []card
	Listed                int
}

// card is one delegate with the code that is shown at the door.
type card struct {
	row
	QR            ui.QR
	Picture, Link string
	Message       string // ready to send to the delegate with the link
}

// codes shows the codes of all registered delegates, to send on or to print.
func (g *Guest) codes(r *ui.Request, i invitation.Invitation) error {
	dn, err := delegation.ForInvitation(r.Context(), g.DB, i.ID)
	if err != nil {
		return err
	}
	codes, err := g.Delegations.Codes(r.Context(), g.DB, i.ID)
	if err != nil {
		return err
	}
	page := codesPage{Frame: r.Frame("codes"), facts: factsOf(r), Base: base(r), Name: i.Organisation.In(r.Lang()),
		Submitted: ui.Moment(dn.SubmittedAt.Time, r.Lang()), Listed: dn.Count(delegation.Listed)}
	for _, c := range codes {
		qr, err := ui.NewQR(c.Text)
		if err != nil {
			return err
		}
		page.Cards = append(page.Cards, card{row: rowOf(r, c.Delegate), QR: qr, Picture: page.Base + "/codes/" + c.Delegate.Number + ".png",
			Link: g.Delegations.Link(c.Delegate), Message: r.T("guest.codes.message", "name", named(r, c.Delegate), "conference", page.Title)})
	}
	return r.Page("guest/codes", page)
}

// codePicture gives one code as a picture to send on.
func (g *Guest) codePicture(r *ui.Request, i invitation.Invitation) error {
	number, ok := strings.CutSuffix(r.Param("file"), ".png")
	if !ok {
		return conference.NotFound()
	}
	codes, err := g.Delegations.Codes(r.Context(), g.DB, i.ID)
	if err != nil {
		return err
	}
	for _, c := range codes {
		if strings.EqualFold(c.Delegate.Number, number) {
			return picture(r, c)
		}
	}
	return conference.NotFound()
}

func picture(r *ui.Request, c delegation.Code) error {
	png, err := badge.PNG(c.Text, pictureScale)
	if err != nil {
		return err
	}
	return r.File("image/png", c.Delegate.Number+".png", png)
}

type badgePage struct {
	ui.Frame
	facts
	row
	Base      string
	Honour    string
	Email     string
	Sender    string
	QR        ui.QR
	HasBadge  bool
	Withdrawn bool
	Contact   contact
	Press     string // address of the press page, for journalists
	Sessions  []session
}

// around adds whom a delegate calls, and to a journalist the programme that the press may see.
func (g *Guest) around(r *ui.Request, d delegation.Delegate, page *badgePage) error {
	if d.InvitationID != 0 {
		i, err := invitation.ByID(r.Context(), g.DB, d.InvitationID)
		page.Contact = contact{Name: i.FocalName, Phone: ui.Phone(i.FocalPhone), PhoneHref: i.FocalPhone}
		return err
	}
	desk, err := press.DeskOf(r.Context(), g.DB, d.EditionID)
	if err != nil {
		return err
	}
	page.Contact = contact{Name: desk.ContactName, Phone: ui.Phone(desk.ContactPhone), PhoneHref: desk.ContactPhone}
	page.Press = "/e/" + r.Edition().Slug + "/press"
	if !d.Live() {
		return nil // a revoked accreditation shows nothing but that it was
	}
	sessions, err := agenda.Visible(r.Context(), g.DB, d.EditionID, agenda.Press)
	day := ""
	for _, s := range sessions {
		line := session{ISO: ui.ISO(s.StartsAt.Time), When: ui.Clock(s.StartsAt.Time) + "–" + ui.Clock(s.EndsAt.Time), Title: s.Title(r.Lang()),
			Room: s.Room(r.Lang()), PressOnly: s.Visibility == agenda.Press}
		if s.Day() != day {
			day, line.Day = s.Day(), ui.Weekday(s.StartsAt.Time, r.Lang())+", "+ui.Date(s.StartsAt.Time, r.Lang())
		}
		page.Sessions = append(page.Sessions, line)
	}
	return err
}

// session is one line of a journalist's programme.
type session struct {
	Day                    string // what the day's first line is headed with
	ISO, When, Title, Room string
	PressOnly              bool
}

// contact is whom one calls: the focal point of the delegation, or the press officer.
type contact struct{ Name, Phone, PhoneHref string }

// badge is a delegate's own page.
func (g *Guest) badge(r *ui.Request, d delegation.Delegate) error {
	page := badgePage{Frame: r.Frame("badge"), facts: factsOf(r), row: rowOf(r, d), Base: base(r), Honour: r.T(delegation.Honorific(d.Gender).Key),
		Email: d.Email, Sender: d.Sender.In(r.Lang()), Withdrawn: !d.Live()}
	page.Name, page.Path = d.FullName, page.Base
	if err := g.around(r, d, &page); err != nil {
		return err
	}
	code, err := g.Delegations.Code(r.Context(), g.DB, d)
	switch {
	case err == nil && d.Live():
		page.HasBadge = true
		if page.QR, err = ui.NewQR(code.Text); err != nil {
			return err
		}
	case err != nil && conference.KindOf(err) != conference.KindNotFound:
		return err
	}
	return r.Page("guest/badge", page)
}

// badgePicture gives a delegate's code as a picture.
func (g *Guest) badgePicture(r *ui.Request) error {
	d, err := g.delegateOf(r)
	if err != nil {
		return g.lost(r, err)
	}
	if !d.Live() {
		return withdrawn()
	}
	c, err := g.Delegations.Code(r.Context(), g.DB, d)
	if err != nil {
		return err
	}
	return picture(r, c)
}

// withdrawn is the answer to whoever wants a file and is no delegate any more.
func withdrawn() error { return conference.Fail(conference.KindGone, "guest.error.withdrawn") }

// calendar gives the conference as one entry for the calendar of whoever holds the link.
func (g *Guest) calendar(r *ui.Request) error {
	description, sessions, err := g.held(r)
	if err != nil {
		return g.lost(r, err)
	}
	e := r.Edition()
	file, err := agenda.Invite(e, sessions, description, r.Lang(), g.publicPage(r), r.Now())
	if err != nil {
		return err
	}
	return r.File(calendarType, e.Slug+".ics", file)
}

// programme gives every session that delegates may see.
func (g *Guest) programme(r *ui.Request) error {
	_, sessions, err := g.held(r)
	if err != nil {
		return g.lost(r, err)
	}
	e := r.Edition()
	file, err := agenda.Calendar(e, sessions, r.Lang(), g.publicPage(r), r.Now())
	if err != nil {
		return err
	}
	return r.File(calendarType, e.Slug+"-programme.ics", file)
}

// held finds out whose link it is and gives the text of their calendar entry, with
// the sessions that delegates may see.
func (g *Guest) held(r *ui.Request) (description string, sessions []agenda.Session, err error) {
	i, err := g.invitationOf(r)
	switch {
	case err == nil:
		description = r.T("guest.calendar.delegation", "organisation", i.Organisation)
	case conference.KindOf(err) == conference.KindNotFound:
		d, err := g.delegateOf(r)
		if err != nil {
			return "", nil, err
		}
		if !d.Live() {
			return "", nil, withdrawn()
		}
		description = r.T("guest.calendar.delegate", "number", d.Number)
		if d.InvitationID == 0 {
			sessions, err = agenda.Visible(r.Context(), g.DB, r.Edition().ID, agenda.Press)
			return description, sessions, err
		}
	default:
		return "", nil, err
	}
	sessions, err = agenda.Visible(r.Context(), g.DB, r.Edition().ID, agenda.Delegates)
	return description, sessions, err
}

// publicPage gives the full address of the edition's public page, "" without one. A
// calendar is often kept by somebody else's servers, so the personal link stays out of it.
func (g *Guest) publicPage(r *ui.Request) string {
	if e := r.Edition(); e.IsPublic {
		return g.Absolute("/e/" + e.Slug)
	}
	return ""
}
