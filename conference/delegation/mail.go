package delegation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/templates"
)

// pixelsPerModule makes a code of 41 modules and its border 392 pixels wide:
// sharp on every telephone, 3 cm in print at 300 dpi.
const pixelsPerModule = 8

// confirmPage is the data of mail/confirm.
type confirmPage struct {
	templates.Letterhead
	Greeting, Received, Number, Time, Place string
	CodeNote, CodeID, LinkNote, Link, Away  string
	Thanks                                  string
}

// composeConfirm tells one delegate that the registration was received, with the
// code and the calendar entry. One who has withdrawn meanwhile gets nothing.
func (r *Room) composeConfirm(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	d, err := ByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	if d.State != Registered {
		return outbox.Message{}, conference.Fail(conference.KindGone, "delegation.error.mail_withdrawn")
	}
	i, err := invitation.ByID(ctx, r.db, d.InvitationID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, err := edition.ByID(ctx, r.db, d.EditionID)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("read edition: %w", err)
	}
	c, err := r.Code(ctx, r.db, d)
	if err != nil {
		return outbox.Message{}, err
	}
	html, text, err := r.confirm.Render(r.confirmPage(r.locales.In(m.Lang), e, i, d))
	if err != nil {
		return outbox.Message{}, err
	}
	msg := r.envelope(e, m.Lang)
	msg.Subject = r.locales.In(m.Lang).T("delegation.confirm.subject", "short", e.Short(m.Lang), "name", d.FullName, "number", d.Number)
	msg.HTML, msg.Text = html, text
	msg.Secrets = []string{r.Link(d), d.Token(r.keys), c.Text}
	if err := addCode(&msg, c); err != nil {
		return outbox.Message{}, err
	}
	if r.calendar != nil {
		ics, err := r.calendar(ctx, d)
		if err != nil {
			return outbox.Message{}, fmt.Errorf("make calendar file: %w", err)
		}
		msg.Files = append(msg.Files, outbox.Part{Name: "chuong-trinh.ics", ContentType: "text/calendar; charset=utf-8; method=PUBLISH", Data: ics})
	}
	return msg, nil
}

func (r *Room) confirmPage(loc *templates.Locale, e edition.Edition, i invitation.Invitation, d Delegate) confirmPage {
	lang, you := loc.Lang(), pronoun(d.Gender)
	p := confirmPage{
		Letterhead: invitation.Letterhead(loc, e),
		Greeting:   loc.T("delegation.confirm.greeting", "honorific", Honorific(d.Gender), "name", d.FullName),
		Received:   loc.T("delegation.confirm.received", "you", you, "title", e.Title(lang), "sender", d.Sender),
		Number:     loc.T("delegation.confirm.number", "number", d.Number),
		Time:       loc.T("delegation.confirm.time", "time", invitation.TimeInWords(loc, e)),
		CodeNote:   loc.T("delegation.confirm.code"), CodeID: codeID(d),
		LinkNote: loc.T("delegation.confirm.link", "you", you), Link: r.Link(d),
		Away:   loc.T("delegation.confirm.away_secretariat", "you", you),
		Thanks: loc.T("delegation.confirm.thanks"),
	}
	if place := invitation.PlaceInWords(e, lang); place != "" {
		p.Place = loc.T("delegation.confirm.place", "place", place)
	}
	if i.FocalName != "" && i.FocalPhone != "" {
		p.Away = loc.T("delegation.confirm.away", "you", you, "focal", i.FocalName, "phone", vietnamese.FormatPhone(i.FocalPhone))
	}
	return p
}

// envelope gives what both mails share.
func (r *Room) envelope(e edition.Edition, lang string) outbox.Message {
	return outbox.Message{ReplyTo: e.ContactEmail, FromName: r.locales.In(lang).T("invitation.mail.from")}
}

// codeID names a code's picture inside its mail.
func codeID(d Delegate) string { return "qr-" + d.Number + "@hoinghi" }

// addCode puts a code into a mail twice: to be seen in it, and as a file to be kept
// or passed on.
func addCode(msg *outbox.Message, c Code) error {
	png, err := badge.PNG(c.Text, pixelsPerModule)
	if err != nil {
		return fmt.Errorf("draw code: %w", err)
	}
	name := c.Delegate.Number + ".png"
	msg.Inline = append(msg.Inline, outbox.Part{Name: name, ContentType: "image/png", ContentID: codeID(c.Delegate), Data: png})
	msg.Files = append(msg.Files, outbox.Part{Name: name, ContentType: "image/png", Data: png})
	return nil
}

// codesPage is the data of mail/codes.
type codesPage struct {
	templates.Letterhead
	Greeting, Received, Advice, LinkNote, Link string
	NameHead, CodeHead                         string
	Rows                                       []codeRow
}

type codeRow struct {
	Number, Name, JobTitle, Group, CodeID string
	Head                                  string // the word for the head of the delegation, on that row only
}

// composeCodes gives the focal point the codes of all registered delegates, as they
// are at the moment of sending.
func (r *Room) composeCodes(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	i, err := invitation.ByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, err := edition.ByID(ctx, r.db, i.EditionID)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("read edition: %w", err)
	}
	codes, err := r.Codes(ctx, r.db, i.ID)
	if err != nil {
		return outbox.Message{}, err
	}
	if len(codes) == 0 {
		return outbox.Message{}, conference.Fail(conference.KindGone, "delegation.error.mail_withdrawn")
	}
	loc, link := r.locales.In(m.Lang), r.baseURL+i.Path(r.keys)
	msg := r.envelope(e, m.Lang)
	msg.Subject = loc.T("delegation.codes.subject", "short", e.Short(m.Lang), "organisation", i.Organisation, "count", len(codes))
	msg.Secrets = []string{link, i.Token(r.keys)}
	page := codesPage{Letterhead: invitation.Letterhead(loc, e), Link: link,
		Greeting: loc.T("delegation.codes.greeting", "organisation", i.Organisation),
		Received: loc.T("delegation.codes.received", "title", e.Title(m.Lang), "count", len(codes)),
		Advice:   loc.T("delegation.codes.advice"), LinkNote: loc.T("delegation.codes.link"),
		NameHead: loc.T("delegation.codes.name"), CodeHead: loc.T("delegation.codes.code"),
	}
	for _, c := range codes {
		row := codeRow{Number: c.Delegate.Number, Name: c.Delegate.FullName, JobTitle: c.Delegate.JobTitle, Group: c.Delegate.Group.In(m.Lang), CodeID: codeID(c.Delegate)}
		if c.Delegate.Head {
			row.Head = loc.T("delegation.codes.head")
		}
		page.Rows = append(page.Rows, row)
		msg.Secrets = append(msg.Secrets, c.Text)
		if err := addCode(&msg, c); err != nil {
			return outbox.Message{}, err
		}
	}
	msg.HTML, msg.Text, err = r.codes.Render(page)
	return msg, err
}
