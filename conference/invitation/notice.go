package invitation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/templates"
)

// The outbox's names for this room's mails that carry no invitation.
const (
	KindQuestion     = "invitation.question"      // to the secretariat; the subject is the question
	KindFocalChanged = "invitation.focal_changed" // to who was the focal point before
	KindFocalNamed   = "invitation.focal_named"   // to who is the focal point now, with the link
	KindAnswered     = "invitation.answered"      // to who asked; the subject is the question
)

// noticePage is the data of mail/notice. What is empty is left out.
type noticePage struct {
	templates.Letterhead
	Greeting       string
	Paragraphs     []string
	Quote          string
	Facts          []string
	LinkNote, Link string
}

func (r *Room) notice(msg outbox.Message, p noticePage) (outbox.Message, error) {
	var err error
	msg.HTML, msg.Text, err = r.notices.Render(p)
	return msg, err
}

// about gives the edition and the secrets of an invitation that a mail speaks of.
func (r *Room) about(ctx context.Context, i Invitation) (edition.Edition, []string, error) {
	e, err := edition.ByID(ctx, r.db, i.EditionID)
	if err != nil {
		return edition.Edition{}, nil, fmt.Errorf("read edition: %w", err)
	}
	return e, []string{r.Link(i), i.Token(r.keys), i.ShortCode(r.keys)}, nil
}

// composeQuestion brings a question to the secretariat. "Reply" leads to the asker.
func (r *Room) composeQuestion(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	q, err := QuestionByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	i, err := ByID(ctx, r.db, q.InvitationID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, secrets, err := r.about(ctx, i)
	if err != nil {
		return outbox.Message{}, err
	}
	loc := r.locales.In(m.Lang)
	p := noticePage{Letterhead: Letterhead(loc, e), Greeting: loc.T("question.mail.greeting"), Quote: q.Text,
		Paragraphs: []string{loc.T("question.mail.text", "organisation", i.Organisation, "name", q.Asker.Name)},
		LinkNote:   loc.T("question.mail.link"), Link: r.baseURL + "/desk/e/" + e.Slug + "/questions"}
	how := "question.mail.reply"
	if q.Asker.Email == "" {
		how = "question.mail.call"
	} else {
		p.Facts = append(p.Facts, loc.T("question.mail.email", "email", q.Asker.Email))
	}
	if q.Asker.Phone != "" {
		p.Facts = append(p.Facts, loc.T("question.mail.phone", "phone", vietnamese.FormatPhone(q.Asker.Phone)))
	}
	p.Facts = append(p.Facts, loc.T(how))
	return r.notice(outbox.Message{Subject: loc.T("question.mail.subject", "organisation", i.Organisation, "short", e.Short(m.Lang)), ReplyTo: q.Asker.Email,
		FromName: loc.T("question.mail.from"), Secrets: secrets}, p)
}

// composeAnswered brings the secretariat's words to who asked. It carries no link: the
// address is what somebody typed who had one.
func (r *Room) composeAnswered(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	q, err := QuestionByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	i, err := ByID(ctx, r.db, q.InvitationID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, secrets, err := r.about(ctx, i)
	if err != nil {
		return outbox.Message{}, err
	}
	if q.Answer == "" || !q.Answered() {
		return outbox.Message{}, conference.Fail(conference.KindGone, "question.error.taken_back")
	}
	loc := r.locales.In(m.Lang)
	p := noticePage{Letterhead: Letterhead(loc, e), Greeting: loc.T("invitation.focal.greeting", "name", q.Asker.Name),
		Paragraphs: []string{loc.T("question.answered.text", "organisation", i.Organisation, "conference", e.Title(m.Lang)), q.Text, loc.T("question.answered.words")}, Quote: q.Answer}
	return r.notice(outbox.Message{Subject: loc.T("question.answered.subject", "short", e.Short(m.Lang)), ReplyTo: e.ContactEmail,
		FromName: loc.T("invitation.mail.from"), Secrets: secrets}, p)
}

// composeFocalNamed gives the new focal point the way to the delegation's page.
func (r *Room) composeFocalNamed(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	i, err := ByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, secrets, err := r.about(ctx, i)
	if err != nil {
		return outbox.Message{}, err
	}
	if m.ToAddress != i.FocalEmail {
		return outbox.Message{}, conference.Fail(conference.KindGone, "invitation.error.focal_other")
	}
	loc := r.locales.In(m.Lang)
	p := noticePage{Letterhead: Letterhead(loc, e), Greeting: loc.T("invitation.focal.greeting", "name", i.FocalName),
		Paragraphs: []string{loc.T("invitation.focal_named.text", "organisation", i.Organisation, "conference", e.Title(m.Lang)), loc.T("invitation.focal_named.next")},
		LinkNote:   loc.T("invitation.focal_named.link"), Link: r.Link(i)}
	if i.FocalName == "" {
		p.Greeting = loc.T("invitation.focal.greeting_nobody")
	}
	return r.notice(outbox.Message{Subject: loc.T("invitation.focal_named.subject", "organisation", i.Organisation, "short", e.Short(m.Lang)), ReplyTo: e.ContactEmail,
		FromName: loc.T("invitation.mail.from"), Secrets: secrets}, p)
}

// composeFocalChanged tells a former focal point that somebody else takes over. It
// carries no link: the reader has nothing to do with the delegation any more.
func (r *Room) composeFocalChanged(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	i, err := ByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, secrets, err := r.about(ctx, i)
	if err != nil {
		return outbox.Message{}, err
	}
	if m.ToAddress == i.FocalEmail {
		return outbox.Message{}, conference.Fail(conference.KindGone, "invitation.error.focal_again")
	}
	loc := r.locales.In(m.Lang)
	p := noticePage{Letterhead: Letterhead(loc, e), Greeting: loc.T("invitation.focal.greeting", "name", m.ToName),
		Paragraphs: []string{loc.T("invitation.focal.text", "organisation", i.Organisation, "conference", e.Title(m.Lang)), loc.T("invitation.focal.next")}}
	if m.ToName == "" {
		p.Greeting = loc.T("invitation.focal.greeting_nobody")
	}
	return r.notice(outbox.Message{Subject: loc.T("invitation.focal.subject", "organisation", i.Organisation, "short", e.Short(m.Lang)), ReplyTo: e.ContactEmail,
		FromName: loc.T("invitation.mail.from"), Secrets: secrets}, p)
}
