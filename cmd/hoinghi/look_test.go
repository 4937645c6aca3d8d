package main

import (
	"strings"
	"testing"

	"hoinghi/conference/testkit"
)

// look is one page to be looked at. With refuse, its form is sent empty first, so
// that the page is looked at with its errors; refuse names the form.
type look struct{ name, path, refuse string }

// Every page of the demo is opened in a real browser at the widths of a phone, a
// tablet and a desk, in the light and the dark scheme: none is wider than its
// window, axe-core finds no violation, and pictures for people to look at are
// written to out/screenshots.
func TestEveryPageLooksRightAndIsAccessible(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	p := startDemo(t)
	tab := browser.Tab(1440, 900)
	for _, visit := range p.visits(t, tab) {
		g := visit()
		if g.signIn != "" {
			tab.Go(g.signIn)
			tab.WaitFor("signed in", `document.readyState == "complete"`)
		}
		for _, l := range g.pages {
			p.look(tab, l)
		}
	}
}

func (p *process) look(tab *testkit.Tab, l look) {
	address := l.path
	if strings.HasPrefix(address, "/") {
		address = p.links.Base + address
	}
	open := func() {
		tab.Go(address)
		if l.refuse != "" {
			tab.Refuse(l.refuse)
		}
	}
	tab.Dark(false)
	tab.Size(1440, 900)
	open()
	tab.Shot(l.name + "-1440")
	tab.CheckAccessibility(l.name + " at 1440 px")
	tab.Size(768, 1024)
	tab.Shot(l.name + "-768")
	tab.Size(360, 740)
	tab.Shot(l.name + "-360")
	tab.CheckAccessibility(l.name + " at 360 px")
	tab.Size(1440, 900)
	tab.Dark(true)
	open() // afresh: colours that change under an open page take a moment
	tab.CheckAccessibility(l.name + " in the dark scheme")
	tab.Shot(l.name + "-1440-dark")
}

// group is a kind of user with the pages they see.
type group struct {
	signIn string
	pages  []look
}

// visits gives the groups one after the other, since who has signed in sees other pages.
func (p *process) visits(t *testing.T, tab *testkit.Tab) []func() group {
	return []func() group{
		func() group { return group{pages: p.publicLooks(t, tab)} },
		func() group { return group{pages: p.guestLooks(tab)} },
		func() group { return group{signIn: p.links.Door, pages: []look{{name: "door-scan", path: "/door"}}} },
		func() group { return group{signIn: p.links.Administrator, pages: p.deskLooks(tab)} },
	}
}

func (p *process) publicLooks(t *testing.T, tab *testkit.Tab) []look {
	t.Helper()
	tab.Go(p.links.Delegate)
	codes := testkit.ReadQR(t, tab.Picture("svg.qr"))
	if len(codes) != 1 {
		t.Fatalf("the delegate's page shows %q", codes)
	}
	badge := codes[0][strings.Index(codes[0], "/C/"):]
	return []look{{name: "public-front", path: "/"}, {name: "public-front-en", path: "/?lang=en"}, {name: "public-front-vi", path: "/?lang=vi"},
		{name: "public-programme", path: "/e/xii-2022/programme"}, {name: "public-press", path: "/e/xii-2022/press"},
		{name: "public-press-apply", path: "/e/xii-2022/press/apply"}, {name: "public-press-refused", path: "/e/xii-2022/press/apply", refuse: "main form"},
		{name: "public-press-applied", path: "/e/xii-2022/press/applied"}, {name: "public-villages", path: "/lang-nghe"}, {name: "public-village", path: "/lang-nghe/banh-trang-my-long"},
		{name: "public-missing", path: "/nothing"}, {name: "public-badge", path: badge}, {name: "public-badge-unknown", path: "/c/0"},
		{name: "guest-code", path: "/m"}, {name: "guest-code-refused", path: "/m", refuse: "main form"},
		{name: "desk-sign-in", path: "/desk/sign-in"}, {name: "desk-sign-in-refused", path: "/desk/sign-in", refuse: "main form"},
		{name: "door-pair", path: "/door/pair"}, {name: "door-scanner", path: "/door/scanner-test"}, {name: "door-unpaired", path: "/door"}}
}

func (p *process) guestLooks(tab *testkit.Tab) []look {
	var out []look
	for i, f := range p.links.FocalPoints {
		if i < 3 || i == len(p.links.FocalPoints)-1 {
			out = append(out, look{name: "guest-focal-" + f.Code[:3], path: f.Link}, look{name: "guest-codes-" + f.Code[:3], path: f.Link + "/codes"})
		}
	}
	host := p.links.FocalPoints[1].Link
	tab.Go(host)
	edit := testkit.Eval[string](tab, `[...document.querySelectorAll('a[href*="/delegates/"]')].map(a => a.getAttribute("href"))[0] ?? ""`)
	return append(out, look{name: "guest-edit", path: edit}, look{name: "guest-add-refused", path: host, refuse: `form[action*="/delegates#add"]`}, look{name: "guest-delegate", path: p.links.Delegate}, look{name: "guest-journalist", path: p.links.Press})
}

func (p *process) deskLooks(tab *testkit.Tab) []look {
	const xii = "/desk/e/xii-2022"
	out := []look{{name: "desk-home", path: xii}, {name: "desk-settings", path: xii + "/settings"}, {name: "desk-provinces", path: xii + "/provinces"}, {name: "desk-groups", path: xii + "/groups"}, {name: "desk-group-new", path: xii + "/groups/new"}, {name: "desk-group-refused", path: xii + "/groups/new", refuse: "main form"},
		{name: "desk-invite", path: xii + "/invitations/add"}, {name: "desk-edition-from", path: "/desk/editions/new?from=xii-2022"},
		{name: "desk-board", path: xii + "/invitations"},
		{name: "desk-quotas", path: xii + "/invitations/quotas"}, {name: "desk-text", path: xii + "/invitations/text"}, {name: "desk-send", path: xii + "/invitations/send"},
		{name: "desk-remind", path: xii + "/invitations/remind"}, {name: "desk-remind-refused", path: xii + "/invitations/remind", refuse: `form[action$="/remind"]`},
		{name: "desk-remind-plan", path: xii + "/invitations/remind/plan"}, {name: "desk-remind-plan-refused", path: xii + "/invitations/remind/plan", refuse: `form[action$="/remind/plan"]`},
		{name: "desk-letters", path: xii + "/letters"}, {name: "desk-letters-text", path: xii + "/letters/text"}, {name: "desk-letters-despatch", path: xii + "/letters/text?kind=cong_van"},
		{name: "desk-letter", path: xii + "/letters/1"}, {name: "desk-letters-text-refused", path: xii + "/letters/text", refuse: `form[action$="/letters/text"]`}, {name: "desk-letters-upload", path: xii + "/letters/upload"}, {name: "desk-letters-zip", path: xii + "/letters/zip"},
		{name: "desk-sending", path: xii + "/invitations/sendings/1"}, {name: "desk-sendings", path: xii + "/invitations/sendings"}, {name: "desk-delegates", path: xii + "/delegates"}, {name: "desk-badges", path: xii + "/badges"}, {name: "desk-programme", path: xii + "/programme"}, {name: "desk-session-new", path: xii + "/programme/new"}, {name: "desk-session", path: xii + "/programme/1"},
		{name: "desk-speakers", path: xii + "/programme/speakers"}, {name: "desk-speaker-new", path: xii + "/programme/speakers/new"}, {name: "desk-speech-new", path: xii + "/programme/6/speeches/new"},
		{name: "desk-showcase", path: "/desk/showcase"}, {name: "desk-village", path: "/desk/showcase/1"}, {name: "desk-village-new", path: "/desk/showcase/new"},
		{name: "desk-arrivals", path: xii + "/arrivals"}, {name: "desk-door", path: xii + "/door"}, {name: "desk-door-refused", path: xii + "/door", refuse: `form[action$="/door"]`},
		{name: "desk-door-point", path: xii + "/door/points/2"}, {name: "desk-door-point-refused", path: xii + "/door/points/new", refuse: "main form"}, {name: "desk-doubtful", path: xii + "/doubtful"},
		{name: "desk-press", path: xii + "/press"}, {name: "desk-press-settings", path: xii + "/press/settings"},
		{name: "desk-press-waiting", path: xii + "/press/5"}, {name: "desk-press-edit", path: xii + "/press/5/edit"}, {name: "desk-press-edit-refused", path: xii + "/press/5/edit", refuse: "main form"}, {name: "desk-press-approved", path: xii + "/press/1"}, {name: "desk-press-refused", path: xii + "/press/5", refuse: `form[action$="/refuse"]`},
		{name: "desk-editions", path: "/desk/editions"}, {name: "desk-edition-new", path: "/desk/editions/new"}, {name: "desk-edition-refused", path: "/desk/editions/new", refuse: "main form"},
		{name: "desk-organisations", path: "/desk/organisations"}, {name: "desk-organisation", path: "/desk/organisations/1"}, {name: "desk-organisation-refused", path: "/desk/organisations/new", refuse: "main .card form"}, {name: "desk-import", path: "/desk/organisations/import"},
		{name: "desk-mail", path: "/desk/mail"}, {name: "desk-mail-returned", path: "/desk/mail/returned"}, {name: "desk-mail-returned-refused", path: "/desk/mail/returned", refuse: "main form"}, {name: "desk-audit", path: "/desk/audit"}, {name: "desk-staff", path: "/desk/staff"}, {name: "desk-staff-one", path: "/desk/staff/2"},
		{name: "desk-staff-refused", path: "/desk/staff", refuse: `form[action="/desk/staff"]`}, {name: "desk-me", path: "/desk/me"},
		{name: "desk-missing", path: xii + "/invitations/999999"}, {name: "desk-style", path: "/desk/styleguide"},
		{name: "desk-home-en", path: xii + "?lang=en"}, {name: "desk-board-en", path: xii + "/invitations"}, {name: "desk-home-vi", path: xii + "?lang=vi"}}
	tab.Go(p.links.Administrator)
	for _, first := range []look{{name: "desk-invitation", path: xii + "/invitations"}, {name: "desk-delegate", path: xii + "/delegates"}, {name: "desk-mail-one", path: "/desk/mail"}} {
		tab.Go(p.links.Base + first.path)
		out = append(out, look{name: first.name, path: testkit.Eval[string](tab, `document.querySelector("td.cell-main a").getAttribute("href")`)})
	}
	return out
}

// startDemo runs the demo in a process of its own on an empty folder.
func startDemo(t *testing.T) *process {
	t.Helper()
	return start(t, t.TempDir(), freeAddress(t))
}
