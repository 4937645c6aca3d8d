package ui

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"hoinghi/conference"
)

// DeviceCookie holds the token of a paired door device.
const DeviceCookie = "hoinghi_door"

const flashCookie = "flash"

// sessionCookie gives the session cookie's name. Behind HTTPS the prefix keeps
// other hosts of the domain from setting it.
func (s *Site) sessionCookie() string {
	if s.Secure() {
		return "__Host-hoinghi"
	}
	return "hoinghi"
}

func (r *Request) setCookie(c *http.Cookie) {
	c.Path, c.HttpOnly, c.Secure = "/", true, r.site.Secure()
	if c.SameSite == 0 {
		c.SameSite = http.SameSiteLaxMode
	}
	r.c.SetCookie(c)
}

func (r *Request) readCookie(name string) string {
	c, err := r.c.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// StartSession gives the visitor the session's token.
func (r *Request) StartSession(token string) {
	r.setCookie(&http.Cookie{Name: r.site.sessionCookie(), Value: token, MaxAge: 7 * 86400})
}

// ForgetSession takes the token from the visitor.
func (r *Request) ForgetSession() {
	r.setCookie(&http.Cookie{Name: r.site.sessionCookie(), MaxAge: -1})
}

// StartDevice gives the device its token, for a year: an event's phones are paired once.
func (r *Request) StartDevice(token string) {
	r.setCookie(&http.Cookie{Name: DeviceCookie, Value: token, MaxAge: 365 * 86400, SameSite: http.SameSiteStrictMode})
}

// ForgetDevice takes the token from the device.
func (r *Request) ForgetDevice() { r.setCookie(&http.Cookie{Name: DeviceCookie, MaxAge: -1}) }

type flashValue struct {
	Kind, Key string
	Args      []any
}

// Flash keeps a message for the next page: kind is success, info, warning or error.
func (r *Request) Flash(kind, key string, args ...any) {
	for i, a := range args {
		if t, ok := a.(conference.Text); ok {
			args[i] = r.locale.Text(t)
		}
	}
	raw, err := json.Marshal(flashValue{kind, key, args})
	if err != nil {
		return // a message that cannot be carried is worth less than the answer it belongs to
	}
	r.setCookie(&http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(raw), MaxAge: 60})
}

func (r *Request) takeFlash() *Flash {
	value := r.readCookie(flashCookie)
	if value == "" {
		return nil
	}
	r.setCookie(&http.Cookie{Name: flashCookie, MaxAge: -1})
	var v flashValue
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(raw, &v) != nil || !r.locale.Has(v.Key) {
		return nil
	}
	return &Flash{Kind: v.Kind, Text: r.T(v.Key, v.Args...)}
}

// LocalPath gives a path of this site that was passed along as text, or fallback
// when it would lead anywhere else.
func LocalPath(path, fallback string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return fallback
	}
	return path
}

// browserName gives browser and system in words that a member of staff
// recognises in the list of their sessions.
func browserName(agent string) string {
	pick := func(pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return "?"
	}
	return pick("Zalo", "Zalo", "Edg/", "Edge", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari") + ", " +
		pick("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
}
