package static_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hoinghi/static"
)

func load(t *testing.T) *static.Assets {
	t.Helper()
	assets, err := static.New()
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return assets
}

func ask(t *testing.T, assets *static.Assets, method, address string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	assets.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	all, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return all
}

func TestURLCarriesAHashOfTheContent(t *testing.T) {
	assets := load(t)
	if got := assets.URL("css/base.css"); !regexp.MustCompile(`^/static/css/base\.[0-9a-f]{8}\.css$`).MatchString(got) {
		t.Errorf("URL = %q", got)
	}
	if got, want := assets.URL("css/nothing.css"), "/static/missing/css/nothing.css"; got != want {
		t.Errorf("URL of an unknown file = %q, want %q", got, want)
	}
	if got := ask(t, assets, "GET", assets.URL("css/nothing.css")).StatusCode; got != http.StatusNotFound {
		t.Errorf("an unknown file answers %d", got)
	}
}

func TestEveryFileIsServedUnderBothAddresses(t *testing.T) {
	assets := load(t)
	for _, name := range assets.Paths() {
		want, err := assets.Open(name)
		if err != nil {
			t.Fatalf("Open(%q): %v", name, err)
		}
		for address, cache := range map[string]string{
			assets.URL(name):     "public, max-age=31536000, immutable",
			static.Prefix + name: "no-cache",
		} {
			r := ask(t, assets, "GET", address)
			if r.StatusCode != http.StatusOK || !bytes.Equal(body(t, r), want) {
				t.Errorf("GET %s: status %d or another body", address, r.StatusCode)
			}
			if got := r.Header.Get("Cache-Control"); got != cache {
				t.Errorf("GET %s: Cache-Control %q, want %q", address, got, cache)
			}
			if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("GET %s: X-Content-Type-Options %q", address, got)
			}
		}
	}
}

func TestContentTypes(t *testing.T) {
	assets := load(t)
	for name, want := range map[string]string{
		"css/base.css": "text/css; charset=utf-8",
		"js/app.js":    "text/javascript; charset=utf-8",
		"font/be-vietnam-pro-latin-400-normal.woff2": "font/woff2",
		"icon/sprite.svg":                     "image/svg+xml",
		"vendor/zxing-wasm/zxing_reader.wasm": "application/wasm",
		"vendor/zxing-wasm/LICENSE.txt":       "text/plain; charset=utf-8",
	} {
		if got := ask(t, assets, "GET", assets.URL(name)).Header.Get("Content-Type"); got != want {
			t.Errorf("%s: Content-Type %q, want %q", name, got, want)
		}
	}
}

func TestGzipOnlyWhenAccepted(t *testing.T) {
	assets := load(t)
	address := assets.URL("css/base.css")
	plain := body(t, ask(t, assets, "GET", address))
	for _, c := range []struct {
		accept string
		packed bool
	}{{"gzip, deflate, br", true}, {"br;q=1.0, gzip;q=0.5", true}, {"br", false}, {"gzip;q=0", false}, {"", false}} {
		r := ask(t, assets, "GET", address, "Accept-Encoding", c.accept)
		got := r.Header.Get("Content-Encoding") == "gzip"
		if got != c.packed {
			t.Errorf("Accept-Encoding %q: packed %v, want %v", c.accept, got, c.packed)
		}
		content := body(t, r)
		if got {
			unpacked, err := gzip.NewReader(bytes.NewReader(content))
			if err != nil {
				t.Fatalf("gzip: %v", err)
			}
			if content, err = io.ReadAll(unpacked); err != nil {
				t.Fatalf("gunzip: %v", err)
			}
		}
		if !bytes.Equal(content, plain) {
			t.Errorf("Accept-Encoding %q: another content", c.accept)
		}
		if r.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: no Vary", c.accept)
		}
	}
	if r := ask(t, assets, "GET", assets.URL("font/be-vietnam-pro-latin-400-normal.woff2"), "Accept-Encoding", "gzip"); r.Header.Get("Content-Encoding") != "" {
		t.Error("a font is compressed a second time")
	}
}

func TestConditionalRequests(t *testing.T) {
	assets := load(t)
	first := ask(t, assets, "GET", "/static/js/app.js", "Accept-Encoding", "gzip")
	tag := first.Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if got := ask(t, assets, "GET", "/static/js/app.js", "Accept-Encoding", "gzip", "If-None-Match", tag).StatusCode; got != http.StatusNotModified {
		t.Errorf("same ETag answers %d", got)
	}
	if got := ask(t, assets, "GET", "/static/js/app.js", "If-None-Match", tag).StatusCode; got != http.StatusOK {
		t.Errorf("ETag of the compressed form answers %d for the plain one", got)
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	r := ask(t, load(t), "POST", "/static/js/app.js")
	if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST answers %d, Allow %q", r.StatusCode, r.Header.Get("Allow"))
	}
}

func TestSourcesAreNotServed(t *testing.T) {
	assets := load(t)
	for _, name := range []string{"static.go", "vendor/README.md", "../go.mod", ""} {
		if got := ask(t, assets, "GET", "/static/"+name).StatusCode; got != http.StatusNotFound {
			t.Errorf("%q answers %d", name, got)
		}
	}
	if _, err := assets.Open("static.go"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open: %v", err)
	}
}

// A page must never depend on another machine, and style sheets refer to fonts by
// their hashed addresses.
func TestStyleSheetsStayAtHome(t *testing.T) {
	assets := load(t)
	address := regexp.MustCompile(`url\(([^)]*)\)`)
	for _, name := range assets.Paths() {
		if !strings.HasPrefix(name, "css/") {
			continue
		}
		sheet, err := assets.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sheet, []byte("@import")) {
			t.Errorf("%s: @import delays the page", name)
		}
		for _, m := range address.FindAllSubmatch(sheet, -1) {
			target := strings.Trim(string(m[1]), `"`)
			if !strings.HasPrefix(target, static.Prefix) {
				t.Errorf("%s: %s is not resolved", name, target)
			} else if got := ask(t, assets, "GET", target).StatusCode; got != http.StatusOK {
				t.Errorf("%s: %s answers %d", name, target, got)
			}
		}
	}
}

var (
	assetCall  = regexp.MustCompile(`asset "([^"]+)"`)
	iconCall   = regexp.MustCompile(`template "icon" "([^"]+)"`)
	symbol     = regexp.MustCompile(`<symbol id="([^"]+)"`)
	inlineCode = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]|<script>|<style|\sstyle=|\son[a-z]+=|javascript:|https?://[^{]*\.(?:js|css|woff2)`)
)

func eachTemplate(t *testing.T, look func(name, text string)) {
	t.Helper()
	found := 0
	err := filepath.WalkDir("../templates", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".html" || strings.Contains(filepath.ToSlash(name), "/mail/") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		found++
		look(name, string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Fatal("no templates found")
	}
}

func TestTemplatesNameOnlyKnownAssetsAndIcons(t *testing.T) {
	assets := load(t)
	sprite, err := assets.Open("icon/sprite.svg")
	if err != nil {
		t.Fatal(err)
	}
	icons := map[string]bool{}
	for _, m := range symbol.FindAllStringSubmatch(string(sprite), -1) {
		icons[m[1]] = true
	}
	eachTemplate(t, func(name, text string) {
		for _, m := range assetCall.FindAllStringSubmatch(text, -1) {
			if _, err := assets.Open(m[1]); err != nil {
				t.Errorf("%s: asset %q does not exist", name, m[1])
			}
		}
		for _, m := range iconCall.FindAllStringSubmatch(text, -1) {
			if !icons[m[1]] {
				t.Errorf("%s: icon %q is not in the sprite", name, m[1])
			}
		}
	})
}

// The content security policy forbids all of this; a browser would drop it in silence.
func TestTemplatesHoldNoInlineCode(t *testing.T) {
	eachTemplate(t, func(name, text string) {
		if m := inlineCode.FindString(text); m != "" {
			t.Errorf("%s: %q is forbidden by the content security policy", name, m)
		}
	})
}
