package outbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

const (
	dialTimeout = 15 * time.Second
	quitTimeout = 2 * time.Second
)

// session is one line to the server, used for many mails. It belongs to one worker.
type session struct {
	o      *Outbox
	client *gomail.Client
	line   *smtp.Client // nil: closed
	raw    net.Conn     // under line; closing it ends every wait
	mails  int          // over this line
}

// open makes sure that there is a line, logged in. Its error means that no mail at
// all can be sent now.
func (s *session) open(ctx context.Context) error {
	if s.line != nil && s.mails < perSession {
		return nil
	}
	s.quit()
	var hangUp func() bool
	client, err := s.newClient(func(dial context.Context, network, address string) (net.Conn, error) {
		raw, conn, err := s.dial(dial, network, address)
		if err != nil {
			return nil, err
		}
		s.raw = raw
		hangUp = context.AfterFunc(ctx, func() { _ = raw.Close() })
		return conn, nil
	})
	if err != nil {
		return fmt.Errorf("prepare mail session: %w", err)
	}
	line, err := client.DialToSMTPClientWithContext(ctx)
	if hangUp != nil {
		hangUp()
	}
	if err != nil {
		s.drop() // go-mail leaves the line open when greeting, TLS or login fail
		return err
	}
	s.client, s.line, s.mails = client, line, 0
	return nil
}

func (s *session) dial(ctx context.Context, network, address string) (raw, conn net.Conn, err error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if raw, err = (&net.Dialer{}).DialContext(ctx, network, address); err != nil {
		return nil, nil, err
	}
	if s.o.server.TLS != TLSFull {
		return raw, raw, nil
	}
	secure := tls.Client(raw, s.tlsConfig())
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, nil, errors.Join(err, raw.Close())
	}
	return raw, secure, nil
}

func (s *session) tlsConfig() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.o.tls != nil {
		c = s.o.tls.Clone()
	}
	c.ServerName = s.o.server.Host
	return c
}

// newClient makes go-mail's side for one line: it is not shared, since a login
// changes it.
func (s *session) newClient(dial gomail.DialContextFunc) (*gomail.Client, error) {
	server := s.o.server
	options := []gomail.Option{
		gomail.WithPort(server.Port), gomail.WithHELO(s.o.cfg.Domain), gomail.WithTimeout(s.o.cfg.Timeout),
		gomail.WithTLSConfig(s.tlsConfig()), gomail.WithDialContextFunc(dial),
		gomail.WithoutNoop(), gomail.WithoutSMTPUTF8(),
	}
	switch server.TLS {
	case TLSStart:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLSFull:
		options = append(options, gomail.WithSSL(), gomail.WithTLSPolicy(gomail.NoTLS))
	case TLSNone:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if server.User != "" {
		// Over a readable line go only the ways that do not show the password.
		ways := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthCramMD5}
		if server.TLS != TLSNone {
			ways = append([]gomail.SMTPAuthType{gomail.SMTPAuthPlain, gomail.SMTPAuthLogin}, ways...)
		} else if server.loopback() {
			ways = append(ways, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc)
		}
		options = append(options, gomail.WithOpportunisticSMTPAuth(ways...),
			gomail.WithUsername(server.User), gomail.WithPassword(server.password))
	}
	return gomail.NewClient(server.Host, options...)
}

// quit says good-bye, briefly.
func (s *session) quit() {
	if s.line == nil {
		return
	}
	if s.line.UpdateDeadline(quitTimeout) == nil {
		_ = s.line.Quit()
	}
	s.drop()
}

// drop hangs up without another word. After an error inside a message that matters:
// the next command would end the message, and the server would keep the torso.
func (s *session) drop() {
	if s.raw != nil {
		_ = s.raw.Close()
	}
	s.client, s.line, s.raw, s.mails = nil, nil, nil, 0
}

// send hands one mail over. A line that was used before may have been hung up by
// the server meanwhile; that is noticed before the text flows and the mail goes over a
// new line at once.
func (s *session) send(ctx context.Context, msg *gomail.Msg) verdict {
	for {
		used := s.mails > 0
		v, early := s.sendOnce(ctx, msg)
		if !early || !used {
			return v
		}
		if err := s.open(ctx); err != nil {
			return notReached(err)
		}
	}
}

// sendOnce also reports whether the line was found dead before the text began to flow.
func (s *session) sendOnce(ctx context.Context, msg *gomail.Msg) (v verdict, early bool) {
	done, raw := make(chan struct{}), s.raw
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-done:
		case <-time.After(s.o.grace):
			_ = raw.Close()
		}
	})
	err := s.client.SendWithSMTPClient(s.line, msg)
	close(done)
	stop()
	s.mails++

	var se *gomail.SendError
	errors.As(err, &se)
	switch {
	case msg.IsDelivered():
		if err != nil { // the line broke after the acceptance: that does not undo it
			s.drop()
		}
		return verdict{outcome: OutcomeAccepted, code: 250, answer: msg.ServerResponse()}, false
	case se == nil:
		s.drop()
		return verdict{outcome: OutcomeTemporary, answer: words(err, nil)}, false
	}
	v = judge(err, se)
	switch {
	case se.ErrorCode() == 0 || se.ErrorCode() == 421:
		s.drop()
		return v, v.outcome == OutcomeTemporary && se.Reason != gomail.ErrSMTPDataClose
	case v.outcome == OutcomeNotSent:
		s.drop()
	case se.Reason == gomail.ErrSMTPData || se.Reason == gomail.ErrSMTPDataClose:
		if s.line.Reset() != nil { // go-mail resets after the other refusals only
			s.drop()
		}
	}
	return v, false
}

// judge is the table of what a failure means (delivery itself is asked for first).
// A server that refuses the sender, the same for every mail, refuses all of them.
func judge(err error, se *gomail.SendError) verdict {
	v := verdict{code: se.ErrorCode(), answer: words(err, se)}
	switch {
	case v.code == 0 && (se.Reason == gomail.ErrSMTPDataClose || se.Reason == gomail.ErrWriteContent):
		v.outcome = OutcomeUnknown
	case v.code < 500:
		v.outcome = OutcomeTemporary
	case se.Reason == gomail.ErrSMTPMailFrom:
		v.outcome = OutcomeNotSent
	default:
		v.outcome = OutcomePermanent
	}
	return v
}

func notReached(err error) verdict {
	v := verdict{outcome: OutcomeNotSent, answer: words(err, nil)}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		v.code = reply.Code
	}
	return v
}

// words gives what the server or the network said, without go-mail's own frame
// around it, which repeats the recipient.
func words(err error, se *gomail.SendError) string {
	if err == nil {
		return ""
	}
	s := err.Error()
	if se != nil {
		s = strings.TrimPrefix(s, se.Reason.String()+": ")
		for _, frame := range []string{", affected recipient(s): ", ", affected message ID: "} {
			if i := strings.LastIndex(s, frame); i >= 0 {
				s = s[:i]
			}
		}
	}
	if code, quoted, ok := strings.Cut(s, " "); ok && len(code) == 3 { // net/textproto quotes a reply's text
		if said, err := strconv.QuotedPrefix(quoted); err == nil {
			if plain, err := strconv.Unquote(said); err == nil {
				s = code + " " + plain
			}
		}
	}
	if s = oneLine(s); len(s) > 1000 {
		s = strings.ToValidUTF8(s[:1000], "")
	}
	return s
}
