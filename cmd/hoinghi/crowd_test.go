package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"hoinghi/conference/demo"
)

// crowd are the people around the program. They outlive it: what it did not answer
// they repeat when it is back.
type crowd struct {
	phones []*phone
	focals []*focal
}

// gather pairs the phones, gives every delegation seats enough and finds the focal points' links.
func gather(t *testing.T, links demo.Links) crowd {
	t.Helper()
	giveSeats(t, links)
	var c crowd
	for n := range phones {
		c.phones = append(c.phones, newPhone(t, links, n))
	}
	for n := range focals {
		c.focals = append(c.focals, newFocal(t, links, n))
	}
	return c
}

// work lets everybody work at once until the program is gone or ctx ends.
func (c crowd) work(ctx context.Context, t *testing.T, links demo.Links, kept *promises, wg *sync.WaitGroup) {
	for _, p := range c.phones {
		wg.Go(func() { p.work(ctx, t, links, kept) })
	}
	for _, f := range c.focals {
		wg.Go(func() { f.work(ctx, t, links, kept) })
	}
}

// settle repeats what is still unanswered and must be answered now.
func (c crowd) settle(ctx context.Context, t *testing.T, links demo.Links, kept *promises) {
	t.Helper()
	for _, p := range c.phones {
		if len(p.waiting) > 0 && !p.send(ctx, t, links, kept) {
			t.Errorf("phone %d: the last upload is not answered", p.n)
		}
	}
	for _, f := range c.focals {
		if f.waiting != nil && !f.post(ctx, t, links, kept) {
			t.Errorf("focal point %d: the last registration is not answered", f.n)
		}
	}
}

// giveSeats raises every quota as the organiser, over HTTP.
func giveSeats(t *testing.T, links demo.Links) {
	t.Helper()
	client := withCookies(t)
	if _, err := fetch(t.Context(), client, links.Organiser); err != nil {
		t.Fatal(err)
	}
	address := links.Base + "/desk/e/" + demo.SlugXII + "/invitations/quotas"
	page, err := fetch(t.Context(), client, address)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for _, m := range regexp.MustCompile(`name="(all-\d+)"`).FindAllStringSubmatch(page, -1) {
		form.Set(m[1], "900")
	}
	if status, err := post(t.Context(), client, address, form); err != nil || status != http.StatusSeeOther || len(form) == 0 {
		t.Fatalf("raise quotas of %d groups: %d %v", len(form), status, err)
	}
}

func withCookies(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// phone is a paired device of the door. Like the door's page it keeps a reading until it was answered.
type phone struct {
	n       int
	client  *http.Client
	people  []int64
	seq     int
	waiting []map[string]any
	told    bool // the waiting ones have been sent before
}

func newPhone(t *testing.T, links demo.Links, n int) *phone {
	t.Helper()
	p := &phone{n: n, client: withCookies(t)}
	_, secret, _ := strings.Cut(links.Door, "#")
	if status, err := postJSON(t.Context(), p.client, links.Base+"/door/pair", map[string]any{"secret": secret}, nil); err != nil || status != http.StatusOK {
		t.Fatalf("pair: %d %v", status, err)
	}
	var answer struct {
		List struct{ People []struct{ ID int64 } }
	}
	if err := getJSON(t.Context(), p.client, links.Base+"/door/list", &answer); err != nil || len(answer.List.People) == 0 {
		t.Fatalf("list of %d people: %v", len(answer.List.People), err)
	}
	for _, x := range answer.List.People {
		p.people = append(p.people, x.ID)
	}
	return p
}

func (p *phone) work(ctx context.Context, t *testing.T, links demo.Links, kept *promises) {
	for ctx.Err() == nil {
		if len(p.waiting) == 0 {
			p.read()
		}
		if !p.send(ctx, t, links, kept) {
			return
		}
	}
}

// read takes in as many badges as a phone does between two uploads on a slow network.
func (p *phone) read() {
	now := time.Now().UnixMilli()
	for range 1 + p.seq%7 {
		who := p.people[(p.n*37+p.seq)%len(p.people)]
		p.waiting = append(p.waiting, map[string]any{"id": fmt.Sprintf("%08x-c0de-4000-8000-%012x", p.n, p.seq), "seq": p.seq + 1, "delegate": who, "t": now, "off": 0})
		p.seq++
	}
	p.told = false
}

// send uploads what waits. An id is promised once the answer named it.
func (p *phone) send(ctx context.Context, t *testing.T, links demo.Links, kept *promises) bool {
	if p.told {
		var back struct{ Now int64 }
		if err := getJSON(ctx, p.client, links.Base+"/door/list", &back); err != nil {
			return false
		}
		kept.repeated(p.waiting, back.Now)
	}
	p.told = true
	var answer struct {
		Results []struct{ ID, Verdict, Error string }
	}
	status, err := postJSON(ctx, p.client, links.Base+"/door/scans", map[string]any{"sent": time.Now().UnixMilli(), "cursor": 0, "scans": p.waiting}, &answer)
	if err != nil {
		return false // the program is gone
	}
	if status != http.StatusOK || len(answer.Results) != len(p.waiting) {
		t.Errorf("upload answered %d %+v", status, answer)
		return false
	}
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if kept.scans == nil {
		kept.scans = map[string]string{}
	}
	for i, r := range answer.Results {
		if r.ID != p.waiting[i]["id"] || r.Verdict == "" {
			t.Errorf("scan %v answered %+v", p.waiting[i]["id"], r)
		}
		kept.scans[r.ID] = r.Verdict
	}
	p.waiting = nil
	kept.n.Add(1)
	return true
}

func (k *promises) repeated(scans []map[string]any, back int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.again == nil {
		k.again = map[string]int64{}
	}
	for _, s := range scans {
		if id := s["id"].(string); k.again[id] == 0 {
			k.again[id] = back
		}
	}
}

// focal registers delegates by a personal link.
type focal struct {
	n       int
	client  *http.Client
	path    string // of the link; the address behind it stays the same
	group   string
	count   int
	waiting url.Values
	told    bool
	unsent  []string // names of the list that was not sent yet
}

// newFocal takes the n-th of the links that a registration form stands behind.
func newFocal(t *testing.T, links demo.Links, n int) *focal {
	t.Helper()
	f := &focal{n: n, client: withCookies(t)}
	for _, l := range links.FocalPoints {
		if f.group = groupWithSeats(t.Context(), f.client, l.Link); f.group != "" {
			if n--; n < 0 {
				f.path = strings.TrimPrefix(l.Link, links.Base)
				return f
			}
		}
	}
	t.Fatal("too few delegations with seats")
	return nil
}

func (f *focal) work(ctx context.Context, t *testing.T, links demo.Links, kept *promises) {
	for ctx.Err() == nil {
		if f.waiting == nil {
			name := fmt.Sprintf("Nguyễn Thị Thí Dụ %s", letters(f.n+1, f.count))
			f.count++
			f.waiting = url.Values{"full_name": {name}, "group": {f.group}, "client_key": {name}, "job_title": {"Chuyên viên"}}
			f.told = false
		}
		if !f.post(ctx, t, links, kept) || len(f.unsent) >= 3 && !f.submit(ctx, links, kept) {
			return
		}
	}
}

// post sends the registration that waits. A name is promised once its posting was
// answered with the redirect that follows success.
func (f *focal) post(ctx context.Context, t *testing.T, links demo.Links, kept *promises) bool {
	if f.told {
		kept.mu.Lock()
		kept.posted++
		kept.mu.Unlock()
	}
	f.told = true
	status, err := post(ctx, f.client, links.Base+f.path+"/delegates", f.waiting)
	if err != nil {
		return false
	}
	if status != http.StatusSeeOther {
		t.Errorf("registration of %v answered %d", f.waiting["full_name"], status)
		return false
	}
	name := f.waiting.Get("full_name")
	kept.mu.Lock()
	defer kept.mu.Unlock()
	kept.delegates = append(kept.delegates, name)
	f.unsent, f.waiting = append(f.unsent, name), nil
	kept.n.Add(1)
	return true
}

// submit sends the list. Once that was answered, everybody on it is registered with a
// badge. A delegation without a head cannot send; its delegates stay listed.
func (f *focal) submit(ctx context.Context, links demo.Links, kept *promises) bool {
	status, err := post(ctx, f.client, links.Base+f.path+"/submit", url.Values{"informed": {"1"}})
	if err != nil {
		return false
	}
	names := f.unsent
	f.unsent = nil
	if status == http.StatusSeeOther {
		kept.mu.Lock()
		defer kept.mu.Unlock()
		kept.submitted = append(kept.submitted, names...)
		kept.n.Add(1)
	}
	return true
}

// letters makes a part of a name that differs for each worker and number.
func letters(worker, n int) string {
	v, out := worker*100000+n, ""
	for ; v > 0 || out == ""; v /= 26 {
		out = string(rune('A'+v%26)) + out
	}
	return "Mã " + out
}

// groupWithSeats reads a group that still has seats from the focal point's page.
func groupWithSeats(ctx context.Context, client *http.Client, link string) string {
	body, err := fetch(ctx, client, link)
	if err != nil {
		return ""
	}
	_, rest, ok := strings.Cut(body, `name="group"`)
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "</select>")
	for _, option := range strings.Split(rest, "<option")[1:] {
		if _, value, ok := strings.Cut(option, `value="`); ok && !strings.Contains(option, "disabled") {
			if id, _, _ := strings.Cut(value, `"`); id != "" && id != "0" {
				return id
			}
		}
	}
	return ""
}

func post(ctx context.Context, client *http.Client, address string, values url.Values) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(values.Encode()))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

func fetch(ctx context.Context, client *http.Client, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", err
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}
