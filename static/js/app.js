// Small comforts for every page: pages work without this file.
// Behaviour is attached by data attributes; see the style page.

const root = document.documentElement;
root.classList.add("js");

const words = () => document.getElementById("words")?.dataset ?? {};

/** Tells a screen reader something without moving the focus. */
function say(text) {
  const place = document.getElementById("say");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

// --- forms: unsaved changes and double posts -------------------------------

// A refused form holds what was typed and not saved.
const dirty = new Set([...document.querySelectorAll("form[data-guard]")].filter((form) => form.querySelector(".has-error")));

function watchForm(event) {
  const form = event.target.closest?.("form[data-guard]");
  if (form) dirty.add(form);
}

function warnBeforeLeaving(event) {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size === 0) return;
  event.preventDefault();
  event.returnValue = words().leave ?? "";
}

function submitOnce(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  dirty.delete(form);
  const method = (event.submitter?.getAttribute("formmethod") ?? form.method).toLowerCase();
  // A dialog closes, a search may be sent again, and a download leaves the page as it is; only other posts are held back.
  if (method !== "post" || form.target || event.submitter?.formTarget || "download" in form.dataset) return;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  form.dataset.busy = "yes";
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
}

// The back button shows the page as it was left: free its buttons again.
function freeForms() {
  for (const form of document.querySelectorAll("form[data-busy]")) {
    delete form.dataset.busy;
    form.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy"));
  }
}

function autosubmit(event) {
  if (event.target.matches?.("[data-autosubmit]")) event.target.form?.requestSubmit();
}

// A button that acts on what a form said when it was sent last says so once the form says something else.
function asLoaded(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked === control.defaultChecked;
  if (control.tagName !== "SELECT") return true;
  const options = [...control.options];
  return control.selectedIndex === Math.max(0, options.findLastIndex((o) => o.defaultSelected));
}

function markStale(event) {
  const form = event.target.form;
  const button = form?.id && document.querySelector(`[data-stale-of="${CSS.escape(form.id)}"]`);
  const label = button?.querySelector("span");
  if (!label) return;
  const stale = ![...form.elements].every(asLoaded);
  if (stale === button.disabled) return;
  button.dataset.fresh ??= label.textContent;
  label.textContent = stale ? button.dataset.stale : button.dataset.fresh;
  button.disabled = stale;
  say(label.textContent);
}

// --- copying and sharing ---------------------------------------------------

async function writeClipboard(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // A laptop in the venue's network may serve plain HTTP, where only this works.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copying refused");
}

async function copy(button) {
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = source ? (source.value ?? source.textContent) : button.dataset.copy;
  try {
    await writeClipboard(text.trim());
  } catch {
    if (source) getSelection()?.selectAllChildren(source);
    return;
  }
  const done = button.dataset.copied ?? words().copied ?? "";
  say(done);
  const label = button.querySelector("span");
  if (!label || button.dataset.before) return;
  button.dataset.before = label.textContent;
  label.textContent = done;
  setTimeout(() => {
    label.textContent = button.dataset.before;
    delete button.dataset.before;
  }, 2000);
}

async function share(button) {
  const { title, text, url } = button.dataset;
  try {
    // An address that is left out must not be named at all: "" stands for this very page.
    await navigator.share(url ? { title, text, url: new URL(url, location.href).href } : { title, text });
  } catch {
    // Closing the share sheet is an answer, not a fault.
  }
}

// A text to be copied is chosen as a whole: by the keyboard, where there is no button to reach for.
function chooseAll(event) {
  if (event.target.matches?.("textarea[readonly]")) event.target.select();
}

function revealShare() {
  if (!navigator.share) return;
  document.querySelectorAll("[data-share]").forEach((b) => { b.hidden = false; });
}

// --- dialogs and menus -----------------------------------------------------

function openDialog(event, opener) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
}

function closeMenus(except) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  });
}

// --- ticking rows ----------------------------------------------------------

function countTicked(name) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)];
  const ticked = boxes.filter((b) => b.checked);
  boxes.forEach((b) => b.closest("tr")?.classList.toggle("is-selected", b.checked));
  document.querySelectorAll(`[data-check-all="${CSS.escape(name)}"]`).forEach((all) => {
    all.checked = boxes.length > 0 && ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
  });
  document.querySelectorAll(`[data-bulk="${CSS.escape(name)}"]`).forEach((bar) => {
    bar.hidden = ticked.length === 0;
    bar.querySelectorAll("[data-bulk-count]").forEach((n) => { n.textContent = String(ticked.length); });
  });
}

function tick(event) {
  const box = event.target;
  if (box.type !== "checkbox") return;
  const all = box.dataset.checkAll;
  if (all) {
    document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all)}"]:not(:disabled)`).forEach((b) => { b.checked = box.checked; });
    countTicked(all);
  } else if (box.name) {
    countTicked(box.name);
  }
}

/** Prepares what the page holds now; called again when a part has arrived. */
function prepare() {
  revealShare();
  document.querySelectorAll("[data-bulk]").forEach((bar) => countTicked(bar.dataset.bulk));
}

// --- wiring ----------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-copy], [data-copy-from], [data-share], [data-dialog], [data-close], [data-print]");
  closeMenus(event.target.closest?.("details.menu"));
  if (!target) return;
  if ("copy" in target.dataset || "copyFrom" in target.dataset) copy(target);
  else if ("share" in target.dataset) share(target);
  else if ("dialog" in target.dataset) openDialog(event, target);
  else if ("print" in target.dataset) window.print();
  else target.closest("dialog")?.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
    return;
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select?.();
});

document.addEventListener("input", watchForm);
document.addEventListener("focusin", chooseAll);
document.addEventListener("change", (event) => { tick(event); watchForm(event); markStale(event); autosubmit(event); });
document.addEventListener("submit", submitOnce);
window.addEventListener("beforeunload", warnBeforeLeaving);
window.addEventListener("pageshow", (event) => { if (event.persisted) freeForms(); });

prepare();
if (document.querySelector("[data-live]")) {
  import("./live.js").then((live) => live.followAll({ prepare, say }));
}
if (document.querySelector("form[data-download]")) {
  import("./download.js").then((download) => download.watch());
}
document.querySelector("[data-errors]")?.focus();
