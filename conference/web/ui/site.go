package ui

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/agenda"
	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
	"hoinghi/conference/showcase"
	"hoinghi/db"
	"hoinghi/static"
	"hoinghi/templates"
)

// Rooms are the capabilities that the faces call.
type Rooms struct {
	Editions    *edition.Room
	Accounts    *account.Room
	Invitations *invitation.Room
	Delegations *delegation.Room
	Checkins    *checkin.Room
	Agenda      *agenda.Room
	Showcase    *showcase.Room
	Press       *press.Room
	Outbox      *outbox.Outbox
	Signer      *badge.Signer
}

// Config is what a site needs to know about where it stands.
type Config struct {
	BaseURL *url.URL // the public address, without a path
	Version string
	Dev     bool // shows the style page
}

// Site is what every face shares.
type Site struct {
	Rooms
	Config
	DB      *db.DB
	Keys    *conference.Keys
	Log     *slog.Logger
	Assets  *static.Assets
	Locales *templates.Locales
	pages   *pages
	limits  *limits
	ctx     context.Context // ends when the program stops; long answers end with it
}

// NewSite parses every template and fails on the first that does not compile.
// ctx is the program's: answers that last (live updates) end with it.
func NewSite(ctx context.Context, d *db.DB, keys *conference.Keys, log *slog.Logger, loc *templates.Locales, rooms Rooms, cfg Config) (*Site, error) {
	assets, err := static.New()
	if err != nil {
		return nil, err
	}
	p, err := findPages(assets)
	if err != nil {
		return nil, err
	}
	return &Site{Rooms: rooms, Config: cfg, DB: d, Keys: keys, Log: log, Assets: assets, Locales: loc, pages: p, limits: newLimits(d.Now), ctx: ctx}, nil
}

// Secure reports whether visitors reach the site by HTTPS.
func (s *Site) Secure() bool { return s.BaseURL.Scheme == "https" }

// Host gives the host of the badge code: upper case, with the port if there is one.
func (s *Site) Host() string { return strings.ToUpper(s.BaseURL.Host) }

// Absolute gives the public address of a path on this site.
func (s *Site) Absolute(path string) string { return s.BaseURL.String() + path }

// Rendered gives the names of the pages that were rendered since the start.
func (s *Site) Rendered() map[string]bool { return s.pages.rendered() }

// PageNames gives the names of all pages.
func (s *Site) PageNames() []string { return s.pages.names() }

// methodsWithBody are those whose body is limited and whose origin is checked.
func methodsWithBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodDelete || method == http.MethodPatch
}
