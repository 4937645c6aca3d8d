// Parts of a page that follow what happens on the server:
//   <div data-live="/events" data-live-src="/fragment" [data-live-say="#id"]>
// Each event makes the part fetch its fragment again. Without this script the
// page shows the state of the moment it was loaded. app.js loads this file when
// a page has such a part, and lends it prepare() and say().

const shortestPause = 300;
const longestWait = 30_000;

// What stays the same when a control is drawn anew.
const nameOf = (e) => [e.tagName, e.id, e.name, e.value, e.getAttribute("href")].join(" ");

function follow(element, { prepare, say }) {
  let source;
  let wait = 1000;
  let pending = false;
  let running = false;
  let retry;
  let lastSpoken;
  let shown;

  async function refresh() {
    // Many events close together lead to one more fetch, not to many.
    if (running) { pending = true; return; }
    running = true;
    do {
      pending = false;
      try {
        const answer = await fetch(element.dataset.liveSrc, { headers: { "X-Fragment": "1" }, credentials: "same-origin" });
        if (answer.ok && !answer.redirected) show(await answer.text());
      } catch {
        // The stream notices a lost network and asks again when it is back.
      }
      await new Promise((go) => setTimeout(go, shortestPause));
    } while (pending);
    running = false;
  }

  function show(html) {
    // Never pull a field from under the fingers of somebody who types.
    const active = element.contains(document.activeElement) ? document.activeElement : null;
    if (active?.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    if (html === shown) return;
    // Nor a button: a press whose button is drawn anew under the finger is lost.
    if (element.matches(":active")) { pending = true; return; }
    shown = html;
    const ticked = new Set([...element.querySelectorAll("input[type=checkbox]:checked")].map(nameOf));
    const focused = active && nameOf(active);
    const open = [...element.querySelectorAll("details[open][id]")].map((d) => d.id);
    element.innerHTML = html;
    for (const id of open) element.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    for (const box of element.querySelectorAll("input[type=checkbox]")) if (ticked.has(nameOf(box))) box.checked = true;
    if (focused) [...element.querySelectorAll("a, button, input, summary")].find((e) => nameOf(e) === focused)?.focus();
    prepare();
    const spoken = element.dataset.liveSay && element.querySelector(element.dataset.liveSay);
    if (spoken && spoken.textContent !== lastSpoken) {
      lastSpoken = spoken.textContent;
      say(lastSpoken);
    }
  }

  function connect() {
    clearTimeout(retry);
    source = new EventSource(element.dataset.live);
    source.onopen = () => {
      wait = 1000;
      if (element.classList.contains("is-offline")) refresh();
      element.classList.remove("is-offline");
    };
    source.onmessage = refresh;
    source.addEventListener("change", refresh);
    source.addEventListener("done", () => { refresh(); source.close(); });
    source.onerror = () => {
      if (!element.isConnected) { source.close(); return; }
      element.classList.add("is-offline");
      // The browser gives up for good after an error answer; we do not.
      if (source.readyState === EventSource.CLOSED) {
        retry = setTimeout(connect, wait);
        wait = Math.min(wait * 2, longestWait);
      }
    };
  }

  connect();
  window.addEventListener("pagehide", () => { clearTimeout(retry); source?.close(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { connect(); refresh(); } });
}

export function followAll(tools) {
  document.querySelectorAll("[data-live][data-live-src]").forEach((element) => follow(element, tools));
}
