package desk

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web/ui"
)

const returnedBody = 8 << 20 // a returned mail may carry the whole one that was sent

func (d *Desk) bounceRoutes() []ui.Route {
	read, file := ui.POST("/desk/mail/returned", ui.AnyOrganisers, d.readReturned), ui.POST("/desk/mail/returned/file", ui.AnyOrganisers, d.readReturnedFile)
	read.Limit, file.Limit = returnedBody, returnedBody
	return []ui.Route{
		ui.GET("/desk/mail/returned", ui.AnyOrganisers, d.pasteReturned),
		read, file,
		ui.GET("/desk/mail/:id/returned", ui.AnyOrganisers, d.bounceByHand),
		ui.POST("/desk/mail/:id/returned", ui.AnyOrganisers, d.keepBounce),
		ui.POST("/desk/mail/:id/returned/:bounce/forget", ui.AnyOrganisers, d.forgetBounce),
	}
}

// bounceRow is what came back of a mail, in words.
type bounceRow struct {
	ID                       int64
	Hard                     bool
	Chip                     string // kind of the chip
	Label, Code, Said        string
	Advice, At, ForgetAction string
}

func bounceLine(r *ui.Request, b outbox.Bounce) bounceRow {
	row := bounceRow{ID: b.ID, Hard: b.Kind == outbox.BounceHard, Chip: "waiting", Label: r.T("outbox.bounce." + string(b.Kind)), Code: b.Code, Said: b.Answer,
		Advice: r.T("outbox.bounce.advice." + b.Advice()), At: r.T("desk.bounce.at", "time", ui.Moment(b.ReceivedAt.Time, r.Lang()), "source", r.T("outbox.bounce.source."+string(b.Source))),
		ForgetAction: fmt.Sprintf("/desk/mail/%d/returned/%d/forget", b.Mail, b.ID)}
	if row.Hard {
		row.Chip = "bounced"
	}
	return row
}

// bounceLines gives, by mail, the worst of what came back of each, in words.
func (d *Desk) bounceLines(r *ui.Request, mails []outbox.Mail) (map[int64]*bounceRow, error) {
	ids := make([]int64, 0, len(mails))
	for _, m := range mails {
		ids = append(ids, m.ID)
	}
	back, err := d.Outbox.BouncesOf(r.Context(), ids...)
	if err != nil {
		return nil, err
	}
	out := map[int64]*bounceRow{}
	for id, all := range back {
		worst := bounceLine(r, all[len(all)-1])
		out[id] = &worst
	}
	return out, nil
}

// bounced gives everything that came back of a mail, the worst first.
func (d *Desk) bounced(r *ui.Request, m outbox.Mail) ([]bounceRow, error) {
	back, err := d.Outbox.BouncesOf(r.Context(), m.ID)
	if err != nil {
		return nil, err
	}
	var out []bounceRow
	for _, b := range back[m.ID] {
		out = append([]bounceRow{bounceLine(r, b)}, out...)
	}
	return out, nil
}

// place is where the address of a mail is corrected.
type place struct{ Href, Label string }

// subjectOf gives the page of whom a mail is about; nil where there is none to correct an address on.
func (d *Desk) subjectOf(r *ui.Request, m outbox.Mail) (*place, error) {
	path, label := "", ""
	switch {
	case m.Kind == invitation.KindInvite, m.Kind == invitation.KindCopy, m.Kind == invitation.KindRemind, m.Kind == delegation.KindCodes:
		path, label = "invitations", "desk.bounce.subject_invitation"
	case m.Kind == delegation.KindConfirm:
		path, label = "delegates", "desk.bounce.subject_delegate"
	case strings.HasPrefix(m.Kind, "press."):
		path, label = "press", "desk.bounce.subject_press"
	default:
		return nil, nil
	}
	e, err := edition.ByID(r.Context(), d.DB, m.Edition)
	if err != nil {
		return nil, err
	}
	return &place{Href: fmt.Sprintf("/desk/e/%s/%s/%d", e.Slug, path, m.SubjectID), Label: r.T(label)}, nil
}

// boxRow tells how the reading of returned mail fares.
type boxRow struct {
	Chip, Text, Read, Problem, Words string
}

// returnBox is nil for who organises some editions only: the mailbox is everybody's.
func (d *Desk) returnBox(r *ui.Request) *boxRow {
	if organised(r) != nil {
		return nil
	}
	s, ok := d.Outbox.ReturnBox()
	if !ok {
		return &boxRow{Chip: "off", Text: r.T("desk.bounce.box_none")}
	}
	row := boxRow{Chip: "done", Text: r.T("desk.bounce.box", "place", s.Place), Read: r.T("desk.bounce.box_unread")}
	if !s.ReadAt.IsZero() {
		row.Read = r.T("desk.bounce.box_read", "time", ui.Moment(s.ReadAt, r.Lang()))
	} else {
		row.Chip = "waiting"
	}
	if !s.ProblemAt.IsZero() {
		key := "desk.bounce.box_past"
		if s.Failing {
			row.Chip, key, row.Words = "failed", "desk.bounce.box_problem", s.Words
		}
		row.Problem = r.T(key, "time", ui.Moment(s.ProblemAt, r.Lang()), "problem", r.Say(s.Problem))
	}
	return &row
}

type returnedPage struct {
	ui.Frame
	Form    *ui.Form
	Most    int64 // MB
	Box     *boxRow
	Found   *bounceRow
	Kind    string
	Guessed bool
	Mails   []mailRow
}

func mailCrumb(r *ui.Request) ui.Crumb {
	return ui.Crumb{Label: r.T("desk.nav.mail"), Href: "/desk/mail"}
}

func (d *Desk) pasteReturned(r *ui.Request) error {
	return d.showReturned(r, http.StatusOK, returnedPage{Form: r.NewForm(nil)})
}

func (d *Desk) showReturned(r *ui.Request, status int, page returnedPage) error {
	page.Frame, page.Most, page.Box = r.Frame("mail", mailCrumb(r)), returnedBody>>20, d.returnBox(r)
	return r.PageStatus(status, "desk/mail/returned", page)
}

// readReturned reads what was pasted, readReturnedFile a file.
func (d *Desk) readReturned(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	return d.recognise(r, form, "text", []byte(r.Secret("text"))) // as it came: in a mail's source the space before a line counts
}

func (d *Desk) readReturnedFile(r *ui.Request) error {
	form, file, err := r.Upload("mail")
	if err != nil {
		return err
	}
	return d.recognise(r, form, "mail", file)
}

// recognise says which mail came back, with the forms that keep it. It keeps nothing itself.
func (d *Desk) recognise(r *ui.Request, form *ui.Form, field string, raw []byte) error {
	page := returnedPage{Form: form}
	var err error
	var found outbox.Returned
	switch {
	case form.Wrong():
	case len(bytes.TrimSpace(raw)) == 0:
		form.Note(field, conference.Say("outbox.error.returned.empty"))
	default:
		found, err = d.Outbox.ReadReturned(r.Context(), raw)
		var said *conference.Error
		if errors.As(err, &said) && said.Kind == conference.KindInvalid {
			form.Note(field, said.Message)
		} else if err != nil {
			return err
		}
	}
	if form.Wrong() {
		return d.showReturned(r, form.Status(), page)
	}
	line := bounceLine(r, found.Bounce)
	page.Found, page.Kind, page.Guessed = &line, string(found.Kind), found.Guessed
	if page.Mails, err = d.mailLines(r, found.Mails); err != nil {
		return err
	}
	return d.showReturned(r, http.StatusOK, page)
}

type bouncePage struct {
	ui.Frame
	Form  *ui.Form
	Mail  mailRow
	Kinds []ui.Option
}

func (d *Desk) bounceByHand(r *ui.Request) error {
	m, err := d.oneMail(r)
	if err != nil {
		return err
	}
	if !m.Left() {
		return conference.Fail(conference.KindConflict, "outbox.error.returned.not_sent")
	}
	return d.showBounceForm(r, http.StatusOK, m, r.NewForm(map[string]string{"kind": string(outbox.BounceHard)}))
}

func (d *Desk) showBounceForm(r *ui.Request, status int, m outbox.Mail, form *ui.Form) error {
	page := bouncePage{Frame: r.Frame("mail", mailCrumb(r), ui.Crumb{Label: r.T("desk.mail.kind." + m.Kind), Href: fmt.Sprintf("/desk/mail/%d", m.ID)}), Form: form, Mail: mailLine(r, m)}
	for _, k := range []outbox.BounceKind{outbox.BounceHard, outbox.BounceSoft} {
		page.Kinds = append(page.Kinds, ui.Option{Value: string(k), Label: r.T("outbox.bounce." + string(k))})
	}
	return r.PageStatus(status, "desk/mail/bounce", page)
}

// keepBounce keeps that a mail came back, as it was recognised or typed.
func (d *Desk) keepBounce(r *ui.Request) error {
	m, err := d.oneMail(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	b := outbox.Bounce{Mail: m.ID, Kind: outbox.BounceKind(form.Get("kind")), Code: form.Get("code"), Answer: form.Text("answer")}
	if err := d.Outbox.Bounced(r.Context(), b); err != nil && !form.Refuse(err) {
		return err
	}
	if form.Wrong() {
		return d.showBounceForm(r, http.StatusUnprocessableEntity, m, form)
	}
	r.Flash("success", "desk.bounce.noted")
	return r.Redirect("/desk/mail/%d", m.ID)
}

func (d *Desk) forgetBounce(r *ui.Request) error {
	m, err := d.oneMail(r)
	if err != nil {
		return err
	}
	bounce, err := r.ID("bounce")
	if err != nil {
		return err
	}
	if err := d.Outbox.ForgetBounce(r.Context(), m.ID, bounce); err != nil {
		return err
	}
	r.Flash("success", "desk.bounce.forgotten")
	return r.Redirect("/desk/mail/%d", m.ID)
}

// returnNotice tells on the page of whom a mail went to that it came back, and what to do next.
type returnNotice struct {
	bounceRow
	Title    string
	MailHref string
	Correct  string // where on the page the address is corrected
	Now      string // what the address is now, in words, where that matters
}

// bouncedInvitation gives the notice of an invitation whose latest mail came back, nil otherwise.
func (d *Desk) bouncedInvitation(r *ui.Request, i invitation.Invitation, mails []outbox.Mail) (*returnNotice, error) {
	if len(mails) == 0 {
		return nil, nil
	}
	back, err := outbox.Bounces(r.Context(), d.DB, invitation.KindInvite, i.ID)
	if err != nil {
		return nil, err
	}
	b, ok := back[i.ID]
	if !ok {
		return nil, nil
	}
	was, now := mails[0].ToAddress, i.Address()
	for _, m := range mails { // copies to others stand among them
		if m.ID == b.Mail {
			was = m.ToAddress
		}
	}
	n := d.notice(r, b, "desk.bounce.invitation", was)
	n.Correct = "#f-focal_email"
	switch {
	case now == "":
		n.Now = r.T("desk.bounce.no_address")
	case !strings.EqualFold(now, was):
		n.Now = r.T("desk.bounce.corrected", "address", now)
	}
	return &n, nil
}

func (d *Desk) notice(r *ui.Request, b outbox.Bounce, title, address string) returnNotice {
	if b.Kind == outbox.BounceSoft {
		title += "_soft"
	}
	return returnNotice{bounceRow: bounceLine(r, b), Title: r.T(title, "address", address), MailHref: fmt.Sprintf("/desk/mail/%d", b.Mail)}
}

// bouncedAddresses gives a notice for each address, in their order, whose latest mail came back.
func (d *Desk) bouncedAddresses(r *ui.Request, addresses ...string) ([]returnNotice, error) {
	back, err := outbox.BouncedAddresses(r.Context(), d.DB, organised(r), addresses...)
	if err != nil {
		return nil, err
	}
	var out []returnNotice
	for _, a := range addresses {
		if b, ok := back[strings.ToLower(a)]; ok {
			out = append(out, d.notice(r, b, "desk.bounce.address", a))
			delete(back, strings.ToLower(a))
		}
	}
	return out, nil
}
