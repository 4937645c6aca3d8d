package press

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/templates"
)

// The outbox's names for this room's mails.
const (
	KindReceived = "press.received" // the application has arrived
	KindApproved = "press.approved" // accredited: with the personal link and the code
	KindRefused  = "press.refused"
	KindRevoked  = "press.revoked"
)

// Mails gives what was mailed to an applicant, or waits to be, newest first.
func (r *Room) Mails(ctx context.Context, applicationID int64) ([]outbox.Mail, error) {
	mails, err := r.outbox.Of(ctx, applicationID, KindReceived, KindApproved, KindRefused, KindRevoked)
	if err != nil {
		return nil, fmt.Errorf("mails to an applicant: %w", err)
	}
	return mails, nil
}

// pixelsPerModule is that of the mails to delegates.
const pixelsPerModule = 8

// mailPage is the data of mail/press. What is empty is left out.
type mailPage struct {
	templates.Letterhead
	Greeting            string
	Paragraphs          []string
	Facts               []string
	CodeID, Number      string
	LinkNote, Link      string
	PageNote, Page      string
	PressContact, Close string
}

// frame reads what every mail of the room needs.
func (r *Room) frame(ctx context.Context, m outbox.Mail) (a Application, e edition.Edition, p mailPage, msg outbox.Message, err error) {
	if a, err = ByID(ctx, r.db, m.SubjectID); err != nil {
		return a, e, p, msg, err
	}
	if e, err = edition.ByID(ctx, r.db, a.EditionID); err != nil {
		return a, e, p, msg, fmt.Errorf("read edition: %w", err)
	}
	desk, err := DeskOf(ctx, r.db, e.ID)
	if err != nil {
		return a, e, p, msg, err
	}
	loc := r.locales.In(m.Lang)
	p = mailPage{Letterhead: invitation.Letterhead(loc, e), Close: loc.T("press.mail.close"),
		Greeting: loc.T("press.mail.greeting", "honorific", delegation.Honorific(a.Gender), "name", a.FullName),
		PageNote: loc.T("press.mail.page"), Page: r.baseURL + "/e/" + e.Slug + "/press"}
	if contact := contactInWords(loc, desk); contact != "" {
		p.PressContact = loc.T("press.mail.contact", "contact", contact)
	}
	msg = outbox.Message{ReplyTo: e.ContactEmail, FromName: loc.T("invitation.mail.from")}
	if desk.ContactEmail != "" {
		msg.ReplyTo = desk.ContactEmail
	}
	return a, e, p, msg, nil
}

func contactInWords(loc *templates.Locale, d Desk) string {
	out := d.ContactName
	add := func(s string) {
		if s != "" && out != "" {
			out += ", "
		}
		out += s
	}
	if d.ContactPhone != "" {
		add(loc.T("invitation.mail.phone", "phone", vietnamese.FormatPhone(d.ContactPhone)))
	}
	add(d.ContactEmail)
	return out
}

func (r *Room) finish(msg outbox.Message, p mailPage) (outbox.Message, error) {
	var err error
	msg.HTML, msg.Text, err = r.mail.Render(p)
	return msg, err
}

// composeReceived tells an applicant that the application has arrived and what comes next.
func (r *Room) composeReceived(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	a, e, p, msg, err := r.frame(ctx, m)
	if err != nil {
		return outbox.Message{}, err
	}
	loc := r.locales.In(m.Lang)
	msg.Subject = loc.T("press.received.subject", "short", e.Short(m.Lang))
	p.Paragraphs = []string{loc.T("press.received.text", "outlet", a.Outlet, "title", e.Title(m.Lang)),
		loc.Text(AnswerText(e, r.db.Now(), m.Lang)), loc.T("press.received.next")}
	return r.finish(msg, p)
}

// composeApproved gives an accredited journalist the personal link and the code. One
// whose accreditation was revoked meanwhile gets nothing.
func (r *Room) composeApproved(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	a, e, p, msg, err := r.frame(ctx, m)
	if err != nil {
		return outbox.Message{}, err
	}
	if a.State != Approved {
		return outbox.Message{}, conference.Fail(conference.KindGone, "press.error.mail_revoked")
	}
	d, err := delegation.ByID(ctx, r.db, a.DelegateID)
	if err != nil {
		return outbox.Message{}, err
	}
	code, err := r.delegations.Code(ctx, r.db, d)
	if err != nil {
		return outbox.Message{}, err
	}
	png, err := badge.PNG(code.Text, pixelsPerModule)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("draw code: %w", err)
	}
	loc := r.locales.In(m.Lang)
	msg.Subject = loc.T("press.approved.subject", "short", e.Short(m.Lang), "number", d.Number)
	p.Paragraphs = []string{loc.T("press.approved.text", "outlet", a.Outlet, "title", e.Title(m.Lang)), loc.T("press.approved.badge")}
	if a.Reason != "" {
		p.Paragraphs = append(p.Paragraphs, loc.T("press.mail.words", "words", a.Reason))
	}
	p.Facts = []string{loc.T("press.approved.number", "number", d.Number), loc.T("delegation.confirm.time", "time", invitation.TimeInWords(loc, e))}
	if place := invitation.PlaceInWords(e, m.Lang); place != "" {
		p.Facts = append(p.Facts, loc.T("delegation.confirm.place", "place", place))
	}
	p.Number, p.CodeID = d.Number, "qr-"+d.Number+"@hoinghi"
	p.LinkNote, p.Link = loc.T("press.approved.link"), r.delegations.Link(d)
	msg.Inline = []outbox.Part{{Name: d.Number + ".png", ContentType: "image/png", ContentID: p.CodeID, Data: png}}
	msg.Files = []outbox.Part{{Name: d.Number + ".png", ContentType: "image/png", Data: png}}
	msg.Secrets = []string{p.Link, r.delegations.Token(d), code.Text}
	ics, err := r.calendar(ctx, e, d.Number, m.Lang)
	if err != nil {
		return outbox.Message{}, err
	}
	msg.Files = append(msg.Files, outbox.Part{Name: "chuong-trinh.ics", ContentType: "text/calendar; charset=utf-8; method=PUBLISH", Data: ics})
	return r.finish(msg, p)
}

// calendar gives the conference as one entry, from the first to the last session that
// the press may see.
func (r *Room) calendar(ctx context.Context, e edition.Edition, number, lang string) ([]byte, error) {
	sessions, err := agenda.Visible(ctx, r.db, e.ID, agenda.Press)
	if err != nil {
		return nil, fmt.Errorf("read programme: %w", err)
	}
	ics, err := agenda.Invite(e, sessions, number, lang, r.baseURL+"/e/"+e.Slug, r.db.Now())
	if err != nil {
		return nil, fmt.Errorf("make calendar file: %w", err)
	}
	return ics, nil
}

// composeEnd tells an applicant that the application was refused or the accreditation
// revoked, and why. A decision that was changed meanwhile is not told.
func (r *Room) composeEnd(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	a, e, p, msg, err := r.frame(ctx, m)
	if err != nil {
		return outbox.Message{}, err
	}
	if "press."+string(a.State) != m.Kind {
		return outbox.Message{}, conference.Fail(conference.KindGone, "press.error.mail_changed")
	}
	return r.end(m, a.Reason, e, p, msg)
}

func (r *Room) end(m outbox.Mail, reason string, e edition.Edition, p mailPage, msg outbox.Message) (outbox.Message, error) {
	loc := r.locales.In(m.Lang)
	msg.Subject = loc.T(m.Kind+".subject", "short", e.Short(m.Lang))
	p.Paragraphs = []string{loc.T(m.Kind+".text", "title", e.Title(m.Lang)), loc.T("press.mail.reason", "reason", reason), loc.T(m.Kind + ".next")}
	return r.finish(msg, p)
}

// PreviewRefusal gives subject and text of the mail that Refuse would send. Errors: as
// Refuse.
func (r *Room) PreviewRefusal(ctx context.Context, id int64, reason string) (subject, text string, err error) {
	before, err := r.admitted(ctx, id)
	if err != nil {
		return "", "", err
	}
	if reason, err = checkReason(reason); err != nil {
		return "", "", err
	}
	if before.State != Waiting {
		return "", "", decided(before)
	}
	m := outbox.Mail{Kind: KindRefused, SubjectID: id, Lang: before.Lang}
	_, e, p, msg, err := r.frame(ctx, m)
	if err != nil {
		return "", "", err
	}
	if msg, err = r.end(m, reason, e, p, msg); err != nil {
		return "", "", err
	}
	return msg.Subject, msg.Text, nil
}
