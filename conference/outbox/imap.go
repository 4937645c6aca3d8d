package outbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hoinghi/conference"
	"hoinghi/db"
)

// imapBox reads a folder of an IMAP server. It goes by the numbers that a server gives to mails (UID),
// not by what is marked as read: people may read the folder too. Only reports about our own mails
// are marked, and a mail's number is noted after that, so a line that breaks anywhere costs nothing
// but reading a mail again.
type imapBox struct {
	o  *Outbox
	at Mailbox
}

func (b *imapBox) place() (BounceSource, string) { return SourceIMAP, b.at.String() }

func (b *imapBox) read(ctx context.Context, take func(context.Context, []byte) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, boxTime)
	defer cancel()
	conn, err := b.dial(ctx)
	if err != nil {
		return &boxError{step: "connect", err: err}
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // ends every wait
	c, err := b.greet(conn)
	if err != nil {
		return &boxError{step: "connect", err: err}
	}
	defer func() { _ = c.Close() }()
	if err := c.Login(b.at.Server.User, b.at.Server.password).Wait(); err != nil {
		return &boxError{step: "login", err: err}
	}
	folder, err := c.Select(b.at.Folder, nil).Wait()
	if err != nil {
		return &boxError{step: "folder", err: err}
	}
	if err := b.readNew(ctx, c, folder, take); err != nil {
		return err
	}
	_ = c.Logout().Wait() // everything is kept already
	return nil
}

func (b *imapBox) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	server := b.at.Server
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(server.Host, strconv.Itoa(server.Port)))
	if err != nil || server.TLS != TLSFull {
		return raw, err
	}
	secure := tls.Client(raw, b.tlsConfig())
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return secure, nil
}

func (b *imapBox) tlsConfig() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if b.o.tls != nil {
		c = b.o.tls.Clone()
	}
	c.ServerName = b.at.Server.Host
	return c
}

func (b *imapBox) greet(conn net.Conn) (*imapclient.Client, error) {
	if b.at.Server.TLS == TLSStart {
		return imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: b.tlsConfig()})
	}
	c := imapclient.New(conn, nil)
	if err := c.WaitGreeting(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// position says up to where a folder was read.
type position struct {
	validity int64 // with another one the server has numbered its mails anew
	last     int64
}

const (
	sqlPosition    = `SELECT validity, last_uid FROM mail_return_box WHERE place = ?`
	sqlSetPosition = `INSERT INTO mail_return_box (place, validity, last_uid) VALUES (?1, ?2, ?3)
ON CONFLICT (place) DO UPDATE SET validity = ?2, last_uid = ?3`
)

func (b *imapBox) position(ctx context.Context) (position, error) {
	p, err := db.One(ctx, b.o.db, sqlPosition, func(p *position) []any { return []any{&p.validity, &p.last} }, b.at.String())
	if conference.KindOf(err) == conference.KindNotFound {
		return position{}, nil
	}
	return p, err
}

func (b *imapBox) readNew(ctx context.Context, c *imapclient.Client, folder *imap.SelectData, take func(context.Context, []byte) (bool, error)) error {
	p, err := b.position(ctx)
	if err != nil {
		return fmt.Errorf("position in the mailbox: %w", err)
	}
	if p.validity != int64(folder.UIDValidity) {
		p = position{validity: int64(folder.UIDValidity)}
	}
	look := &imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: imap.UID(p.last + 1)}}}}
	if p.last == 0 {
		look.Since = b.o.db.Now().AddDate(0, 0, -boxBack)
	}
	found, err := c.UIDSearch(look, nil).Wait()
	if err != nil {
		return &boxError{step: "read", err: err}
	}
	uids := slices.DeleteFunc(found.AllUIDs(), func(u imap.UID) bool { return int64(u) <= p.last }) // "7:*" finds the last mail even if it is 6
	slices.Sort(uids)
	for n, uid := range uids {
		err := b.one(ctx, c, uid, take)
		if err == nil {
			p.last = int64(uid)
		}
		if err != nil || n%50 == 49 || n == len(uids)-1 {
			err = errors.Join(err, b.keepPosition(ctx, p))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *imapBox) keepPosition(ctx context.Context, p position) error {
	if p.last == 0 {
		return nil
	}
	return b.o.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, sqlSetPosition, b.at.String(), p.validity, p.last)
	})
}

// one reads a mail without marking it, and marks it once it is kept as a report of ours.
func (b *imapBox) one(ctx context.Context, c *imapclient.Client, uid imap.UID, take func(context.Context, []byte) (bool, error)) error {
	raw, err := fetchStart(c, uid)
	if err != nil {
		return &boxError{step: "read", err: err}
	}
	if raw == nil { // deleted meanwhile
		return nil
	}
	mine, err := take(ctx, raw)
	if err != nil || !mine {
		return err
	}
	seen := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
	err = c.Store(imap.UIDSetNum(uid), seen, nil).Close()
	var refused *imap.Error
	if errors.As(err, &refused) { // a folder that may only be read: the report is kept all the same
		return nil
	}
	if err != nil {
		return &boxError{step: "mark", err: err}
	}
	return nil
}

// fetchStart gives the beginning of a mail, nil if it is gone. A text that broke off ends like a whole
// one, so its length is compared. After that the line is of no use any more, and nothing more is asked of
// the library: its own Collect would go on reading beside its reader.
func fetchStart(c *imapclient.Client, uid imap.UID) ([]byte, error) {
	start := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: maxLetter}}
	cmd := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{start}})
	var raw []byte
	for mail := cmd.Next(); mail != nil; mail = cmd.Next() {
		for item := mail.Next(); item != nil; item = mail.Next() {
			body, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || body.Literal == nil {
				continue
			}
			var err error
			if raw, err = io.ReadAll(body.Literal); err == nil && int64(len(raw)) < body.Literal.Size() {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return raw, cmd.Close()
}
