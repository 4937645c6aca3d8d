package outbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Config says how mail leaves.
type Config struct {
	// SMTPURL is smtp://user:password@host:port?tls=starttls|tls|none or smtps://…;
	// see ParseSMTPURL. Empty: mail stays on this machine and is read at the desk.
	SMTPURL  string
	From     string        // sender's address and envelope sender; required with SMTPURL
	FromName string        // sender's name as shown; cut to what one encoded word holds
	Domain   string        // right side of Message-ID and the name in EHLO; default: the domain of From
	Rate     int           // mails a minute, 0 for no limit
	Workers  int           // sessions at once; default 2, at most 16
	Timeout  time.Duration // longest wait for one mail to be taken; default 60 s (the server may look for viruses meanwhile)
	DKIM     DKIM
	ReturnTo string // envelope sender: where undeliverable mail comes back to; default From. See ReturnMark
	// ReturnBox is the mailbox in which returned mail is read, see ParseMailbox; empty: it is pasted at the desk only.
	ReturnBox   string
	ReturnEvery time.Duration // between two looks into it; default two minutes
}

// TLS says how the line to the server is protected.
type TLS string

// The protections of a line.
const (
	TLSStart TLS = "starttls" // begins in the clear and must be switched to TLS
	TLSFull  TLS = "tls"      // TLS from the first byte
	TLSNone  TLS = "none"     // readable by everybody on the way
)

// Server is a mail server as given by a URL. Printing or logging it shows no password.
type Server struct {
	Host     string
	Port     int
	User     string
	TLS      TLS
	password string
}

// String gives the server without its password.
func (s Server) String() string {
	return fmt.Sprintf("%s (%s)", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), s.TLS)
}

// GoString keeps the password out of %#v as well.
func (s Server) GoString() string { return s.String() }

// LogValue implements slog.LogValuer.
func (s Server) LogValue() slog.Value { return slog.StringValue(s.String()) }

// loopback reports whether the line never leaves this machine.
func (s Server) loopback() bool {
	if strings.EqualFold(s.Host, "localhost") {
		return true
	}
	ip := net.ParseIP(s.Host)
	return ip != nil && ip.IsLoopback()
}

// ParseSMTPURL reads smtp://user:password@host:port?tls=… or smtps://….
//
// smtp asks for STARTTLS, on port 587 when none is given; smtps is TLS from the
// first byte on port 465. Without TLS goes only a server on this machine, or one
// for which tls=none is written out (port 25). No error repeats any part of the URL
// but its scheme and its tls value, since it may hold a password.
func ParseSMTPURL(raw string) (Server, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return Server{}, errors.New("the mail server's address cannot be read: write smtp://user:password@host:port, with signs such as @ : / ? # % in user and password written as %40 %3A %2F %3F %23 %25")
	}
	s := Server{Host: u.Hostname()}
	if s.Host == "" {
		return Server{}, errors.New("the mail server's address names no host: write smtp://user:password@host:port")
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return Server{}, errors.New("the mail server's address has something after host and port: a / ? or # in the password is written as %2F, %3F or %23")
	}
	if s.TLS, err = parseTLS(u, s.loopback()); err != nil {
		return Server{}, err
	}
	s.Port = map[TLS]int{TLSStart: 587, TLSFull: 465, TLSNone: 25}[s.TLS]
	if p := u.Port(); p != "" {
		if s.Port, err = strconv.Atoi(p); err != nil || s.Port < 1 || s.Port > 65535 {
			return Server{}, errors.New("the mail server's port is not a number from 1 to 65535")
		}
	}
	if u.User != nil {
		s.User = u.User.Username()
		s.password, _ = u.User.Password()
		if s.User == "" || s.password == "" {
			return Server{}, errors.New("the mail server's address has a user without a password, or a password without a user")
		}
	}
	return s, nil
}

func parseTLS(u *url.URL, loopback bool) (TLS, error) {
	q := u.Query()
	asked := TLS(q.Get("tls"))
	q.Del("tls")
	if len(q) > 0 {
		return "", errors.New("the mail server's address may have one setting after the ?, namely tls=starttls, tls=tls or tls=none")
	}
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return "", fmt.Errorf("the mail server's address begins with %q: it must be smtp:// or smtps://", u.Scheme)
	case u.Scheme == "smtps" && asked != "" && asked != TLSFull:
		return "", fmt.Errorf("smtps:// is TLS from the first byte and contradicts tls=%s", asked)
	case u.Scheme == "smtps":
		return TLSFull, nil
	case asked == TLSStart || asked == TLSFull || asked == TLSNone:
		return asked, nil
	case asked != "":
		return "", fmt.Errorf("tls=%s is not known: it is starttls, tls or none", asked)
	case loopback:
		return TLSNone, nil
	}
	return TLSStart, nil
}

// hostName is what may stand in EHLO and on the right of a Message-ID.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// complete checks a configuration and fills in what was left out.
func (c Config) complete() (Config, *Server, error) {
	var server *Server
	if c.SMTPURL != "" {
		s, err := ParseSMTPURL(c.SMTPURL)
		if err != nil {
			return c, nil, err
		}
		server = &s
		if c.From == "" {
			return c, nil, errors.New("a mail server is set but no sender: give the address that mail comes from")
		}
		if !validAddress(c.From) {
			return c, nil, errors.New("the sender is not a plain e-mail address such as hoinghi@example.vn")
		}
	}
	if c.ReturnTo != "" && !validAddress(strings.Replace(c.ReturnTo, ReturnMark, sampleMark, 1)) {
		return c, nil, errors.New("the address for returned mail is not a plain e-mail address such as tra-lai@example.vn, or tra-lai+ID@example.vn with the letters ID")
	}
	if c.From == "" {
		c.From = "hoinghi@localhost"
	}
	if c.Domain == "" {
		c.Domain = c.From[strings.LastIndexByte(c.From, '@')+1:]
	}
	if len(c.Domain) > 200 || !hostName.MatchString(c.Domain) {
		return c, nil, errors.New("the mail domain is not a host name in plain letters, such as example.vn")
	}
	if c.Rate < 0 || c.Workers < 0 || c.Timeout < 0 {
		return c, nil, errors.New("rate, workers and time limit of mail cannot be negative")
	}
	if c.Workers == 0 {
		c.Workers = 2
	}
	if c.Workers > batch {
		return c, nil, fmt.Errorf("%d mail sessions at once are too many: at most %d", c.Workers, batch)
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	c.SMTPURL = "" // the password lives on in Server only
	return c, server, nil
}
