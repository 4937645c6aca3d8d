package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hoinghi/conference/badge"
	"hoinghi/conference/testkit"
)

// american gives the stroke of an American keyboard for a character.
func american(c rune) testkit.Stroke {
	s := testkit.Stroke{Key: string(c), Text: string(c), Number: int64(unicode.ToUpper(c))}
	switch {
	case c >= '0' && c <= '9':
		s.Code = "Digit" + string(c)
	case unicode.IsLetter(c):
		s.Code = "Key" + strings.ToUpper(string(c))
	default:
		s.Code = map[rune]string{'/': "Slash", ':': "Semicolon", '.': "Period", '-': "Minus", ' ': "Space"}[c]
		s.Number = map[rune]int64{'/': 191, ':': 186, '.': 190, '-': 189, ' ': 32}[c]
	}
	return s
}

// typing turns what a scanner types into what arrives.
type typing func(text string) []testkit.Stroke

func plain(text string) []testkit.Stroke {
	var out []testkit.Stroke
	for _, c := range text {
		out = append(out, american(c))
	}
	return out
}

// capsLock turns the case of letters round.
func capsLock(text string) []testkit.Stroke { return plain(strings.ToLower(text)) }

// asProcess is an input method that only looks on (TSF, IBus): keys keep their places and
// lose their names, and the text comes by composition, here not at all.
func asProcess(text string) []testkit.Stroke {
	out := plain(text)
	for i := range out {
		out[i].Key, out[i].Text, out[i].Number = "Process", "", 229
	}
	return out
}

// vietnameseLayout is the Vietnamese layout of Windows: digits and some signs are other
// characters there, the keys are where they were.
func vietnameseLayout(text string) []testkit.Stroke {
	out := plain(text)
	for i, s := range out {
		if c, ok := map[string]string{"1": "ă", "2": "â", "3": "ê", "4": "ô", "5": "̀", "6": "̉", "7": "̃", "8": "́", "9": "̣", "0": "đ"}[s.Key]; ok {
			out[i].Key, out[i].Text = c, c
		}
	}
	return out
}

// hook is an input method of the UniKey kind. A key that changes the word is swallowed;
// instead come as many Backspaces as characters change, and the new ones, from no key.
func hook(marks map[rune]string) typing {
	return func(text string) []testkit.Stroke {
		var out []testkit.Stroke
		var word []rune
		for _, c := range text {
			if !unicode.IsLetter(c) && !unicode.IsDigit(c) && marks[c] == "" {
				word = nil
				out = append(out, american(c))
				continue
			}
			at := lastVowel(word)
			mark := marks[unicode.ToLower(c)]
			if mark == "" || at < 0 {
				word = append(word, c)
				out = append(out, american(c))
				continue
			}
			changed := append([]rune{}, word[at:]...)
			for range changed {
				out = append(out, testkit.Stroke{Key: "Backspace", Code: "Backspace", Number: 8})
			}
			for _, typed := range norm.NFC.String(string(changed[0]) + mark + string(changed[1:])) {
				out = append(out, testkit.Stroke{Key: string(typed), Text: string(typed)}) // injected: no key made it
			}
		}
		return out
	}
}

func lastVowel(word []rune) int {
	for i := len(word) - 1; i >= 0; i-- {
		if strings.ContainsRune("AEIOUYaeiouy", word[i]) {
			return i
		}
	}
	return -1
}

// The combining marks that each method's keys stand for.
var (
	telex = hook(map[rune]string{'s': "\u0301", 'f': "\u0300", 'r': "\u0309", 'x': "\u0303", 'j': "\u0323", 'w': "\u031b"})
	vni   = hook(map[rune]string{'1': "\u0301", '2': "\u0300", '3': "\u0309", '4': "\u0303", '5': "\u0323", '6': "\u0302", '7': "\u031b", '8': "\u0306"})
	viqr  = hook(map[rune]string{'\'': "\u0301", '`': "\u0300", '?': "\u0309", '~': "\u0303", '.': "\u0323", '^': "\u0302"})
)

// scanner types into a page as a handheld scanner on a USB port does.
type scanner struct {
	tab *testkit.Tab
	how typing
	gap time.Duration
}

func (s scanner) read(text, suffix string) {
	for _, k := range s.how(text) {
		s.tab.Key(k)
		if s.gap > 0 {
			pause := time.NewTimer(s.gap) // the scanner's own pace is what is tried out
			<-pause.C
		}
	}
	switch suffix {
	case "Enter":
		s.tab.Key(testkit.Stroke{Key: "Enter", Code: "Enter", Text: "\r", Number: 13})
	case "Tab":
		s.tab.Key(testkit.Stroke{Key: "Tab", Code: "Tab", Number: 9})
	}
}

const searchValue = `document.querySelector("[data-at=search]").value`

// Codes are read whatever stands between the scanner and the page (scanner.md 7, A12),
// and a field that had the focus is left as it was.
func TestHandheldScannersAreRead(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	ways := []struct {
		name   string
		how    typing
		gap    time.Duration
		suffix string
		focus  bool
	}{
		{"plain", plain, 0, "Enter", false}, {"plain, into the search", plain, 0, "Enter", true}, {"without a suffix", plain, 0, "", false},
		{"tab as suffix", plain, 0, "Tab", true}, {"slow", plain, 20 * time.Millisecond, "Enter", false},
		{"caps lock", capsLock, 0, "Enter", true}, {"process", asProcess, 0, "Enter", false},
		{"vietnamese layout", vietnameseLayout, 0, "Enter", false},
		{"telex", telex, 0, "Enter", false}, {"telex, into the search", telex, 0, "Enter", true}, {"vni", vni, 0, "Enter", true},
		{"vni without a suffix", vni, 0, "", false}, {"viqr", viqr, 0, "Enter", true},
	}
	guests := h.guests(len(ways))
	door := browser.Tab(1440, 900)
	door.Go(h.base + "/door/pair#" + h.links.Door[strings.Index(h.links.Door, "#")+1:])
	door.WaitFor("the list", `Number(document.querySelector("[data-registered]")?.dataset.registered) > 0`)
	door.Touch("Máy quét cầm tay")
	door.WaitText("Máy quét cầm tay sẵn sàng")
	for i, w := range ways {
		place := `document.activeElement.blur()`
		if w.focus {
			place = `document.querySelector("[data-at=search]").focus()`
		}
		testkit.Eval[bool](door, `((() => { const b = document.querySelector("[data-at=search]"); b.value = "Ng"; })(), `+place+`, true)`)
		scanner{door, w.how, w.gap}.read(guests[i].code, w.suffix)
		door.WaitFor(w.name+": a green verdict", shows("accepted", guests[i].number))
		if w.focus {
			if got := testkit.Eval[string](door, searchValue); got != "Ng" && got != "" {
				t.Errorf("%s: the search box holds %q", w.name, got)
			}
		}
	}
	door.Shot("door-handheld-1440")
	door.WaitFor("the queue to empty", queueEmpty)
	for i, g := range guests {
		if n := h.scans(`delegate_id = ? AND verdict = 'accepted'`, g.id); n != 1 {
			t.Errorf("%s: %d entries, want 1", ways[i].name, n)
		}
	}
}

// What people type into the search is no scan, and stays as they typed it.
func TestTypingIsNoScan(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	door := browser.Tab(1440, 900)
	door.Go(h.base + "/door/pair#" + h.links.Door[strings.Index(h.links.Door, "#")+1:])
	door.WaitFor("the list", `Number(document.querySelector("[data-registered]")?.dataset.registered) > 0`)
	before := h.scans("1 = 1")
	testkit.Eval[bool](door, `(document.querySelector("[data-at=search]").focus(), true)`)
	scanner{door, plain, 90 * time.Millisecond}.read("nguyen thi vi du 001", "Enter")
	if got := testkit.Eval[string](door, searchValue); got != "nguyen thi vi du 001" {
		t.Errorf("the search box holds %q", got)
	}
	if v := testkit.Eval[string](door, `document.querySelector("[data-at=verdict]").dataset.verdict`); v != "" || h.scans("1 = 1") != before {
		t.Errorf("typing was taken for a scan: %s", v)
	}
}

// The page for trying out says what stands in the way.
func TestScannersAreTriedOut(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	tab := browser.Tab(1440, 900)
	tab.Go(h.base + "/door/scanner")
	tab.WaitText("Đang chờ")
	if got := testkit.ReadQR(t, tab.Picture("svg.qr")); len(got) != 1 || !strings.HasSuffix(got[0], badge.TestToken()) {
		t.Fatalf("the page shows %q", got)
	}
	code := badge.Text("HOINGHI.EXAMPLE", badge.TestToken())
	for _, c := range []struct {
		name  string
		how   typing
		says  string
		check string
	}{
		{"plain", plain, "Đạt", "Enter"}, {"telex", telex, "Đang bật; vẫn đọc được", "Đạt"}, {"layout", vietnameseLayout, "bàn phím tiếng Việt của Windows", "Đạt"},
	} {
		testkit.Eval[bool](tab, `(document.getElementById("scanner-test").dataset.result = "", true)`)
		scanner{tab, c.how, 0}.read(code, "Enter")
		tab.WaitFor(c.name, `document.getElementById("scanner-test").dataset.result === "good"`)
		tab.WaitText(c.says)
		tab.WaitText(c.check)
	}
	tab.Shot("door-scanner-1440")
	scanner{tab, plain, 0}.read(fmt.Sprintf("https://example.vn/%030d", 7), "Enter")
	tab.WaitText("Chưa đạt")
	tab.Size(360, 740)
	tab.Shot("door-scanner-360")
	tab.CheckAccessibility("door-scanner")
}
