package invitation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// composeInvite makes the mail of an invitation from its campaign's frozen text and
// what the invitation holds now: a changed deadline or quota is told as it is.
func (r *Room) composeInvite(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	c, err := CampaignByID(ctx, r.db, m.Campaign)
	if err != nil {
		return outbox.Message{}, err
	}
	i, err := ByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, err := edition.ByID(ctx, r.db, i.EditionID)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("read edition: %w", err)
	}
	return r.withSigned(ctx, i, func(attached []LetterKind) (outbox.Message, error) { return r.message(e, i, c.Text, m.Lang, attached) })
}

// Preview gives the mail as this organisation would read it, in Vietnamese: from t, or
// from the edition's text when t is nil. Errors: invalid as CheckText, not_found.
func (r *Room) Preview(ctx context.Context, q db.Reader, invitationID int64, t *Text) (subject, body string, err error) {
	i, err := ByID(ctx, q, invitationID)
	if err != nil {
		return "", "", err
	}
	e, err := edition.ByID(ctx, q, i.EditionID)
	if err != nil {
		return "", "", fmt.Errorf("read edition: %w", err)
	}
	if t == nil {
		stored, err := r.Text(ctx, q, i.EditionID)
		if err != nil {
			return "", "", err
		}
		t = &stored
	}
	if err := CheckText(*t); err != nil {
		return "", "", err
	}
	signed, err := SignedFor(ctx, q, i.ID)
	if err != nil {
		return "", "", err
	}
	msg, err := r.message(e, i, t.normal(), templates.Vietnamese, kindsOf(signed))
	if err != nil {
		return "", "", err
	}
	return msg.Subject, msg.Text, nil
}

// invitePage is the data of mail/invite.
type invitePage struct {
	templates.Letterhead
	Paragraphs [][]piece // of the filled body: lines of text, links among them
	Body       string
	Button     string
	LinkLine   string // only when the body does not give the link itself
	CodeLine   string // likewise
	FileLine   string // names the signed letters that the mail carries
	Link       string
}

// piece is a stretch of text, a link, or the end of a line.
type piece struct {
	Text  string
	Link  bool
	Break bool
}

func (r *Room) message(e edition.Edition, i Invitation, t Text, lang string, attached []LetterKind) (outbox.Message, error) {
	return r.filled(e, i, t, lang, r.values(e, i, lang), attached)
}

// filled makes the mail of one invitation from a text and what stands for its fields.
func (r *Room) filled(e edition.Edition, i Invitation, t Text, lang string, values Values, attached []LetterKind) (outbox.Message, error) {
	loc := r.locales.In(lang)
	link := values[fieldLink]
	p := invitePage{Letterhead: Letterhead(loc, e), Body: strings.TrimSpace(Fill(t.Body, values)), Link: link, Button: loc.T("invitation.mail.button")}
	if !strings.Contains(p.Body, link) {
		p.LinkLine = loc.T("invitation.mail.link")
		p.CodeLine = loc.T("invitation.mail.code", "code", values[fieldCode])
	}
	if len(attached) > 0 {
		var names []string
		for _, k := range attached {
			names = append(names, loc.Text(LetterKindText(k)))
		}
		p.FileLine = loc.T("invitation.mail.attached", "names", strings.Join(names, ", "))
	}
	p.Paragraphs = paragraphs(p.Body, link)
	html, text, err := r.mail.Render(p)
	if err != nil {
		return outbox.Message{}, err
	}
	return outbox.Message{
		Subject: vietnamese.Normalise(Fill(t.Subject, values)), Text: text, HTML: html,
		ReplyTo: e.ContactEmail, FromName: loc.T("invitation.mail.from"),
		Secrets: []string{link, i.Token(r.keys), i.ShortCode(r.keys)},
	}, nil
}

// paragraphs splits a body at its empty lines and finds the link in it.
func paragraphs(body, link string) [][]piece {
	var out [][]piece
	for paragraph := range strings.SplitSeq(body, "\n\n") {
		var pieces []piece
		for n, line := range strings.Split(strings.Trim(paragraph, "\n"), "\n") {
			if n > 0 {
				pieces = append(pieces, piece{Break: true})
			}
			for m, text := range strings.Split(line, link) {
				if m > 0 {
					pieces = append(pieces, piece{Text: link, Link: true})
				}
				if text != "" {
					pieces = append(pieces, piece{Text: text})
				}
			}
		}
		out = append(out, pieces)
	}
	return out
}

// values gives what stands for each merge field in one invitation.
func (r *Room) values(e edition.Edition, i Invitation, lang string) Values {
	loc := r.locales.In(lang)
	return Values{
		fieldConference:   e.Title(lang),
		fieldShort:        e.Short(lang),
		fieldOrganisation: i.Organisation.In(lang),
		fieldOrganiser:    e.Organiser(lang),
		fieldHost:         e.Host(lang),
		fieldTime:         TimeInWords(loc, e),
		fieldPlace:        PlaceInWords(e, lang),
		fieldQuota:        quotaInWords(loc, i),
		fieldDeadline:     deadlineInWords(loc, i),
		fieldLink:         r.Link(i),
		fieldCode:         r.ShortCode(i),
		fieldContact:      ContactInWords(loc, e),
	}
}

// Letterhead gives what every mail of an edition shows around its own words.
func Letterhead(loc *templates.Locale, e edition.Edition) templates.Letterhead {
	h := templates.Letterhead{Lang: loc.Lang(), Conference: e.Title(loc.Lang()), Organiser: e.Organiser(loc.Lang()),
		Signature: loc.T("invitation.mail.signature"), Contact: ContactInWords(loc, e)}
	if h.Contact != "" {
		h.Contact = loc.T("invitation.mail.contact", "contact", h.Contact)
	}
	if e.IsSample {
		h.Sample = loc.T("invitation.mail.sample")
	}
	return h
}

// TimeInWords gives the days of an edition as letters write them.
func TimeInWords(loc *templates.Locale, e edition.Edition) string {
	first := dayInWords(loc, e.Start())
	if e.Days() <= 1 {
		return first
	}
	return loc.T("invitation.time.days", "from", first, "to", dayInWords(loc, e.End().AddDate(0, 0, -1)))
}

func dayInWords(loc *templates.Locale, day time.Time) string {
	weekday, date := vietnamese.Weekday(day), vietnamese.LetterDate(day)
	if loc.Lang() == templates.English {
		weekday, date = vietnamese.EnglishWeekday(day), vietnamese.EnglishDate(day)
	}
	return loc.T("invitation.time.day", "weekday", weekday, "date", date)
}

// PlaceInWords gives the venue with its address.
func PlaceInWords(e edition.Edition, lang string) string {
	return join(", ", e.Venue(lang), e.Address(lang))
}

// ContactInWords gives how to reach the secretariat, "" when the edition names nobody.
func ContactInWords(loc *templates.Locale, e edition.Edition) string {
	phone := ""
	if e.ContactPhone != "" {
		phone = loc.T("invitation.mail.phone", "phone", vietnamese.FormatPhone(e.ContactPhone))
	}
	return join(", ", e.ContactName, phone, e.ContactEmail)
}

func join(between string, parts ...string) string {
	var filled []string
	for _, p := range parts {
		if p != "" {
			filled = append(filled, p)
		}
	}
	return strings.Join(filled, between)
}

// quotaInWords gives the seats as letters list them: "12 đại biểu: Lãnh đạo Sở (01); …".
func quotaInWords(loc *templates.Locale, i Invitation) string {
	var groups []string
	for _, q := range i.Quotas {
		if q.Seats > 0 {
			groups = append(groups, fmt.Sprintf("%s (%02d)", q.Group.In(loc.Lang()), q.Seats))
		}
	}
	if len(groups) == 0 {
		return loc.T("invitation.quota.none")
	}
	return loc.T("invitation.quota.list", "total", fmt.Sprintf("%02d", i.Seats()), "groups", strings.Join(groups, "; "))
}

func deadlineInWords(loc *templates.Locale, i Invitation) string {
	return momentInWords(loc, i.Deadline().In(vietnamese.Zone()))
}

func momentInWords(loc *templates.Locale, at time.Time) string {
	clock, date := vietnamese.LetterTime(at), vietnamese.LetterDate(at)
	if loc.Lang() == templates.English {
		clock, date = vietnamese.ClockTime(at), vietnamese.EnglishDate(at)
	}
	return loc.T("invitation.time.deadline", "time", clock, "date", date)
}
