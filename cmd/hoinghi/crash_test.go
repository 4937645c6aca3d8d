package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	again     map[string]int64  // id of a scan reported again after a kill → the program's time when it was back
	posted    int               // registrations posted again after a kill
	n         atomic.Int64
}

const (
	kills  = 20
	phones = 4 // at the door
	focals = 4
)

// The program is killed twenty times in the middle of registrations and uploads and
// started again on the same folder. Devices and focal points then repeat what was not
// answered, under the same ids, as the product's own pages do. In the end everything
// acknowledged is there, and once.
func TestNothingAcknowledgedIsLostByTwentyKills(t *testing.T) {
	data, addr := t.TempDir(), freeAddress(t)
	var kept promises
	var crowd crowd
	var starts []time.Duration
	for life := range kills {
		began := time.Now()
		p := start(t, data, addr)
		starts = append(starts, time.Since(began))
		if life == 0 {
			crowd = gather(t, p.links)
		}
		enough := kept.n.Load() + int64(15+rand.IntN(25))
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		crowd.work(ctx, t, p.links, &kept, &wg)
		if !reached(ctx, func() bool { return kept.n.Load() >= enough }) {
			t.Errorf("life %d: only %d of %d acknowledgements", life, kept.n.Load(), enough)
		}
		p.kill()
		stop()
		wg.Wait()
	}
	p := start(t, data, addr)
	crowd.settle(t.Context(), t, p.links, &kept)
	p.kill()
	kept.check(t, filepath.Join(data, "hoinghi.db"), crowd)
	slices.Sort(starts)
	t.Logf("start to ready: median %d ms, worst %d ms", starts[len(starts)/2].Milliseconds(), starts[len(starts)-1].Milliseconds())
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
func (k *promises) check(t *testing.T, path string, c crowd) {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Now: time.Now, Log: testkit.Quiet()})
	if err != nil {
		t.Fatalf("the database does not open after the kills: %v", err)
	}
	defer func() { _ = d.Close() }()
	if v, err := db.Value[string](t.Context(), d, `PRAGMA integrity_check`); err != nil || v != "ok" {
		t.Errorf("integrity: %s %v", v, err)
	}
	k.checkDelegates(t, d)
	accepted, before := k.checkScans(t, d)
	sent := 0
	for _, p := range c.phones {
		sent += p.seq
	}
	if n, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM scan WHERE id LIKE '%-c0de-%'`); err != nil || n != sent || n != len(k.scans) {
		t.Errorf("%d scans are on record; %d were made and %d answered (%v)", n, sent, len(k.scans), err)
	}
	if len(k.delegates) == 0 || len(k.submitted) == 0 || accepted == 0 || before == 0 || k.posted == 0 {
		t.Errorf("%d delegates, %d on sent lists, %d entries acknowledged, %d recorded scans and %d registrations repeated: the test tried too little",
			len(k.delegates), len(k.submitted), accepted, before, k.posted)
	}
	if t.Failed() {
		return
	}
	t.Logf("%d kills: %d delegates, %d on sent lists, %d scans (%d entries) acknowledged, none lost; %d scans reported again, %d of them recorded before the kill; %d registrations posted again; none doubled",
		kills, len(k.delegates), len(k.submitted), len(k.scans), accepted, len(k.again), before, k.posted)
}

func (k *promises) checkDelegates(t *testing.T, d *db.DB) {
	t.Helper()
	const made = `SELECT count(DISTINCT d.id) || '/' || count(a.id) FROM delegate d
		LEFT JOIN audit_entry a ON a.subject_kind = 'delegate' AND a.subject_id = d.id AND a.action = 'delegation.add' WHERE d.full_name = ?`
	for _, name := range k.delegates {
		if n, err := db.Value[string](t.Context(), d, made, name); err != nil || n != "1/1" {
			t.Errorf("delegate %q was acknowledged; is there/was added %s times (%v)", name, n, err)
		}
	}
	const badges = `SELECT count(*) FROM delegate d JOIN badge b ON b.delegate_id = d.id AND b.revoked_at IS NULL WHERE d.full_name = ? AND d.state = 'registered'`
	for _, name := range k.submitted {
		if n, err := db.Value[int](t.Context(), d, badges, name); err != nil || n != 1 {
			t.Errorf("%q was on a list whose sending was acknowledged and has %d badges (%v)", name, n, err)
		}
	}
}

// checkScans gives how many scans let somebody in, and how many of those reported
// again had been recorded by a program that was killed before it answered.
func (k *promises) checkScans(t *testing.T, d *db.DB) (accepted, before int) {
	t.Helper()
	type row struct {
		verdict string
		arrived int64
		noted   int
	}
	const found = `SELECT s.verdict, s.arrived_at, (SELECT count(*) FROM audit_entry a WHERE a.action = 'checkin.by_hand' AND a.subject_kind = 'delegate'
		AND a.subject_id = s.delegate_id AND a.detail ->> 'scan' = s.id) FROM scan s WHERE s.id = ?`
	for id, verdict := range k.scans {
		r, err := db.One(t.Context(), d, found, func(r *row) []any { return []any{&r.verdict, &r.arrived, &r.noted} }, id)
		let := verdict == "accepted" || verdict == "already"
		if err != nil || r.verdict != verdict || let != (r.noted == 1) {
			t.Errorf("scan %s was answered with %s and is on record as %+v (%v)", id, verdict, r, err)
		}
		if verdict == "accepted" {
			accepted++
		}
		if back, ok := k.again[id]; ok && r.arrived < back {
			before++
		}
	}
	return accepted, before
}
