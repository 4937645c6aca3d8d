package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"hoinghi/conference"
)

const (
	boxEvery    = 2 * time.Minute  // between two looks into the mailbox of returned mail
	boxPauseMax = 15 * time.Minute // the longest wait while it cannot be read
	boxTime     = 5 * time.Minute  // one look takes no longer: a silent line is given up
	boxBack     = 14               // days that a first look goes back: no server tries a mail longer
)

// BoxStatus says how the reading of returned mail fares.
type BoxStatus struct {
	Source    BounceSource
	Place     string    // server and folder, or the path
	ReadAt    time.Time // last read to the end; zero: not yet
	Problem   conference.Text
	Words     string    // of the server or the network, for the organiser
	ProblemAt time.Time // of the latest problem; zero: none so far
	Failing   bool      // the latest look ended in the problem
}

// box is a mailbox that reports come into. read hands each mail to take that was not handed over
// before, and marks as read those that take knew, once they are kept. It ends with the first error.
type box interface {
	read(ctx context.Context, take func(context.Context, []byte) (bool, error)) error
	place() (BounceSource, string)
}

// boxError is a problem with the mailbox that an organiser can understand. Its text is part of no log:
// a server may repeat a name in its words.
type boxError struct {
	step string // connect, login, folder, read, mark; the text's key is "outbox.box." + step
	err  error
}

func (e *boxError) Error() string { return "returned mail: " + e.step }
func (e *boxError) Unwrap() error { return e.err }

// collector reads the mailbox again and again.
type collector struct {
	box   box
	every time.Duration

	mu     sync.Mutex
	status BoxStatus
}

// ReturnBox tells how the reading of returned mail fares; false when no mailbox is set up.
func (o *Outbox) ReturnBox() (BoxStatus, bool) {
	if o.returns == nil {
		return BoxStatus{}, false
	}
	c := o.returns
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.status
	s.Source, s.Place = c.box.place()
	return s, true
}

// collect reads returned mail until ctx ends. While the mailbox cannot be read it waits longer
// each time.
func (o *Outbox) collect(ctx context.Context) {
	if o.returns == nil {
		return
	}
	c := o.returns
	for fails := 0; ; {
		if err := o.look(ctx); ctx.Err() != nil {
			return
		} else if err != nil {
			fails++
		} else {
			fails = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(c.every<<min(fails, 10), max(c.every, boxPauseMax))):
		}
	}
}

// look reads the mailbox once and notes how it went.
func (o *Outbox) look(ctx context.Context) error {
	c := o.returns
	source, place := c.box.place()
	err := c.box.read(ctx, func(ctx context.Context, raw []byte) (bool, error) { return o.take(ctx, source, raw) })
	if ctx.Err() != nil {
		return err
	}
	c.mu.Lock()
	was := c.status.Failing
	c.status.Failing = err != nil
	if err == nil {
		c.status.ReadAt = o.db.Now()
	} else {
		c.status.ProblemAt, c.status.Problem, c.status.Words = o.db.Now(), conference.Say("outbox.box.own"), ""
		var known *boxError
		if errors.As(err, &known) {
			c.status.Problem, c.status.Words = conference.Say("outbox.box."+known.step), words(known.err, nil)
		}
	}
	c.mu.Unlock()
	if err != nil && !was {
		o.log.Warn("returned mail cannot be read", "source", source, "place", place, "error", err)
	}
	o.db.Publish("outbox")
	return err
}

// Mailbox is where returned mail is read: an IMAP folder or a Maildir. Printing or logging it shows no
// password.
type Mailbox struct {
	Server Server // of IMAP; without a host it is a Maildir
	Folder string // of IMAP
	Path   string // of a Maildir
}

// ParseMailbox reads imaps://user:password@host:port/folder, imap://…?tls=starttls|none or
// maildir:/path.
//
// imaps is TLS from the first byte on port 993; imap asks for STARTTLS on port 143. Without TLS goes
// only a server on this machine, or one for which tls=none is written out. Without a folder it is
// INBOX. No error repeats any part of the address, since it may hold a password.
func ParseMailbox(raw string) (Mailbox, error) {
	raw = strings.TrimSpace(raw)
	if path, ok := strings.CutPrefix(raw, "maildir:"); ok {
		path = "/" + strings.TrimLeft(path, "/")
		if !filepath.IsAbs(path) || path == "/" {
			return Mailbox{}, errors.New("the Maildir of returned mail needs its whole path: maildir:/var/mail/hoinghi")
		}
		return Mailbox{Path: filepath.Clean(path)}, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "imap" && u.Scheme != "imaps" {
		return Mailbox{}, errors.New("the mailbox of returned mail cannot be read: write imaps://user:password@host/INBOX or maildir:/path, with signs such as @ : / ? # % in user and password written as %40 %3A %2F %3F %23 %25")
	}
	m := Mailbox{Server: Server{Host: u.Hostname()}, Folder: strings.TrimPrefix(u.Path, "/")}
	if m.Folder == "" {
		m.Folder = "INBOX"
	}
	if m.Server.Host == "" || u.Fragment != "" || u.User == nil {
		return Mailbox{}, errors.New("the mailbox of returned mail needs a user, a password and a host: imaps://user:password@host/INBOX; signs such as @ : / ? # % in user and password are written as %40 %3A %2F %3F %23 %25")
	}
	m.Server.User = u.User.Username()
	m.Server.password, _ = u.User.Password()
	if m.Server.User == "" || m.Server.password == "" {
		return Mailbox{}, errors.New("the mailbox of returned mail has a user without a password, or a password without a user")
	}
	as := *u
	as.Scheme = map[string]string{"imap": "smtp", "imaps": "smtps"}[u.Scheme]
	if m.Server.TLS, err = parseTLS(&as, m.Server.loopback()); err != nil {
		return Mailbox{}, errors.New("the mailbox of returned mail may have one setting after the ?, with imap:// only: tls=starttls, tls=tls or tls=none")
	}
	m.Server.Port = map[TLS]int{TLSStart: 143, TLSFull: 993, TLSNone: 143}[m.Server.TLS]
	if p := u.Port(); p != "" {
		if m.Server.Port, err = strconv.Atoi(p); err != nil || m.Server.Port < 1 || m.Server.Port > 65535 {
			return Mailbox{}, errors.New("the port of the mailbox of returned mail is not a number from 1 to 65535")
		}
	}
	return m, nil
}

// newCollector makes the reader of returned mail, nil when none is set up.
func (o *Outbox) newCollector() (*collector, error) {
	raw, every := o.cfg.ReturnBox, o.cfg.ReturnEvery
	o.cfg.ReturnBox = "" // the password lives on in the box only
	if every < 0 {
		return nil, errors.New("the time between two looks for returned mail cannot be negative")
	}
	if raw == "" {
		return nil, nil
	}
	m, err := ParseMailbox(raw)
	if err != nil {
		return nil, err
	}
	if every == 0 {
		every = boxEvery
	}
	c := &collector{every: every}
	if m.Path != "" {
		c.box = &maildir{path: m.Path, now: o.db.Now, known: map[string]bool{}}
	} else {
		c.box = &imapBox{o: o, at: m}
	}
	return c, nil
}

// String gives the mailbox without its password and its user.
func (m Mailbox) String() string {
	if m.Path != "" {
		return m.Path
	}
	return fmt.Sprintf("%s/%s", net.JoinHostPort(m.Server.Host, strconv.Itoa(m.Server.Port)), m.Folder)
}
