// The scanner's page. A reading is decided on this device, kept in the queue, and
// only then shown; the server's answer replaces the device's own while the card is
// fresh, and comes as a correction later. A fault of the network is never a
// fault of a ticket.

import { parse } from './code.js';
import { Camera } from './camera.js';
import { Handheld } from './handheld.js';
import { List, again } from './list.js';
import { Sound } from './sound.js';
import { Store } from './store.js';
import { Sync } from './sync.js';
import { View, tone } from './view.js';

const GONE = 2500; // ms out of view after which the same code counts again
const SHOW_BY = 250; // ms after which the device's own verdict is shown
const FRESH = 800; // ms within which the server's verdict replaces it quietly
const UNDO = 10_000;
const OLD_LIST = 12 * 3_600_000;
const CLOCK_DOUBT = 120_000;

const root = document.getElementById('door');
const view = new View(root);
const sound = new Sound();
const store = new Store();
const list = new List();
const answers = new Map(); // id of a scan whose card waits → function that takes the result
const seen = new Map(); // text in view → when it was last seen
const strange = new Map(); // text that is no badge → frames it was seen in
let recent = [];
let waiting = 0;

const sync = new Sync(store, list, {
  result: takeResult,
  change: takeChange,
  undone: takeUndone,
  list: showBar,
  state: showBar,
  refused: (text) => view.banner('refused', text, 'error'),
  unpaired: async () => {
    await store.forget();
    list.clear();
    showBar();
    view.banner('unpaired', view.say('unpaired'), 'error', view.link('/door/pair', view.say('pair')));
  },
});

const camera = new Camera(view.at('video'), root.dataset, {
  texts: takeTexts,
  state: showCamera,
  devices: showCameras,
  torch: showTorch,
});

const handheld = new Handheld(root, view, {
  token: (token) => { seen.set(token, performance.now()); scan({ token }); },
  strange: () => show({ verdict: 'not_a_badge' }),
  unlock,
  camera: (on) => (on ? camera.start() : camera.stop()),
});

// --- reading -----------------------------------------------------------------

function takeTexts(texts) {
  const now = performance.now();
  for (const [text, last] of seen) if (now - last > GONE) seen.delete(text);
  for (const text of strange.keys()) if (!texts.includes(text)) strange.delete(text);
  for (const text of texts) {
    const token = parse(text);
    const known = seen.has(token ?? text);
    if (token) {
      seen.set(token, now);
      if (!known) scan({ token });
      continue;
    }
    // A decoder sees ghosts; three frames running it is really there.
    strange.set(text, (strange.get(text) ?? 0) + 1);
    if (known) seen.set(text, now);
    else if (strange.get(text) >= 3) {
      seen.set(text, now);
      view.verdict({ verdict: 'not_a_badge' });
    }
  }
}

// scan takes one reading: { token } of a badge, or { person } found by name; with
// reason the steward lets somebody in by hand, and with anyway against the checkpoint's rule.
async function scan({ token, person, reason, anyway }) {
  const t = Date.now();
  const id = uuid();
  const now = sync.serverNow();
  const local = person ? list.of(person, now) : await list.judge(token, now);
  if (anyway && local.verdict === 'wrong_group') local.verdict = 'accepted';
  const card = { id, token, byHand: Boolean(person), anyway, listTime: list.at ? view.time(list.at) : '', ...local };
  if (local.verdict === 'repeat') {
    show(card);
    return;
  }
  const row = { id, t, off: sync.offset, point: list.point, local: local.verdict === 'unverified' ? '' : local.verdict };
  if (person) row.delegate = person.id;
  else row.token = token;
  if (reason) row.reason = reason;
  if (anyway) row.anyway = true;
  if (local.verdict === 'accepted') {
    row.person = local.person.id;
    row.in = { scan: id, at: now, device: root.dataset.device, checkpoint: list.place, mine: true };
    list.enter(row.person, row.in);
  }
  remember({ id, verdict: local.verdict, name: local.person?.name ?? '', number: local.person?.number ?? '', person: local.person?.id, at: now, t });
  const answer = new Promise((resolve) => answers.set(id, resolve));
  try {
    await store.push(row, { recent });
    waiting++;
    drawBar();
    sync.now();
  } catch {
    view.banner('storage', view.say('storage_full'), 'error');
  }
  await showAnswer(card, answer);
}

async function showAnswer(card, answer) {
  const early = await within(answer, sync.online ? SHOW_BY : 0);
  if (early) {
    answers.delete(card.id);
    show(early);
    return;
  }
  show(card);
  const fresh = await within(answer, FRESH - SHOW_BY);
  answers.delete(card.id); // from here on takeResult corrects by itself
  if (fresh) {
    if (fresh.verdict !== card.verdict) show(fresh);
    return;
  }
  if (view.shows(card.id)) view.verdict({ ...card, pending: true });
  showBar();
}

function show(card) {
  view.verdict(card);
  const name = tone(card.verdict);
  if (name) sound.play(name);
}

const within = (promise, ms) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, null))]);

// --- answers -----------------------------------------------------------------

function takeResult(result, row) {
  waiting = Math.max(0, waiting - 1);
  if (result.error) {
    if (row.in) list.enter(row.person, null);
    view.banner('error', view.say('scan_error', { text: result.error }), 'error');
    answers.delete(row.id);
    return;
  }
  list.learn(result.person);
  const person = result.person && (list.person(result.person.id) ?? result.person);
  if (person) {
    const mine = { scan: row.id, at: row.t + sync.offset, device: root.dataset.device, checkpoint: list.place, mine: true };
    if (result.verdict === 'accepted') list.enter(person.id, mine);
    else if (result.verdict === 'already' && result.first) list.enter(person.id, result.first);
    else if (row.in) list.enter(row.person, null);
  }
  if (result.doubt) view.banner('clock', view.say('clock_doubt'));
  const verdict = result.verdict === 'already' && result.first ? again(result.first, sync.serverNow()) : result.verdict;
  const card = { id: row.id, token: row.token, byHand: Boolean(row.delegate), anyway: row.anyway, verdict, person, first: result.first, reason: result.reason, replaced: result.replaced };
  const before = recent.find((e) => e.id === row.id)?.verdict;
  amend(row.id, { verdict: result.verdict, name: person?.name ?? '', number: person?.number ?? '', person: person?.id });
  const give = answers.get(row.id);
  if (give) give(card);
  else if (view.shows(row.id)) {
    if (view.card.verdict === verdict) view.verdict(card);
    else show(card);
  } else if (before && before !== result.verdict) correct(card);
}

// correct tells that an answer which came late differs from what was shown.
function correct(card) {
  const name = card.person?.name ?? view.say('word_refused');
  const text = card.first
    ? view.say('late_already', { name, time: view.time(card.first.at), place: card.first.checkpoint, device: card.first.device })
    : view.say('late_other', { name, text: view.say(card.verdict === 'accepted' ? 'word_accepted' : 'text_' + (card.reason || card.verdict)) });
  view.banner('late-' + card.id, text);
  sound.play('correction');
}

// takeChange hears what another door did. If it let somebody in before us, the steward should know.
function takeChange(change) {
  const mine = recent.find((e) => e.person === change.delegate && e.verdict === 'accepted' && !e.undone);
  if (!change.first || change.first.mine || !mine) return;
  amend(mine.id, { verdict: 'already' });
  correct({ id: mine.id, person: list.person(change.delegate), first: change.first, verdict: 'already' });
}

// --- the last five, and taking back --------------------------------------------

function remember(entry) {
  recent = [entry, ...recent].slice(0, 5);
  showRecent();
  setTimeout(showRecent, UNDO + 100);
}

function amend(id, change) {
  recent = recent.map((e) => (e.id === id ? { ...e, ...change } : e));
  store.set('recent', recent).catch(() => {});
  showRecent();
}

const undoable = (e) => e.verdict === 'accepted' && !e.undone && Date.now() - e.t < UNDO;

const showRecent = () => view.recent(recent, undoable);

async function undo(id) {
  const entry = recent.find((e) => e.id === id);
  if (!entry || !undoable(entry)) return;
  try {
    await store.push({ undo: id, t: Date.now() });
  } catch {
    view.banner('storage', view.say('storage_full'), 'error');
    return;
  }
  waiting++;
  if (list.person(entry.person)?.in?.scan === id) list.enter(entry.person, null);
  amend(id, { undone: true });
  if (view.shows(id)) view.idle();
  showBar();
  sync.now();
}

function takeUndone(row, refused) {
  waiting = Math.max(0, waiting - 1);
  if (refused) {
    amend(row.undo, { undone: false });
    view.banner('undo', refused.message);
  }
  sync.refreshList();
}

// --- search ------------------------------------------------------------------

const box = view.at('search');

function search() {
  if (handheld.reading) return; // what arrives is a scan, which leaves the box as it was
  const token = parse(box.value);
  if (token) { // pasted, or typed by a scanner that is as slow as a person
    box.value = '';
    scan({ token });
  }
  view.found(list.search(box.value, 20), box.value);
}

box.addEventListener('input', search);
view.at('search-form').addEventListener('submit', (event) => { event.preventDefault(); search(); });
view.at('found').addEventListener('click', (event) => {
  const id = Number(event.target.closest('[data-delegate]')?.dataset.delegate);
  const person = list.person(id);
  if (person) view.confirm(person);
});
view.at('confirm').addEventListener('close', () => {
  const dialog = view.at('confirm');
  const person = list.person(Number(dialog.dataset.delegate));
  if (dialog.returnValue !== 'yes' || !person) return;
  dialog.returnValue = '';
  box.value = '';
  search();
  box.blur();
  const { token, anyway } = dialog.dataset;
  const reason = dialog.querySelector(`[name="${anyway ? 'anyway' : 'reason'}"]:checked`)?.value;
  scan({ ...(token ? { token } : { person }), reason, anyway: Boolean(anyway) });
});
view.at('recent').addEventListener('click', (event) => {
  const button = event.target.closest('[data-undo]');
  if (button) undo(button.dataset.undo);
});
view.at('verdict').addEventListener('click', (event) => {
  if (event.target.closest('[data-anyway]') && view.card?.person) view.confirm(view.card.person, { token: view.card.token, anyway: true });
  else view.idle();
});

// --- the bar, the camera ---------------------------------------------------------

async function showBar() {
  try {
    waiting = await store.waiting();
  } catch {
    view.banner('storage', view.say('storage_full'), 'error');
  }
  drawBar();
}

function drawBar() {
  const age = list.ready && list.at ? sync.serverNow() - list.at : null;
  view.bar({ place: list.place, online: sync.online, waiting, age: view.age(age), ...list.counts() });
  view.banner('old', age !== null && age > OLD_LIST ? view.say('list_old') : null);
  // The demo's clock stands on the morning of the example conference; that is no fault of this device.
  const off = Math.abs(sync.offset) > CLOCK_DOUBT && root.dataset.sample !== 'yes';
  view.banner('clock-off', off ? view.say('clock_off') : null);
}

let cameraState = '';

function showCamera(state) {
  if (state === cameraState) return;
  cameraState = state;
  document.body.dataset.camera = state;
  view.at('camera-text').textContent = state === 'live' ? '' : view.say('camera_' + state);
  view.at('start').hidden = !['off', 'denied', 'none', 'unsupported'].includes(state);
}

function showCameras(devices, chosen) {
  const select = view.at('cameras');
  select.hidden = devices.length < 2;
  select.replaceChildren(...devices.map((d, i) => new Option(d.label || `${view.say('camera')} ${i + 1}`, d.deviceId, false, d.deviceId === chosen)));
}

function showTorch(available, on) {
  const button = view.at('torch');
  button.hidden = !available;
  button.setAttribute('aria-pressed', String(on));
}

view.at('cameras').addEventListener('change', (event) => camera.choose(event.target.value));
view.at('torch').addEventListener('click', (event) => camera.torch(event.currentTarget.getAttribute('aria-pressed') !== 'true'));

// unlock must be called inside a tap or a key press: sound and a screen that stays lit need one.
function unlock() {
  sound.unlock();
  keepAwake();
  navigator.storage?.persist?.();
}

view.at('start').addEventListener('click', async () => {
  unlock();
  await camera.start();
});

let lock = null;

async function keepAwake() {
  try {
    lock = await navigator.wakeLock?.request('screen');
  } catch {
    lock = null; // refused while the battery is low; the screen may then go dark
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && lock) keepAwake();
});

window.addEventListener('beforeunload', (event) => {
  if (waiting > 0) event.preventDefault();
});

// --- start ---------------------------------------------------------------------

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

async function begin() {
  view.idle();
  showCamera('off');
  try {
    await sync.restore();
    recent = (await store.get('recent')) ?? [];
  } catch {
    view.banner('storage', view.say('storage_full'), 'error');
  }
  showRecent();
  await showBar();
  setInterval(showBar, 15_000);
  sync.now();
  document.body.dataset.ready = 'yes';
}

begin();
