package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
)

// opening is one way to use a link, and what has to come of it.
type opening struct {
	what, path string
	code       string // typed into the field for short codes instead
	secret     string // of a door's pairing, sent by its page instead
	status     int
}

// Links that ran out, were withdrawn, replaced, used or never were: the status says which, the page says
// what to do in the visitor's language and nothing about whose link it was, and nothing is stored.
func TestLinksThatDoNotHold(t *testing.T) {
	s := openStage(t)
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
	all := slices.Concat(s.focalLinks(ctx), s.delegateLinks(ctx), s.staffLinks(ctx), s.pairings(ctx), s.badgeLinks())
	w := watched(t, s.house)
	nobody := caller{name: "nobody"}
	for _, o := range all {
		for _, lang := range []string{"vi", "en"} {
			a := s.open(nobody, lang, o)
			if a.status != o.status {
				t.Errorf("%s (%s): status %d, want %d", o.what, lang, a.status, o.status)
			}
			if changed := w.changes(); a.status >= 400 && len(changed) > 0 {
				t.Errorf("%s (%s): changed %s", o.what, lang, names(changed))
			}
			w.bringBack(w.changes())
			if a.status < 400 {
				continue
			}
			said := saidBy(t, a)
			if len(said) == 0 || slices.ContainsFunc(said, func(m string) bool { return !speaks(lang, m) }) {
				t.Errorf("%s (%s): says %q", o.what, lang, said)
			}
			for _, secret := range []string{"Công Thương", "Industry and Trade", "Mẫu ", "KC22-", "@example"} {
				if strings.Contains(strings.Join(said, " "), secret) {
					t.Errorf("%s (%s): tells %q", o.what, lang, secret)
				}
			}
		}
	}
}

func (s *stage) open(c caller, lang string, o opening) answer {
	s.t.Helper()
	switch {
	case o.code != "":
		return s.ask(c, lang, http.MethodPost, "/m", "application/x-www-form-urlencoded", query([]pair{{"code", o.code}}))
	case o.secret != "":
		body, err := json.Marshal(map[string]string{"secret": o.secret})
		s.must(err)
		return s.ask(c, lang, http.MethodPost, "/door/pair", "application/json", string(body))
	}
	return s.ask(c, lang, http.MethodGet, o.path, "", "")
}

// saidBy gives the words of a refusal, of a page or of an answer for a program.
func saidBy(t testing.TB, a answer) []string {
	t.Helper()
	if !strings.Contains(a.header.Get("Content-Type"), "json") {
		return messages(a.page)
	}
	var p struct {
		Title string `json:"title"`
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Title == "" {
		t.Errorf("no problem of RFC 9457: %.100s", a.body)
	}
	return []string{p.Title}
}

// malformed gives addresses and codes that no link ever had.
func malformed(t testing.TB, right string) []string {
	t.Helper()
	return []string{right + "A", right[:len(right)-1], strings.Repeat("0", 26), strings.Repeat("A", 3000), "x", "👍", "\x00\x01", "..", "%2e%2e%2f", "<script>alert(1)</script>", right + "\r\nBcc: a@example.vn", "\xff\xfe"}
}

func (s *stage) focalLinks(ctx context.Context) []opening {
	s.t.Helper()
	all, err := invitation.List(ctx, s.db, 1)
	s.must(err)
	i := all[3]
	old, oldCode := s.site.Invitations.Path(i), s.site.Invitations.ShortCode(i)
	i, err = s.site.Invitations.Reissue(ctx, i.ID)
	s.must(err)
	now, code := s.site.Invitations.Path(i), s.site.Invitations.ShortCode(i)
	out := []opening{
		{what: "focal point: the new link", path: now, status: 200}, {what: "focal point: in small letters", path: strings.ToLower(now), status: 200},
		{what: "focal point: as the QR code writes it", path: strings.ToUpper(now), status: 200}, {what: "focal point: replaced", path: old, status: 410},
		{what: "focal point: replaced, its codes", path: old + "/codes", status: 410}, {what: "focal point: replaced, in small letters", path: strings.ToLower(old), status: 410},
		{what: "short code", code: code, status: 303}, {what: "short code in small letters", code: " " + strings.ToLower(code) + " ", status: 303},
		{what: "short code without its dash", code: strings.ReplaceAll(code, "-", ""), status: 303}, {what: "short code: the whole link", code: s.base + now, status: 303},
		{what: "short code: replaced", code: oldCode, status: 422}, {what: "short code: the whole replaced link", code: s.base + old, status: 422},
	}
	for _, m := range malformed(s.t, strings.TrimPrefix(now, "/m/")) {
		if m != ".." {
			out = append(out, opening{what: "focal point: " + shortened(m), path: "/m/" + url.PathEscape(m), status: 404})
		}
	}
	for _, m := range malformed(s.t, code) {
		if !strings.Contains(m, "Bcc") { // a code with a tail that is no part of codes is still read
			out = append(out, opening{what: "short code: " + shortened(m), code: m, status: 422})
		}
	}
	return out
}

func shortened(s string) string { return strings.ToValidUTF8(s[:min(len(s), 20)], "�") }

func (s *stage) delegateLinks(ctx context.Context) []opening {
	s.t.Helper()
	find := func(query string) delegation.Delegate {
		d, err := delegation.ByID(ctx, s.db, s.number(query))
		s.must(err)
		return d
	}
	live, gone := find("SELECT max(id) FROM delegate WHERE state = 'registered'"), find("SELECT max(id) FROM delegate WHERE state = 'withdrawn' AND token_hash IS NOT NULL")
	path, withdrawn := s.site.Delegations.Path(live), s.site.Delegations.Path(gone)
	return []opening{
		{what: "delegate", path: path, status: 200}, {what: "delegate: small letters", path: strings.ToLower(path), status: 200}, {what: "delegate: capitals", path: strings.ToUpper(path), status: 200},
		{what: "delegate: withdrawn, which the page says", path: withdrawn, status: 200}, {what: "delegate: withdrawn, picture", path: withdrawn + "/badge.png", status: 410},
		{what: "delegate: withdrawn, calendar", path: withdrawn + "/programme.ics", status: 410},
		{what: "delegate: the codes of the delegation", path: path + "/codes", status: 404}, {what: "delegate: another's data", path: path + "/delegates/1", status: 404},
		{what: "delegate: wrong picture", path: "/m/" + strings.Repeat("A", 26) + "/badge.png", status: 404},
	}
}

func (s *stage) staffLinks(ctx context.Context) []opening {
	s.t.Helper()
	invite := func(email string) (account.Staff, string) {
		who, token, err := s.site.Accounts.Invite(ctx, account.Invitation{Email: email, FullName: "Mẫu Liên Kết", Roles: []conference.Role{conference.RoleSteward}})
		s.must(err)
		return who, "/desk/link/" + token
	}
	_, expired := invite("het.han@example.vn")
	s.clock.Advance(8 * 24 * time.Hour)
	_, used := invite("da.dung@example.vn")
	_, err := s.site.Accounts.UseLink(ctx, strings.TrimPrefix(used, "/desk/link/"), account.Credentials{Password: adminPassword})
	s.must(err)
	again, replaced := invite("cap.lai@example.vn")
	fresh, err := s.site.Accounts.Reissue(ctx, again.ID)
	s.must(err)
	shut, closed := invite("da.khoa@example.vn")
	s.must(s.site.Accounts.Disable(ctx, shut.ID))
	out := []opening{
		{what: "staff: fresh", path: "/desk/link/" + fresh, status: 200}, {what: "staff: expired", path: expired, status: 410}, {what: "staff: used", path: used, status: 410},
		{what: "staff: replaced", path: replaced, status: 410}, {what: "staff: account closed", path: closed, status: 410},
	}
	for _, m := range malformed(s.t, fresh) {
		if m != ".." {
			out = append(out, opening{what: "staff: " + shortened(m), path: "/desk/link/" + url.PathEscape(m), status: 404})
		}
	}
	return out
}

func (s *stage) pairings(ctx context.Context) []opening {
	s.t.Helper()
	pairing := func() (account.Device, string) {
		d, secret, err := s.site.Accounts.NewPairing(ctx, 1, s.number("SELECT min(id) FROM checkpoint WHERE edition_id = 1"), "Thiết bị mẫu", false)
		s.must(err)
		return d, secret
	}
	_, expired := pairing()
	s.clock.Advance(time.Hour)
	_, used := pairing()
	_, _, err := s.site.Accounts.Pair(ctx, used)
	s.must(err)
	shut, revoked := pairing()
	s.must(s.site.Accounts.Revoke(ctx, shut.ID))
	_, fresh := pairing()
	out := []opening{{what: "door: expired", secret: expired, status: 410}, {what: "door: used", secret: used, status: 410}, {what: "door: withdrawn", secret: revoked, status: 410}, {what: "door: fresh", secret: fresh, status: 200},
		{what: "door: small letters", secret: strings.ToLower(fresh), status: 200}}
	for _, m := range malformed(s.t, fresh) {
		if len(m) < 100 && !strings.Contains(m, "Bcc") {
			out = append(out, opening{what: "door: " + shortened(m), secret: m, status: 404})
		}
	}
	return out
}

func (s *stage) badgeLinks() []opening {
	s.t.Helper()
	all, err := badge.OfEdition(s.t.Context(), s.db, 1)
	s.must(err)
	token := s.site.Signer.Token(all[0])
	out := []opening{{what: "badge", path: "/c/" + token, status: 200}, {what: "badge: small letters", path: "/c/" + strings.ToLower(token), status: 200}, {what: "badge: capitals", path: "/C/" + token, status: 200}}
	for _, m := range malformed(s.t, token) {
		if m != ".." && !strings.Contains(m, "Bcc") {
			out = append(out, opening{what: "badge: " + shortened(m), path: "/c/" + url.PathEscape(m), status: 404})
		}
	}
	return out
}

// Whoever is asked to sign in and changes the language still gets where they wanted to go,
// also when the password was wrong at first.
func TestSigningInKeepsTheWayInAnotherLanguage(t *testing.T) {
	s := openStage(t)
	nobody := caller{name: "nobody"}
	a := s.ask(nobody, "vi", http.MethodGet, "/desk/e/xii-2022/invitations?state=silent", "", "")
	page := s.ask(nobody, "vi", http.MethodGet, a.header.Get("Location"), "", "")
	for _, wrong := range []bool{false, true} {
		if wrong {
			page = s.ask(nobody, "vi", http.MethodPost, "/desk/sign-in", "application/x-www-form-urlencoded", query([]pair{{"email", adminEmail}, {"password", "sai"}, {"to", "/desk/e/xii-2022/invitations?state=silent"}}))
		}
		english := ""
		for n := range page.page.Descendants() {
			if value(n, "hreflang") == "en" {
				english = value(n, "href")
			}
		}
		page = s.ask(nobody, "en", http.MethodGet, english, "", "")
		if to := sheets(page.page, english)[0].pairs()[0]; to != (pair{"to", "/desk/e/xii-2022/invitations?state=silent"}) {
			t.Errorf("after a wrong password: %t: %s leads to %v", wrong, english, to)
		}
	}
}
