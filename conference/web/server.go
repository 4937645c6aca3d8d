// Package web puts the faces together: Echo, the middleware in order, the static
// files, and the addresses by which a machine asks whether all is well.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"hoinghi/conference/web/desk"
	"hoinghi/conference/web/door"
	"hoinghi/conference/web/guest"
	"hoinghi/conference/web/public"
	"hoinghi/conference/web/ui"
)

// Faces gives the product's faces with their route tables.
func Faces(site *ui.Site) []ui.Face {
	return []ui.Face{public.Face(site), guest.Face(site), door.Face(), desk.Face(site)}
}

// Handler gives the whole site. proxies are the networks whose forwarding
// headers are believed; without any, the peer's own address counts.
func Handler(site *ui.Site, proxies []*net.IPNet) (http.Handler, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = extractor(proxies)
	e.HTTPErrorHandler = missing(site)
	e.Use(middleware.RequestID(), requestLog(site.Log), recovered(site.Log))
	e.GET("/static/*", staticFiles(site))
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", ready(site))
	for _, f := range Faces(site) {
		site.Mount(e, f)
	}
	guarded := prepared(crossOrigin(site, e))
	zip, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.RandomJitter(32, 0, false), gzhttp.ContentTypeFilter(compressible))
	if err != nil {
		return nil, err
	}
	zipped := zip(guarded)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A live stream is written in words of a few bytes: a compressor would cost 800 KiB for each.
		// Static files are compressed once at start.
		if strings.HasSuffix(r.URL.Path, "/live") || strings.HasPrefix(r.URL.Path, "/static/") {
			guarded.ServeHTTP(w, r)
			return
		}
		zipped.ServeHTTP(w, r)
	}), nil
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json") || strings.Contains(contentType, "xml")
}

func extractor(proxies []*net.IPNet) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		options = append(options, echo.TrustIPRange(p))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// crossOrigin refuses a change asked for by a page of another site. It needs no
// token in the forms: browsers say where a request comes from.
func crossOrigin(site *ui.Site, next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		ui.SetCommonHeaders(w.Header(), site.Secure())
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		http.Error(w, site.Locales.In("vi").T("error.cross_origin")+"\n"+site.Locales.In("en").T("error.cross_origin"), http.StatusForbidden)
	}))
	return p.Handler(next)
}

// requestLog writes one line per request: the route's pattern, never the
// address, which may hold a personal link.
func requestLog(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			//nolint:forbidigo // how long an answer took is no business of the product's clock
			start := time.Now()
			err := next(c)
			if err != nil {
				c.Error(err)
			}
			//nolint:forbidigo // as above
			took := time.Since(start)
			log.Info("request", "method", c.Request().Method, "route", c.Path(), "status", c.Response().Status,
				"ms", took.Milliseconds(), "request_id", c.Response().Header().Get(echo.HeaderXRequestID))
			return nil
		}
	}
}

// prepared drops a request id that the visitor sent, which would end up in the
// log, and answers HEAD like GET (RFC 9110, 9.3.2): net/http leaves the body out,
// since it remembers the request as it came.
func prepared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del(echo.HeaderXRequestID)
		if r.Method == http.MethodHead {
			r = r.WithContext(r.Context())
			r.Method = http.MethodGet
		}
		if p := r.URL.Path; len(p) > 1 && strings.HasSuffix(p, "/") && !strings.HasPrefix(p, "//") && r.Method == http.MethodGet {
			to := "/" + strings.Trim(p, "/") // a link that was pasted with a slash too many
			if r.URL.RawQuery != "" {
				to += "?" + r.URL.RawQuery
			}
			ui.SetCommonHeaders(w.Header(), false)
			http.Redirect(w, r, to, http.StatusPermanentRedirect)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func recovered(log *slog.Logger) echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		DisableErrorHandler: true,
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			log.Error("panic", "error", err, "route", c.Path(), "stack", string(stack))
			return err
		},
	})
}

func missing(site *ui.Site) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		face := public.Face(site)
		if answer := site.Missing(c, face, err); answer != nil {
			site.Log.Error("error page failed", "error", answer)
		}
	}
}

func staticFiles(site *ui.Site) echo.HandlerFunc {
	files := site.Assets.Handler()
	return func(c echo.Context) error {
		ui.SetCommonHeaders(c.Response().Header(), site.Secure())
		// The decoder's worker needs the same policy as its page (scanner.md D5).
		c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; frame-ancestors 'none'")
		files.ServeHTTP(c.Response(), c.Request())
		return nil
	}
}

func ready(site *ui.Site) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
		defer cancel()
		if err := site.DB.Ready(ctx); err != nil {
			site.Log.Error("not ready", "error", err)
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
		return c.String(http.StatusOK, "ready\n")
	}
}

// Server gives the HTTP server with the limits of performance.md 7. ctx ends the
// answers that last when the program stops.
func Server(ctx context.Context, h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}

// Serve answers on the listener until ctx ends, then drains for up to five seconds.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := Server(context.WithoutCancel(ctx), h)
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("drain: %w", err), s.Close())
	}
	return nil
}
