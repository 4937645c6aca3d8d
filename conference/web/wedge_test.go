package web_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/badge"
	"hoinghi/conference/testkit"
)

// desktop opens the door on a computer without a camera, with a handheld scanner chosen.
func (h *house) desktop(android bool) *testkit.Tab {
	h.t.Helper()
	_, secret, _ := strings.Cut(h.links.Door, "#")
	door := testkit.NewBrowser(h.t, testkit.BrowserOptions{}).Tab(1440, 900)
	if android {
		door.Android()
	}
	door.Go(h.base + "/door/pair#" + secret)
	door.WaitFor("the list", `Number(document.querySelector("[data-registered]")?.dataset.registered) > 0`)
	door.Touch("Máy quét cầm tay")
	door.WaitText("Bấm cò máy quét")
	return door
}

// pauses gives gaps of up to most, as a scanner has them: even, with a little noise.
func pauses(rng *rand.Rand, most time.Duration) func() time.Duration {
	return func() time.Duration { return most - time.Duration(rng.Float64()*0.2*float64(most)) }
}

var enter, tabKey = testkit.Stroke{Key: "Enter", Code: "Enter", Text: "\r", VirtualKey: 13}, testkit.Stroke{Key: "Tab", Code: "Tab", VirtualKey: 9}

// scanning is one way in which a code can reach the page.
type scanning struct {
	name   string
	who    typist
	gap    time.Duration
	search bool // the search box has the focus, and holds something
	end    *testkit.Stroke
}

func ways() []scanning {
	var out []scanning
	for _, m := range []struct {
		name string
		typist
	}{{"plain", typist{}}, {"Telex", typist{method: "telex"}}, {"VNI", typist{method: "vni"}}, {"VIQR", typist{method: "viqr"}}, {"system Telex", typist{method: "telex", process: true}},
		{"injected", typist{injected: true}}, {"CapsLock", typist{caps: true}}, {"Telex and CapsLock", typist{method: "telex", caps: true}}, {"Vietnamese layout", typist{layout: "vi"}}} {
		for i, gap := range []time.Duration{0, 5 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond} {
			w := scanning{name: fmt.Sprintf("%s, %v", m.name, gap), who: m.typist, gap: gap, search: i%2 == 1, end: &enter}
			out = append(out, w)
			if w.search = !w.search; i == 1 {
				w.end = &tabKey
			} else if i == 2 {
				w.end = nil
			}
			out = append(out, w)
		}
	}
	return out
}

const boxState = `(() => { const b = document.querySelector("[data-at=search]"); return b.value + "|" + b.selectionStart + "|" + b.selectionEnd })()`

// A handheld scanner is read whatever input method is on, wherever the focus is, and
// leaves no trace in the field it typed into (scanner.md A12).
func TestAHandheldScannerIsRead(t *testing.T) {
	h := open(t)
	door, all := h.desktop(false), ways()
	door.Shot("door-handheld-1440")
	keys, rng, guests := door.Keyboard(), rand.New(rand.NewPCG(20261124, 12)), h.guests(len(all))
	read := 0
	for i, w := range all {
		testkit.Eval[bool](door, fmt.Sprintf(`(() => { const b = document.querySelector("[data-at=search]"); b.value = ""; b.dispatchEvent(new Event("input")); b.blur();
			if (%v) { b.value = "tân"; b.focus(); b.setSelectionRange(1, 2) } return true })()`, w.search))
		before, focus := testkit.Eval[string](door, boxState), testkit.Eval[string](door, `document.activeElement.tagName`)
		w.who.focused = w.search
		strokes := w.who.strokes(guests[i].code, pauses(rng, w.gap))
		if w.end != nil {
			end := *w.end
			end.After = w.gap
			strokes = append(strokes, end)
		}
		keys.Rest(time.Second)
		keys.Type(strokes)
		door.WaitFor("the scan by "+w.name, shows("accepted", guests[i].number))
		read++
		if after := testkit.Eval[string](door, boxState); after != before {
			t.Errorf("%s: the box holds %q, and held %q", w.name, after, before)
		}
		if now := testkit.Eval[string](door, `document.activeElement.tagName`); now != focus {
			t.Errorf("%s: the focus went from %s to %s", w.name, focus, now)
		}
	}
	door.WaitFor("the queue to empty", queueEmpty)
	t.Logf("%d of %d scans read", read, len(all))
	for _, g := range guests {
		if n := h.scans(`delegate_id = ?`, g.id); n != 1 {
			t.Errorf("%s is on record %d times", g.number, n)
		}
	}
	keys.Rest(time.Second)
	refused := h.scans(`1 = 1`)
	keys.Type(append(typist{}.strokes("https://example.org/thuc-don?ban=12", pauses(rng, 10*time.Millisecond)), enter))
	door.WaitFor("the grey card", `document.querySelector("#door [data-verdict=not_a_badge]") != null`)
	door.CheckAccessibility("door-handheld")
	door.Size(360, 740)
	door.Shot("door-handheld-360")
	if n := h.scans(`1 = 1`); n != refused {
		t.Errorf("a strange code made %d scans", n-refused)
	}
}

// People type at 70 to 130 ms a key, also through an input method that answers one key
// with a dozen: their words stay, and nothing is scanned.
func TestTypingIsNoScan(t *testing.T) {
	h := open(t)
	door := h.desktop(false)
	keys, rng := door.Keyboard(), rand.New(rand.NewPCG(20261124, 13))
	human := func() time.Duration { return time.Duration(70+rng.IntN(61)) * time.Millisecond }
	before := h.scans(`1 = 1`)
	for _, c := range []struct {
		who   typist
		typed string
	}{{typist{}, "nguyen van binh so cong thuong"}, {typist{method: "telex"}, "nguyeenx thij hoongf nhung ddoongf thaps"}, {typist{method: "vni"}, "nguye6n4 thi5 ho6ng2 nhung d9o6ng2"},
		{typist{method: "telex"}, "anhsf banhfs tanhxs hanhfrs canhxjf"}, // who corrects tones has whole words rewritten at every other key
		{typist{method: "telex", process: true, focused: true}, "trung taam khuyeens coong"}, {typist{caps: true}, "KC22-TNI-001 hoac KC22"}} {
		testkit.Eval[bool](door, `(() => { const b = document.querySelector("[data-at=search]"); b.value = ""; b.focus(); return true })()`)
		strokes := c.who.strokes(c.typed, human)
		keys.Rest(time.Second)
		keys.Type(strokes)
		want := result(strokes)
		if c.who.process {
			want = "trung tâm khuyến công"
		}
		if got := testkit.Eval[string](door, `document.querySelector("[data-at=search]").value`); got != want {
			t.Errorf("%s became %q, want %q", c.typed, got, want)
		}
		keys.Type([]testkit.Stroke{enter})
		if shown := testkit.Eval[string](door, `document.body.dataset.verdict`); shown != "" {
			t.Errorf("typing %s shows %s", c.typed, shown)
		}
	}
	if n := h.scans(`1 = 1`); n != before {
		t.Errorf("typing made %d scans", n-before)
	}
}

// On Android keys arrive without a name, and only in a field.
func TestAHandheldScannerOnAndroid(t *testing.T) {
	h := open(t)
	door, g := h.desktop(true), h.guests(3)
	keys, rng := door.Keyboard(), rand.New(rand.NewPCG(20261124, 14))
	if mode := testkit.Eval[string](door, `document.activeElement.inputMode`); mode != "none" {
		t.Fatalf("the field that takes the keys has the input mode %q", mode)
	}
	for i, gap := range []time.Duration{0, 35 * time.Millisecond, 12 * time.Millisecond} {
		keys.Rest(time.Second)
		keys.Type(append(typist{android: true}.strokes(g[i].code, pauses(rng, gap)), enter))
		door.WaitFor("the scan", shows("accepted", g[i].number))
		if left := testkit.Eval[string](door, `document.activeElement.inputMode + document.activeElement.value`); left != "none" {
			t.Errorf("the field is left with %q", left)
		}
		testkit.Eval[bool](door, `(document.querySelector("[data-at=verdict]").click(), true)`)
	}
}

// The page that tries a scanner out says what it typed through.
func TestAScannerIsTriedOut(t *testing.T) {
	h := open(t)
	page := testkit.NewBrowser(t, testkit.BrowserOptions{}).Tab(1440, 900)
	page.Go(h.base + "/door/scanner-test")
	page.WaitFor("the page", `document.body.dataset.ready === "yes"`)
	page.Shot("door-setup-1440")
	page.Size(360, 740)
	page.Shot("door-setup-360")
	page.CheckAccessibility("door-setup")
	keys, rng := page.Keyboard(), rand.New(rand.NewPCG(20261124, 15))
	for _, c := range []struct {
		name, before string
		who          typist
		gap          time.Duration
		end          []testkit.Stroke
		ok           string
		facts        []string
	}{
		{"plain", "", typist{}, 5 * time.Millisecond, []testkit.Stroke{enter}, "yes", []string{"Anh – Mỹ, đọc được", "Không bật", "Tắt", "Enter"}},
		{"Telex", "", typist{method: "telex"}, 20 * time.Millisecond, []testkit.Stroke{tabKey}, "yes", []string{"Telex đang bật", "Tab"}},
		{"VNI", "", typist{method: "vni"}, 0, []testkit.Stroke{enter}, "yes", []string{"VNI đang bật"}},
		{"VIQR", "", typist{method: "viqr"}, 0, []testkit.Stroke{enter}, "yes", []string{"VIQR đang bật"}},
		{"system", "", typist{method: "telex", process: true}, 0, nil, "yes", []string{"Bộ gõ của hệ điều hành đang bật", "Nên đặt phím kết thúc"}},
		{"CapsLock", "", typist{caps: true}, 0, []testkit.Stroke{enter}, "yes", []string{"Đang bật", "CapsLock không ảnh hưởng"}},
		{"Vietnamese layout", "", typist{layout: "vi"}, 0, []testkit.Stroke{enter}, "yes", []string{"Bàn phím tiếng Việt của Windows"}},
		{"slow", "", typist{}, 120 * time.Millisecond, []testkit.Stroke{enter}, "no", []string{"Máy quét gõ quá chậm"}},
		{"prefix", "QR", typist{}, 0, []testkit.Stroke{enter}, "no", []string{"Máy quét thêm ký tự ở đầu"}},
		{"a badge", "", typist{}, 0, []testkit.Stroke{enter}, "no", []string{"hãy quét mã thử"}},
	} {
		testkit.Eval[bool](page, `(delete document.querySelector("[data-at=verdict]").dataset.ok, true)`)
		text := c.before + badge.TestCode()
		if c.name == "a badge" {
			text = h.guests(1)[0].code
		}
		keys.Rest(time.Second)
		keys.Type(append(c.who.strokes(text, pauses(rng, c.gap)), c.end...))
		page.WaitFor("the answer to "+c.name, fmt.Sprintf(`document.querySelector("[data-at=verdict]").dataset.ok === %q`, c.ok))
		shown := page.Text()
		for _, fact := range c.facts {
			if !strings.Contains(shown, fact) {
				t.Errorf("%s: the page does not say %q:\n%s", c.name, fact, shown)
			}
		}
		if c.name == "Telex" || c.name == "slow" {
			page.Shot("door-setup-" + c.name)
		}
	}
	if n := h.scans(`verdict = 'not_a_badge'`); n != 0 {
		t.Errorf("trying out made %d scans", n)
	}
}
