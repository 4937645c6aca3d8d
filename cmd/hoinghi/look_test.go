package main

import (
	"strings"
	"testing"

	"hoinghi/conference/testkit"
)

// look is one page to be looked at.
type look struct{ name, path string }

// Every page of the demo is opened in a real browser at the widths of a phone, a
// tablet and a desk, in the light and the dark scheme: none is wider than its
// window, axe-core finds no violation, and pictures for people to look at are
// written to out/screenshots.
func TestEveryPageLooksRightAndIsAccessible(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	p := startDemo(t)
	tab := browser.Tab(1440, 900)
	for _, g := range p.looks(t, tab) {
		if g.signIn != "" {
			tab.Go(g.signIn)
		}
		for _, l := range g.pages {
			address := l.path
			if strings.HasPrefix(address, "/") {
				address = p.links.Base + address
			}
			tab.Size(1440, 900)
			tab.Dark(false)
			tab.Go(address)
			tab.Shot(l.name + "-1440")
			tab.CheckAccessibility(l.name + " at 1440 px")
			tab.Dark(true)
			tab.Go(address) // afresh: colours that change under an open page take a moment
			tab.CheckAccessibility(l.name + " in the dark scheme")
			tab.Shot(l.name + "-1440-dark")
			tab.Dark(false)
			tab.Go(address)
			tab.Size(768, 1024)
			tab.Shot(l.name + "-768")
			tab.Size(360, 740)
			tab.Shot(l.name + "-360")
			tab.CheckAccessibility(l.name + " at 360 px")
		}
	}
}

// group is a kind of user with the pages they see.
type group struct {
	signIn string
	pages  []look
}

func (p *process) looks(t *testing.T, tab *testkit.Tab) []group {
	t.Helper()
	const xii = "/desk/e/xii-2022"
	groups := []group{
		{pages: []look{{"public-front", "/"}, {"public-front-en", "/?lang=en"}, {"public-front-vi", "/?lang=vi"}, {"public-missing", "/nothing"}, {"public-badge-unknown", "/c/0"},
			{"guest-code", "/m"}, {"desk-sign-in", "/desk/sign-in"}}},
	}
	for i, f := range p.links.FocalPoints {
		if i < 3 || i == len(p.links.FocalPoints)-1 {
			groups[0].pages = append(groups[0].pages, look{"guest-focal-" + f.Code[:3], f.Link}, look{"guest-codes-" + f.Code[:3], f.Link + "/codes"})
		}
	}
	groups[0].pages = append(groups[0].pages, look{"guest-delegate", p.links.Delegate}, look{"door-pair", "/door/pair"}, look{"door-unpaired", "/door"})
	desk := group{signIn: p.links.Administrator, pages: []look{{"desk-home", xii}, {"desk-settings", xii + "/settings"}, {"desk-board", xii + "/invitations"},
		{"desk-quotas", xii + "/invitations/quotas"}, {"desk-text", xii + "/invitations/text"}, {"desk-send", xii + "/invitations/send"},
		{"desk-delegates", xii + "/delegates"}, {"desk-programme", xii + "/programme"}, {"desk-arrivals", xii + "/arrivals"}, {"desk-door", xii + "/door"},
		{"desk-editions", "/desk/editions"}, {"desk-edition-new", "/desk/editions/new"}, {"desk-mail", "/desk/mail"}, {"desk-audit", "/desk/audit"},
		{"desk-staff", "/desk/staff"}, {"desk-me", "/desk/me"}, {"desk-missing", xii + "/invitations/999999"}, {"desk-style", "/desk/styleguide"}, {"desk-home-en", xii + "?lang=en"}, {"desk-board-en", xii + "/invitations"}, {"desk-home-vi", xii + "?lang=vi"}}}
	tab.Go(p.links.Administrator)
	for _, first := range []look{{"desk-invitation", xii + "/invitations"}, {"desk-delegate", xii + "/delegates"}, {"desk-mail-one", "/desk/mail"}} {
		tab.Go(p.links.Base + first.path)
		desk.pages = append(desk.pages, look{first.name, testkit.Eval[string](tab, `document.querySelector("td.cell-main a").getAttribute("href")`)})
	}
	return append(groups, desk)
}

// startDemo runs the demo in a process of its own on an empty folder.
func startDemo(t *testing.T) *process {
	t.Helper()
	return start(t, t.TempDir(), freeAddress(t))
}
