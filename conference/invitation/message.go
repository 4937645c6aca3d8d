package invitation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// maxMessage is the longest text for Zalo or an SMS, in characters, before its fields are filled in.
const maxMessage = 1000

// Message is what one organisation is sent by hand.
type Message struct {
	Text   string // with every mark, for Zalo
	Length vietnamese.SMS
	// Unmarked is the same without tone and letter marks, of which an SMS holds
	// more than twice as many.
	Unmarked       string
	UnmarkedLength vietnamese.SMS
}

// CheckMessage refuses a text that is empty or too long, lacks a way to the page, or
// holds a field that nobody fills in. Errors: invalid with the field message.
func CheckMessage(body string) error {
	body = vietnamese.Plain(body)
	var p conference.Problems
	switch unknown, found := unknownField(body, MergeFields()); {
	case body == "":
		p.Add("message", "byhand.error.missing")
	case utf8.RuneCountInString(body) > maxMessage:
		p.Add("message", "byhand.error.long", "max", maxMessage)
	case found:
		p.Add("message", "invitation.error.field_unknown", "name", "["+unknown+"]")
	case !slices.Contains(fieldsIn(body), fieldLink):
		p.Add("message", "byhand.error.no_link", "name", "["+fieldLink+"]")
	}
	return p.Err()
}

// fieldsIn gives the merge fields that a text holds.
func fieldsIn(text string) []string {
	var out []string
	for {
		_, name, after, ok := nextField(text)
		if !ok {
			return out
		}
		out = append(out, strings.TrimSpace(name))
		text = after
	}
}

const sqlMessage = `SELECT body FROM invitation_message WHERE edition_id = ?`

// MessageText gives an edition's text for Zalo and SMS with its merge fields; the
// house's own until somebody wrote one.
func (r *Room) MessageText(ctx context.Context, q db.Reader, editionID int64) (string, error) {
	body, err := db.Value[string](ctx, q, sqlMessage, editionID)
	if conference.KindOf(err) == conference.KindNotFound {
		return r.locales.In(templates.Vietnamese).T("byhand.text"), nil
	}
	if err != nil {
		return "", fmt.Errorf("read message text: %w", err)
	}
	return body, nil
}

const sqlSetMessage = `INSERT INTO invitation_message (edition_id, body, changed_at) VALUES (?1, ?2, ?3)
ON CONFLICT (edition_id) DO UPDATE SET body = ?2, changed_at = ?3`

// SetMessageText keeps an edition's text for Zalo and SMS. Errors: invalid as
// CheckMessage, not_found, forbidden.
func (r *Room) SetMessageText(ctx context.Context, editionID int64, body string) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	if err := CheckMessage(body); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlSetMessage, editionID, vietnamese.Plain(body), db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep message text: %w", err)
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.set_message", SubjectKind: "edition", SubjectID: editionID})
	})
}

// Message gives what one organisation is sent by hand: body, from MessageText, with
// its fields filled in, and nothing that a phone trips over.
func (r *Room) Message(e edition.Edition, i Invitation, body string) Message {
	m := Message{Text: strings.TrimSpace(vietnamese.Plain(Fill(body, r.values(e, i, templates.Vietnamese))))}
	m.Unmarked = vietnamese.Unmarked(m.Text)
	m.Length, m.UnmarkedLength = vietnamese.MeasureSMS(m.Text), vietnamese.MeasureSMS(m.Unmarked)
	return m
}

// PictureName gives the name under which the picture of an organisation's QR code is
// saved: "QR-TNI-so-cong-thuong-tinh-tay-ninh.png".
func PictureName(i Invitation) string {
	name := strings.ReplaceAll(vietnamese.Fold(i.Organisation.Vi), " ", "-")
	if len(name) > 80 {
		name = strings.Trim(name[:80], "-")
	}
	name = strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, name)
	return strings.Trim("QR-"+i.Province.Abbr+"-"+name, "-") + ".png"
}
