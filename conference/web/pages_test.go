package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/outbox"
)

var (
	links   = regexp.MustCompile(`(?:href|src|data-live-src)="(/[^"#]*)`)
	missing = regexp.MustCompile(`⟦[^⟧]*⟧|&lt;no value&gt;|<no value>|%!`)
)

// Everything that can be reached by following links is opened, in both
// languages, as each kind of visitor: no page fails, lacks a text or leads nowhere.
func TestEveryPageThatLinksLeadToWorks(t *testing.T) {
	if underRace {
		t.Skip("one page after the other has no races to find: make test runs this without the detector")
	}
	h := openWithMail(t)
	m := h.sent(h.inviteMail()) // came back: that is told on pages of several rooms
	if err := h.site.Outbox.Bounced(t.Context(), outbox.Bounce{Mail: m.ID, Kind: outbox.BounceHard, Code: "5.1.1", Answer: "550 5.1.1 User unknown"}); err != nil {
		t.Fatal(err)
	}
	mailAt := fmt.Sprintf("/desk/mail/%d", m.ID)
	starts := map[string]struct {
		v    *visitor
		from []string
	}{
		"public":        {h.visitor(), []string{"/", "/m", "/desk/sign-in"}},
		"administrator": {h.staff(conference.RoleAdministrator), []string{"/desk", "/desk/styleguide", mailAt, "/desk/mail/returned"}},
		"supervisor":    {h.staff(conference.RoleSupervisor), []string{"/desk"}},
		"steward":       {h.staff(conference.RoleSteward), []string{"/desk"}},
		"press officer": {h.staff(conference.RolePressOfficer), []string{"/desk"}},
		"focal point":   {h.visitor(), focalPaths(h)},
		"journalist":    {h.visitor(), []string{strings.TrimPrefix(h.links.Press, h.base)}},
		"delegate":      {h.visitor(), []string{strings.TrimPrefix(h.links.Delegate, h.base)}},
		"device":        {h.device(), []string{"/door"}},
	}
	for name, s := range starts {
		for _, lang := range []string{"vi", "en"} {
			n := crawl(t, name, lang, s.v, s.from)
			if n < len(s.from) {
				t.Errorf("%s (%s): only %d pages opened", name, lang, n)
			}
		}
	}
	for _, path := range []string{"/nothing", "/c/0000"} {
		if res, _ := h.visitor().get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	h.checkAllRendered(t)
}

func focalPaths(h *house) []string {
	var out []string
	for _, f := range h.links.FocalPoints {
		out = append(out, strings.TrimPrefix(f.Link, h.base))
	}
	return out
}

// checkAllRendered makes sure that no template lies about unused and untested.
func (h *house) checkAllRendered(t *testing.T) {
	t.Helper()
	h.visitor().get("/door/pair")
	h.visitor().get("/e/xii-2022/press/applied")
	h.staff(conference.RoleOrganiser).get("/desk/e/xii-2022/invitations/sendings/1")
	h.staff(conference.RoleOrganiser).get("/desk/e/xii-2022/letters/zip")
	h.checkBadgeLinks(t)
	h.checkImportPages(t)
	h.checkStartPages(t)
	h.visitor().get("/m/0000000000000000000000000A")
	h.staff(conference.RoleSteward).get("/desk/e/xii-2022/invitations")
	h.visitor().get("/door/nothing")
	rendered := h.site.Rendered()
	var never []string
	for _, name := range h.site.PageNames() {
		if !rendered[name] && !slices.Contains([]string{"public/empty", "public/link", "door/error"}, name) {
			never = append(never, name)
		}
	}
	if len(never) > 0 {
		t.Errorf("pages that nothing leads to: %v", never)
	}
}

func crawl(t *testing.T, who, lang string, v *visitor, from []string) int {
	t.Helper()
	v.get("/m?lang=" + lang)
	queue, seen := slices.Clone(from), map[string]bool{}
	n := 0
	for len(queue) > 0 && n < 400 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || strings.HasPrefix(path, "/static/") || tooMany(seen, kindOf(path)) {
			continue
		}
		seen[path] = true
		res, body := v.get(strings.ReplaceAll(path, "&amp;", "&"))
		n++
		if res.StatusCode == http.StatusSeeOther {
			queue = append(queue, res.Header.Get("Location"))
			continue
		}
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s (%s): %s answers %d", who, lang, path, res.StatusCode)
			continue
		}
		if !strings.Contains(res.Header.Get("Content-Type"), "text/html") {
			continue
		}
		checkPage(t, who, lang, path, body)
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			if !strings.Contains(m[1], "/live") && !strings.Contains(m[1], "lang=") {
				queue = append(queue, m[1])
			}
		}
	}
	return n
}

var (
	digits = regexp.MustCompile(`\d+`)
	values = regexp.MustCompile(`=[^&]*`)
)

// kindOf gives the shape of an address, so that of 268 delegates' pages, 96 craft
// villages and the many ways to filter them a few stand for all.
func kindOf(path string) string {
	if strings.HasPrefix(path, "/lang-nghe/") {
		return "/lang-nghe/S"
	}
	if strings.HasPrefix(path, "/lang-nghe?") {
		path = values.ReplaceAllString(path, "=V")
	}
	return digits.ReplaceAllString(path, "N")
}

func tooMany(seen map[string]bool, shape string) bool {
	for i := range 4 {
		key := shape + strings.Repeat("+", i)
		if !seen[key] {
			seen[key] = true
			return false
		}
	}
	return true
}

func checkPage(t *testing.T, who, lang, path, body string) {
	t.Helper()
	if m := missing.FindString(body); m != "" {
		t.Errorf("%s (%s): %s shows %s", who, lang, path, m)
	}
	if strings.Contains(path, "part=") {
		return // a fragment
	}
	if !strings.Contains(body, `<html lang="`+lang+`"`) {
		t.Errorf("%s (%s): %s is in another language", who, lang, path)
	}
	if strings.Count(body, "<h1") != 1 {
		t.Errorf("%s (%s): %s has %d first headings", who, lang, path, strings.Count(body, "<h1"))
	}
	for _, forbidden := range []string{" style=", "onclick=", "<script>", "javascript:"} {
		if strings.Contains(body, forbidden) {
			t.Errorf("%s (%s): %s contains %q, which the policy forbids", who, lang, path, forbidden)
		}
	}
	sample := strings.Contains(body, "Dữ liệu minh họa") || strings.Contains(body, "Sample data") || strings.Contains(body, "Example data")
	if strings.Contains(path, "xii-2022") && !sample {
		t.Errorf("%s (%s): %s does not say that its data is made up", who, lang, path)
	}
}

// Any phone that reads a badge may open its link: genuine, withdrawn or made up,
// in capitals or not, and never with a word about the person.
func (h *house) checkBadgeLinks(t *testing.T) {
	t.Helper()
	all, err := badge.OfEdition(t.Context(), h.db, 1)
	if err != nil || len(all) == 0 {
		t.Fatalf("badges of the demo: %d, %v", len(all), err)
	}
	token := h.site.Signer.Token(all[0])
	for path, want := range map[string]int{"/c/" + token: 200, "/C/" + token: 200, "/c/" + strings.ToLower(token): 200,
		"/c/" + token[:126] + "0": 404, "/c/" + strings.Repeat("0", 127): 404, "/c/x": 404} {
		res, body := h.visitor().get(path)
		if res.StatusCode != want {
			t.Errorf("%.12s…: %d, want %d", path, res.StatusCode, want)
		}
		if strings.Contains(body, "Mẫu Hậu") || strings.Contains(body, "KC22-") {
			t.Errorf("%.12s… tells who holds the badge", path)
		}
	}
}
