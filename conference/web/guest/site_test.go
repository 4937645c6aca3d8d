package guest_test

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/conference/web"
	"hoinghi/conference/web/ui"
)

// site is the whole site with the example edition: every Sở is invited, the leaders'
// group has two seats and the one after it three.
type site struct {
	t      testing.TB
	clock  *testkit.Clock
	keys   *conference.Keys
	rooms  *ui.Site
	server *httptest.Server
	e      edition.Edition
	groups []edition.Group
	mine   invitation.Invitation // whose link the tests hold
	other  invitation.Invitation
}

func open(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, clock: testkit.NewClock(), keys: testkit.Keys(t)}
	d := testkit.Store(t, s.clock)
	s.server = httptest.NewUnstartedServer(nil)
	base, err := url.Parse("http://" + s.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if s.rooms, err = web.Build(t.Context(), d, s.keys, testkit.Quiet(), outbox.Config{}, ui.Config{BaseURL: base, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	handler, err := web.Handler(s.rooms, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.server.Config.Handler = handler
	s.server.Start()
	t.Cleanup(s.server.Close)
	s.fill()
	return s
}

func (s *site) fill() {
	s.t.Helper()
	ctx := s.t.Context()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	must(s.rooms.Editions.Seed(ctx))
	var err error
	s.e, err = s.rooms.Editions.Create(ctx, edition.XII())
	must(err)
	_, err = s.rooms.Invitations.Prepare(ctx, s.e.ID)
	must(err)
	s.groups, err = edition.Groups(ctx, s.rooms.DB, s.e.ID)
	must(err)
	must(s.rooms.Invitations.SetQuotasForAll(ctx, s.e.ID, map[int64]int{s.groups[0].ID: 2, s.groups[1].ID: 3}))
	all, err := invitation.List(ctx, s.rooms.DB, s.e.ID)
	must(err)
	s.mine, s.other = all[1], all[2]
}

// page is an answer of the site.
type page struct {
	t      testing.TB
	status int
	header http.Header
	to     string // of a redirect
	body   string
}

// visit asks without cookies and without following redirects.
func (s *site) visit(method, path string, form url.Values) page {
	s.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	p := page{t: s.t, status: answer.StatusCode, header: answer.Header, to: answer.Header.Get("Location"), body: string(raw)}
	if strings.Contains(p.body, "⟦") {
		s.t.Errorf("%s %s shows a text without a translation: %s", method, path, missing.FindString(p.body))
	}
	return p
}

var missing = regexp.MustCompile(`⟦[^⟧]*⟧`)

func (s *site) get(path string) page { s.t.Helper(); return s.visit(http.MethodGet, path, nil) }

// post sends a form given as alternating names and values.
func (s *site) post(path string, pairs ...string) page {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return s.visit(http.MethodPost, path, form)
}

func (p page) want(status int) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("status %d, want %d\n%s", p.status, status, p.words())
	}
	return p
}

// leads checks that a post was answered by a redirect to an address.
func (p page) leads(to string) {
	p.t.Helper()
	p.want(http.StatusSeeOther)
	if p.to != to {
		p.t.Fatalf("leads to %q, want %q", p.to, to)
	}
}

func (p page) has(texts ...string) page {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(p.body), text) {
			p.t.Errorf("page lacks %q\n%s", text, p.words())
		}
	}
	return p
}

func (p page) hasNot(texts ...string) page {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(html.UnescapeString(p.body), text) {
			p.t.Errorf("page shows %q", text)
		}
	}
	return p
}

var (
	tags  = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// words gives the page as text, for a failure's message.
func (p page) words() string {
	return space.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(p.body, " ")), " ")
}

func (s *site) base() string { return s.rooms.Invitations.Path(s.mine) }

// add lists a delegate through the form.
func (s *site) add(name string, group int, more ...string) page {
	s.t.Helper()
	return s.post(s.base()+"/delegates", append([]string{"full_name", name, "group", ui.Itoa(s.groups[group].ID), "phone", "0900 000 011"}, more...)...)
}

func (s *site) delegation() delegation.Delegation {
	s.t.Helper()
	d, err := delegation.ForInvitation(s.t.Context(), s.rooms.DB, s.mine.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// only gives the one delegate of the delegation.
func (s *site) only() delegation.Delegate {
	s.t.Helper()
	d := s.delegation()
	if len(d.Delegates) != 1 {
		s.t.Fatalf("%d delegates, want 1", len(d.Delegates))
	}
	return d.Delegates[0]
}

func (s *site) invitation() invitation.Invitation {
	s.t.Helper()
	i, err := invitation.ByID(s.t.Context(), s.rooms.DB, s.mine.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return i
}
