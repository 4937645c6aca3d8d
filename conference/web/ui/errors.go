package ui

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"hoinghi/conference"
)

// Status gives the HTTP status of a kind of error.
func Status(kind conference.Kind) int {
	switch kind {
	case conference.KindInvalid:
		return http.StatusUnprocessableEntity
	case conference.KindNotFound:
		return http.StatusNotFound
	case conference.KindConflict:
		return http.StatusConflict
	case conference.KindForbidden:
		return http.StatusForbidden
	case conference.KindGone:
		return http.StatusGone
	case conference.KindTooMany:
		return http.StatusTooManyRequests
	case conference.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case conference.KindUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem is the answer to a program, after RFC 9457. Type is left out: the
// title in the visitor's language is all there is to know.
type problem struct {
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

type errorPage struct {
	Frame
	Status    int
	Heading   string
	Text      string
	Reference string
}

// fail turns an error into an answer. What is no conference.Error is logged
// under a reference, and the visitor reads only the reference.
func (r *Request) fail(err error) error {
	status, message, reference := http.StatusInternalServerError, conference.Say("error.internal"), ""
	var e *conference.Error
	var he *echo.HTTPError
	switch {
	case errors.As(err, &e):
		status, message = Status(e.Kind), e.Message
		if status >= http.StatusInternalServerError {
			r.site.Log.Warn("request refused", "error", err, "route", r.route.Path, "request_id", r.requestID())
		}
	case errors.As(err, &he):
		status, message = he.Code, conference.Say("error.request")
	default:
		reference = r.requestID()
		r.site.Log.Error("request failed", "error", err, "route", r.route.Path, "method", r.route.Method, "request_id", reference)
	}
	if r.c.Response().Committed {
		return nil
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		r.c.Response().Header().Set("Retry-After", "30")
	}
	if r.route.JSON {
		return r.answerProblem(status, message, e, reference)
	}
	return r.answerErrorPage(status, message, reference)
}

func (r *Request) answerProblem(status int, message conference.Text, e *conference.Error, reference string) error {
	p := problem{Title: r.locale.Text(message), Status: status, Detail: reference}
	if e != nil && len(e.Fields) > 0 {
		p.Fields = map[string]string{}
		for _, f := range e.Fields {
			p.Fields[f.Field] = r.locale.Text(f.Text)
		}
	}
	r.c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
	r.c.Response().WriteHeader(status)
	return r.c.Echo().JSONSerializer.Serialize(r.c, p, "")
}

func (r *Request) answerErrorPage(status int, message conference.Text, reference string) error {
	if r.face == "public" {
		r.edition = nil // an edition that is not public must not show through its refusal
	}
	name := r.face + "/error"
	if r.face == "desk" && r.staff == nil {
		name = "public/error"
	}
	page := errorPage{Frame: r.Frame(""), Status: status, Heading: r.T("error.heading"), Text: r.locale.Text(message), Reference: reference}
	page.NoIndex = true
	if err := r.PageStatus(status, name, page); err != nil {
		r.site.Log.Error("error page failed", "error", err, "page", name)
		return r.c.String(status, r.locale.Text(message))
	}
	return nil
}

func (r *Request) requestID() string { return r.c.Response().Header().Get(echo.HeaderXRequestID) }

// Missing answers for addresses that no route has.
func (s *Site) Missing(c echo.Context, face Face, err error) error {
	r := &Request{site: s, c: c, face: face.Name, nav: face.Nav, route: Route{Method: c.Request().Method, Path: "-"}}
	r.chooseLanguage()
	s.setHeaders(c.Response().Header(), r.route, face.Name)
	var he *echo.HTTPError
	if errors.As(err, &he) && he.Code == http.StatusNotFound {
		err = conference.NotFound()
	}
	return r.fail(err)
}
