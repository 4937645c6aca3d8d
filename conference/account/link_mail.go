package account

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// KindLink is the outbox's name for the mail with somebody's one-time link.
const KindLink = "account.link"

// Mailing is what the room needs to mail one-time links.
type Mailing struct {
	Keys    *conference.Keys
	Outbox  *outbox.Outbox
	Locales *templates.Locales
	BaseURL string // without a slash at the end
	// Letterhead gives what stands around the mail's own words; who pays for the house is
	// known to rooms above.
	Letterhead func(ctx context.Context, loc *templates.Locale) (templates.Letterhead, error)
}

type mailing struct {
	Mailing
	page *templates.Mail
}

// linkMail is the data of mail/account.
type linkMail struct {
	templates.Letterhead
	Greeting, Text, LinkNote, Link, Until, Unasked string
}

// UseMail has one-time links that staff issue mailed to their holders, besides being shown.
// It comes before anything else is asked of the room.
func (r *Room) UseMail(m Mailing) {
	r.mail = &mailing{Mailing: m, page: templates.MustMail("account")}
	m.Outbox.Compose(KindLink, r.composeLink)
}

// MailsLinks reports whether links are mailed: with a mail server only, since the mailbox of this
// machine is read by organisers, and a link makes its reader the holder of the account.
func (r *Room) MailsLinks() bool { return r.mail != nil && !r.mail.Outbox.Local() }

// queueLink queues the mail with a link. What the program itself issues is handed over
// where it was asked for, and is not mailed.
func (r *Room) queueLink(ctx context.Context, tx *db.Tx, linkID int64, s Staff) error {
	if !r.MailsLinks() || conference.ActorOf(ctx).Kind != conference.ActorStaff {
		return nil
	}
	_, err := r.mail.Outbox.Queue(ctx, tx, outbox.Queued{Kind: KindLink, Subject: linkID, ToAddress: s.Email, ToName: s.FullName})
	return err
}

const sqlSetLinkHash = `UPDATE one_time_link SET token_hash = ? WHERE id = ?`

// setToken gives the token of a link just inserted. With mail it follows from the master key, so
// that the mail can be made when it is sent while the database keeps a hash; the moment of
// its making is part of it, since a number may come again after a backup was restored.
func (r *Room) setToken(ctx context.Context, tx *db.Tx, linkID int64, random string) (string, error) {
	if r.mail == nil {
		return random, nil
	}
	token := r.mail.Keys.LinkToken(conference.LinkStaff, linkID, db.At(tx.Now()).UnixMilli())
	if err := db.Exec(ctx, tx, sqlSetLinkHash, conference.TokenHash(token), linkID); err != nil {
		return "", fmt.Errorf("set link: %w", err)
	}
	return token, nil
}

const sqlLinkMade = `SELECT created_at FROM one_time_link WHERE id = ?`

// composeLink makes the mail with a link that still holds; one that was used, replaced or
// withdrawn meanwhile is not mailed any more.
func (r *Room) composeLink(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	if !r.MailsLinks() {
		return outbox.Message{}, conference.Fail(conference.KindGone, "account.error.mail_local")
	}
	made, err := db.Value[int64](ctx, r.db, sqlLinkMade, m.SubjectID)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("read link: %w", err)
	}
	token := r.mail.Keys.LinkToken(conference.LinkStaff, m.SubjectID, made)
	link, err := r.OpenLink(ctx, token)
	if err != nil {
		return outbox.Message{}, err
	}
	loc := r.mail.Locales.In(m.Lang)
	p := linkMail{Greeting: loc.T("account.mail.greeting", "name", link.FullName), Text: loc.T("account.mail.text", "email", link.Email),
		LinkNote: loc.T("account.mail.link"), Link: r.mail.BaseURL + "/desk/link/" + token, Unasked: loc.T("account.mail.unasked")}
	until := link.ExpiresAt.In(vietnamese.Zone())
	p.Until = loc.T("account.mail.until", "time", vietnamese.ClockTime(until), "date", vietnamese.ShortDate(until))
	if p.Letterhead, err = r.mail.Letterhead(ctx, loc); err != nil {
		return outbox.Message{}, err
	}
	msg := outbox.Message{Subject: loc.T("account.mail.subject"), FromName: loc.T("invitation.mail.from"), Secrets: []string{p.Link, token}}
	msg.HTML, msg.Text, err = r.mail.page.Render(p)
	return msg, err
}
