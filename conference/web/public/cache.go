package public

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"hoinghi/conference/agenda"
	"hoinghi/conference/edition"
	"hoinghi/conference/press"
	"hoinghi/conference/showcase"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

// content is an answer before it is sent.
type content struct {
	kind string // media type
	name string // file name to save it under, "" to show it
	body []byte
	// until is the last moment at which it is still true; zero when only a change of the store ends it.
	until time.Time
}

// keyOf is all that a kept answer depends on besides the store.
type keyOf struct{ path, lang string }

// kept is an answer that is sent again and again: compressed once, with a strong
// validator for each of its two forms. It never changes, but may have an end.
type kept struct {
	content
	packed           []byte
	etag, etagPacked string
}

// cache keeps the public pages as bytes until the store says that an edition, a
// programme, a press page or a craft village changed (performance.md 7.4). What is kept is the same for every visitor
// who is not signed in and reads the same language.
//
// It asks for changes when a page is asked for, so that it needs no goroutine, and a
// change that was acknowledged is never answered with what was before it.
type cache struct {
	db      *db.DB
	making  sync.Mutex // one at a time, so that a crowd after a change costs one rendering
	mu      sync.Mutex
	changes <-chan struct{}
	age     int // counts the changes
	pages   map[keyOf]*kept
}

func newCache(d *db.DB) *cache { return &cache{db: d, pages: map[keyOf]*kept{}} }

// find gives the kept answer, nil when there is none that still holds, and the age of the store's
// content that an answer made from now on is made of.
func (c *cache) find(k keyOf) (*kept, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heed()
	p := c.pages[k]
	if p != nil && !p.until.IsZero() && c.db.Now().After(p.until) {
		return nil, c.age
	}
	return p, c.age
}

// heed drops everything if something changed since it was last called. The
// subscription lives as long as the program.
func (c *cache) heed() {
	if c.changes == nil {
		c.changes, _ = c.db.Subscribe(edition.TopicAny, agenda.TopicAny, press.TopicAny, showcase.Topic)
	}
	select {
	case <-c.changes:
		c.age++
		clear(c.pages)
	default:
	}
}

// keep stores an answer unless something changed while it was made.
func (c *cache) keep(k keyOf, p *kept, age int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heed(); c.age == age {
		c.pages[k] = p
	}
}

// get gives the kept answer, or makes and keeps one. Only addresses of editions that
// exist come here, so a stranger cannot make it grow.
func (c *cache) get(k keyOf, make func() (content, error)) (*kept, error) {
	c.making.Lock()
	defer c.making.Unlock()
	p, age := c.find(k)
	if p != nil {
		return p, nil
	}
	made, err := make()
	if err != nil {
		return nil, err
	}
	if p, err = pack(made); err != nil {
		return nil, err
	}
	c.keep(k, p, age)
	return p, nil
}

func pack(c content) (*kept, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if _, err := w.Write(c.body); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	sum := sha256.Sum256(c.body)
	tag := hex.EncodeToString(sum[:12])
	return &kept{content: c, packed: b.Bytes(), etag: `"` + tag + `"`, etagPacked: `"` + tag + `-gz"`}, nil
}

// keptRoute makes the route of a public page or file whose content is made once per
// change. Visitors with a session or a message get theirs made for them alone.
func (p *Public) keptRoute(path string, make func(*ui.Request) (content, error)) ui.Route {
	route := ui.GET(path, ui.Anyone, func(r *ui.Request) error {
		if !r.Unknown() {
			made, err := make(r)
			if err != nil {
				return err
			}
			return r.File(made.kind, made.name, made.body)
		}
		found, err := p.cache.get(key(r), func() (content, error) { return make(r) })
		if err != nil {
			return err
		}
		return found.send(r)
	})
	route.Early = func(r *ui.Request) (bool, error) {
		if !r.Unknown() {
			return false, nil
		}
		found, _ := p.cache.find(key(r))
		if found == nil {
			return false, nil
		}
		return true, found.send(r)
	}
	return route
}

func key(r *ui.Request) keyOf { return keyOf{r.HTTP().URL.Path, r.Lang()} }

// send answers with the form that the visitor's browser reads, or with nothing but
// the word that its copy still holds.
func (k *kept) send(r *ui.Request) error {
	h := r.Writer().Header()
	body, tag := k.body, k.etag
	if acceptsGzip(r.HTTP().Header.Get("Accept-Encoding")) {
		body, tag = k.packed, k.etagPacked
	}
	h.Set("ETag", tag)
	if matches(r.HTTP().Header.Get("If-None-Match"), tag) {
		r.Writer().WriteHeader(http.StatusNotModified)
		return nil
	}
	// The compressor leaves alone what says that it is compressed already.
	if tag == k.etagPacked {
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return r.File(k.kind, k.name, body)
}

// matches reports whether the copy that the visitor holds is the current one (RFC 9110, 13.1.2).
func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == "*" || one == tag {
			return true
		}
	}
	return false
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, quality, _ := strings.Cut(part, ";")
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
