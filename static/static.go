// Package static holds every file that a browser asks for besides pages:
// styles, scripts, fonts, icons, pictures and the vendored libraries. Nothing a
// page needs comes from anywhere else.
//
// Each file is reachable under two addresses: one that carries a hash of its
// content and may be kept for a year, and its plain one, which is checked
// again each time.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// The pattern reaches files in folders only, so that neither the Go sources
// beside this line nor a folder that is still empty matter.
//
//go:embed */*
var files embed.FS

// Prefix is where Handler expects to be mounted.
const Prefix = "/static/"

// Assets is the set of embedded files, hashed when it is made and compressed when
// somebody first asks for them: that took half of the program's start. It is safe for
// concurrent use.
type Assets struct {
	byPath map[string]*asset // plain path, "css/base.css"
	byHash map[string]*asset // hashed path, "css/base.3f2a91bc.css"
}

type asset struct {
	path, hashed string
	contentType  string
	etag         string // hexadecimal, without quotes
	body         []byte
	compress     bool          // whether the kind is worth it
	packed       func() []byte // gives nil when gzip would not help
}

// New reads and hashes all embedded files. It fails when a style
// sheet names a file that does not exist or a file has an unknown kind.
func New() (*Assets, error) {
	a := &Assets{byPath: map[string]*asset{}, byHash: map[string]*asset{}}
	var sheets []*asset
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == ".md" {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		one := &asset{path: name, body: body}
		if path.Ext(name) == ".css" {
			// A style sheet's own hash depends on the files it names.
			sheets = append(sheets, one)
			return nil
		}
		return a.add(one)
	})
	if err != nil {
		return nil, fmt.Errorf("reading embedded files: %w", err)
	}
	for _, sheet := range sheets {
		if err := a.resolve(sheet); err != nil {
			return nil, fmt.Errorf("resolving addresses in %s: %w", sheet.path, err)
		}
		if err := a.add(sheet); err != nil {
			return nil, fmt.Errorf("adding %s: %w", sheet.path, err)
		}
	}
	return a, nil
}

// URL returns the address of the file at path ("css/base.css"), hashed so that
// it may be cached for ever. An unknown path gives an address below
// "/static/missing/", which answers 404; a test keeps templates free of them.
func (a *Assets) URL(path string) string {
	one, ok := a.byPath[path]
	if !ok {
		return Prefix + "missing/" + path
	}
	return Prefix + one.hashed
}

// Open returns the content of the file at path as it is served, uncompressed.
// The caller must not change the bytes. Unknown paths give fs.ErrNotExist.
func (a *Assets) Open(path string) ([]byte, error) {
	one, ok := a.byPath[path]
	if !ok {
		return nil, fmt.Errorf("opening asset %s: %w", path, fs.ErrNotExist)
	}
	return one.body, nil
}

// Paths returns the plain path of every file, in no particular order.
func (a *Assets) Paths() []string {
	all := make([]string, 0, len(a.byPath))
	for name := range a.byPath {
		all = append(all, name)
	}
	return all
}

// Handler serves the files under Prefix to GET and HEAD. It sets the content
// type, nosniff, ETag and Cache-Control, and sends the compressed form to
// those who accept gzip.
func (a *Assets) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, Prefix)
		one, hashed := a.byHash[name]
		if !hashed {
			one = a.byPath[name]
		}
		if one == nil {
			http.NotFound(w, r)
			return
		}
		head := w.Header()
		head.Set("Cache-Control", "no-cache")
		if hashed {
			head.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		head.Set("Content-Type", one.contentType)
		head.Set("X-Content-Type-Options", "nosniff")
		one.serve(w, r)
	})
}

// serve answers with the compressed or the plain body; conditional and range
// requests are left to the standard library.
func (one *asset) serve(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("ETag", strconv.Quote(one.etag))
	if !one.compress {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(one.body))
		return
	}
	head.Set("Vary", "Accept-Encoding")
	var packed []byte
	if acceptsGzip(r.Header.Get("Accept-Encoding")) && r.Header.Get("Range") == "" {
		packed = one.packed()
	}
	if packed == nil {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(one.body))
		return
	}
	head.Set("ETag", strconv.Quote(one.etag+"-gz"))
	head.Set("Content-Encoding", "gzip")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(packed))
}

// acceptsGzip reads an Accept-Encoding header; "gzip;q=0" refuses.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		value, found := strings.CutPrefix(strings.ReplaceAll(quality, " ", ""), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(value, 64)
		return err == nil && q > 0
	}
	return false
}

func (a *Assets) add(one *asset) error {
	ext := path.Ext(one.path)
	kind, ok := kindOf(ext)
	if !ok {
		return fmt.Errorf("asset %s: no content type for %q", one.path, ext)
	}
	sum := sha256.Sum256(one.body)
	one.etag = hex.EncodeToString(sum[:8])
	one.contentType = kind.contentType
	one.hashed = strings.TrimSuffix(one.path, ext) + "." + one.etag[:8] + ext
	one.compress = kind.compress
	one.packed = sync.OnceValue(func() []byte { return pack(one.body) })
	a.byPath[one.path] = one
	a.byHash[one.hashed] = one
	return nil
}

// The pattern covers the only form of address that our style sheets use.
const cssAddress = `url\("?(\.\.?/[^")?#]+)"?\)`

// resolve rewrites the relative addresses inside a style sheet to hashed ones.
func (a *Assets) resolve(sheet *asset) error {
	var missing error
	address := regexp.MustCompile(cssAddress)
	sheet.body = address.ReplaceAllFunc(sheet.body, func(match []byte) []byte {
		relative := string(address.FindSubmatch(match)[1])
		target, ok := a.byPath[path.Join(path.Dir(sheet.path), relative)]
		if !ok {
			missing = errors.Join(missing, fmt.Errorf("%s: %w", relative, fs.ErrNotExist))
			return match
		}
		return []byte(`url("` + Prefix + target.hashed + `")`)
	})
	return missing
}

// pack gives nil when the compressed form would not be smaller. Writing into memory does not fail.
func pack(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}

type kind struct {
	contentType string
	compress    bool
}

// kindOf is a fixed table: the machine's own mime table differs from one
// system to the next.
func kindOf(ext string) (kind, bool) {
	switch ext {
	case ".css":
		return kind{"text/css; charset=utf-8", true}, true
	case ".js", ".mjs":
		return kind{"text/javascript; charset=utf-8", true}, true
	case ".json":
		return kind{"application/json", true}, true
	case ".webmanifest":
		return kind{"application/manifest+json", true}, true
	case ".svg":
		return kind{"image/svg+xml", true}, true
	case ".wasm":
		return kind{"application/wasm", true}, true
	case ".txt":
		return kind{"text/plain; charset=utf-8", true}, true
	case ".html":
		return kind{"text/html; charset=utf-8", true}, true
	case ".woff2":
		return kind{"font/woff2", false}, true
	case ".png":
		return kind{"image/png", false}, true
	case ".jpg", ".jpeg":
		return kind{"image/jpeg", false}, true
	case ".webp":
		return kind{"image/webp", false}, true
	case ".ico":
		return kind{"image/x-icon", false}, true
	case ".mp3":
		return kind{"audio/mpeg", false}, true
	case ".wav":
		return kind{"audio/wav", true}, true
	}
	return kind{}, false
}
