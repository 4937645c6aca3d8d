package ui

import (
	"hoinghi/conference"
	"hoinghi/templates"
)

// Frame is what every page's data embeds: the language and everything around the content.
type Frame struct {
	Lang     string
	Path     string // of the request, for the language switch
	Keep     string // query that the language switch takes along, "" for none
	Face     string // public, desk, guest or door
	Here     string // key of the current place in the navigation
	Version  string
	Sample   bool // the edition is example data, and every page says so
	NoIndex  bool
	Edition  *EditionHead
	Signed   *Account
	Flash    *Flash
	Help     Help
	Nav      []NavGroup
	Crumbs   []Crumb
	Editions []EditionLink
	locale   *templates.Locale
}

// T gives an interface text in the page's language.
func (f Frame) T(key string, args ...any) string { return f.locale.T(key, args...) }

// Say gives a message in the page's language.
func (f Frame) Say(t conference.Text) string { return f.locale.Text(t) }

// InLanguage gives the address of this page in another language.
func (f Frame) InLanguage(lang string) string {
	if f.Keep == "" {
		return f.Path + "?lang=" + lang
	}
	return f.Path + "?" + f.Keep + "&lang=" + lang
}

// EditionHead is the edition as the frame shows it.
type EditionHead struct {
	Slug, ShortTitle, Title, Ordinal, When, Place, Host, Organiser string
}

// Account is the member of staff as the frame shows them.
type Account struct{ Name, RoleLabel string }

// Flash is a message about what was just done.
type Flash struct{ Kind, Text string }

// Help says whom to ask.
type Help struct{ Name, Phone, PhoneHref, Zalo, Email string }

// NavGroup is a group of the navigation, in the order of the conference's life.
type NavGroup struct {
	Label string
	Items []NavItem
}

// NavItem is one place. Count is shown beside it when it is not 0.
type NavItem struct {
	Key, Label, Href, Icon string
	Count                  int
}

// Crumb is one step of the path to the current page.
type Crumb struct{ Label, Href string }

// EditionLink is one choice of the edition switcher.
type EditionLink struct {
	Title, Href string
	Current     bool
}
