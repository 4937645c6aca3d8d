package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"hoinghi/conference/showcase"
)

var photoCaption = showcase.Caption{Credit: "Mẫu Ảnh", AltVi: "Ảnh thí dụ"}

// filled types something valid into required fields that are empty.
func (s sheet) filled(route string, by map[string]string) sheet {
	s.controls = slices.Clone(s.controls)
	for i, c := range s.controls {
		if v, ok := by[route+" "+c.name]; ok {
			s.controls[i].value = v
			continue
		}
		if v, ok := by[c.name]; ok && c.value == "" {
			s.controls[i].value = v
			continue
		}
		if c.kind == "checkbox" && (c.required || c.name == "leave_out" || c.name == "organisation" || c.name == "role" && c.value == "0:organiser") {
			s.controls[i].sent = true
		}
		if !c.required || c.value != "" {
			continue
		}
		switch c.kind {
		case "select":
			s.controls[i].value = c.options[len(c.options)-1]
		case "email":
			s.controls[i].value = "mau.thi.du@example.vn"
		case "tel":
			s.controls[i].value = "0912 345 678"
		case "number":
			s.controls[i].value = "15"
		case "date":
			s.controls[i].value = "2023-10-13"
		case "datetime-local":
			s.controls[i].value = "2023-10-01T17:00"
		case "text", "textarea":
			s.controls[i].value = "Mẫu Thí Dụ"
		}
	}
	return s
}

var english = regexp.MustCompile(`(?i)\b(the|a|an|is|are|be|not|no|of|to|in|that|this|it|and|or|at|may|can|has|was|your|you|for|only)\b`)

// speaks reports whether a message is in a language: Vietnamese needs its letters,
// English its small words.
func speaks(lang, message string) bool {
	if lang == "vi" {
		return strings.ContainsFunc(message, func(r rune) bool { return r >= 0xC0 })
	}
	return english.MatchString(message)
}

// judgePage looks at any answer: no page lets typed markup become markup, and none
// names a text that is missing.
func (w *walk) judgePage(c trial, a answer) {
	w.stage.t.Helper()
	if !strings.Contains(a.header.Get("Content-Type"), "text/html") {
		return
	}
	for n := range a.page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if _, ok := attr(n, "onerror"); ok || n.Data == "script" && strings.Contains(words(n), "alert(") {
			w.stage.t.Errorf("%s: what was typed became markup", c)
		}
	}
	for _, sign := range []string{"⟦", "no value&gt;", "<no value>", "%!"} { // the signs of missing, found sooner than by an expression
		if strings.Contains(a.body, sign) {
			w.stage.t.Errorf("%s: the page shows %s", c, sign)
		}
	}
	if v := a.header.Values("Bcc"); len(v) > 0 {
		w.stage.t.Errorf("%s: what was typed became a header", c)
	}
}

// judgeTaken looks at what was accepted: it may be, it is stored in a clean form, and the page that
// follows is well.
func (w *walk) judgeTaken(c trial, a answer, changed map[string][]map[string]any) {
	w.stage.t.Helper()
	if why := unclean(changed); why != "" {
		w.stage.t.Errorf("%s: %s", c, why)
	}
	if c.place >= 0 && c.bad.name != "repeated" {
		k := c.controls[c.place]
		switch {
		case c.bad.wrong:
			w.stage.t.Errorf("%s: was taken (changed %s)", c, names(changed))
		case strings.TrimSpace(c.bad.value) == "" && k.required && k.kind != "radio" && (c.bad.name != "left out" || len(changed) > 0):
			w.stage.t.Errorf("%s: was taken, although the field must be filled (changed %s)", c, names(changed))
		}
	}
	if to := a.header.Get("Location"); a.status == http.StatusSeeOther {
		var flash []*http.Cookie
		for _, line := range a.header.Values("Set-Cookie") {
			if cookie, err := http.ParseSetCookie(line); err == nil && cookie.MaxAge >= 0 {
				flash = append(flash, cookie)
			}
		}
		path, _, _ := strings.Cut(to, "#")
		next := w.ask(c.who, c.lang, http.MethodGet, path, "", "", flash...)
		w.judgePage(c, next)
		if next.status >= 400 && (c.place < 0 || c.controls[c.place].kind != "hidden") {
			w.stage.t.Errorf("%s: leads to a page with status %d", c, next.status)
		}
	}
}

func names(changed map[string][]map[string]any) string {
	var out []string
	for name := range changed {
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// blameless names the forms whose refusal must not say which field is wrong, with the reason.
var blameless = map[string]string{"/desk/sign-in": "it would tell who has an account"}

// judgeRefused looks at a refusal: nothing stored, a message where it belongs in the visitor's
// language, everything typed still there.
func (w *walk) judgeRefused(c trial, a answer, changed map[string][]map[string]any) {
	w.stage.t.Helper()
	if len(changed) > 0 {
		w.stage.t.Errorf("%s: refused, yet changed %s", c, names(changed))
	}
	if c.place < 0 {
		w.stage.t.Errorf("%s: the form as it stands is refused with %d: %s", c, a.status, strings.Join(messages(a.page), " | "))
		return
	}
	root := a.page
	said := messages(root)
	if len(said) == 0 {
		w.stage.t.Errorf("%s: refused with %d and no word", c, a.status)
	}
	for _, m := range said {
		if !speaks(c.lang, m) {
			w.stage.t.Errorf("%s: says %q, which is another language", c, m)
		}
	}
	k := c.controls[c.place]
	if m := mute(root); len(m) > 0 && k.kind != "hidden" {
		w.stage.t.Errorf("%s: the summary says %q, which names no field or leads nowhere", c, m)
	}
	if k.kind == "hidden" && a.status == http.StatusNotFound {
		return // only a forged page sends it
	}
	if again := formIn(w.stage.t, a.page, c.found); again.action == "" && k.kind == "hidden" {
		return // only a forged page sends it, and the page says what is wrong
	} else if again.action == "" {
		w.stage.t.Errorf("%s: refused with %d, and the form is gone", c, a.status)
	} else if lost := slices.DeleteFunc(c.lost(c.pairs, again), func(name string) bool { return k.name == name && (k.kind == "hidden" || c.bad.name == "repeated") }); len(lost) > 0 {
		w.stage.t.Errorf("%s: refused with %d, and lost what was typed into %v", c, a.status, lost)
	}
	at := wrongFields(root)
	if k.kind == "hidden" { // no page shows it, but every page may ask for the file again, which a browser forgets
		at = slices.DeleteFunc(at, func(name string) bool {
			return slices.ContainsFunc(c.controls, func(o control) bool { return o.name == name && o.kind == "file" })
		})
	}
	switch {
	case a.status != http.StatusUnprocessableEntity && a.status != http.StatusConflict && a.status != http.StatusTooManyRequests && (a.status != http.StatusRequestEntityTooLarge || k.kind != "file"):
		w.stage.t.Errorf("%s: refused with status %d", c, a.status)
	case blameless[c.route] != "":
	case len(at) == 0 && (k.typed() || k.kind == "file"):
		w.stage.t.Errorf("%s: says %q, but not at a field", c, said)
	case len(at) > 0 && !slices.Contains(at, k.name) && k.kind != "checkbox" && c.bad.name != "left out":
		w.stage.t.Errorf("%s: blames %v: %q", c, at, said)
	}
}

// messages gives what the page says about a refusal: beside fields, above the form, or
// as a page of its own.
func messages(root *html.Node) []string {
	var out []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		class := " " + value(n, "class") + " "
		if n.Data == "p" && (strings.Contains(class, " error ") || strings.Contains(class, " wrong ")) || strings.Contains(class, " notice error ") || strings.Contains(class, " error-card ") {
			out = append(out, words(n))
		}
	}
	return out
}

// mute gives the lines of the summary above a refused form that do not begin with the label of the
// field that they lead to. A field that draws its own message into the line names itself.
func mute(root *html.Node) []string {
	labels := map[string]string{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := value(n, "id"); id != "" && value(n, "aria-label") != "" {
			labels[id] = value(n, "aria-label")
		}
		if id := value(n, "for"); n.Data == "label" && id != "" {
			labels[id] = strings.TrimSuffix(words(n), "*")
		}
		if n.Data == "legend" {
			labels[value(n.Parent, "id")] = strings.TrimSuffix(words(n), "*")
		}
	}
	var out []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "li" || n.Parent == nil || !within(n, "data-errors") {
			continue
		}
		ok := false
		for a := range n.Descendants() {
			label := labels[strings.TrimPrefix(value(a, "href"), "#")]
			ok = ok || a.Data == "a" && label != "" && (strings.HasPrefix(words(a), label) || strings.Contains(label, ": ") && strings.HasPrefix(words(a), label[:strings.Index(label, ": ")]))
		}
		if !ok {
			out = append(out, words(n))
		}
	}
	return out
}

func within(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if _, ok := attr(p, name); ok {
			return true
		}
	}
	return false
}

// wrongFields gives the names of the controls that are marked as wrong and lead to
// their message, as assistive programs read it.
func wrongFields(root *html.Node) []string {
	ids := map[string]string{}
	for n := range root.Descendants() {
		if id := value(n, "id"); id != "" {
			ids[id] = words(n)
		}
	}
	var out []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		marked := value(n, "aria-invalid") == "true" || n.Data == "fieldset" && strings.Contains(value(n, "class"), "has-error")

		if !marked {
			continue
		}
		name := value(n, "name")
		if name == "" {
			for d := range n.Descendants() {
				if name == "" && d.Type == html.ElementNode {
					name = value(d, "name")
				}
			}
		}
		for _, id := range strings.Fields(value(n, "aria-describedby")) {
			if strings.HasSuffix(id, "-error") && ids[id] != "" {
				out = append(out, name)
			}
		}
	}
	return out
}
