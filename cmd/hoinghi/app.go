package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

// settings are what serve and demo have in common.
type settings struct {
	Data       string        `help:"Folder that holds everything: database and key file." default:"data" env:"HOINGHI_DATA" type:"path"`
	Addr       string        `help:"Address to listen on." default:"127.0.0.1:8080" env:"HOINGHI_ADDR"`
	BaseURL    string        `help:"Public address of the site, as visitors type it; its host goes into the badge codes." env:"HOINGHI_BASE_URL"`
	SMTPURL    string        `name:"smtp-url" help:"Mail server, e.g. smtp://user:password@mail.example.vn:587. Without it mails stay in the desk's own mailbox." env:"HOINGHI_SMTP_URL"`
	SMTPFile   string        `name:"smtp-url-file" help:"File that holds the mail server's address, so that the password stands in no environment." env:"HOINGHI_SMTP_URL_FILE" type:"path"`
	MailFrom   string        `help:"Sender address of all mails." env:"HOINGHI_MAIL_FROM" default:"ban-to-chuc@hoinghi.invalid"`
	MailName   string        `help:"Sender name of all mails." env:"HOINGHI_MAIL_NAME" default:"Ban Tổ chức"`
	MailRate   int           `help:"Mails per minute at most, 0 for no limit." env:"HOINGHI_MAIL_RATE" default:"0"`
	DKIMKey    string        `name:"dkim-key-file" help:"File of the private key (PEM, RSA or Ed25519) that mails are signed with (DKIM); without it they leave unsigned." env:"HOINGHI_DKIM_KEY_FILE" type:"path"`
	DKIMSelect string        `name:"dkim-selector" help:"Where the public key stands in the domain; hoinghi if a key is given." env:"HOINGHI_DKIM_SELECTOR"`
	DKIMDomain string        `name:"dkim-domain" help:"Domain that signs; by default that of the sender's address." env:"HOINGHI_DKIM_DOMAIN"`
	ReturnTo   string        `name:"mail-return-to" help:"Address that undeliverable mail comes back to (envelope sender); the letters ID in it stand for each mail's own mark, e.g. tra-lai+ID@example.vn. By default the sender's address." env:"HOINGHI_MAIL_RETURN_TO"`
	ReturnBox  string        `help:"Mailbox in which undeliverable mail is read: imaps://user:password@mail.example.vn/INBOX, imap://…?tls=starttls, or maildir:/path. Without it returned mails are pasted at the desk." env:"HOINGHI_RETURN_BOX"`
	ReturnFile string        `name:"return-box-file" help:"File that holds the mailbox's address, so that the password stands in no environment." env:"HOINGHI_RETURN_BOX_FILE" type:"path"`
	ReturnTime time.Duration `name:"return-every" help:"Time between two looks into it." default:"2m" env:"HOINGHI_RETURN_EVERY"`
	KeyFile    string        `help:"Master key file; by default master.key in the data folder." env:"HOINGHI_KEY_FILE" type:"path"`
	TrustProxy []string      `help:"Networks of reverse proxies whose X-Forwarded-For is believed, e.g. 127.0.0.1/32." env:"HOINGHI_TRUST_PROXY"`
	Dev        bool          `help:"Development: shows the style page." env:"HOINGHI_DEV"`

	clock func() time.Time // the program's one clock; nil is the machine's
}

// app is a running program before it listens: everything built, in order.
type app struct {
	lock  *os.File // of the data folder
	db    *db.DB
	site  *ui.Site
	web   http.Handler
	log   *slog.Logger
	keys  *conference.Keys
	proxy []*net.IPNet
}

// open locks the data folder and builds the program on it. The caller ends with serve or close.
func (s settings) open(ctx context.Context, base *url.URL, log *slog.Logger) (*app, error) {
	if s.clock == nil {
		s.clock = time.Now
	}
	if _, err := badge.CheckHost(strings.ToUpper(base.Host)); err != nil {
		return nil, fmt.Errorf("base URL: %w", err)
	}
	proxies, err := networks(s.TrustProxy)
	if err != nil {
		return nil, err
	}
	mail, err := s.mail(base.Hostname())
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(s.Data)
	if err != nil {
		return nil, err
	}
	a := &app{lock: lock, log: log, proxy: proxies}
	if a.keys, err = masterKey(s.Data, s.KeyFile); err != nil {
		return nil, errors.Join(err, a.close())
	}
	if a.db, err = db.Open(ctx, filepath.Join(s.Data, databaseName), db.Options{Now: s.clock, Log: log}); err != nil {
		return nil, errors.Join(err, a.close())
	}
	a.site, err = web.Build(ctx, a.db, a.keys, log, mail,
		ui.Config{BaseURL: base, Version: version(), Dev: s.Dev})
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	if err := tellKey(log, a.site.Outbox); err != nil {
		return nil, errors.Join(err, a.close())
	}
	if a.web, err = web.Handler(a.site, proxies); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// serve answers on the listener, delivers mail, sends planned reminders and imports lists until ctx ends, then
// drains and closes.
func (a *app) serve(ctx context.Context, l net.Listener) error {
	workCtx, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	mailDone, imports, reminders := make(chan error, 1), make(chan struct{}), make(chan struct{})
	go func() { mailDone <- a.site.Outbox.Run(workCtx) }()
	go func() { defer close(imports); a.site.Editions.RunImports(workCtx, a.log) }()
	go func() { defer close(reminders); a.site.Invitations.RunReminders(workCtx, a.log) }()
	err := web.Serve(ctx, l, a.web)
	stopWork()
	<-imports
	<-reminders
	return errors.Join(err, <-mailDone, a.close())
}

// close ends what open has built and lets go of the data folder.
func (a *app) close() error {
	var err error
	if a.db != nil {
		err = a.db.Close()
	}
	return errors.Join(err, a.lock.Close())
}

// tellKey writes down what the DNS has to say for signatures to count: the operator copies it from there.
func tellKey(log *slog.Logger, box *outbox.Outbox) error {
	name, record, err := box.KeyRecord()
	if err != nil || name == "" {
		return err
	}
	log.Info("mails are signed with DKIM; the DNS needs this TXT record", "name", name, "content", record)
	return nil
}

// mail gives the settings of mail; host is the site's name.
func (s settings) mail(host string) (outbox.Config, error) {
	cfg := outbox.Config{SMTPURL: s.SMTPURL, From: s.MailFrom, FromName: s.MailName, Rate: s.MailRate, Domain: host, ReturnTo: s.ReturnTo,
		ReturnBox: s.ReturnBox, ReturnEvery: s.ReturnTime, DKIM: outbox.DKIM{Selector: s.DKIMSelect, Domain: s.DKIMDomain}}
	for _, f := range []struct {
		name, what string
		into       *string
	}{{s.SMTPFile, "mail server file", &cfg.SMTPURL}, {s.ReturnFile, "file of the mailbox of returned mail", &cfg.ReturnBox}} {
		if f.name == "" {
			continue
		}
		raw, err := os.ReadFile(f.name)
		if err != nil {
			return cfg, fmt.Errorf("read %s: %w", f.what, err)
		}
		*f.into = strings.TrimSpace(string(raw))
	}
	if s.DKIMKey != "" {
		raw, err := os.ReadFile(s.DKIMKey)
		if err != nil {
			return cfg, fmt.Errorf("read DKIM key file: %w", err)
		}
		if len(raw) == 0 {
			return cfg, errors.New("the DKIM key file is empty")
		}
		cfg.DKIM.Key = raw
	}
	return cfg, nil
}

// base gives the public address: the configured one, or the address listened on.
func (s settings) base(l net.Listener) (*url.URL, error) {
	text := s.BaseURL
	if text == "" {
		text = "http://" + l.Addr().String()
	}
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("base URL %q must be like https://hoinghi.example.vn, without a path", text)
	}
	return u, nil
}

func networks(list []string) ([]*net.IPNet, error) {
	var out []*net.IPNet
	for _, text := range list {
		_, n, err := net.ParseCIDR(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy: %w", err)
		}
		out = append(out, n)
	}
	return out, nil
}

// masterKey reads the key that every lasting secret derives from, and makes one
// for an empty folder. A folder with a database but without its key is refused:
// a new key would silently break every link and badge that was given out.
func masterKey(data, file string) (*conference.Keys, error) {
	file = keyPath(data, file)
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if _, dbErr := os.Stat(filepath.Join(data, databaseName)); dbErr == nil {
			return nil, fmt.Errorf("the data folder has a database but no key file %s: restore the key, without it links and badges given out stop working", filepath.Base(file))
		}
		return newMasterKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read master key: %w", err)
	}
	return parseKey(raw)
}

func newMasterKey(file string) (*conference.Keys, error) {
	key := make([]byte, conference.MasterKeySize)
	_, _ = rand.Read(key) // never fails: it stops the program instead
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	if err := writeNew(file, []byte(hex.EncodeToString(key)+"\n")); err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return conference.NewKeys(key)
}
