package web

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/agenda"
	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
	"hoinghi/conference/showcase"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
	"hoinghi/templates"
)

// Build makes every room on one database, in the order in which they stand on
// each other, and the site that shows them. ctx is the program's.
func Build(ctx context.Context, d *db.DB, keys *conference.Keys, log *slog.Logger, mail outbox.Config, cfg ui.Config) (*ui.Site, error) {
	loc, err := templates.LoadLocales()
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	out, err := outbox.New(d, log, mail)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	base, host := cfg.BaseURL.String(), strings.ToUpper(cfg.BaseURL.Host)
	signer := badge.NewSigner(keys)
	rooms := ui.Rooms{Editions: edition.New(d), Accounts: account.New(d), Outbox: out, Signer: signer, Agenda: agenda.New(d), Showcase: showcase.New(d)}
	rooms.Accounts.UseMail(account.Mailing{Keys: keys, Outbox: out, Locales: loc, BaseURL: base, Letterhead: letterhead(d)})
	rooms.Invitations = invitation.New(d, keys, out, loc, base)
	rooms.Invitations.UseProgramme(programme)
	rooms.Delegations = delegation.New(d, keys, out, signer, loc, base, host)
	rooms.Delegations.UseCalendar(calendar(d, base))
	rooms.Checkins = checkin.New(d, signer)
	rooms.Press = press.New(d, out, rooms.Delegations, loc, base)
	return ui.NewSite(ctx, d, keys, log, loc, rooms, cfg)
}

// programme gives what the appendix of a letter lists. Invitations stand below the
// agenda, so the agenda is handed to them here.
func programme(ctx context.Context, q db.Reader, editionID int64) ([]invitation.ProgrammeItem, error) {
	sessions, err := agenda.Visible(ctx, q, editionID, agenda.Delegates)
	if err != nil {
		return nil, fmt.Errorf("programme of letters: %w", err)
	}
	out := make([]invitation.ProgrammeItem, 0, len(sessions))
	for _, s := range sessions {
		out = append(out, invitation.ProgrammeItem{StartsAt: s.StartsAt.Time, EndsAt: s.EndsAt.Time, Title: s.Title(templates.Vietnamese), By: s.By(templates.Vietnamese)})
	}
	return out, nil
}

// letterhead gives what stands around mails of no edition: that of the edition on the front
// page, and plain words before there is one. Accounts stand beside the editions, so it is handed to them here.
func letterhead(d *db.DB) func(context.Context, *templates.Locale) (templates.Letterhead, error) {
	return func(ctx context.Context, loc *templates.Locale) (templates.Letterhead, error) {
		e, err := edition.Front(ctx, d)
		switch {
		case conference.KindOf(err) == conference.KindNotFound:
			return templates.Letterhead{Lang: loc.Lang(), Conference: loc.T("staff.mail.house"), Signature: loc.T("staff.mail.signature")}, nil
		case err != nil:
			return templates.Letterhead{}, fmt.Errorf("letterhead: %w", err)
		}
		return invitation.Letterhead(loc, e), nil
	}
}

// calendar gives the calendar file of a delegate's confirmation. Delegations stand
// below the agenda, so the agenda is handed to them here.
func calendar(d *db.DB, base string) delegation.Calendar {
	return func(ctx context.Context, p delegation.Delegate) ([]byte, error) {
		e, err := edition.ByID(ctx, d, p.EditionID)
		if err != nil {
			return nil, fmt.Errorf("calendar: %w", err)
		}
		sessions, err := agenda.Visible(ctx, d, e.ID, agenda.Delegates)
		if err != nil {
			return nil, fmt.Errorf("calendar: %w", err)
		}
		return agenda.Invite(e, sessions, p.Number, templates.Vietnamese, base+"/e/"+e.Slug, d.Now())
	}
}
