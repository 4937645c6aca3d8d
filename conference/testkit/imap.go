package testkit

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// User and password of the caught IMAP server.
const (
	IMAPUser     = "tra.lai@hoinghi.example.vn"
	IMAPPassword = "mật khẩu/:@ bí mật"
)

// IMAP is a real IMAP server on the loopback with one user and the folder INBOX. Its methods are safe
// for concurrent use.
type IMAP struct {
	t      testing.TB
	secure *tls.Config
	full   bool // TLS from the first byte
	port   string
	user   *imapmemserver.User

	mu      sync.Mutex
	server  *imapserver.Server
	running sync.WaitGroup
	cut     []int // bytes after which the coming lines are cut, one each
	lines   int   // opened so far
}

// NewIMAP gives a running server without TLS; it ends with the test.
func NewIMAP(t testing.TB) *IMAP {
	t.Helper()
	return newIMAP(t, nil, false)
}

// NewSecureIMAP gives a server that speaks TLS, from the first byte or after STARTTLS, and the pool
// that its certificate for 127.0.0.1 is trusted by.
func NewSecureIMAP(t testing.TB, full bool) (*IMAP, *x509.CertPool) {
	t.Helper()
	config, pool := certificate(t)
	return newIMAP(t, config, full), pool
}

func newIMAP(t testing.TB, secure *tls.Config, full bool) *IMAP {
	t.Helper()
	s := &IMAP{t: t, secure: secure, full: full, port: "0", user: imapmemserver.NewUser(IMAPUser, IMAPPassword)}
	if err := s.user.Create("INBOX", nil); err != nil {
		t.Fatalf("make folder: %v", err)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Addr gives host:port.
func (s *IMAP) Addr() string { return net.JoinHostPort("127.0.0.1", s.port) }

// URL gives the mailbox's address with user and password.
func (s *IMAP) URL() string {
	u := url.URL{Scheme: "imap", User: url.UserPassword(IMAPUser, IMAPPassword), Host: s.Addr(), Path: "/INBOX"}
	if s.full {
		u.Scheme = "imaps"
	} else if s.secure != nil {
		u.RawQuery = "tls=starttls"
	}
	return u.String()
}

// Start brings a stopped server back on its port.
func (s *IMAP) Start() {
	s.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", s.Addr())
	if err != nil {
		s.t.Fatalf("listen for IMAP: %v", err)
	}
	if _, s.port, err = net.SplitHostPort(l.Addr().String()); err != nil {
		s.t.Fatalf("IMAP server's address: %v", err)
	}
	options := &imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return imapmemserver.NewUserSession(s.user), nil, nil
		},
		InsecureAuth: s.secure == nil, Logger: log.New(io.Discard, "", 0), Caps: imap.CapSet{imap.CapIMAP4rev1: {}},
	}
	l = &cutListener{Listener: l, kit: s}
	if s.full {
		l = tls.NewListener(l, s.secure)
	} else {
		options.TLSConfig = s.secure
	}
	server := imapserver.New(options)
	s.mu.Lock()
	s.server = server
	s.mu.Unlock()
	s.running.Go(func() { _ = server.Serve(l) })
}

// Stop hangs up every line and refuses new ones until Start.
func (s *IMAP) Stop() {
	s.mu.Lock()
	server := s.server
	s.server = nil
	s.mu.Unlock()
	if server == nil {
		return
	}
	_ = server.Close()
	s.running.Wait()
}

// Put lays a mail into INBOX, with a day of arrival.
func (s *IMAP) Put(raw []byte, at time.Time) {
	s.t.Helper()
	if _, err := s.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at}); err != nil {
		s.t.Fatalf("put mail: %v", err)
	}
}

type literal struct{ *bytes.Reader }

// Size is part of imap.LiteralReader.
func (l literal) Size() int64 { return l.Reader.Size() }

// Cut has the coming lines cut off after so many bytes from the server, one each.
func (s *IMAP) Cut(after ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut = append(s.cut, after...)
}

// Lines gives the number of lines opened so far, and how many are left to be cut.
func (s *IMAP) Lines() (opened, toCut int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines, len(s.cut)
}

// Seen tells of each mail in INBOX, in order of arrival, whether it is marked as read.
func (s *IMAP) Seen() []bool {
	s.t.Helper()
	raw, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.Addr())
	if err != nil {
		s.t.Fatalf("look into INBOX: %v", err)
	}
	c := imapclient.New(raw, nil)
	defer func() { _ = c.Close() }()
	if err := c.Login(IMAPUser, IMAPPassword).Wait(); err != nil {
		s.t.Fatalf("look into INBOX: %v", err)
	}
	folder, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || folder.NumMessages == 0 {
		return nil
	}
	mails, err := c.Fetch(imap.SeqSet{imap.SeqRange{Start: 1, Stop: folder.NumMessages}}, &imap.FetchOptions{Flags: true}).Collect()
	if err != nil {
		s.t.Fatalf("look into INBOX: %v", err)
	}
	slices.SortFunc(mails, func(a, b *imapclient.FetchMessageBuffer) int { return int(a.SeqNum) - int(b.SeqNum) })
	var out []bool
	for _, m := range mails {
		out = append(out, slices.Contains(m.Flags, imap.FlagSeen))
	}
	return out
}

type cutListener struct {
	net.Listener
	kit *IMAP
}

// Accept is part of net.Listener.
func (l *cutListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s := l.kit
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines++
	if len(s.cut) == 0 {
		return c, nil
	}
	left := s.cut[0]
	s.cut = s.cut[1:]
	return &cutConn{Conn: c, left: left}, nil
}

// cutConn breaks after a number of bytes, in the middle of whatever is said.
type cutConn struct {
	net.Conn
	left int // used by the server's one writer only
}

// Write is part of net.Conn.
func (c *cutConn) Write(p []byte) (int, error) {
	if len(p) <= c.left {
		c.left -= len(p)
		return c.Conn.Write(p)
	}
	n, _ := c.Conn.Write(p[:c.left])
	_ = c.Close()
	return n, io.ErrClosedPipe
}
