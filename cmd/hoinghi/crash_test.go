package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hoinghi/conference/demo"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// asProgram makes the test binary behave as the program, so that a test can kill it.
const asProgram = "HOINGHI_RUN_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the program in a process of its own.
type process struct {
	cmd   *exec.Cmd
	links demo.Links
}

func start(t *testing.T, data, addr string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(self, "demo", "--data", data, "--addr", addr, "--json")}
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the program ended before it was ready: %v", err)
	}
	if err := json.Unmarshal(line, &p.links); err != nil {
		t.Fatalf("ready line %q: %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return p
}

// kill ends the program as a pulled plug would, and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// promises collects what the program acknowledged.
type promises struct {
	mu        sync.Mutex
	delegates []string          // names
	submitted []string          // names that a sent list held
	scans     map[string]string // id → verdict
	n         atomic.Int64
}

// The program is killed five times in the middle of registrations and scans.
// Whatever it had acknowledged by then is still there at the end, once.
func TestNothingAcknowledgedIsLostByFiveKills(t *testing.T) {
	data, addr := t.TempDir(), freeAddress(t)
	var kept promises
	for round := range 5 {
		p := start(t, data, addr)
		enough := int64(40 + rand.IntN(60))
		before := kept.n.Load()
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() { register(ctx, p.links, round*10+w, &kept) })
			wg.Go(func() { scan(ctx, t, p.links, round*10+w, &kept) })
		}
		if !reached(ctx, func() bool { return kept.n.Load()-before >= enough }) {
			t.Errorf("round %d: only %d acknowledgements", round, kept.n.Load()-before)
		}
		p.kill()
		stop()
		wg.Wait()
	}
	kept.check(t, filepath.Join(data, "hoinghi.db"))
}

func reached(ctx context.Context, done func() bool) bool {
	limit := time.After(60 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-limit:
			return false
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// register adds and removes delegates as a focal point until the program is gone.
// A name is promised once its posting was answered with the redirect that follows success.
func register(ctx context.Context, links demo.Links, worker int, kept *promises) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	link := links.FocalPoints[worker%len(links.FocalPoints)].Link
	group := groupWithSeats(ctx, client, link)
	var mine []string
	for n := 0; ctx.Err() == nil; n++ {
		if n%4 == 3 && len(mine) > 0 {
			submit(ctx, client, link, mine, kept)
		}
		name := fmt.Sprintf("Nguyễn Thị Thí Dụ %s", letters(worker, n))
		status, err := post(ctx, client, link+"/delegates", url.Values{"full_name": {name}, "group": {group}, "client_key": {name}, "job_title": {"Chuyên viên"}})
		if err != nil {
			return
		}
		if status == http.StatusSeeOther {
			kept.mu.Lock()
			kept.delegates = append(kept.delegates, name)
			kept.mu.Unlock()
			mine = append(mine, name)
			kept.n.Add(1)
			continue
		}
		if group = groupWithSeats(ctx, client, link); group == "" {
			return // the quota is full; the scans go on
		}
	}
}

// submit sends the list. Once that was answered, everybody on it is registered with a badge.
func submit(ctx context.Context, client *http.Client, link string, names []string, kept *promises) {
	status, err := post(ctx, client, link+"/submit", url.Values{"informed": {"1"}})
	if err != nil || status != http.StatusSeeOther {
		return
	}
	kept.mu.Lock()
	kept.submitted = append(kept.submitted, names...)
	kept.mu.Unlock()
	kept.n.Add(1)
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
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return ""
	}
	res, err := client.Do(req)
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return ""
	}
	_, rest, ok := strings.Cut(string(body), `name="group"`)
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

// scan uploads readings as a door device until the program is gone. An id is
// promised once the answer named it.
func scan(ctx context.Context, t *testing.T, links demo.Links, worker int, kept *promises) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Error(err)
		return
	}
	client := &http.Client{Jar: jar}
	_, secret, _ := strings.Cut(links.Door, "#")
	if _, err := postJSON(ctx, client, links.Base+"/door/pair", map[string]any{"secret": secret}, nil); err != nil {
		return
	}
	var list struct {
		List struct{ People []struct{ ID int64 } }
	}
	if err := getJSON(ctx, client, links.Base+"/door/list", &list); err != nil || len(list.List.People) == 0 {
		return
	}
	for n := 0; ctx.Err() == nil; n++ {
		who := list.List.People[(worker*37+n)%len(list.List.People)].ID
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", worker, n)
		now := time.Now().UnixMilli()
		var answer struct {
			Results []struct{ ID, Verdict, Error string }
		}
		status, err := postJSON(ctx, client, links.Base+"/door/scans", map[string]any{"sent": now, "cursor": 0,
			"scans": []map[string]any{{"id": id, "seq": n + 1, "delegate": who, "t": now, "off": 0}}}, &answer)
		if err != nil {
			return
		}
		if status != http.StatusOK || len(answer.Results) != 1 || answer.Results[0].ID != id || answer.Results[0].Verdict == "" {
			t.Errorf("scan answered %d %+v", status, answer)
			return
		}
		kept.mu.Lock()
		if kept.scans == nil {
			kept.scans = map[string]string{}
		}
		kept.scans[id] = answer.Results[0].Verdict
		kept.mu.Unlock()
		kept.n.Add(1)
	}
}

func getJSON(ctx context.Context, client *http.Client, address string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	return json.NewDecoder(res.Body).Decode(out)
}

func postJSON(ctx context.Context, client *http.Client, address string, in, out any) (int, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(string(raw)))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || out == nil {
		return res.StatusCode, err
	}
	return res.StatusCode, json.Unmarshal(body, out)
}

// check counts every promise in the database that the last kill left behind.
func (k *promises) check(t *testing.T, path string) {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Now: time.Now, Log: testkit.Quiet()})
	if err != nil {
		t.Fatalf("the database does not open after the kills: %v", err)
	}
	defer func() { _ = d.Close() }()
	if v, err := db.Value[string](t.Context(), d, `PRAGMA integrity_check`); err != nil || v != "ok" {
		t.Errorf("integrity: %s %v", v, err)
	}
	for _, name := range k.delegates {
		if n, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM delegate WHERE full_name = ?`, name); err != nil || n != 1 {
			t.Errorf("delegate %q was acknowledged and is there %d times (%v)", name, n, err)
		}
	}
	for _, name := range k.submitted {
		const q = `SELECT count(*) FROM delegate d JOIN badge b ON b.delegate_id = d.id AND b.revoked_at IS NULL WHERE d.full_name = ? AND d.state = 'registered'`
		if n, err := db.Value[int](t.Context(), d, q, name); err != nil || n != 1 {
			t.Errorf("%q was on a list whose sending was acknowledged and has %d badges (%v)", name, n, err)
		}
	}
	accepted := 0
	for id, verdict := range k.scans {
		if got, err := db.Value[string](t.Context(), d, `SELECT verdict FROM scan WHERE id = ?`, id); err != nil || got != verdict {
			t.Errorf("scan %s was answered with %s and is on record as %s (%v)", id, verdict, got, err)
		}
		if verdict == "accepted" {
			accepted++
		}
	}
	if len(k.delegates) == 0 || len(k.submitted) == 0 || accepted == 0 {
		t.Fatalf("%d delegates, %d on sent lists, %d entries acknowledged: the test tried too little", len(k.delegates), len(k.submitted), accepted)
	}
	t.Logf("%d delegates, %d on sent lists, %d scans (%d entries) acknowledged over five kills, none lost", len(k.delegates), len(k.submitted), len(k.scans), accepted)
}
