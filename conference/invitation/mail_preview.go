package invitation

import (
	"context"

	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// withSigned has a mail written that names the signed letters of an invitation, and
// attaches them. Only what was signed leaves the house: a draft without number and
// signature would be taken for the letter itself.
func (r *Room) withSigned(ctx context.Context, i Invitation, write func(attached []LetterKind) (outbox.Message, error)) (outbox.Message, error) {
	signed, err := SignedFor(ctx, r.db, i.ID)
	if err != nil {
		return outbox.Message{}, err
	}
	msg, err := write(kindsOf(signed))
	if err != nil {
		return outbox.Message{}, err
	}
	for _, s := range signed {
		data, err := SignedFile(ctx, r.db, i.ID, s.Kind)
		if err != nil {
			return outbox.Message{}, err
		}
		msg.Files = append(msg.Files, outbox.Part{Name: LetterName(i, s.Kind, "pdf"), ContentType: "application/pdf", Data: data})
	}
	return msg, nil
}

// MailPreview is the mail that one organisation would get, to be read before it is sent.
type MailPreview struct {
	outbox.Heads
	Subject string
	Body    string
	Files   []string // names of what is attached
}

// PreviewMail gives the mail with its recipients as this organisation would read it, in Vietnamese: from t, or
// from the edition's text when t is nil. Errors: invalid as CheckText, not_found.
func (r *Room) PreviewMail(ctx context.Context, q db.Reader, invitationID int64, t *Text) (MailPreview, error) {
	i, err := ByID(ctx, q, invitationID)
	if err != nil {
		return MailPreview{}, err
	}
	var s MailPreview
	if s.Heads, err = headsOf(ctx, q, i); err != nil {
		return MailPreview{}, err
	}
	if s.Subject, s.Body, err = r.Preview(ctx, q, invitationID, t); err != nil {
		return MailPreview{}, err
	}
	signed, err := SignedFor(ctx, q, i.ID)
	if err != nil {
		return MailPreview{}, err
	}
	for _, l := range signed {
		s.Files = append(s.Files, LetterName(i, l.Kind, "pdf"))
	}
	return s, nil
}
