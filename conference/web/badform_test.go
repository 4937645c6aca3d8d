package web_test

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hoinghi/conference/vietnamese"
)

// control is one named control of a form as a browser knows it.
type control struct {
	name, kind, id string // kind is the input's type, or textarea, select, submit
	value          string
	sent           bool // a browser sends it if nothing is changed
	required       bool
	options        []string
	accept         string // kinds of files
}

// sheet is a form of a page: what a browser would send, and where.
type sheet struct {
	method, action, coding string
	controls               []control
}

// typed reports whether anybody types or chooses a value in the control.
func (c control) typed() bool {
	switch c.kind {
	case "hidden", "submit", "password", "file":
		return false
	}
	return true
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func value(n *html.Node, name string) string {
	v, _ := attr(n, name)
	return v
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func parsed(t testing.TB, body string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// sheets gives the forms of a page that was found at an address.
func sheets(root *html.Node, at string) []sheet {
	var out []sheet
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || value(n, "method") == "dialog" {
			continue
		}
		if _, script := attr(n, "data-at"); script {
			continue // answered by a script, never sent
		}
		s := sheet{method: strings.ToUpper(value(n, "method")), coding: value(n, "enctype")}
		if s.method == "" {
			s.method = "GET"
		}
		if base, err := url.Parse(at); err == nil {
			if to, err := base.Parse(value(n, "action")); err == nil {
				to.Fragment = ""
				s.action = to.RequestURI()
			}
		}
		for d := range n.Descendants() {
			if c, ok := controlOf(d); ok {
				s.controls = append(s.controls, c)
			}
		}
		s.shareOptions()
		out = append(out, s)
	}
	return out
}

// shareOptions tells each box of a group what the whole group offers.
func (s sheet) shareOptions() {
	for i := range s.controls {
		c := &s.controls[i]
		if c.kind != "checkbox" && c.kind != "radio" {
			continue
		}
		for _, other := range s.controls {
			if other.name == c.name {
				c.options = append(c.options, other.value)
			}
		}
	}
}

func controlOf(n *html.Node) (control, bool) {
	if n.Type != html.ElementNode || value(n, "name") == "" {
		return control{}, false
	}
	_, required := attr(n, "required")
	_, checked := attr(n, "checked")
	c := control{name: value(n, "name"), id: value(n, "id"), value: value(n, "value"), accept: value(n, "accept"), required: required, sent: true, kind: n.Data}
	switch n.Data {
	case "input":
		if c.kind = value(n, "type"); c.kind == "" {
			c.kind = "text"
		}
		if c.kind == "checkbox" || c.kind == "radio" {
			c.sent = checked
		}
	case "button":
		c.kind, c.sent = "submit", false
	case "textarea":
		c.value = strings.TrimPrefix(words(n), "\n")
	case "select":
		c.choose(n)
	default:
		return control{}, false
	}
	return c, true
}

// choose gives a select its options and the chosen value: the first when none is marked.
func (c *control) choose(n *html.Node) {
	marked := false
	for o := range n.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		v, ok := attr(o, "value")
		if !ok {
			v = words(o)
		}
		if _, selected := attr(o, "selected"); selected || len(c.options) == 0 && !marked {
			c.value, marked = v, selected
		}
		c.options = append(c.options, v)
	}
}

// pair is one name and value of a posted form.
type pair struct{ name, value string }

func (s sheet) pairs() []pair {
	var out []pair
	for _, c := range s.controls {
		if c.sent {
			out = append(out, pair{c.name, c.value})
		}
	}
	return out
}

// with gives what is sent when the control at place i holds a value. nil leaves it out.
func (s sheet) with(i int, values ...string) []pair {
	var out []pair
	for k, c := range s.controls {
		switch {
		case k == i:
			for _, v := range values {
				out = append(out, pair{c.name, v})
			}
		case c.sent && (c.kind != "radio" || c.name != s.controls[i].name):
			out = append(out, pair{c.name, c.value})
		}
	}
	return out
}

// both is with for one value; a password is typed the same way twice.
func (s sheet) both(i int, v string) []pair {
	out := s.with(i, v)
	for k := range out {
		if out[k].name == "again" && s.controls[i].name == "password" {
			out[k].value = v
		}
	}
	return out
}

// encode gives the body of a posting, and its media type. A file's bytes are its value.
func (s sheet) encode(t testing.TB, pairs []pair) (contentType, body string) {
	t.Helper()
	if s.coding != "multipart/form-data" {
		return "application/x-www-form-urlencoded", query(pairs)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range pairs {
		at := slices.IndexFunc(s.controls, func(c control) bool { return c.name == p.name })
		if at >= 0 && s.controls[at].kind == "file" {
			part, err := w.CreateFormFile(p.name, "tep.jpg")
			if err == nil {
				_, err = part.Write([]byte(p.value))
			}
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := w.WriteField(p.name, p.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

// query writes pairs in their order, which url.Values would not keep.
func query(pairs []pair) string {
	parts := make([]string, 0, len(pairs))
	for _, p := range pairs {
		parts = append(parts, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
	}
	return strings.Join(parts, "&")
}

// lost gives the names of what was sent but does not stand in the form shown again:
// everything typed has to, in the clean form in which the product reads it.
func (s sheet) lost(sent []pair, again sheet) []string {
	var out []string
	for _, p := range sent {
		keeps := func(c control) bool {
			if c.name != p.name {
				return false
			}
			if c.kind == "textarea" {
				return vietnamese.NormaliseText(c.value) == vietnamese.NormaliseText(p.value)
			}
			return c.sent && vietnamese.Normalise(c.value) == vietnamese.Normalise(p.value)
		}
		at := slices.IndexFunc(s.controls, func(c control) bool { return c.name == p.name })
		if at < 0 || s.controls[at].kind == "password" || s.controls[at].kind == "file" || s.controls[at].kind == "submit" {
			continue
		}
		c := s.controls[at]
		if c.kind == "checkbox" && p.value == "" || (c.kind == "select" || c.kind == "checkbox" || c.kind == "radio") && !s.offers(p) {
			continue // no control can show what it does not offer
		}
		if !slices.ContainsFunc(again.controls, keeps) {
			out = append(out, p.name)
		}
	}
	return out
}

// offers reports whether a value can be chosen at all.
func (s sheet) offers(p pair) bool {
	return slices.ContainsFunc(s.controls, func(c control) bool {
		return c.name == p.name && (c.value == p.value || slices.Contains(c.options, p.value))
	})
}
