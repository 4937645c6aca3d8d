package testkit

import (
	"context"
	_ "embed" // the accessibility checker
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed vendor/axe-core/axe.min.js
var axe string

// patience is how long a browser test waits for a condition before it fails. It
// is long because the machine may be busy; nothing waits longer than it has to.
const patience = 30 * time.Second

// Browser is one Chromium with one profile. Its tabs share cookies; each call of
// NewBrowser starts another visitor.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// BrowserOptions of NewBrowser.
type BrowserOptions struct {
	Camera string // .mjpeg file that the browser takes for its camera, "" for none
}

// NewBrowser starts a headless Chromium that ends with the test. Without
// Chromium the test fails when HOINGHI_BROWSER is set, and is skipped aloud otherwise.
func NewBrowser(t testing.TB, o BrowserOptions) *Browser {
	t.Helper()
	if os.Getenv("HOINGHI_BROWSER") == "" {
		t.Skip("browser test: set HOINGHI_BROWSER=1, or run make test")
	}
	path := chromium(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	if o.Camera != "" {
		options = append(options, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
			chromedp.Flag("use-file-for-fake-video-capture", o.Camera))
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() { stop(); stopAlloc() })
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return &Browser{t: t, ctx: ctx}
}

func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("HOINGHI_BROWSER is set, but there is no Chromium: run scripts/install-test-tools")
	return ""
}

// Tab is one page of a browser.
type Tab struct {
	t   testing.TB
	ctx context.Context
}

// Tab opens a page of the given size in CSS pixels.
func (b *Browser) Tab(width, height int64) *Tab {
	b.t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx)
	b.t.Cleanup(stop)
	// The first action makes the page, which then lives as long as that action's
	// context: so not one with a time limit.
	if err := chromedp.Do(ctx); err != nil {
		b.t.Fatalf("open a page: %v", err)
	}
	tab := &Tab{t: b.t, ctx: ctx}
	tab.do("size", chromedp.EmulateViewport(width, height))
	return tab
}

func (p *Tab) bounded() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

func (p *Tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := p.bounded()
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.describe())
	}
}

// describe gives address and text of the page, for a failure's message.
func (p *Tab) describe() string {
	ctx, stop := context.WithTimeout(p.ctx, 5*time.Second)
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 1500)`))
	if err != nil {
		return "(page not readable)"
	}
	return text
}

// Size changes the page's size.
func (p *Tab) Size(width, height int64) {
	p.t.Helper()
	p.do("size", chromedp.EmulateViewport(width, height))
}

// Go opens an address and waits until it is loaded.
func (p *Tab) Go(url string) { p.t.Helper(); p.do("open page", chromedp.Navigate(url)) }

// Fill types into the field that a CSS selector names, replacing what it held.
func (p *Tab) Fill(selector, text string) {
	p.t.Helper()
	p.do("fill "+selector, chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.SetValue(chromedp.CSS(selector), text))
}

// Choose picks the option of a select whose label contains a text.
func (p *Tab) Choose(selector, label string) {
	p.t.Helper()
	ok := Eval[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector(%q); const o = [...s.options].find(o => o.label.includes(%q)); if (!o) return false; s.value = o.value; s.dispatchEvent(new Event("change", {bubbles: true})); return true })()`, selector, label))
	if !ok {
		p.t.Fatalf("%s has no option %q\n%s", selector, label, p.describe())
	}
}

// Click clicks what a CSS selector names.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	p.do("click "+selector, chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// Press clicks the visible button or link with a text and waits for the page that follows.
func (p *Tab) Press(text string) {
	p.t.Helper()
	p.WaitFor(fmt.Sprintf("a button or link %q", text), pressable(text)+" != null")
	Eval[bool](p, "(() => { window.__left = false; addEventListener('pagehide', () => { window.__left = true }); "+pressable(text)+".click(); return true })()")
	p.WaitFor("the page after "+text, "document.readyState == 'complete' && window.__left !== false")
}

// Touch clicks the visible button or link with a text that leads to no other page.
func (p *Tab) Touch(text string) {
	p.t.Helper()
	p.WaitFor(fmt.Sprintf("a button or link %q", text), pressable(text)+" != null")
	Eval[bool](p, "("+pressable(text)+".click(), true)")
}

func pressable(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("button, a, summary, input[type=submit]")].find(e => e.checkVisibility() && !e.disabled && e.innerText.replace(/\s+/g, " ").includes(%q))`, text)
}

// WaitFor waits until a JavaScript condition holds; what is said when it never does.
func (p *Tab) WaitFor(what, condition string) {
	p.t.Helper()
	ctx, stop := p.bounded()
	defer stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited in vain for %s (last error %v)\n%s", what, err, p.describe())
		case <-tick.C:
		}
	}
}

// WaitText waits until the page shows a text.
func (p *Tab) WaitText(text string) {
	p.t.Helper()
	p.WaitFor(fmt.Sprintf("the text %q", text), fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

// Text gives the visible text of the page.
func (p *Tab) Text() string { p.t.Helper(); return Eval[string](p, "document.body.innerText") }

// Eval gives the value of a JavaScript expression.
func Eval[T any](p *Tab, expression string) T {
	p.t.Helper()
	ctx, stop := p.bounded()
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("evaluate %.80s: %v\n%s", expression, err, p.describe())
	}
	return v
}

// Shot writes a picture of the whole page into out/screenshots, to be looked at,
// and fails when the page is wider than the window.
func (p *Tab) Shot(name string) {
	p.t.Helper()
	ctx, stop := p.bounded()
	defer stop()
	if over := p.overflow(ctx); over > 0 {
		p.t.Errorf("%s is %d px wider than its window, by %s", name, over, Eval[string](p, widest))
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatalf("screenshot %s: %v", name, err)
	}
	dir := filepath.Join(root(p.t), "out", "screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// overflow gives by how many pixels the page is wider than its window. A page
// whose window was just resized gets a few seconds to settle.
func (p *Tab) overflow(ctx context.Context) int {
	p.t.Helper()
	settle, stop := context.WithTimeout(ctx, 3*time.Second)
	defer stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		over := Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
		if over <= 0 {
			return 0
		}
		select {
		case <-settle.Done():
			return over
		case <-tick.C:
		}
	}
}

// widest names the innermost element without which the page would fit its window.
const widest = `(() => { const D = document.documentElement; let e = document.body, path = [];
	for (;;) { const next = [...e.children].find(c => { const s = c.style.display; c.style.setProperty("display", "none", "important"); const fits = D.scrollWidth <= D.clientWidth; c.style.display = s; return fits });
		if (!next) return path.join(" > ") + " " + e.outerHTML.slice(0, 200); e = next; path.push(e.tagName + "." + (e.getAttribute("class") ?? "")) } })()`

// root finds the folder of go.mod above the test's own.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above the test")
	}
}

const runAxe = `axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}})
	.then(r => r.violations.map(v => v.id + ": " + v.help + "\n    " + v.nodes.slice(0, 4).map(n => n.target.join(" ") + "  " + (n.failureSummary || "").split("\n").slice(1, 2).join("")).join("\n    ")))`

// CheckAccessibility fails the test for every violation that axe-core finds on the page.
func (p *Tab) CheckAccessibility(name string) {
	p.t.Helper()
	ctx, stop := p.bounded()
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		p.t.Fatalf("load axe-core: %v", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("run axe-core on %s: %v", name, err)
	}
	if len(found) > 0 {
		p.t.Errorf("%s: axe-core finds\n  %s", name, strings.Join(found, "\n  "))
	}
}

// Picture gives a PNG of the element that a CSS selector names, at three times its size.
func (p *Tab) Picture(selector string) []byte {
	p.t.Helper()
	ctx, stop := p.bounded()
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.ScreenshotScale(chromedp.CSS(selector), 3))
	if err != nil {
		p.t.Fatalf("picture of %s: %v", selector, err)
	}
	return png
}

// Address gives the address of the first link on the page whose path ends so.
func (p *Tab) Address(suffix string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf(`[...document.querySelectorAll("a")].map(a => a.href).find(h => h.endsWith(%q)) ?? ""`, suffix))
}

// Dark shows the page as a visitor sees it whose system is set to the dark scheme.
func (p *Tab) Dark(on bool) {
	p.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	ctx, stop := p.bounded()
	defer stop()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		// Without motion, since a colour that is still changing is no colour to be judged.
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		p.t.Fatalf("colour scheme: %v", err)
	}
}

// Refuse sends a form empty, without the browser's own checks, and waits for the page that refuses it.
func (p *Tab) Refuse(form string) {
	p.t.Helper()
	Eval[bool](p, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.noValidate = true; for (const e of f.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea, select")) e.value = "";
		window.__left = false; addEventListener("pagehide", () => { window.__left = true }); f.requestSubmit(f.querySelector("button")); return true })()`, form))
	p.WaitFor("the refusal", `document.readyState == "complete" && window.__left !== false && document.querySelector(".has-error, .notice.error") != null`)
}
