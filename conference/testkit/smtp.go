package testkit

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Behaviour says what the caught server does with one mail.
type Behaviour int

// The behaviours.
const (
	Accept          Behaviour = iota
	SenderTemporary           // 451 at MAIL FROM; only for any recipient
	SenderPermanent           // 550 at MAIL FROM; only for any recipient
	RcptTemporary             // 451 at RCPT TO
	RcptPermanent             // 550 at RCPT TO
	DataTemporary             // 451 after the text
	DataPermanent             // 554 after the text
	DropAtRcpt                // hangs up at RCPT TO
	DropInData                // hangs up in the middle of the text; nothing is kept
	DropAfterDot              // keeps the mail and hangs up without an answer
	DropAfterReply            // keeps the mail, answers 250 and hangs up
	Hold                      // takes the text and answers 250 only after Release
	HoldAtRcpt                // says nothing at RCPT TO before Release
	HoldKept                  // keeps the mail and answers 250 only after Release
)

// SMTP is a real mail server on the loopback that keeps what it is sent. Its
// methods are safe for concurrent use.
type SMTP struct {
	t      testing.TB
	secure *tls.Config
	full   bool // TLS from the first byte
	port   string

	mu       sync.Mutex
	server   *smtp.Server
	running  sync.WaitGroup
	change   chan struct{} // closed and replaced at each change
	kept     []Received
	tries    map[string]int
	sessions int
	next     map[string][]Behaviour
	always   map[string]Behaviour
	user     string
	password string
	slow     time.Duration
	release  chan struct{}
	down     chan struct{}
}

// NewSMTP gives a running server without TLS that takes every mail; it ends with the test.
func NewSMTP(t testing.TB) *SMTP {
	t.Helper()
	return newSMTP(t, nil, false)
}

// NewSecureSMTP gives a server that speaks TLS, from the first byte or after
// STARTTLS, and the pool that its certificate for 127.0.0.1 is trusted by.
func NewSecureSMTP(t testing.TB, full bool) (*SMTP, *x509.CertPool) {
	t.Helper()
	config, pool := certificate(t)
	return newSMTP(t, config, full), pool
}

func newSMTP(t testing.TB, secure *tls.Config, full bool) *SMTP {
	t.Helper()
	s := &SMTP{
		t: t, secure: secure, full: full, port: "0",
		change: make(chan struct{}), tries: map[string]int{},
		next: map[string][]Behaviour{}, always: map[string]Behaviour{}, release: make(chan struct{}),
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Addr gives host:port.
func (s *SMTP) Addr() string { return net.JoinHostPort("127.0.0.1", s.port) }

// Start brings a stopped server back on its port.
func (s *SMTP) Start() {
	s.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", s.Addr())
	if err != nil {
		s.t.Fatalf("listen for mail: %v", err)
	}
	if _, s.port, err = net.SplitHostPort(l.Addr().String()); err != nil {
		s.t.Fatalf("mail server's address: %v", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(s.open))
	server.Domain = "smtp.example.vn"
	server.AllowInsecureAuth = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	if s.full {
		l = tls.NewListener(l, s.secure)
	} else {
		server.TLSConfig = s.secure
	}
	s.mu.Lock()
	s.server, s.down = server, make(chan struct{})
	s.mu.Unlock()
	s.running.Go(func() { _ = server.Serve(l) })
}

// Stop hangs up every line and refuses new ones until Start.
func (s *SMTP) Stop() {
	s.mu.Lock()
	server := s.server
	s.server = nil
	if server != nil {
		close(s.down)
	}
	s.mu.Unlock()
	if server == nil {
		return
	}
	_ = server.Close()
	s.running.Wait()
}

// Next has the coming mails to a recipient (to any, if to is "") treated so, one
// each, before the rule of Always applies again.
func (s *SMTP) Next(to string, b ...Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[to] = append(s.next[to], b...)
}

// Always has every mail to a recipient (to any, if to is "") treated so.
func (s *SMTP) Always(to string, b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[to] = b
}

// Slow has the server think so long before it answers a text.
func (s *SMTP) Slow(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = d
}

// RequireLogin lets nobody send without this name and password.
func (s *SMTP) RequireLogin(user, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user, s.password = user, password
}

// Release ends every Hold, now and later.
func (s *SMTP) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.release:
	default:
		close(s.release)
	}
}

// Sessions gives the number of lines opened so far.
func (s *SMTP) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Tries gives how often somebody came as far as naming this recipient.
func (s *SMTP) Tries(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries[to]
}

// Messages gives what was kept, in order of arrival.
func (s *SMTP) Messages() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.kept...)
}

// WaitFor waits until at least n mails were kept and gives them; the test fails
// when they have not come by the timeout.
func (s *SMTP) WaitFor(n int, timeout time.Duration) []Received {
	s.t.Helper()
	s.wait(timeout, "mails kept", n, func() int { return len(s.kept) })
	return s.Messages()
}

// WaitForTries waits until a recipient was named at least n times.
func (s *SMTP) WaitForTries(to string, n int, timeout time.Duration) {
	s.t.Helper()
	s.wait(timeout, "tries for "+to, n, func() int { return s.tries[to] })
}

func (s *SMTP) wait(timeout time.Duration, what string, n int, count func() int) {
	s.t.Helper()
	late := time.After(timeout)
	for {
		s.mu.Lock()
		got, change := count(), s.change
		s.mu.Unlock()
		if got >= n {
			return
		}
		select {
		case <-change:
		case <-late:
			s.t.Fatalf("%d %s after %v, want %d", got, what, timeout, n)
		}
	}
}

// changed tells those who wait; the caller holds the lock.
func (s *SMTP) changed() {
	close(s.change)
	s.change = make(chan struct{})
}

// take gives the behaviour for the mail at hand.
func (s *SMTP) take(to string) Behaviour {
	for _, key := range []string{to, ""} {
		if list := s.next[key]; len(list) > 0 {
			s.next[key] = list[1:]
			return list[0]
		}
	}
	if b, ok := s.always[to]; ok {
		return b
	}
	return s.always[""]
}

func (s *SMTP) open(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	return &smtpSession{kit: s, conn: c, line: c.Conn(), down: s.down}, nil
}

type smtpSession struct {
	kit      *SMTP
	conn     *smtp.Conn
	line     net.Conn
	down     chan struct{}
	loggedIn bool
	from, to string
	does     Behaviour
	hangUp   bool // once the answer is out
}

func reply(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

// AuthMechanisms is part of smtp.AuthSession.
func (c *smtpSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth is part of smtp.AuthSession.
func (c *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		c.kit.mu.Lock()
		defer c.kit.mu.Unlock()
		if user != c.kit.user || password != c.kit.password {
			return smtp.ErrAuthFailed
		}
		c.loggedIn = true
		return nil
	}), nil
}

// Mail is part of smtp.Session.
func (c *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	s := c.kit
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.user != "" && !c.loggedIn {
		return reply(530, smtp.EnhancedCode{5, 7, 0}, "Authentication required")
	}
	does := s.always[""]
	if list := s.next[""]; len(list) > 0 && (list[0] == SenderTemporary || list[0] == SenderPermanent) {
		does, s.next[""] = list[0], list[1:]
	}
	switch does {
	case SenderTemporary:
		return reply(451, smtp.EnhancedCode{4, 7, 1}, "Sender must wait")
	case SenderPermanent:
		return reply(550, smtp.EnhancedCode{5, 7, 1}, "Sender not allowed")
	}
	c.from = from
	return nil
}

// Rcpt is part of smtp.Session.
func (c *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s := c.kit
	s.mu.Lock()
	c.to, c.does = to, s.take(to)
	s.tries[to]++
	s.changed()
	release := s.release
	s.mu.Unlock()
	switch c.does {
	case HoldAtRcpt:
		return c.hold(release)
	case RcptTemporary:
		return reply(451, smtp.EnhancedCode{4, 2, 1}, "Mailbox busy")
	case RcptPermanent:
		return reply(550, smtp.EnhancedCode{5, 1, 1}, "No such mailbox")
	case DropAtRcpt:
		_ = c.line.Close()
		return errors.New("hung up")
	}
	return nil
}

// hold keeps the line silent until Release.
func (c *smtpSession) hold(release chan struct{}) error {
	select {
	case <-release:
		return nil
	case <-c.down:
		return errors.New("server stopped")
	}
}

// Data is part of smtp.Session.
func (c *smtpSession) Data(r io.Reader) error {
	s := c.kit
	if c.does == DropInData {
		_, _ = io.ReadFull(r, make([]byte, 10))
		_ = c.line.Close()
		return errors.New("hung up")
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	slow, release := s.slow, s.release
	s.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-c.down:
		}
	}
	switch c.does {
	case Hold:
		if err := c.hold(release); err != nil {
			return err
		}
	case DataTemporary:
		return reply(451, smtp.EnhancedCode{4, 3, 0}, "Try again later")
	case DataPermanent:
		return reply(554, smtp.EnhancedCode{5, 7, 1}, "Refused as spam")
	}
	s.mu.Lock()
	s.kept = append(s.kept, receive(c.conn.Hostname(), c.from, c.to, raw))
	s.changed()
	s.mu.Unlock()
	switch c.does {
	case DropAfterDot:
		_ = c.line.Close()
		return errors.New("hung up")
	case HoldKept:
		return c.hold(release)
	}
	c.hangUp = c.does == DropAfterReply
	return nil
}

// Reset is part of smtp.Session; it is called after the answer to a text.
func (c *smtpSession) Reset() {
	if c.hangUp {
		_ = c.line.Close()
	}
}

// Logout is part of smtp.Session.
func (c *smtpSession) Logout() error { return nil }
