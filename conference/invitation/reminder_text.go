package invitation

import (
	"context"
	"fmt"
	"strconv"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// The merge fields that only a reminder has.
const (
	fieldFocal      = "dau_moi"
	fieldSeats      = "tong_chi_tieu"
	fieldRegistered = "da_dang_ky"
	fieldMoment     = "thoi_diem"
)

// ReminderFields lists the merge fields of a reminder: those of the invitation and four
// of its own. The texts for people are invitation.field.<name>.
func ReminderFields() []string {
	return append(MergeFields(), fieldFocal, fieldSeats, fieldRegistered, fieldMoment)
}

// CheckReminderText refuses a text as CheckText does, with the reminder's merge fields.
// Errors: invalid with the fields of Text.
func CheckReminderText(t Text) error { return checkText(t, ReminderFields()) }

// DefaultReminder gives the reminder that an edition starts with.
func (r *Room) DefaultReminder() Text {
	vi := r.locales.In(templates.Vietnamese)
	return Text{Subject: vi.T("reminder.text.subject"), Body: vi.T("reminder.text.body")}
}

const sqlReminderText = `SELECT subject, body FROM reminder_text WHERE edition_id = ?`

// ReminderText gives an edition's reminder as it is worked on; DefaultReminder until somebody wrote one.
func (r *Room) ReminderText(ctx context.Context, q db.Reader, editionID int64) (Text, error) {
	t, err := db.One(ctx, q, sqlReminderText, func(t *Text) []any { return []any{&t.Subject, &t.Body} }, editionID)
	if conference.KindOf(err) == conference.KindNotFound {
		return r.DefaultReminder(), nil
	}
	if err != nil {
		return Text{}, fmt.Errorf("read reminder text: %w", err)
	}
	return t, nil
}

const sqlSetReminderText = `INSERT INTO reminder_text (edition_id, subject, body, changed_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (edition_id) DO UPDATE SET subject = ?2, body = ?3, changed_at = ?4`

// SetReminderText keeps an edition's reminder for the next time. What was sent, and what a
// confirmed plan will send, stays as it was. Errors: invalid as CheckReminderText, not_found, forbidden.
func (r *Room) SetReminderText(ctx context.Context, editionID int64, t Text) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	t = t.normal()
	if err := CheckReminderText(t); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlSetReminderText, editionID, t.Subject, t.Body, db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep reminder text: %w", err)
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.set_reminder_text", SubjectKind: "edition", SubjectID: editionID})
	})
}

// composeRemind makes the mail of a reminder from its campaign's frozen text and what
// holds now: a deadline that was extended meanwhile is told as it is.
func (r *Room) composeRemind(ctx context.Context, m outbox.Mail) (outbox.Message, error) {
	c, err := CampaignByID(ctx, r.db, m.Campaign)
	if err != nil {
		return outbox.Message{}, err
	}
	i, err := ByID(ctx, r.db, m.SubjectID)
	if err != nil {
		return outbox.Message{}, err
	}
	if i.Answer != Unanswered {
		return outbox.Message{}, conference.Fail(conference.KindGone, "reminder.error.mail_answered")
	}
	return r.reminder(ctx, r.db, m.SubjectID, c.Text, m.Lang)
}

// PreviewReminder gives the reminder as this organisation would read it now, in
// Vietnamese. Errors: invalid as CheckReminderText, not_found.
func (r *Room) PreviewReminder(ctx context.Context, q db.Reader, invitationID int64, t Text) (subject, body string, err error) {
	if err := CheckReminderText(t); err != nil {
		return "", "", err
	}
	msg, err := r.reminder(ctx, q, invitationID, t.normal(), templates.Vietnamese)
	if err != nil {
		return "", "", err
	}
	return msg.Subject, msg.Text, nil
}

const sqlSentIn = `SELECT count(*) FROM delegation dn JOIN delegate d ON d.delegation_id = dn.id WHERE dn.invitation_id = ? AND d.state = 'registered'`

func (r *Room) reminder(ctx context.Context, q db.Reader, invitationID int64, t Text, lang string) (outbox.Message, error) {
	i, err := ByID(ctx, q, invitationID)
	if err != nil {
		return outbox.Message{}, err
	}
	e, err := edition.ByID(ctx, q, i.EditionID)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("read edition: %w", err)
	}
	registered, err := db.Value[int](ctx, q, sqlSentIn, i.ID)
	if err != nil {
		return outbox.Message{}, fmt.Errorf("count registered: %w", err)
	}
	values, now := r.values(e, i, lang), r.db.Now().In(vietnamese.Zone())
	values[fieldFocal] = i.FocalName
	values[fieldSeats] = fmt.Sprintf("%02d", i.Seats())
	values[fieldRegistered] = strconv.Itoa(registered)
	values[fieldMoment] = momentInWords(r.locales.In(lang), now)
	return r.filled(e, i, t, lang, values, nil)
}
