package ui

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/edition"
	"hoinghi/templates"
)

const (
	defaultLimit = 2 << 20 // bytes of a body
	langCookie   = "lang"
	// editionCookie names the edition that was open last at the desk.
	editionCookie = "edition"
)

// Face is one of the product's faces: its route table, and its navigation.
type Face struct {
	Name   string // public, desk, guest or door
	Routes []Route
	Nav    func(*Request) []NavGroup
}

// Mount registers a face's routes with Echo, each guarded for its audience.
func (s *Site) Mount(e *echo.Echo, f Face) {
	shown := map[string]bool{}
	for _, route := range f.Routes {
		e.Add(route.Method, route.Path, s.handler(f, route))
		if route.Method == http.MethodGet {
			shown[route.Path] = true
		}
	}
	for _, route := range f.Routes {
		if route.Method == http.MethodPost && !route.JSON && !shown[route.Path] {
			shown[route.Path] = true
			e.GET(route.Path, backTo(strings.Count(route.Path, "/")-segments(shown, route.Path)))
		}
	}
}

// segments gives how many parts the nearest page above an address has. The
// address of a refused form is in the visitor's bar; loading it again, or another language
// of it, leads to the page that the form stands on.
func segments(shown map[string]bool, path string) int {
	for at := strings.LastIndex(path, "/"); at > 0; at = strings.LastIndex(path[:at], "/") {
		if shown[path[:at]] {
			return strings.Count(path[:at], "/")
		}
	}
	return 0
}

func backTo(up int) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.EscapedPath()
		for range up {
			path = path[:strings.LastIndex(path, "/")]
		}
		if query := c.Request().URL.RawQuery; query != "" {
			path += "?" + query
		}
		if path == "" || path[0] != '/' {
			path = "/"
		}
		return c.Redirect(http.StatusSeeOther, path)
	}
}

func (s *Site) handler(f Face, route Route) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := &Request{site: s, c: c, route: route, face: f.Name, nav: f.Nav}
		r.ActAs(conference.Actor{Kind: conference.ActorNobody}) // until somebody is recognised
		r.chooseLanguage()
		s.setHeaders(c.Response().Header(), route, f.Name)
		if methodsWithBody(c.Request().Method) {
			limit := route.Limit
			if limit == 0 {
				limit = defaultLimit
			}
			c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, limit)
		}
		if route.Early != nil {
			if done, err := route.Early(r); done {
				return err
			}
		}
		err := r.admit()
		if err == nil {
			err = r.findEdition()
		}
		if err == nil {
			err = route.Handler(r)
		}
		if err == nil {
			return nil
		}
		if errors.Is(err, errSignIn) {
			return r.Redirect("/desk/sign-in?to=%s", QueryEscape(c.Request().URL.RequestURI()))
		}
		return r.fail(err)
	}
}

func (r *Request) chooseLanguage() {
	lang := templates.Vietnamese
	if cookie, err := r.c.Cookie(langCookie); err == nil && cookie.Value == templates.English {
		lang = templates.English
	}
	switch asked := r.c.QueryParam("lang"); asked {
	case templates.Vietnamese, templates.English:
		lang = asked
		r.setCookie(&http.Cookie{Name: langCookie, Value: lang, MaxAge: 365 * 86400})
	}
	r.locale = r.site.Locales.In(lang)
}

var errSignIn = errors.New("sign in first")

// admit finds out who asks and whether the route's audience includes them.
func (r *Request) admit() error {
	if err := r.recogniseStaff(); err != nil {
		return err
	}
	if r.route.Audience.Staff() {
		switch {
		case r.staff == nil && r.c.Request().Method == http.MethodGet && !r.route.JSON:
			return errSignIn
		case r.staff == nil:
			return conference.Fail(conference.KindForbidden, "error.sign_in")
		}
		return r.judge()
	}
	if r.face == "door" {
		return r.recogniseDevice()
	}
	return nil
}

func (r *Request) recogniseStaff() error {
	token := r.readCookie(r.site.sessionCookie())
	if token == "" {
		return nil
	}
	staff, session, err := r.site.Accounts.SessionByToken(r.Context(), token)
	if err != nil {
		if conference.KindOf(err) == "" {
			return err
		}
		return nil // an ended session is nobody's
	}
	r.staff, r.session = &staff, session
	r.ActAs(staff.Actor())
	return nil
}

func (r *Request) recogniseDevice() error {
	var device account.Device
	err := error(conference.NotFound())
	if token := r.readCookie(DeviceCookie); token != "" {
		device, err = r.site.Accounts.DeviceByToken(r.Context(), token)
	}
	switch {
	case err == nil:
		r.device = &device
		r.ActAs(conference.Actor{Kind: conference.ActorDevice, ID: device.ID, Label: device.Name})
		return nil
	case conference.KindOf(err) == "":
		return err
	case r.route.Audience == PairedDevice:
		return conference.Fail(conference.KindForbidden, "error.not_paired").Because(err)
	}
	return nil
}

// findEdition resolves ":edition". Pages of the desk that concern no edition keep
// showing the one that was open last, so that the navigation does not change under
// the organiser's hands.
func (r *Request) findEdition() error {
	if r.edition != nil {
		r.rememberEdition(*r.edition)
		return nil
	}
	if !r.route.ofEdition() {
		if r.face == "desk" && r.staff != nil {
			return r.keepEdition()
		}
		return nil
	}
	e, err := edition.BySlug(r.Context(), r.site.DB, r.Param("edition"))
	if err != nil {
		return err
	}
	r.edition = &e
	r.rememberEdition(e)
	return nil
}

func (r *Request) rememberEdition(e edition.Edition) {
	if r.face == "desk" && r.readCookie(editionCookie) != e.Slug {
		r.setCookie(&http.Cookie{Name: editionCookie, Value: e.Slug, MaxAge: 365 * 86400})
	}
}

// setHeaders sets the headers that every answer carries (performance.md 4, scanner.md D5).
func (s *Site) setHeaders(h http.Header, route Route, face string) {
	script, camera := "'self'", "camera=()"
	if route.Camera {
		script, camera = "'self' 'wasm-unsafe-eval'", "camera=(self)"
	}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+script+"; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "+
		"connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Permissions-Policy", camera+", microphone=(), geolocation=()")
	SetCommonHeaders(h, s.Secure())
	if face == "public" {
		h.Set("Cache-Control", "no-cache")
	} else {
		h.Set("Cache-Control", "no-store")
	}
	h.Add("Vary", "Cookie") // beside what the compressor says already
}

// SetCommonHeaders sets the headers that even files and refusals carry.
func SetCommonHeaders(h http.Header, secure bool) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}
