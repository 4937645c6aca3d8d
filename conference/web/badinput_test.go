package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
)

// found is a form with the page on which it stands.
type found struct {
	sheet
	who   caller
	page  string
	route string // pattern of the route that the form is sent to
}

// noForm names the routes for changes that no form of a page leads to, with the reason.
var noForm = map[string]string{}

// Every form of the product gets the whole list of bad input, field by field: it is
// refused beside the field in the visitor's language with everything typed kept and
// nothing stored, or taken in a clean form. The forms are found by opening the pages,
// so that a new one is in the walk by itself; a route for changes that no form leads to
// fails the test by name.
func TestEveryFormWithstandsBadInput(t *testing.T) {
	if underRace {
		t.Skip("one posting after the other has no races to find and takes ten times as long: make test runs this without the detector")
	}
	s := openStage(t)
	forms := s.collect()
	reached := map[string]bool{}
	w := watched(t, s.house)
	walk := &walk{stage: s, watch: w}
	for _, f := range forms {
		reached[f.method+" "+f.route] = true
		walk.form(f)
	}
	posts := 0
	for _, face := range web.Faces(s.site) {
		for _, r := range face.Routes {
			key := r.Method + " " + r.Path
			if r.Method != http.MethodPost || r.JSON {
				continue
			}
			posts++
			if why, known := noForm[r.Path]; !reached[key] && !known {
				t.Errorf("%s: the walk found no form that leads there: put a page with it on the stage", key)
			} else if reached[key] && known {
				t.Errorf("%s is excused (%s), but a form leads there", key, why)
			}
		}
	}
	if len(forms) < posts || walk.sent < 2000 {
		t.Errorf("only %d forms for %d routes, %d postings: the walk is broken", len(forms), posts, walk.sent)
	}
	t.Logf("%d forms, %d postings: %d taken, %d refused", len(forms), walk.sent, walk.taken, walk.refused)
}

// collect opens every page as every caller and gives each form once: two forms are
// the same when they go to the same route with the same fields.
func (s *stage) collect() []found {
	s.t.Helper()
	var out []found
	known := map[string]bool{}
	for _, c := range s.callers {
		queue, seen := slices.Clone(c.pages), map[string]bool{}
		for opened := 0; len(queue) > 0 && opened < 1000; {
			path := queue[0]
			queue = queue[1:]
			if seen[path] || strings.HasPrefix(path, "/static/") || !slices.Contains(c.pages, path) && tooMany(seen, kindOf(path)) {
				continue
			}
			seen[path] = true
			opened++
			a := s.ask(c, "vi", http.MethodGet, path, "", "")
			if a.status == http.StatusSeeOther {
				queue = append(queue, a.header.Get("Location"))
			}
			if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Type"), "text/html") {
				continue
			}
			for _, sh := range sheets(a.page, path) {
				if path == "/desk/styleguide" {
					continue // shows what forms look like
				}
				f := found{sheet: sh, who: c, page: path, route: s.route(sh)}
				if !known[f.key()] {
					known[f.key()] = true
					out = append(out, f)
				}
			}
			for _, m := range links.FindAllStringSubmatch(a.body, -1) {
				if !strings.Contains(m[1], "/live") && !strings.Contains(m[1], "lang=") {
					queue = append(queue, strings.ReplaceAll(m[1], "&amp;", "&"))
				}
			}
		}
	}
	return out
}

func (f found) key() string {
	var names []string
	for _, c := range f.controls {
		names = append(names, digits.ReplaceAllString(c.name, "N"))
	}
	slices.Sort(names)
	return f.method + " " + f.route + " " + strings.Join(slices.Compact(names), " ")
}

// route gives the pattern that an address belongs to, as the router chooses it.
func (s *stage) route(sh sheet) string {
	path, _, _ := strings.Cut(sh.action, "?")
	best, most := "", -1
	for _, face := range web.Faces(s.site) {
		for _, r := range face.Routes {
			if n := fits(r, sh.method, path); n > most {
				best, most = r.Path, n
			}
		}
	}
	if best == "" {
		s.t.Errorf("a form leads to %s %s, which no route has", sh.method, kindOf(path))
	}
	return best
}

// fits gives how many parts of a route's path are not open, -1 when the address is not its.
func fits(r ui.Route, method, path string) int {
	have, want := strings.Split(path, "/"), strings.Split(r.Path, "/")
	if r.Method != method || len(have) != len(want) {
		return -1
	}
	n := 0
	for i := range want {
		switch {
		case have[i] == want[i]:
			n++
		case !strings.HasPrefix(want[i], ":"):
			return -1
		}
	}
	return n
}

// walk sends the list and counts what became of it.
type walk struct {
	*stage
	*watch
	sent, taken, refused int
}

// trial is one posting: a form, the control that is wrong, and how.
type trial struct {
	found
	lang  string
	place int // of the control, -1 for the form as it is
	bad   bad
	pairs []pair
}

func (c trial) String() string {
	field := "as it is"
	if c.place >= 0 {
		field = c.controls[c.place].name
	}
	return fmt.Sprintf("%s %s (%s, %s): %s: %s", c.method, c.route, c.who.name, c.lang, field, c.bad.name)
}

// form sends one form with every entry of the list in every field.
func (w *walk) form(f found) {
	f.sheet = f.filled(f.route, w.fill)
	if f.method == http.MethodGet {
		w.look(f)
		return
	}
	if slices.ContainsFunc(f.controls, func(c control) bool { return c.kind == "password" }) {
		w.clock.Advance(30 * time.Minute) // wrong passwords tried on the form before are forgiven
	}
	if !w.try(trial{found: f, lang: "vi", place: -1, bad: bad{name: "valid"}, pairs: f.pairs()}) {
		return // whatever is said about the rest would be about this
	}
	shapes := map[string]int{}
	for i, c := range f.controls {
		shape := digits.ReplaceAllString(c.name, "N")
		if shapes[shape]++; shapes[shape] > 2 {
			continue // the cells of a table are alike
		}
		for _, b := range listFor(c) {
			for _, lang := range []string{"vi", "en"} {
				if lang == "vi" || b.both {
					w.try(trial{found: f, lang: lang, place: i, bad: b, pairs: f.both(i, b.value)})
				}
			}
		}
		w.try(trial{found: f, lang: "vi", place: i, bad: bad{name: "left out"}, pairs: f.with(i)})
		w.try(trial{found: f, lang: "vi", place: i, bad: bad{name: "repeated"}, pairs: f.with(i, c.value, "khác", c.value)})
	}
	w.files(f)
	w.bodies(f)
}

// try sends one posting, judges the answer and reports whether the form was taken.
func (w *walk) try(c trial) (taken bool) {
	w.stage.t.Helper()
	w.sent++
	contentType, body := c.encode(w.stage.t, c.pairs)
	a := w.ask(c.who, c.lang, http.MethodPost, c.action, contentType, body)
	changed := w.changes()
	w.judgePage(c, a)
	switch {
	case a.status >= 500:
		w.stage.t.Errorf("%s: status %d", c, a.status)
	case a.status < 400:
		w.taken++
		w.judgeTaken(c, a, changed)
	default:
		w.refused++
		w.judgeRefused(c, a, changed)
	}
	if w.written() {
		w.bringBack(changed)
	}
	return a.status < 400
}

// bodies sends what no browser sends: the form must not fall over it.
func (w *walk) bodies(f found) {
	large := 3 << 20
	if f.coding != "" {
		large = 21 << 20
	}
	for name, b := range map[string][2]string{
		"broken escapes":     {"application/x-www-form-urlencoded", "a=%zz&b=%"},
		"no media type":      {"", "a=b"},
		"JSON":               {"application/json", `{"a":1}`},
		"no boundary":        {"multipart/form-data", "--x\r\n"},
		"broken parts":       {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\nabc"},
		"thousands of names": {"application/x-www-form-urlencoded", manyNames()},
		"too large":          {"application/x-www-form-urlencoded", "a=" + strings.Repeat("x", large)},
	} {
		c := trial{found: f, lang: "vi", place: -1, bad: bad{name: name}}
		w.sent++
		a := w.ask(f.who, "vi", http.MethodPost, f.action, b[0], b[1])
		changed := w.changes()
		w.judgePage(c, a)
		if a.status >= 500 || a.status >= 400 && len(changed) > 0 {
			w.stage.t.Errorf("%s: status %d, changed %d tables", c, a.status, len(changed))
		}
		if w.written() {
			w.bringBack(changed)
		}
	}
}

func manyNames() string {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "n%d=1&", i)
	}
	return b.String()
}

// look sends the list through a form that only searches: every page comes, and nothing is written.
func (w *walk) look(f found) {
	for i, c := range f.controls {
		for _, b := range listFor(c) {
			v := b.value
			if len(v) > 2000 {
				v = v[:2000] // the server takes addresses of 16 KB
			}
			t := trial{found: f, lang: "vi", place: i, bad: b, pairs: f.with(i, v)}
			path, _, _ := strings.Cut(f.action, "?")
			w.sent++
			a := w.ask(f.who, "vi", http.MethodGet, path+"?"+query(t.pairs), "", "")
			w.judgePage(t, a)
			if a.status != http.StatusOK && (a.status != http.StatusNotFound || !b.wrong) {
				w.stage.t.Errorf("%s: status %d", t, a.status)
			}
			if w.written() {
				w.stage.t.Errorf("%s: looking changed %v", t, w.changes())
				w.bringBack(w.changes())
			}
			if again := formIn(w.stage.t, a.page, f); c.kind == "search" && len(f.lost([]pair{{c.name, v}}, again)) > 0 {
				w.stage.t.Errorf("%s: the page does not keep what was searched for", t)
			}
		}
	}
}

// formIn finds a form in an answer: the one that goes to the same address.
func formIn(t testing.TB, page *html.Node, f found) sheet {
	t.Helper()
	want, err := url.Parse(f.action)
	if err != nil {
		t.Fatal(err)
	}
	var out sheet
	for _, s := range sheets(page, f.action) {
		got, err := url.Parse(s.action)
		if err == nil && got.Path == want.Path && s.method == f.method && len(s.controls) >= len(out.controls) {
			out = s
		}
	}
	return out
}
