package invitation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// KindTest is the outbox's name for an invitation that an organiser sends to himself.
const KindTest = "invitation.test"

// SendTest queues the mail that an organisation would get, with the edition's text as it
// is now, to the address of the member of staff who asks for it, and to nobody else.
// The mail says that it is a test and gives neither the organisation's link nor its code:
// one click on them would count as the organisation's own. Errors: invalid as CheckText,
// not_found, forbidden.
func (r *Room) SendTest(ctx context.Context, invitationID int64, self account.Staff) (mailID int64, err error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return 0, err
	}
	if a := conference.ActorOf(ctx); a.Kind != conference.ActorStaff || a.ID != self.ID {
		return 0, conference.Fail(conference.KindForbidden, "sending.error.test_other")
	}
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		text, err := r.Text(ctx, tx, i.EditionID)
		if err != nil {
			return err
		}
		if err := CheckText(text); err != nil {
			return err
		}
		mailID, err = r.outbox.Queue(ctx, tx, outbox.Queued{Edition: i.EditionID, Kind: KindTest, Subject: i.ID, Lang: "vi", ToAddress: self.Email, ToName: self.FullName})
		if err != nil {
			return fmt.Errorf("queue test mail: %w", err)
		}
		return audit.Note(ctx, tx, audit.Change{Edition: i.EditionID, Action: "invitation.test", SubjectKind: "invitation", SubjectID: i.ID})
	})
	if err != nil {
		return 0, err
	}
	return mailID, nil
}

func (r *Room) composeTest(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	i, err := ByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, err := edition.ByID(ctx, r.db, i.EditionID)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("read edition: %w", err)
	}
	text, err := r.Text(ctx, r.db, i.EditionID)
	if err != nil {
		return outbox.Message{}, err
	}
	loc, values := r.locales.In(m.Lang), r.values(e, i, m.Lang)
	values[fieldLink], values[fieldCode] = r.baseURL+"/m", i.Province.Abbr+"-XXXXXX"
	text.Subject = loc.T("sending.test.subject", "subject", text.Subject)
	text.Body = loc.T("sending.test.note", "name", i.Organisation.In(m.Lang)) + "\n\n" + text.Body
	return r.withSigned(ctx, i, func(attached []LetterKind) (outbox.Message, error) {
		return r.filled(e, i, text, m.Lang, values, attached)
	})
}
