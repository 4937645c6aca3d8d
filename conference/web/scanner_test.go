package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"hoinghi/conference/badge"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// guest is somebody with a valid badge who has not come yet.
type guest struct {
	id                 int64
	name, number, code string
}

func (h *house) guests(n int) []guest {
	h.t.Helper()
	type row struct {
		guest
		badge int64
	}
	rows, err := db.Many(h.t.Context(), h.db, `SELECT d.id, d.full_name, d.number, b.number FROM delegate d JOIN badge b ON b.delegate_id = d.id AND b.revoked_at IS NULL
		WHERE d.state = 'registered' AND d.id NOT IN (SELECT delegate_id FROM arrival) ORDER BY d.id LIMIT ?`,
		func(r *row) []any { return []any{&r.id, &r.name, &r.number, &r.badge} }, n)
	if err != nil || len(rows) != n {
		h.t.Fatalf("%d guests, want %d: %v", len(rows), n, err)
	}
	out := make([]guest, 0, n)
	for _, r := range rows {
		b, err := badge.ByNumber(h.t.Context(), h.db, badge.BadgeID(r.badge))
		if err != nil {
			h.t.Fatal(err)
		}
		r.code = h.site.Signer.Code(b, "EXAMPLE.VN")
		out = append(out, r.guest)
	}
	return out
}

func (h *house) scans(where string, args ...any) int {
	h.t.Helper()
	n, err := db.Value[int](h.t.Context(), h.db, `SELECT count(*) FROM scan WHERE `+where, args...)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

type scanAnswer struct {
	Results []struct {
		ID, Verdict, Error string
		Person             *struct{ Name, Number string }
		First              *struct{ Mine bool }
	}
	Changes []struct {
		Delegate int64
		Entries  int
	}
	Cursor int64
}

// A scan of a wrong shape is answered by itself; the others of its batch are recorded.
func TestAPoisonedScanBlocksNoQueue(t *testing.T) {
	h := open(t)
	v, g := h.device(), h.guests(2)
	now := h.clock.Now().UnixMilli()
	good := func(n int, code string) string {
		return fmt.Sprintf(`{"id":"%08d-0000-4000-8000-000000000000","seq":%d,"token":%q,"t":%d,"off":0}`, n, n, code, now)
	}
	body := fmt.Sprintf(`{"sent":%d,"cursor":0,"scans":[%s,{"id":"x","seq":"one"},7,null,{"id":5},%s]}`, now, good(1, g[0].code), good(2, strings.ToLower(g[1].code)))
	res, text := v.send(http.MethodPost, "/door/scans", "application/json", body)
	var got scanAnswer
	if err := json.Unmarshal([]byte(text), &got); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s: %v", res.StatusCode, text, err)
	}
	if len(got.Results) != 6 || got.Results[0].Verdict != "accepted" || got.Results[5].Verdict != "accepted" || got.Results[5].Person.Number != g[1].number {
		t.Fatalf("results %s", text)
	}
	for i, r := range got.Results[1:5] {
		if r.Error == "" || r.Verdict != "" {
			t.Errorf("bad scan %d: %+v", i, r)
		}
	}
	if strings.Contains(text, "@") || strings.Contains(text, "+84") {
		t.Errorf("the answer holds an address or a telephone number: %s", text)
	}
	for _, bad := range []string{`{`, `[]`, `{"sent":"now"}`, `{"sent":-1,"scans":[` + good(3, g[0].code) + `]}`} {
		res, text := v.send(http.MethodPost, "/door/scans", "application/json", bad)
		if res.StatusCode != http.StatusUnprocessableEntity || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", bad, res.StatusCode, text)
		}
	}
}

// The list is sent whole once; a device that has this version gets only who came.
func TestTheListIsSentOnce(t *testing.T) {
	h := open(t)
	v := h.device()
	var first, again struct {
		Version string
		Arrived []any
		List    json.RawMessage
	}
	_, text := v.get("/door/list")
	if err := json.Unmarshal([]byte(text), &first); err != nil || len(first.List) < 1000 || first.Version == "" {
		t.Fatalf("list %.200s: %v", text, err)
	}
	for _, secret := range []string{`"phone"`, `"email"`, "@", "+84"} {
		if strings.Contains(text, secret) {
			t.Errorf("the list holds %s", secret)
		}
	}
	_, text = v.get("/door/list?have=" + first.Version)
	if err := json.Unmarshal([]byte(text), &again); err != nil || again.Version != first.Version || again.List != nil || len(again.Arrived) != len(first.Arrived) {
		t.Fatalf("second list %.200s: %v", text, err)
	}
}

// line is the network between a telephone and the server.
type line struct {
	mode      atomic.Value  // "up", "down", "deaf": the request arrives, the answer does not
	swallowed chan struct{} // told of each upload whose answer was lost
	*httptest.Server
}

func (h *house) line() *line {
	target, err := url.Parse(h.base)
	if err != nil {
		h.t.Fatal(err)
	}
	l := &line{swallowed: make(chan struct{}, 100)}
	l.mode.Store("up")
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch l.mode.Load() {
		case "down":
			panic(http.ErrAbortHandler)
		case "deaf":
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			if r.URL.Path == "/door/scans" {
				l.swallowed <- struct{}{}
			}
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	h.t.Cleanup(l.Close)
	return l
}

const (
	queueEmpty = `document.querySelector("[data-waiting]")?.dataset.waiting === "0"`
	offline    = `document.querySelector("[data-online=no]") != null`
)

func shows(verdict, number string) string {
	return fmt.Sprintf(`document.querySelector("[data-verdict=%s][data-person='%s']") != null`, verdict, number)
}

// typeCode enters a text as a handheld scanner does: into the search box.
func typeCode(p *testkit.Tab, text string) {
	testkit.Eval[bool](p, fmt.Sprintf(`(() => { const b = document.querySelector("[data-at=search]"); b.value = %q; b.dispatchEvent(new Event("input", {bubbles: true})); return true })()`, text))
}

// altered gives a code whose last character is another one.
func altered(code string) string {
	last := "0"
	if strings.HasSuffix(code, last) {
		last = "1"
	}
	return code[:len(code)-1] + last
}

func byHand(p *testkit.Tab, typed, number string) {
	typeCode(p, typed)
	p.WaitFor("the person to be found", `document.querySelector("[data-delegate]") != null`)
	testkit.Eval[bool](p, fmt.Sprintf(`([...document.querySelectorAll("button[data-delegate]")].find(b => b.innerText.includes(%q)).click(), true)`, number))
	p.Touch("Cho vào")
}

// The door by itself: readings while the network is away are decided, kept and
// shown; they arrive once, in whatever way the network comes back.
func TestTheDoorWithoutANetwork(t *testing.T) {
	h := open(t)
	l, g := h.line(), h.guests(5)
	_, secret, _ := strings.Cut(h.links.Door, "#")
	door := testkit.NewBrowser(t, testkit.BrowserOptions{}).Tab(360, 740)
	door.Go(l.URL + "/door/pair#" + secret)
	door.WaitFor("the list", `Number(document.querySelector("[data-registered]")?.dataset.registered) > 0`)

	typeCode(door, g[0].code)
	door.WaitFor("a green verdict", shows("accepted", g[0].number))
	door.WaitFor("the queue to empty", queueEmpty)
	if n := h.scans(`delegate_id = ?`, g[0].id); n != 1 {
		t.Fatalf("%d scans on record, want 1", n)
	}

	l.mode.Store("down")
	typeCode(door, g[1].code)
	door.WaitFor("a green verdict that is marked as pending", `document.querySelector("[data-verdict=accepted][data-pending=yes]") != null`)
	door.WaitFor("the lost network to show", offline)
	door.Shot("door-offline-360")
	byHand(door, strings.ToLower(g[2].number), g[2].number)
	door.WaitFor("a green verdict by hand", shows("accepted", g[2].number))
	typeCode(door, altered(g[0].code))
	door.WaitFor("a forged badge to be refused without a network", `document.querySelector("#door [data-verdict=forged]") != null`)
	if n := h.scans(`delegate_id IN (?, ?)`, g[1].id, g[2].id); n != 0 {
		t.Fatalf("%d scans crossed a dead line", n)
	}

	// The server takes everything, but its answers are lost.
	l.mode.Store("deaf")
	testkit.Eval[bool](door, `(window.dispatchEvent(new Event("online")), true)`)
	<-l.swallowed
	if n := h.scans(`delegate_id IN (?, ?)`, g[1].id, g[2].id); n != 2 {
		t.Fatalf("%d scans arrived, want 2", n)
	}
	door.WaitFor("the queue to be kept", `Number(document.querySelector("[data-waiting]").dataset.waiting) >= 2`)
	l.mode.Store("up")
	testkit.Eval[bool](door, `(window.dispatchEvent(new Event("online")), true)`)
	door.WaitFor("the queue to empty", queueEmpty)
	for _, who := range g[1:3] {
		if n := h.scans(`delegate_id = ? AND verdict = 'accepted'`, who.id); n != 1 {
			t.Errorf("%s: %d entries, want 1", who.number, n)
		}
	}
	if n := h.scans(`by_hand = 1 AND delegate_id = ?`, g[2].id); n != 1 {
		t.Errorf("%d entries by hand, want 1", n)
	}

	// Taken back on the device while the line is down; the server hears of it later.
	l.mode.Store("down")
	typeCode(door, g[3].code)
	door.WaitFor("a green verdict", shows("accepted", g[3].number))
	door.Touch("Hoàn tác")
	door.WaitFor("the last five to say so", `document.querySelector("[data-at=recent] [data-verdict=undone]") != null`)
	l.mode.Store("up")
	testkit.Eval[bool](door, `(window.dispatchEvent(new Event("online")), true)`)
	door.WaitFor("the queue to empty", queueEmpty)
	if n := h.scans(`delegate_id = ? AND undone_at IS NOT NULL`, g[3].id); n != 1 {
		t.Errorf("%d entries taken back, want 1", n)
	}
	door.CheckAccessibility("door-360")
}

// Two doors let the same person in while neither hears the other: the later one is told.
func TestALateCorrectionIsShown(t *testing.T) {
	h := open(t)
	l, g := h.line(), h.guests(1)[0]
	_, secret, _ := strings.Cut(h.links.Door, "#")
	door := testkit.NewBrowser(t, testkit.BrowserOptions{}).Tab(360, 740)
	door.Go(l.URL + "/door/pair#" + secret)
	door.WaitFor("the list", `Number(document.querySelector("[data-registered]")?.dataset.registered) > 0`)
	l.mode.Store("down")
	typeCode(door, g.code)
	door.WaitFor("a green verdict that is marked as pending", `document.querySelector("[data-verdict=accepted][data-pending=yes]") != null`)
	testkit.Eval[bool](door, `(document.querySelector("[data-at=verdict]").click(), true)`)
	now := h.clock.Now().UnixMilli()
	other := h.device()
	if res, text := other.send(http.MethodPost, "/door/scans", "application/json",
		fmt.Sprintf(`{"sent":%d,"scans":[{"id":"00000001-0000-4000-8000-000000000001","seq":1,"token":%q,"t":%d}]}`, now, g.code, now-3_600_000)); res.StatusCode != http.StatusOK {
		t.Fatalf("the other door: %s", text)
	}
	l.mode.Store("up")
	testkit.Eval[bool](door, `(window.dispatchEvent(new Event("online")), true)`)
	door.WaitFor("the correction", `document.querySelector("[data-banner^=late]")?.innerText.includes("đã vào trước đó") === true`)
	door.Shot("door-correction-360")
	if n := h.scans(`delegate_id = ?`, g.id); n != 2 {
		t.Errorf("%d entries, want both kept", n)
	}
}

// A device that was shut out forgets the list at its next contact.
func TestARevokedDeviceForgetsTheList(t *testing.T) {
	h := open(t)
	_, secret, _ := strings.Cut(h.links.Door, "#")
	door := testkit.NewBrowser(t, testkit.BrowserOptions{}).Tab(360, 740)
	door.Go(h.base + "/door/pair#" + secret)
	door.WaitFor("the list", `Number(document.querySelector("[data-registered]")?.dataset.registered) > 0`)
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `UPDATE door_device SET revoked_at = 1`)
	})
	testkit.Eval[bool](door, `(window.dispatchEvent(new Event("online")), true)`)
	door.WaitFor("the notice", `document.querySelector("[data-banner=unpaired]") != null`)
	door.WaitFor("an empty list", `document.querySelector("[data-registered]").dataset.registered === "0"`)
	testkit.Eval[bool](door, `(indexedDB.open("hoinghi-door").onsuccess = e => {
		e.target.result.transaction("facts").objectStore("facts").getKey("list").onsuccess = f => { document.body.dataset.kept = String(f.target.result) } }, true)`)
	door.WaitFor("nobody to be left on the disk", `document.body.dataset.kept === "undefined"`)
}
