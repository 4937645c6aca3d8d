package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/demo"
	"hoinghi/conference/press"
	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
)

// asSystem is the test itself, which may do everything.
func asSystem(ctx context.Context) context.Context {
	return conference.WithActor(ctx, conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
}

// hired gives a new colleague who holds just this, and a link that signs in.
func (h *house) hired(email string, held account.Held) (account.Staff, string) {
	h.t.Helper()
	ctx := asSystem(context.Background())
	s, _, err := h.site.Accounts.Invite(ctx, account.Invitation{Email: email, FullName: "Mẫu Từng Kỳ", Roles: held.Everywhere, Editions: held.Editions})
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := h.site.Accounts.DemoLink(ctx, s.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return s, h.base + "/desk/link/" + token
}

// scoped gives a visitor signed in as somebody who holds just this.
func (h *house) scoped(email string, held account.Held) (*visitor, account.Staff) {
	h.t.Helper()
	s, link := h.hired(email, held)
	v := h.visitor()
	v.get(link)
	return v, s
}

func inEdition(edition int64, roles ...conference.Role) account.Held {
	return account.Held{Editions: map[int64][]conference.Role{edition: roles}}
}

// addressIn fills a route's address with an edition and rows of it, "" when it takes more.
func (s *stage) addressIn(r ui.Route, edition int) string {
	path := strings.Replace(r.Path, ":edition", s.text("SELECT slug FROM edition WHERE id = ?", edition), 1)
	if !strings.Contains(path, ":") {
		return path
	}
	begin, query := "", ""
	for _, o := range owned {
		if strings.HasPrefix(r.Path, o.path) && len(o.path) > len(begin) {
			begin, query = o.path, o.query
		}
	}
	if query == "" {
		return ""
	}
	at := strings.Index(path, ":")
	tail := strings.Index(path[at:], "/")
	if tail < 0 {
		tail = len(path) - at
	}
	return path[:at] + s.text(query, edition) + path[at+tail:]
}

// Whoever holds roles for one edition only, be it every role there is, is refused on every
// route of another, with the addresses of rows that exist; nothing is changed.
func TestRolesOfOneEditionOpenNoOther(t *testing.T) {
	s := openStage(t)
	var parties []caller
	for i, roles := range [][]conference.Role{{conference.RoleOrganiser, conference.RoleSupervisor, conference.RoleSteward, conference.RolePressOfficer}, {conference.RoleSteward}} {
		v, _ := s.scoped("ky2."+itoa(int64(i))+"@example.vn", inEdition(2, roles...))
		parties = append(parties, s.caller(string(roles[0])+" of the other edition", v))
	}
	_, err := s.site.Press.Apply(t.Context(), 1, press.Draft{Outlet: "Báo Thử", OutletKind: "online", FullName: "Lâm Thị Thí Dụ", Role: "reporter", Phone: "0900000799",
		Email: "thidu@vidu.example", Notice: true}, []byte("%PDF-1.4\n%%EOF\n")) // the demo's applications have no letter
	s.must(err)
	titles := []string{s.text("SELECT title_vi FROM edition WHERE id = 1"), s.text("SELECT short_vi FROM edition WHERE id = 1")}
	w, n := watched(t, s.house), 0
	for _, face := range web.Faces(s.site) {
		for _, r := range face.Routes {
			if !r.Audience.Staff() || !strings.Contains(r.Path, ":edition") {
				continue
			}
			path := s.addressIn(r, 1)
			if path == "" || strings.Contains(path, ":") {
				t.Errorf("%s: say in owned whose number it takes", r.Path)
				continue
			}
			for _, c := range parties {
				n++
				a := s.ask(c, "vi", r.Method, path, "application/x-www-form-urlencoded", "")
				if a.status != http.StatusForbidden && a.status != http.StatusNotFound {
					t.Errorf("%s %s as %s: status %d", r.Method, path, c.name, a.status)
				}
				if slices.ContainsFunc(titles, func(title string) bool { return strings.Contains(a.body, title) }) {
					t.Errorf("%s %s as %s: the refusal shows the edition", r.Method, path, c.name)
				}
				if changed := w.changes(); len(changed) > 0 {
					t.Errorf("%s %s as %s: changed %s", r.Method, path, c.name, names(changed))
					w.bringBack(changed)
				}
			}
		}
	}
	if n < 200 {
		t.Fatalf("only %d questions asked: the tables were not found", n)
	}
}

// Within their own edition the same roles admit as they would everywhere, on pages of no edition
// only where the audience says so.
func TestRolesOfOneEditionAdmitThere(t *testing.T) {
	h := open(t)
	const slug = demo.SlugToday
	for i, role := range conference.Roles()[1:] {
		v, _ := h.scoped("mot."+itoa(int64(i))+"@example.vn", inEdition(2, role))
		for _, face := range web.Faces(h.site) {
			for _, r := range face.Routes {
				if !r.Audience.Staff() || leavesSession(r) {
					continue
				}
				own := r
				own.Path = strings.Replace(r.Path, ":edition", slug, 1)
				want := r.Audience.Admits([]conference.Role{role})
				if own.Path == r.Path && r.Audience != ui.SignedIn && r.Audience != ui.AnyOrganisers || r.Audience == ui.AllOrganisers {
					want = false
				}
				if status := h.ask(v, own); isAdmitted(status) != want || status >= 500 {
					t.Errorf("%s %s as %s of the edition: status %d, want admitted %v", r.Method, own.Path, role, status, want)
				}
			}
		}
	}
}

// What belongs to no edition shows an organiser of one edition nothing of another: no mail,
// no row of the record, no edition in the list or the frame of any page that links lead to.
func TestPagesOfNoEditionShowTheOwnOnly(t *testing.T) {
	s := openStage(t)
	v, _ := s.scoped("rieng@example.vn", inEdition(2, conference.RoleOrganiser))
	c := s.caller("organiser of one edition", v)
	mail := s.text("SELECT id FROM mail WHERE edition_id = 1 LIMIT 1")
	for path, method := range map[string]string{"/desk/mail/" + mail: http.MethodGet, "/desk/mail/" + mail + "/part/0": http.MethodGet,
		"/desk/mail/" + mail + "/resend": http.MethodPost, "/desk/mail/" + mail + "/stop": http.MethodPost,
		"/desk/mail/" + mail + "/returned": http.MethodPost, "/desk/mail/" + mail + "/returned/1/forget": http.MethodPost} {
		if a := s.ask(c, "vi", method, path, "application/x-www-form-urlencoded", ""); a.status != http.StatusNotFound {
			t.Errorf("%s %s: status %d", method, path, a.status)
		}
	}
	for _, path := range []string{"/desk/editions/new", "/desk/staff"} {
		if a := s.ask(c, "vi", http.MethodGet, path, "", ""); a.status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, a.status)
		}
	}
	foreign := []string{"xii-2022", s.text("SELECT full_name FROM delegate WHERE edition_id = 1 LIMIT 1"), s.text("SELECT to_address FROM mail WHERE edition_id = 1 LIMIT 1")}
	queue, seen, opened := []string{"/desk"}, map[string]bool{}, map[string]bool{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || tooMany(seen, kindOf(path)) {
			continue
		}
		seen[path] = true
		a := s.ask(c, "vi", http.MethodGet, path, "", "")
		if a.status == http.StatusSeeOther {
			queue = append(queue, a.header.Get("Location"))
			continue
		}
		if a.status != http.StatusOK {
			t.Errorf("%s: a link leads to status %d", path, a.status)
		}
		opened[strings.SplitN(path, "?", 2)[0]] = true
		for _, f := range foreign {
			if strings.Contains(a.body, f) {
				t.Errorf("%s shows %q of another edition", path, f)
			}
		}
		for _, m := range links.FindAllStringSubmatch(a.body, -1) {
			if strings.HasPrefix(m[1], "/desk") && !strings.Contains(m[1], "/live") && !strings.Contains(m[1], "lang=") {
				queue = append(queue, strings.ReplaceAll(m[1], "&amp;", "&"))
			}
		}
	}
	for _, path := range []string{"/desk/mail", "/desk/audit", "/desk/editions", "/desk/organisations", "/desk/showcase", "/desk/e/ky-mau-2027"} {
		if !opened[path] {
			t.Errorf("%s was never reached", path)
		}
	}
	everything := s.ask(s.callers[1], "vi", http.MethodGet, "/desk/audit", "", "")
	if own := s.ask(c, "vi", http.MethodGet, "/desk/audit", "", ""); !strings.Contains(own.body, "<td") || own.body == everything.body {
		t.Error("the record shows the own edition's rows to nobody or everything to everybody")
	}
}

// A role that is taken away, and an account that is closed, act from the next request on; a page
// that listens is cut off at once.
func TestRolesAndSessionsEndAtOnce(t *testing.T) {
	h := open(t)
	ctx := asSystem(t.Context())
	const page = "/desk/e/ky-mau-2027/arrivals"
	for name, act := range map[string]func(s account.Staff) error{
		"role taken away": func(s account.Staff) error {
			return h.site.Accounts.SetRoles(ctx, s.ID, inEdition(1, conference.RoleSteward))
		},
		"account closed": func(s account.Staff) error { return h.site.Accounts.Disable(ctx, s.ID) },
		"sessions ended": func(s account.Staff) error { _, err := h.site.Accounts.EndOtherSessions(ctx, s.ID, 0); return err },
		"one session ended": func(s account.Staff) error {
			all, err := h.site.Accounts.Sessions(ctx, s.ID)
			if err != nil {
				return err
			}
			return h.site.Accounts.EndSession(ctx, all[0].ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, s := h.scoped(strings.ReplaceAll(name, " ", ".")+"@example.vn", inEdition(2, conference.RoleSteward))
			if res, _ := v.get(page); res.StatusCode != http.StatusOK {
				t.Fatalf("before: %d", res.StatusCode)
			}
			soon, stop := context.WithTimeout(t.Context(), 10*time.Second) // the stream's own look at the session comes later
			defer stop()
			req, err := http.NewRequestWithContext(soon, http.MethodGet, h.base+page+"/live", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := v.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			first := make([]byte, 64)
			if _, err := res.Body.Read(first); err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("the stream did not begin: %d, %v", res.StatusCode, err)
			}
			if err := act(s); err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = res.Body.Read(first)
			}
			if soon.Err() != nil {
				t.Error("the stream went on")
			}
			if res, _ := v.get(page); res.StatusCode == http.StatusOK {
				t.Errorf("afterwards the page still answers %d", res.StatusCode)
			}
			if status := h.firstStatus(v, page+"/live"); isAdmitted(status) {
				t.Errorf("afterwards the stream still answers %d", status)
			}
		})
	}
}

// The administrator's page: an invitation with roles per edition, its link shown once, roles given
// and taken, sessions ended, the account closed and opened again; all of it on the record.
func TestAdministratorLooksAfterStaff(t *testing.T) {
	h := open(t)
	admin := h.staff(conference.RoleAdministrator)
	post := func(path string, values url.Values) (int, string) {
		t.Helper()
		res, body := admin.send(http.MethodPost, path, "application/x-www-form-urlencoded", values.Encode())
		return res.StatusCode, body
	}
	status, body := post("/desk/staff", url.Values{"full_name": {"Thí Dụ Thị Mới"}, "email": {"moi.vao@example.vn"}, "role": {"2:organiser", "1:steward"}})
	_, link, found := strings.Cut(body, `data-copy="`)
	link, _, _ = strings.Cut(link, `"`)
	if status != http.StatusOK || !found || !strings.Contains(link, "/desk/link/") {
		t.Fatalf("invite: %d, link %q", status, link)
	}
	all, err := h.site.Accounts.List(asSystem(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	s := all[slices.IndexFunc(all, func(s account.Staff) bool { return s.Email == "moi.vao@example.vn" })]
	page := "/desk/staff/" + itoa(s.ID)
	if !s.Held().Equal(account.Held{Editions: map[int64][]conference.Role{2: {conference.RoleOrganiser}, 1: {conference.RoleSteward}}}) {
		t.Errorf("invited with %+v", s.Held())
	}
	shows := func(what string, wanted bool) {
		t.Helper()
		if _, body := admin.get(page + "?lang=en"); strings.Contains(body, what) != wanted {
			t.Errorf("the page shows %q: %v, want %v", what, !wanted, wanted)
		}
	}
	shows("/desk/link/", false)
	shows("Link not used yet; issued", true)
	shows(`value="2:organiser" aria-label="Organiser – `, true)
	v := h.visitor()
	v.send(http.MethodPost, link, "application/x-www-form-urlencoded", url.Values{"password": {adminPassword}, "again": {adminPassword}}.Encode())
	if res, _ := v.get("/desk/e/ky-mau-2027"); res.StatusCode != http.StatusOK {
		t.Fatalf("the invited organiser: %d", res.StatusCode)
	}
	if res, _ := v.get("/desk/e/xii-2022"); res.StatusCode != http.StatusForbidden {
		t.Errorf("where the colleague is a steward only: %d", res.StatusCode)
	}
	shows("Link used ", true)
	for _, wrong := range []string{"9999:organiser", "2:administrator", "2:owner", "x", ""} {
		if status, body := post(page+"/roles", url.Values{"role": {wrong}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-roles-error"`) {
			t.Errorf("role %q: %d", wrong, status)
		}
	}
	if status, _ := post(page+"/roles", url.Values{"role": {"0:press_officer"}}); status != http.StatusSeeOther {
		t.Errorf("roles: %d", status)
	}
	if res, _ := v.get("/desk/e/ky-mau-2027"); res.StatusCode != http.StatusForbidden {
		t.Errorf("an organiser no more: %d", res.StatusCode)
	}
	if res, _ := v.get("/desk/e/xii-2022/press"); res.StatusCode != http.StatusOK {
		t.Errorf("press officer of every edition: %d", res.StatusCode)
	}
	shows("ky-mau-2027 organiser, xii-2022 steward", true) // before …
	shows("every edition press officer", true)             // … and after
	if status, _ := post(page+"/sessions/end", nil); status != http.StatusSeeOther {
		t.Errorf("end sessions: %d", status)
	}
	shows("No session is open.", true)
	if res, _ := v.get("/desk"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/desk/sign-in") {
		t.Errorf("an ended session: %d", res.StatusCode)
	}
	post(page+"/disable", nil)
	shows("/disable", false)
	if status, _ := post(page+"/link", nil); status != http.StatusSeeOther {
		t.Errorf("a link to a closed account: %d", status)
	}
	post(page+"/enable", nil)
	self := all[slices.IndexFunc(all, func(s account.Staff) bool { return slices.Contains(s.Roles, conference.RoleAdministrator) })]
	if status, body := post("/desk/staff/"+itoa(self.ID)+"/roles", url.Values{"role": {"0:organiser"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "only administrator") {
		t.Errorf("the last administrator gives the role away: %d", status)
	}
	post("/desk/staff/"+itoa(self.ID)+"/disable", nil)
	if res, body := admin.get("/desk/staff/" + itoa(self.ID)); res.StatusCode != http.StatusOK || !strings.Contains(body, "only administrator") {
		t.Errorf("the last administrator closes the own account: %d", res.StatusCode)
	}
	if status, body := post(page+"/link", nil); status != http.StatusOK || !strings.Contains(body, "/desk/link/") || strings.Contains(body, link) {
		t.Errorf("a new link: %d", status)
	}
}
