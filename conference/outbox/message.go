package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/unicode/norm"

	"hoinghi/conference"
)

// Message is what a composer makes. Subject and Text are required.
type Message struct {
	Subject  string
	Text     string
	HTML     string // refers to inline parts as src="cid:<ContentID>"
	ReplyTo  string // one plain address, or ""
	FromName string // sender's name instead of the configured one; cut to what one encoded word holds
	Inline   []Part // pictures that HTML shows
	Files    []Part // attachments
	Secrets  []string
	// Secrets are the personal links and codes in Subject and Text; the ledger
	// keeps "…" in their place.
}

// Part is a picture or file of a message, whole in memory: a reader that fails half
// way would send a broken mail.
type Part struct {
	Name        string // written in ASCII letters on the way out
	ContentType string // default application/octet-stream
	ContentID   string // of an inline part, without angle brackets
	Data        []byte
}

// compose calls the mail's composer. A composer that panics must not take the
// whole program down at every start; it counts as one that fails for now.
func (o *Outbox) compose(ctx context.Context, m Mail) (msg Message, err error) {
	c, ok := o.composers[m.Kind]
	if !ok {
		return Message{}, conference.Fail(conference.KindNotFound, "outbox.answer.unknown_kind", "kind", m.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			o.log.Error("mail composer panicked", "kind", m.Kind, "mail", m.ID, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errors.New("composer panicked")
		}
	}()
	return c(ctx, m)
}

// build makes the mail as it goes over the line: multipart mixed around related
// around alternative, 7-bit, dated now, with the Message-ID fixed at queueing. It
// fails with words for the organiser when the message cannot be sent as it is.
func (o *Outbox) build(m Mail, msg Message, now time.Time) (*gomail.Msg, error) {
	if strings.TrimSpace(msg.Subject) == "" || strings.TrimSpace(msg.Text) == "" {
		return nil, conference.Fail(conference.KindInvalid, "outbox.answer.empty")
	}
	if !validAddress(m.ToAddress) {
		return nil, conference.Fail(conference.KindInvalid, "outbox.error.address", "address", oneLine(m.ToAddress))
	}
	out := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	from := o.from
	if msg.FromName != "" {
		from.Name = shortName(msg.FromName)
	}
	out.FromMailAddress(&from)
	if err := o.returnTo(out, m); err != nil {
		return nil, err
	}
	if o.key != nil {
		out.SetDKIM(o.signer(now))
	}
	address(out, m)
	if msg.ReplyTo != "" {
		if !validAddress(msg.ReplyTo) {
			return nil, conference.Fail(conference.KindInvalid, "outbox.answer.reply_to")
		}
		out.ReplyToMailAddress(&mail.Address{Address: msg.ReplyTo})
	}
	out.Subject(oneLine(msg.Subject))
	out.SetDateWithValue(now)
	out.SetMessageIDWithValue(m.MessageID)
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no machine answers
	out.SetBodyString(gomail.TypeTextPlain, msg.Text)
	if msg.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, msg.HTML)
	}
	for _, p := range msg.Inline {
		id := gomail.WithFileContentID("<" + safeToken(p.ContentID) + ">")
		if err := out.EmbedReader(asciiName(p.Name), bytes.NewReader(p.Data), contentType(p), id); err != nil {
			return nil, fmt.Errorf("embed picture: %w", err)
		}
	}
	for _, p := range msg.Files {
		if err := out.AttachReader(asciiName(p.Name), bytes.NewReader(p.Data), contentType(p)); err != nil {
			return nil, fmt.Errorf("attach file: %w", err)
		}
	}
	return out, nil
}

func contentType(p Part) gomail.FileOption {
	kind := "application/octet-stream"
	if media, params, err := mime.ParseMediaType(p.ContentType); err == nil && strings.Contains(media, "/") {
		delete(params, "name") // the file's name is written by its own rule
		if whole := mime.FormatMediaType(media, params); whole != "" && !strings.ContainsAny(whole, "\r\n") {
			kind = whole
		}
	}
	return gomail.WithFileContentType(gomail.ContentType(kind))
}

// asciiName writes a file's name without marks: many readers still show an
// encoded one as garbage.
func asciiName(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'ð':
			b.WriteByte('d')
		case r == 'Đ' || r == 'Ð':
			b.WriteByte('D')
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.()", r)):
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	s := strings.TrimLeft(b.String(), ".")
	if len(s) > 100 { // keep the end: it says what kind of file it is
		s = s[len(s)-100:]
	}
	if s == "" {
		return "file"
	}
	return s
}

func safeToken(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.@", r)) {
			return r
		}
		return -1
	}, s)
}

// oneLine leaves nothing in s that could begin a header of its own.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	return strings.Join(strings.Fields(s), " ")
}

// displayName is a name fit to stand before an address: net/mail writes a backslash
// beside a letter with marks in a form that RFC 2047 forbids there.
func displayName(s string) string { return oneLine(strings.ReplaceAll(s, `\`, " ")) }

// shortName cuts a sender's name at a word so that it fits one encoded word (RFC
// 2047): some readers put a space into the middle of a syllable where two meet.
func shortName(name string) string {
	words := strings.Fields(displayName(name))
	for ; len(words) > 0; words = words[:len(words)-1] {
		s := strings.Join(words, " ")
		if len(s) <= 75 && strings.Count(mime.QEncoding.Encode("utf-8", s), "=?") <= 1 {
			return s
		}
	}
	return ""
}

// validAddress accepts what every server takes without SMTPUTF8: ASCII, one @, a
// host with a dot. It says nothing about whether somebody reads it.
func validAddress(s string) bool {
	if len(s) > 254 || strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) >= 0 {
		return false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return false
	}
	local, host, _ := strings.Cut(s, "@")
	return len(local) <= 64 && !strings.ContainsAny(local, `"\<>()[],;:`) && strings.Contains(host, ".") && hostName.MatchString(host)
}

// blanked gives text with "…" in place of every secret, however its letters' case:
// links ignore it.
func blanked(text string, secrets []string) string {
	var patterns []string
	for _, s := range secrets {
		if s != "" {
			patterns = append(patterns, regexp.QuoteMeta(s))
		}
	}
	if len(patterns) == 0 {
		return text
	}
	// The longest first: a code inside a link must not break the link's own match.
	slices.SortFunc(patterns, func(a, b string) int { return len(b) - len(a) })
	re, err := regexp.Compile("(?i)" + strings.Join(patterns, "|"))
	if err != nil { // cannot be: every pattern is quoted; keep nothing rather than a secret
		return "…"
	}
	return re.ReplaceAllLiteralString(text, "…")
}
