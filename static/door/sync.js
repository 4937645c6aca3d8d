// Brings the queue to the server, in order, at least once, and brings back what
// the other doors did (scanner.md 3.2). A row leaves the queue only after the
// server has named its id.

const BATCH = 50;
const QUIET = 5000; // ms between looks for news when there is nothing to send
const LIST_EVERY = 5 * 60_000;

export class Sync {
  online = false;
  offset = 0; // server minus this device's clock, ms
  #store;
  #list;
  #on;
  #timer = 0;
  #wait = 1000;
  #running = false;
  #again = false;
  #listDue = 0;
  #cursor = 0;
  #listDirty = false; // arrivals moved since they were kept
  #kept = null; // the list as kept on the disk

  // on: { result(result, row), change(change), state(), unpaired(), refused(text), undone(row, error), list() }
  constructor(store, list, on) {
    this.#store = store;
    this.#list = list;
    this.#on = on;
    for (const name of ['online', 'focus', 'pageshow']) window.addEventListener(name, () => this.now());
  }

  async restore() {
    const kept = await this.#store.get('list');
    this.offset = (await this.#store.get('offset')) ?? 0;
    if (!kept) return;
    this.#kept = kept;
    this.#list.load(kept.data, kept.version, kept.at);
    this.#list.restart(kept.arrived);
    this.#cursor = kept.cursor;
    await this.#applyQueue();
  }

  serverNow() { return Date.now() + this.offset; }

  // now sends at once instead of waiting for the next turn.
  now() {
    this.#wait = 1000;
    if (this.#running) { this.#again = true; return; }
    clearTimeout(this.#timer);
    this.#turn();
  }

  async #turn() {
    this.#running = true;
    this.#again = false;
    let pause = QUIET;
    try {
      // Two tabs of one telephone share the queue; one of them sends.
      const done = await exclusively(() => this.#exchange());
      if (done === 'more') this.#again = true;
      this.#wait = 1000;
      this.#setOnline(true);
    } catch (err) {
      if (err.status === 401 || err.status === 403 || err.status === 410) {
        this.#running = false;
        this.#setOnline(false);
        this.#on.unpaired();
        return;
      }
      // The server answered, only not as wished: its words help more than "no network".
      if (err.status >= 400 && err.status < 500) this.#on.refused(err.message);
      pause = this.#wait * (0.75 + Math.random() / 2);
      this.#wait = Math.min(this.#wait * 2, 60_000);
      this.#again = false;
      this.#setOnline(false);
    }
    this.#running = false;
    this.#timer = setTimeout(() => this.#turn(), this.#again ? 0 : pause);
  }

  #setOnline(yes) {
    this.online = yes;
    this.#on.state();
  }

  async #exchange() {
    if (!this.#list.ready || Date.now() >= this.#listDue) await this.#fetchList();
    const rows = await this.#store.oldest(BATCH);
    if (rows.length > 0 && rows[0].undo) {
      await this.#sendUndo(rows[0]);
      return 'more';
    }
    const end = rows.findIndex((row) => row.undo);
    const scans = end < 0 ? rows : rows.slice(0, end);
    const sent = Date.now();
    const answer = await call('/door/scans', {
      sent, cursor: this.#cursor,
      scans: scans.map(({ id, seq, token, delegate, point, anyway, reason, t, off, local }) => ({ id, seq, token, delegate, point, anyway, reason, t, off, local })),
    });
    this.#setOffset(sent, answer.now);
    const named = new Map(answer.results.map((r) => [r.id, r]));
    const taken = scans.filter((row) => named.has(row.id));
    await this.#store.drop(taken.map((row) => row.seq));
    for (const row of taken) this.#on.result(named.get(row.id), row);
    for (const change of answer.changes) {
      this.#list.enter(change.delegate, change.first);
      this.#on.change(change);
    }
    if (answer.cursor !== this.#cursor) {
      this.#cursor = answer.cursor;
      this.#listDirty = true;
    }
    await this.#keepArrivals();
    return taken.length > 0 && rows.length > taken.length || rows.length === BATCH || answer.changes.length >= 500 ? 'more' : 'done';
  }

  // The arrivals are kept too, so that a restart without a network knows who is in.
  async #keepArrivals() {
    if (!this.#listDirty || !this.#kept) return;
    this.#listDirty = false;
    this.#kept = { ...this.#kept, arrived: this.#list.arrivals(), cursor: this.#cursor };
    await this.#store.set('list', this.#kept);
  }

  async #sendUndo(row) {
    let refused = null;
    try {
      await call('/door/undo', { id: row.undo, t: row.t });
    } catch (err) {
      if (err.status !== 404 && err.status !== 409) throw err;
      refused = err;
    }
    await this.#store.drop([row.seq]);
    this.#on.undone(row, refused);
  }

  async #fetchList() {
    const asked = Date.now();
    const answer = await call('/door/list?have=' + encodeURIComponent(this.#list.version));
    this.#setOffset(asked, answer.now);
    const data = answer.list ?? this.#kept.data;
    if (answer.list) this.#list.load(data, answer.version, answer.at);
    this.#list.at = answer.at;
    this.#list.restart(answer.arrived);
    this.#cursor = answer.cursor;
    await this.#applyQueue();
    this.#kept = { data, version: answer.version, at: answer.at, arrived: answer.arrived, cursor: answer.cursor };
    await this.#store.set('list', this.#kept);
    this.#listDue = Date.now() + LIST_EVERY;
    this.#on.list();
  }

  // What waits in the queue has happened, though the server does not know it yet.
  async #applyQueue() {
    for (const row of await this.#store.oldest(10_000)) {
      if (row.undo) {
        for (const { delegate, first } of this.#list.arrivals()) if (first.scan === row.undo) this.#list.enter(delegate, null);
      } else if (row.person && row.in && !this.#list.person(row.person)?.in) this.#list.enter(row.person, { ...row.in, mine: true });
    }
  }

  // The answer was made half-way between asking and having it.
  #setOffset(asked, serverNow) {
    const offset = Math.round(serverNow - (asked + Date.now()) / 2);
    if (Math.abs(offset - this.offset) > 1000) this.#store.set('offset', offset).catch(() => {});
    this.offset = offset;
  }

  refreshList() {
    this.#listDue = 0;
    this.now();
  }
}

async function exclusively(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request('hoinghi-door', { ifAvailable: true }, (lock) => (lock ? work() : 'busy'));
}

let timeout = 4000;

async function call(path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  let response;
  try {
    response = await fetch(path, {
      method: body ? 'POST' : 'GET',
      headers: body ? { 'Content-Type': 'application/json' } : {},
      body: body && JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: stop.signal,
    });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      throw Object.assign(new Error(problem.title ?? response.statusText), { status: response.status });
    }
    const answer = await response.json();
    timeout = 4000;
    return answer;
  } catch (err) {
    if (!err.status) timeout = 8000; // a slow network gets more time at the next try
    throw err;
  } finally {
    clearTimeout(timer);
  }
}
