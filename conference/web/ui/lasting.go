package ui

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"hoinghi/conference"
)

// Lasting answers with bytes that never change under their address, to be kept by
// browsers and caches for a month. tag names the bytes; whoever holds them already is told so
// without read being called.
func (r *Request) Lasting(contentType, tag string, read func() ([]byte, error)) error {
	etag := strconv.Quote(asciiName(tag))
	held := strings.Contains(r.c.Request().Header.Get("If-None-Match"), etag)
	var data []byte
	if !held {
		var err error
		if data, err = read(); err != nil {
			return err
		}
	}
	h := r.c.Response().Header()
	h.Set("Cache-Control", "public, max-age=2592000")
	h.Set("ETag", etag)
	h.Del("Vary") // the same for everybody
	if held {
		return r.c.NoContent(http.StatusNotModified)
	}
	return r.c.Blob(http.StatusOK, contentType, data)
}

// Number gives a text as a row's number, 0 when it is none.
func Number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Whole gives a context that ends with the program instead of the request, for work
// that goes on after the answer; it keeps who acts.
func (r *Request) Whole() context.Context {
	return conference.WithActor(r.site.ctx, conference.ActorOf(r.Context()))
}

// Copy answers with a stream to be saved under a name.
func (r *Request) Copy(contentType, name string, from io.Reader) error {
	r.c.Response().Header().Set("Content-Disposition", `attachment; filename="`+asciiName(name)+`"`)
	return r.c.Stream(http.StatusOK, contentType, from)
}

// ShowPDF answers with a PDF to be looked at. A browser's own viewer is a page with
// inline styles around the file, which the policy of our pages would forbid; a PDF has none of ours.
func (r *Request) ShowPDF(data []byte) error {
	r.c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
	return r.c.Blob(http.StatusOK, "application/pdf", data)
}
