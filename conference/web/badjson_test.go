package web_test

import (
	"net/http"
	"strings"
	"testing"

	"hoinghi/conference/web"
)

// badBodies is what a broken or hostile program sends where a door's device speaks.
func badBodies() map[string]string {
	return map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "a number": "1", "words": "xin chào", "an empty object": "{}", "cut short": `{"secret":"A`, "cut in a letter": "{\"id\":\"Nguy\xe1\xbb",
		"wrong types":   `{"secret":1,"id":[],"t":"x","sent":"abc","cursor":{},"scans":{}}`,
		"wrong scans":   `{"sent":1665621900000,"cursor":0,"scans":[1,"x",null,[],{"id":1},{"id":"x","t":"y"},{"id":"0190a0a0-0000-7000-8000-000000000001","seq":-1,"t":-5,"token":"<script>","off":1e99}]}`,
		"huge numbers":  `{"secret":"A","id":"x","t":9223372036854775807,"sent":99999999999999999999,"cursor":-9223372036854775808,"scans":[]}`,
		"not a number":  `{"sent":NaN,"cursor":Infinity,"scans":[]}`,
		"deep":          strings.Repeat("[", 200000) + strings.Repeat("]", 200000),
		"deep objects":  strings.Repeat(`{"scans":`, 50000) + "1" + strings.Repeat("}", 50000),
		"a long secret": `{"secret":"` + strings.Repeat("A", 100000) + `","id":"` + strings.Repeat("x", 1000) + `"}`,
		"broken UTF-8":  "{\"secret\":\"\xff\xfe\",\"id\":\"\xff\xfe\",\"t\":0}", "lone surrogates": `{"secret":"\ud83d","id":"\ud83d\ud83d","t":0}`,
		"a null in it": `{"secret":"\u0000","id":"\u0000"}`, "names twice": `{"id":"a","id":"b","secret":"a","secret":"b"}`, "a form": "secret=A&id=x", "two objects": `{"id":"a"}{"id":"b"}`,
		"too large": `{"secret":"` + strings.Repeat("A", 3<<20) + `"}`,
	}
}

// Every address for programs gets the whole list, as a paired device and as nobody: an answer in the
// visitor's language that is no error of the server, and nothing stored by a refusal.
func TestBadBodiesFromPrograms(t *testing.T) {
	s := openStage(t)
	w := watched(t, s.house)
	device, n := s.callers[len(s.callers)-1], 0
	for _, face := range web.Faces(s.site) {
		for _, r := range face.Routes {
			if r.Method != http.MethodPost || !r.JSON {
				continue
			}
			n++
			path := strings.NewReplacer(":edition", "xii-2022", ":token", "x", ":id", "1").Replace(r.Path)
			for name, body := range badBodies() {
				for _, lang := range []string{"vi", "en"} {
					s.program(t, w, device, lang, path, name, "application/json", body)
				}
				s.program(t, w, caller{name: "nobody"}, "vi", path, name, "application/json", body)
				s.program(t, w, device, "vi", path, name+" as text", "text/html", body)
			}
		}
	}
	if n < 4 {
		t.Errorf("only %d routes: the tables were not found", n)
	}
}

func (s *stage) program(t testing.TB, w *watch, c caller, lang, path, name, contentType, body string) {
	t.Helper()
	a := s.ask(c, lang, http.MethodPost, path, contentType, body)
	changed := w.changes()
	if a.status >= 500 {
		t.Errorf("%s: %s (%s): status %d", path, name, c.name, a.status)
	}
	if why := unclean(changed); why != "" {
		t.Errorf("%s: %s: %s", path, name, why)
	}
	if a.status >= 400 {
		if len(changed) > 0 {
			t.Errorf("%s: %s (%s): refused with %d, yet changed %s", path, name, c.name, a.status, names(changed))
		}
		if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: %s: refused as %s", path, name, kind)
		} else if said := saidBy(t, a); !speaks(lang, said[0]) {
			t.Errorf("%s: %s (%s): says %q", path, name, lang, said)
		}
	}
	if w.written() {
		w.bringBack(changed)
	}
}
