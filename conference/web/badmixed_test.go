package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/press"
	"hoinghi/conference/web"
	"hoinghi/db"
)

const speechOf = "SELECT p.id FROM agenda_speech p JOIN agenda_session s ON s.id = p.session_id WHERE s.removed_at IS NULL AND s.edition_id = ?"

// owned says of which rows a parameter behind an edition is the number or name: the
// longest beginning of a route's path counts. The query gives one of the edition ?.
var owned = []struct{ path, query string }{
	{"/e/:edition/programme/:session", "SELECT substr(uid, 1, 10) || '.ics' FROM agenda_session WHERE edition_id = ? AND visibility = 'public' AND removed_at IS NULL LIMIT 1"},
	{"/desk/e/:edition/programme/:id", "SELECT id FROM agenda_session WHERE edition_id = ? AND removed_at IS NULL LIMIT 1"},
	{"/desk/e/:edition/programme/:id/restore", "SELECT id FROM agenda_session WHERE edition_id = ? AND removed_at IS NOT NULL LIMIT 1"},
	{"/desk/e/:edition/programme/speakers/:id", "SELECT id FROM agenda_speaker WHERE edition_id = ? AND removed_at IS NULL LIMIT 1"},
	{"/desk/e/:edition/programme/speakers/:id/restore", "SELECT id FROM agenda_speaker WHERE edition_id = ? AND removed_at IS NOT NULL LIMIT 1"},
	{"/desk/e/:edition/programme/speeches/:id", speechOf + " AND p.removed_at IS NULL LIMIT 1"},
	{"/desk/e/:edition/programme/speeches/:id/restore", speechOf + " AND p.removed_at IS NOT NULL LIMIT 1"},
	{"/desk/e/:edition/invitations/:id", "SELECT id FROM invitation WHERE edition_id = ? LIMIT 1"},
	{"/desk/e/:edition/invitations/sendings/:campaign", "SELECT id FROM campaign WHERE edition_id = ? LIMIT 1"},
	{"/desk/e/:edition/questions/:id", "SELECT q.id FROM invitation_question q JOIN invitation i ON i.id = q.invitation_id WHERE i.edition_id = ? LIMIT 1"},
	{"/desk/e/:edition/groups/:id", "SELECT id FROM delegate_group WHERE edition_id = ? LIMIT 1"},
	{"/desk/e/:edition/letters/:id", "SELECT id FROM invitation WHERE edition_id = ? ORDER BY id IN (SELECT invitation_id FROM signed_letter) DESC LIMIT 1"},
	{"/desk/e/:edition/delegates/:id", "SELECT id FROM delegate WHERE edition_id = ? LIMIT 1"},
	{"/desk/e/:edition/door/points/:id", "SELECT id FROM checkpoint WHERE edition_id = ? LIMIT 1"},
	{"/desk/e/:edition/doubtful/:scan", "SELECT id FROM scan WHERE edition_id = ? AND verdict = 'accepted' LIMIT 1"},
	{"/desk/e/:edition/press/:id", "SELECT id FROM press_application WHERE edition_id = ? LIMIT 1"},
	{"/desk/e/:edition/press/:id/letter", "SELECT id FROM press_application WHERE edition_id = ? AND id IN (SELECT application_id FROM press_letter) LIMIT 1"},
	{"/desk/e/:edition/press/:id/badge.pdf", "SELECT id FROM press_application WHERE edition_id = ? AND state = 'approved' LIMIT 1"},
	{"/desk/e/:edition/door/:id", "SELECT id FROM door_device WHERE edition_id = ? LIMIT 1"},
}

// partly names the routes to what a row need not have.
var partly = map[string]bool{"/desk/e/:edition/letters/:id/cong_van/signed.pdf": true}

// A row of one edition cannot be reached by the address of another: with every
// route that names an edition and something of it, whoever asks.
func TestTwoEditionsDoNotMix(t *testing.T) {
	s := openStage(t)
	_, err := s.site.Press.Apply(t.Context(), 1, press.Draft{Outlet: "Báo Thử", OutletKind: "online", FullName: "Lâm Thị Thí Dụ", Role: "reporter", Phone: "0900000799",
		Email: "thidu@vidu.example", Notice: true}, []byte("%PDF-1.4\n%%EOF\n")) // the demo's applications have no letter
	s.must(err)
	w := watched(t, s.house)
	admin, n := s.callers[1], 0
	for _, face := range web.Faces(s.site) {
		for _, r := range face.Routes {
			_, behind, found := strings.Cut(r.Path, ":edition/")
			if !found || !strings.Contains(behind, ":") {
				continue
			}
			n++
			path, query := "", ""
			for _, o := range owned {
				if strings.HasPrefix(r.Path, o.path) && len(o.path) > len(path) {
					path, query = o.path, o.query
				}
			}
			if query == "" {
				t.Errorf("%s: say in owned whose number it takes", r.Path)
				continue
			}
			id := s.text(query, 1)
			address := func(edition int) string {
				path := strings.Replace(r.Path, ":edition", s.text("SELECT slug FROM edition WHERE id = ?", edition), 1)
				at := strings.Index(path, ":")
				tail := strings.Index(path[at:], "/")
				if tail < 0 {
					tail = len(path) - at
				}
				return path[:at] + id + path[at+tail:]
			}
			if path = address(2); strings.Contains(path, ":") {
				t.Errorf("%s: has more parameters than this test fills", r.Path)
			}
			if r.Method == http.MethodGet && !strings.HasSuffix(path, "/live") { // or the refusal would prove nothing
				if a := s.ask(admin, "vi", r.Method, address(1), "", ""); a.status == http.StatusNotFound && !partly[r.Path] {
					t.Errorf("%s is not found under its own edition either: it is no row's address", address(1))
				}
				w.bringBack(w.changes())
			}
			a := s.ask(admin, "vi", r.Method, path, "application/x-www-form-urlencoded", "")
			if a.status != http.StatusNotFound {
				t.Errorf("%s %s: status %d", r.Method, path, a.status)
			}
			if changed := w.changes(); len(changed) > 0 {
				t.Errorf("%s %s: changed %s", r.Method, path, names(changed))
				w.bringBack(changed)
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d routes: the tables were not found", n)
	}
	s.othersDelegates(t, w)
}

// othersDelegates tries the delegates of another organisation through a focal point's link.
func (s *stage) othersDelegates(t testing.TB, w *watch) {
	t.Helper()
	nobody := caller{name: "nobody"}
	all, err := invitation.List(t.Context(), s.db, 1)
	s.must(err)
	const one = "SELECT d.id FROM delegate d JOIN delegation n ON n.id = d.delegation_id WHERE n.invitation_id = ? AND d.state <> 'withdrawn' LIMIT 1"
	mine, own, theirs := s.site.Invitations.Path(all[0]), s.text(one, all[0].ID), s.text(one, all[1].ID)
	if a := s.ask(nobody, "vi", http.MethodGet, mine+"/delegates/"+own, "", ""); a.status != http.StatusOK {
		t.Errorf("the organisation's own delegate: status %d: the refusals below prove nothing", a.status)
	}
	for path, method := range map[string]string{"": http.MethodPost, "/remove": http.MethodPost, "/restore": http.MethodPost, "/head": http.MethodPost, "?": http.MethodGet} {
		a := s.ask(nobody, "vi", method, mine+"/delegates/"+theirs+path, "application/x-www-form-urlencoded", "full_name=Khac")
		if changed := w.changes(); a.status != http.StatusNotFound || len(changed) > 0 {
			t.Errorf("%s %s: status %d, changed %s", method, path, a.status, names(changed))
			w.bringBack(changed)
		}
	}
}

func (s *stage) text(query string, args ...any) string {
	s.t.Helper()
	all, err := db.Values[string](s.t.Context(), s.db, query, args...)
	s.must(err)
	if len(all) == 0 {
		s.t.Fatalf("%s: nothing", query)
	}
	return all[0]
}

// One delegate more than a group has seats is refused at the group's field, in both
// languages, with everything typed kept; and the organiser cannot take seats away that are taken.
func TestQuotasExceededKeepWhatWasTyped(t *testing.T) {
	s := openStage(t)
	nobody := caller{name: "focal point"}
	page := s.site.Invitations.Path(s.withSeats())
	var full found
	var group string
	for n := range 60 {
		f := s.formAt(nobody, page, page+"/delegates")
		at := f.at("group")
		if group == "" {
			group = f.controls[at].options[len(f.controls[at].options)-1]
		}
		pairs := f.with(at, group)
		for i := range pairs {
			switch pairs[i].name {
			case "full_name":
				pairs[i].value = "Phạm Thị Giả Định"
			case "client_key":
				pairs[i].value += strconv.Itoa(n)
			case "job_title":
				pairs[i].value = "Chuyên viên"
			}
		}
		w := watched(t, s.house)
		if a := s.ask(nobody, "vi", http.MethodPost, f.action, "application/x-www-form-urlencoded", query(pairs)); a.status == http.StatusSeeOther {
			continue
		}
		full = f
		for _, lang := range []string{"vi", "en"} {
			c := trial{found: full, lang: lang, place: at, bad: bad{name: "one too many"}, pairs: pairs}
			k := &walk{stage: s, watch: w}
			if k.try(c) {
				t.Errorf("%s: was taken", c)
			}
		}
		break
	}
	if full.action == "" {
		t.Fatal("the group never got full")
	}
	s.takeSeats(t)
}

// withSeats gives an invitation that may still add several delegates in more than one group.
func (s *stage) withSeats() invitation.Invitation {
	s.t.Helper()
	all, err := invitation.List(s.t.Context(), s.db, 1)
	s.must(err)
	for _, i := range all {
		dn, err := delegation.ForInvitation(s.t.Context(), s.db, i.ID)
		s.must(err)
		free := 0
		for _, u := range dn.Groups {
			if u.Left() > 0 {
				free++
			}
		}
		if free > 1 && i.Answer != invitation.Declined {
			return i
		}
	}
	s.t.Fatal("the demo has no delegation with free seats in two groups")
	return invitation.Invitation{}
}

// formAt gives the form of a page that leads to an address.
func (s *stage) formAt(c caller, page, action string) found {
	s.t.Helper()
	a := s.ask(c, "vi", http.MethodGet, page, "", "")
	for _, sh := range sheets(a.page, page) {
		if sh.action == action {
			return found{sheet: sh, who: c, page: page, route: s.route(sh)}
		}
	}
	s.t.Fatalf("%s (%d) has no form for %s", page, a.status, action)
	return found{}
}

// at gives the place of a control by its name.
func (s sheet) at(name string) int {
	for i, c := range s.controls {
		if c.name == name {
			return i
		}
	}
	return -1
}

func (s *stage) takeSeats(t testing.TB) {
	t.Helper()
	const page = "/desk/e/xii-2022/invitations/quotas"
	f := s.formAt(s.callers[1], page, page)
	taken := s.text("SELECT 'q-' || n.invitation_id || '-' || d.delegate_group_id FROM delegate d JOIN delegation n ON n.id = d.delegation_id WHERE d.state = 'registered' AND d.edition_id = 1 LIMIT 1")
	w := &walk{stage: s, watch: watched(t, s.house)}
	for _, lang := range []string{"vi", "en"} {
		c := trial{found: f, lang: lang, place: f.at(taken), bad: bad{name: "fewer than are taken"}, pairs: f.with(f.at(taken), "0")}
		if w.try(c) {
			t.Errorf("%s: was taken", c)
		}
	}
}
