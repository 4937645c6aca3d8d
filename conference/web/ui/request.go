package ui

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/templates"
)

// Request is one request as a handler sees it. It is used by one goroutine.
type Request struct {
	site    *Site
	c       echo.Context
	route   Route
	face    string
	locale  *templates.Locale
	edition *edition.Edition
	staff   *account.Staff
	session account.Session
	device  *account.Device
	nav     func(*Request) []NavGroup
}

// Context carries the request's deadline and its actor.
func (r *Request) Context() context.Context { return r.c.Request().Context() }

// ActAs makes the rest of the request act as a party recognised by a personal link.
func (r *Request) ActAs(a conference.Actor) {
	r.c.SetRequest(r.c.Request().WithContext(conference.WithActor(r.Context(), a)))
}

// Lang gives "vi" or "en".
func (r *Request) Lang() string { return r.locale.Lang() }

// T gives an interface text in the visitor's language.
func (r *Request) T(key string, args ...any) string { return r.locale.T(key, args...) }

// Say gives a message in the visitor's language.
func (r *Request) Say(t conference.Text) string { return r.locale.Text(t) }

// Param gives a part of the path, unescaped.
func (r *Request) Param(name string) string {
	v, err := url.PathUnescape(r.c.Param(name))
	if err != nil {
		return ""
	}
	return v
}

// ID gives a part of the path as a row's number; anything else is not found.
func (r *Request) ID(name string) (int64, error) {
	id, err := strconv.ParseInt(r.c.Param(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, conference.NotFound()
	}
	return id, nil
}

// Query gives a value of the address, normalised like everything typed.
func (r *Request) Query(name string) string { return vietnamese.Normalise(r.c.QueryParam(name)) }

// QueryID gives a value of the address as a row's number, 0 when it is none.
func (r *Request) QueryID(name string) int64 {
	id, err := strconv.ParseInt(r.c.QueryParam(name), 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// Edition gives the edition of the path. Only routes with ":edition" may ask.
func (r *Request) Edition() edition.Edition { return *r.edition }

// SetEdition makes an edition the one that the frame shows, for pages reached by a personal link.
func (r *Request) SetEdition(e edition.Edition) { r.edition = &e }

// Staff gives who is signed in. Only routes for staff may ask.
func (r *Request) Staff() account.Staff { return *r.staff }

// Session gives the session of who is signed in.
func (r *Request) Session() account.Session { return r.session }

// SignedIn reports whether somebody is signed in.
func (r *Request) SignedIn() bool { return r.staff != nil }

// Device gives the door device. Only routes for devices may ask.
func (r *Request) Device() account.Device { return *r.device }

// HasDevice reports whether the request comes from a paired device.
func (r *Request) HasDevice() bool { return r.device != nil }

// Site gives what the faces share.
func (r *Request) Site() *Site { return r.site }

// HTTP gives the request below, for what has no method here.
func (r *Request) HTTP() *http.Request { return r.c.Request() }

// Writer gives the response below, for answers that have no method here.
func (r *Request) Writer() http.ResponseWriter { return r.c.Response() }

// IP gives the visitor's network address as far as the configured proxies can be trusted.
func (r *Request) IP() string { return r.c.RealIP() }

// Now gives the time of the program's one clock.
func (r *Request) Now() time.Time { return r.site.DB.Now() }

// UserAgent gives the browser in a few words, for the list of one's sessions.
func (r *Request) UserAgent() string { return browserName(r.c.Request().UserAgent()) }

// Redirect sends the visitor to another page of this site after a change.
func (r *Request) Redirect(format string, args ...any) error {
	return r.c.Redirect(http.StatusSeeOther, fmt.Sprintf(format, args...))
}

// JSON answers with a JSON document.
func (r *Request) JSON(status int, v any) error { return r.c.JSON(status, v) }

// NoContent answers that it is done.
func (r *Request) NoContent() error { return r.c.NoContent(http.StatusNoContent) }

// File answers with bytes to be shown, or saved when a file name is given.
func (r *Request) File(contentType, name string, data []byte) error {
	if name != "" {
		r.c.Response().Header().Set("Content-Disposition", `attachment; filename="`+asciiName(name)+`"`)
	}
	return r.c.Blob(http.StatusOK, contentType, data)
}

// asciiName keeps what is safe in a header and on every file system.
func asciiName(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '-', c == '_', c == '.':
			return c
		}
		return '-'
	}, name)
}

// Page answers with a page.
func (r *Request) Page(name string, data any) error { return r.PageStatus(http.StatusOK, name, data) }

// PageStatus answers with a page under another status, 422 for a form shown again. A
// refused form learns the labels of its fields while it is rendered, which is too late for
// the summary above it: so it is rendered once for nothing.
func (r *Request) PageStatus(status int, name string, data any) error {
	if status >= http.StatusBadRequest {
		if _, err := r.site.pages.render(name, "layout", data); err != nil {
			return err
		}
	}
	return r.block(status, name, "layout", data)
}

// Render gives the text of a page instead of answering with it.
func (r *Request) Render(name string, data any) ([]byte, error) {
	b, err := r.site.pages.render(name, "layout", data)
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Unknown reports whether the request carries nothing that a public page could
// depend on but the language: no session and no message.
func (r *Request) Unknown() bool {
	return r.readCookie(r.site.sessionCookie()) == "" && r.readCookie(flashCookie) == ""
}

// Fragment answers with one block of a page, for updates without a reload.
func (r *Request) Fragment(name, block string, data any) error {
	return r.block(http.StatusOK, name, block, data)
}

func (r *Request) block(status int, name, block string, data any) error {
	b, err := r.site.pages.render(name, block, data)
	if err != nil {
		return err
	}
	return r.c.HTMLBlob(status, b.Bytes())
}

// Frame fills the frame of a page. here is the key of the place in the navigation.
func (r *Request) Frame(here string, crumbs ...Crumb) Frame {
	f := Frame{
		Lang: r.Lang(), Path: r.c.Request().URL.Path, Face: r.face, Here: here, Version: r.site.Version,
		Crumbs: crumbs, NoIndex: r.face != "public", locale: r.locale,
		Flash: r.takeFlash(),
	}
	if r.edition != nil {
		f.Edition, f.Help, f.Sample = r.head(*r.edition), r.help(*r.edition), r.edition.IsSample
	}
	if r.staff != nil {
		f.Signed = &Account{Name: r.staff.FullName, RoleLabel: r.roleLabel()}
		if r.face == "desk" {
			f.Editions = r.editionLinks()
		}
	}
	if r.nav != nil {
		f.Nav = r.nav(r)
	}
	return f
}

// editionLinks gives the choices of the edition switcher. A frame without it is
// still a page, so a failure is only logged.
func (r *Request) editionLinks() []EditionLink {
	all, err := edition.All(r.Context(), r.site.DB)
	if err != nil {
		r.site.Log.Error("edition switcher", "error", err)
		return nil
	}
	out := make([]EditionLink, 0, len(all))
	for _, e := range all {
		if !r.staff.Actor().MayEnter(e.ID) {
			continue
		}
		out = append(out, EditionLink{Title: e.Short(r.Lang()), Href: r.DeskHome(e), Current: r.edition != nil && r.edition.ID == e.ID})
	}
	return out
}

func (r *Request) head(e edition.Edition) *EditionHead {
	lang := r.Lang()
	return &EditionHead{
		Slug: e.Slug, ShortTitle: e.Short(lang), Title: e.Title(lang), Ordinal: vietnamese.Roman(e.Ordinal),
		When: DateRange(e.StartsOn, e.EndsOn, lang), Place: e.Venue(lang), Host: e.Host(lang), Organiser: e.Organiser(lang),
	}
}

func (r *Request) help(e edition.Edition) Help {
	h := Help{Name: e.ContactName, Email: e.ContactEmail}
	if e.ContactPhone != "" {
		h.Phone, h.PhoneHref = vietnamese.FormatPhone(e.ContactPhone), "tel:"+e.ContactPhone
		h.Zalo = "https://zalo.me/" + strings.TrimPrefix(e.ContactPhone, "+")
	}
	return h
}

// CurrentEdition gives the edition of the path, if there is one.
func (r *Request) CurrentEdition() (edition.Edition, bool) {
	if r.edition == nil {
		return edition.Edition{}, false
	}
	return *r.edition, true
}

// Index gives a part of the path as a place in a list, -1 when it is none.
func (r *Request) Index(name string) int {
	n, err := strconv.Atoi(r.c.Param(name))
	if err != nil {
		return -1
	}
	return n
}

// QueryEscape makes a text safe inside an address.
func QueryEscape(s string) string { return url.QueryEscape(s) }

// QueryIDs gives every value of a name in the address that is a row's number.
func (r *Request) QueryIDs(name string) []int64 {
	var out []int64
	for _, v := range r.c.QueryParams()[name] {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil && id > 0 {
			out = append(out, id)
		}
	}
	return out
}

// Phone gives a stored phone number for people: 0912 345 678.
func Phone(e164 string) string {
	if e164 == "" {
		return ""
	}
	return vietnamese.FormatPhone(e164)
}

// Matches reports whether a text matches what somebody typed to find it, without
// regard to diacritics and the order of words.
func Matches(text, query string) bool {
	return vietnamese.MatchTokens(vietnamese.Fold(text), query)
}

// Itoa writes a row's number into an address.
func Itoa(id int64) string { return strconv.FormatInt(id, 10) }
