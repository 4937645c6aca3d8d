package outbox

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Heads says who stands in a mail's To and Cc when it goes to several people.
//
// Each of them has a mail of its own in the queue, with one recipient on the envelope
// and its own Message-ID, and every copy shows the same heads: a refused address
// then stops nobody else, each is retried by itself, and a bounce names its row.
// The zero value is a mail that only its recipient gets.
type Heads struct {
	To Address
	Cc []Address
}

// Address is a person or office as a header shows it.
type Address struct {
	Name    string `json:",omitempty"`
	Address string
}

// String gives "Name <address>", or the address alone.
func (a Address) String() string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

// Several reports whether anybody else gets the mail.
func (h Heads) Several() bool { return len(h.Cc) > 0 }

// stored gives the heads as the row keeps them.
func (h Heads) stored() (string, error) {
	if !h.Several() {
		return "", nil
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return "", fmt.Errorf("heads of a mail: %w", err)
	}
	return string(raw), nil
}

// Scan reads heads from their row.
func (h *Heads) Scan(src any) error {
	*h = Heads{}
	switch raw, ok := src.(string); {
	case !ok:
		return fmt.Errorf("heads of a mail are kept as %T", src)
	case raw == "":
		return nil
	default:
		return json.Unmarshal([]byte(raw), h)
	}
}

// address writes the mail's one recipient on the envelope and its heads into the
// text. go-mail sends to whoever stands in To and Cc, so with several people these
// are written as plain headers and the recipient goes where nothing is written: Bcc.
func address(out *gomail.Msg, m Mail) {
	if !m.Heads.Several() {
		out.ToMailAddress(&mail.Address{Name: displayName(m.ToName), Address: m.ToAddress})
		return
	}
	out.BccMailAddress(&mail.Address{Address: m.ToAddress})
	out.SetGenHeader("To", headed(m.Heads.To))
	var cc []string
	for _, a := range m.Heads.Cc {
		cc = append(cc, headed(a))
	}
	out.SetGenHeader("Cc", strings.Join(cc, ", "))
}

func headed(a Address) string {
	return (&mail.Address{Name: displayName(a.Name), Address: a.Address}).String()
}
