package outbox

import (
	"fmt"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// ReturnMark stands in Config.ReturnTo for each mail's own mark: bounce+ID@example.vn. Then
// a report is known by the address that it comes to even if it repeats nothing of the mail.
// The address must really lead into one mailbox whatever stands in the place of the mark,
// and the mail server must let it be a sender: many let only From. Without it a report is known
// by the Message-ID, which nearly every server repeats.
const ReturnMark = "ID"

const sampleMark = "0123456789abcdefghjkmnpqrs" // as long as a real one

// returnTo sets the envelope's sender, which the receiving server writes to when it cannot deliver.
func (o *Outbox) returnTo(out *gomail.Msg, m Mail) error {
	if o.cfg.ReturnTo == "" {
		return nil
	}
	mark, _, _ := strings.Cut(m.MessageID, "@") // unguessable, so nobody invents a report
	if err := out.EnvelopeFrom(strings.Replace(o.cfg.ReturnTo, ReturnMark, mark, 1)); err != nil {
		return fmt.Errorf("envelope sender: %w", err)
	}
	return nil
}
