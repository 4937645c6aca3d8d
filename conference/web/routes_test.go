package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
)

// party is one kind of visitor of the walk.
type party struct {
	name  string
	who   *visitor
	roles []conference.Role // nil for those without an account
}

// Every route is asked for as everybody. What is expected follows from the
// audience that stands beside the route, so a new route cannot be forgotten.
func TestEveryRouteAdmitsItsAudienceAndNobodyElse(t *testing.T) {
	h := open(t)
	device := h.device()
	parties := []party{
		{"nobody", h.visitor(), nil},
		{"steward", h.staff(conference.RoleSteward), []conference.Role{conference.RoleSteward}},
		{"reception supervisor", h.staff(conference.RoleSupervisor), []conference.Role{conference.RoleSupervisor}},
		{"press officer", h.staff(conference.RolePressOfficer), []conference.Role{conference.RolePressOfficer}},
		{"organiser", h.staff(conference.RoleOrganiser), []conference.Role{conference.RoleOrganiser}},
		{"administrator", h.staff(conference.RoleAdministrator), []conference.Role{conference.RoleAdministrator}},
		{"device", device, nil},
	}
	n := 0
	for _, face := range web.Faces(h.site) {
		for _, route := range face.Routes {
			if leavesSession(route) {
				continue
			}
			for _, p := range parties {
				n++
				status := h.ask(p.who, route)
				want := admitted(face, route, p)
				if got := isAdmitted(status); got != want {
					t.Errorf("%s %s as %s: status %d, admitted %v, want %v", route.Method, route.Path, p.name, status, got, want)
				}
				if status >= 500 {
					t.Errorf("%s %s as %s: status %d", route.Method, route.Path, p.name, status)
				}
			}
		}
	}
	if n < 100 {
		t.Fatalf("only %d questions asked: the tables were not found", n)
	}
}

// leavesSession names the routes that would end the visitor's own session or pairing.
func leavesSession(r ui.Route) bool {
	switch r.Path {
	case "/desk/sign-out", "/desk/me/sessions/end", "/door/unpair":
		return true
	}
	return false
}

func admitted(face ui.Face, r ui.Route, p party) bool {
	switch {
	case r.Audience.Staff():
		return p.roles != nil && r.Audience.Admits(p.roles)
	case r.Audience == ui.PairedDevice:
		return p.name == "device" && face.Name == "door"
	}
	return true
}

// refused is a status of its own for the way a page for staff sends strangers to the sign-in page.
const refused = 403

func isAdmitted(status int) bool {
	return status != http.StatusForbidden && status != http.StatusUnauthorized
}

// ask calls a route with ids that do not exist, so that the walk changes
// nothing: who may not, is refused before anything is looked up.
func (h *house) ask(v *visitor, r ui.Route) int {
	h.t.Helper()
	path := r.Path
	for _, p := range []struct{ name, value string }{{":edition", "xii-2022"}, {":token", "0000000000000000000000000A"}, {":id", "999999999"},
		{":campaign", "999999999"}, {":scan", "00000000-0000-4000-8000-000000000000"}, {":n", "0"}, {":number", "KC22-TNI-999"}, {":code", "nothing"}} {
		path = strings.ReplaceAll(path, p.name, p.value)
	}
	if strings.HasSuffix(path, "/live") {
		return h.firstStatus(v, path)
	}
	contentType, body := "", ""
	if r.Method == http.MethodPost {
		contentType = "application/x-www-form-urlencoded"
		if r.JSON {
			contentType, body = "application/json", "{}"
		}
	}
	res, _ := v.send(r.Method, path, contentType, body)
	if to := res.Header.Get("Location"); res.StatusCode == http.StatusSeeOther && strings.HasPrefix(to, "/desk/sign-in") && !strings.HasPrefix(path, "/desk/sign-in") && !strings.HasPrefix(path, "/desk/link") {
		return refused
	}
	return res.StatusCode
}

// firstStatus reads no more of a live stream than its status.
func (h *house) firstStatus(v *visitor, path string) int {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), 10*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.base+path, http.NoBody)
	if err != nil {
		h.t.Fatal(err)
	}
	res, err := v.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusSeeOther {
		return refused
	}
	return res.StatusCode
}

// A change asked for by another site's page is refused on every route, whoever is signed in.
func TestChangesFromOtherSitesAreRefused(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleAdministrator)
	for _, face := range web.Faces(h.site) {
		for _, route := range face.Routes {
			if route.Method != http.MethodPost {
				continue
			}
			for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://other.example"}, {"Origin", "null"}} {
				path := strings.NewReplacer(":edition", "xii-2022", ":id", "1", ":token", "x", ":campaign", "1").Replace(route.Path)
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+path, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set(header[0], header[1])
				res, err := v.client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = res.Body.Close()
				if res.StatusCode != http.StatusForbidden {
					t.Errorf("POST %s with %s: %s answered %d", path, header[0], header[1], res.StatusCode)
				}
			}
		}
	}
}

// Every answer carries the headers of performance.md 4, refusals and files included.
func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	h := open(t)
	organiser, nobody := h.staff(conference.RoleOrganiser), h.visitor()
	asset := h.site.Assets.URL("css/base.css")
	for _, c := range []struct {
		v    *visitor
		path string
	}{{nobody, "/"}, {nobody, "/nothing-here"}, {nobody, "/desk"}, {nobody, "/m"}, {nobody, "/door"}, {nobody, asset}, {organiser, "/desk/e/xii-2022"}, {nobody, "/c/x"}} {
		res, _ := c.v.get(c.path)
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"} {
			if res.Header.Get(name) == "" {
				t.Errorf("%s (%d): no %s", c.path, res.StatusCode, name)
			}
		}
		if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "'unsafe-eval'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %s", c.path, csp)
		}
	}
}

func TestHealthAddresses(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if res, body := h.visitor().get(path); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
