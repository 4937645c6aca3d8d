package testkit

import (
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Stroke is one thing that a keyboard, or an input method between it and the page, does.
type Stroke struct {
	Key, Code   string        // as in KeyboardEvent; Code "" for a key that was injected
	Text        string        // what the key inserts by itself, "" for none
	VirtualKey  int64         // Windows' number of the key; 229 is the input method's own
	Shift       bool          // held down meanwhile
	After       time.Duration // since the stroke before
	Composition string        // what an input method underlines after this stroke
	Commit      string        // what an input method puts in after this stroke, for good
}

// Keyboard types into a page on a clock of its own: the page sees the gaps that
// Stroke.After says, however busy the machine is, and nothing has to wait for them.
type Keyboard struct {
	tab *Tab
	now time.Time
}

// Keyboard gives the keyboard of a page.
func (p *Tab) Keyboard() *Keyboard { return &Keyboard{tab: p, now: time.Now()} }

// Rest lets time pass without a key, so that what follows is a burst of its own.
func (k *Keyboard) Rest(d time.Duration) {
	k.now = k.now.Add(d)
	if real := time.Now(); real.After(k.now) {
		k.now = real
	}
}

// Type plays strokes.
func (k *Keyboard) Type(strokes []Stroke) {
	k.tab.t.Helper()
	ctx, stop := k.tab.bounded()
	defer stop()
	for _, s := range strokes {
		k.now = k.now.Add(s.After)
		at := input.TimeSinceEpoch(float64(k.now.UnixMicro()) / 1e6)
		down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Timestamp: at, Key: s.Key, Code: s.Code, Text: s.Text, WindowsVirtualKeyCode: s.VirtualKey}
		if s.Text == "" {
			down.Type = input.DispatchKeyEventTypeRawKeyDown
		}
		if s.Shift {
			down.Modifiers = 8
		}
		up := down
		up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, down)
		if err == nil && s.Composition != "" {
			n := int64(len([]rune(s.Composition)))
			_, err = chromedp.Call(ctx, input.ImeSetComposition, input.ImeSetCompositionParams{Text: s.Composition, SelectionStart: n, SelectionEnd: n})
		}
		if err == nil && s.Commit != "" {
			_, err = chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: s.Commit})
		}
		if err == nil {
			_, err = chromedp.Call(ctx, input.DispatchKeyEvent, up)
		}
		if err != nil {
			k.tab.t.Fatalf("type %+v: %v", s, err)
		}
	}
}

// Android makes the page take its browser for one on a telephone.
func (p *Tab) Android() {
	p.t.Helper()
	ctx, stop := p.bounded()
	defer stop()
	if _, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"}); err != nil {
		p.t.Fatalf("play Android: %v", err)
	}
}
