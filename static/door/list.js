// The list of people on this device, and what it says about a badge while the
// server is not heard.

import { decode, parse, verify } from './code.js';

const JUST_NOW = 60_000; // ms within which a second reading by this device is nobody's fault

export class List {
  at = 0; // when the server made it
  version = '';
  #data = null;
  #byId = new Map();
  #byBadge = new Map();
  #revoked = new Map();
  #keys = new Map();

  get ready() { return this.#data !== null; }
  get place() { return this.#data?.checkpoint.name ?? ''; }
  get point() { return this.#data?.checkpoint.id ?? 0; }

  load(data, version, at) {
    const before = this.#byId;
    this.#data = data;
    this.version = version;
    this.at = at;
    this.#byId = new Map();
    this.#byBadge = new Map();
    for (const person of data.people ?? []) {
      person.in = before.get(person.id)?.in ?? null;
      this.#add(person);
    }
    this.#revoked = new Map((data.revoked ?? []).map((r) => [r.badge, r]));
    this.#keys = new Map(Object.entries(data.edition.keys).map(([id, text]) => [Number(id), bytes(text)]));
  }

  // clear forgets everybody: the device was shut out.
  clear() {
    this.#data = null;
    this.version = '';
    this.at = 0;
    for (const map of [this.#byId, this.#byBadge, this.#revoked, this.#keys]) map.clear();
  }

  #add(person) {
    Object.defineProperty(person, 'words', { value: person.folded.split(' '), enumerable: false, writable: true });
    this.#byId.set(person.id, person);
    if (person.badge) this.#byBadge.set(person.badge, person);
  }

  // learn takes a person from an answer: perhaps newer than the list.
  learn(person) {
    if (!person || !this.ready) return;
    person.in = this.#byId.get(person.id)?.in ?? null;
    this.#add(person);
  }

  person(id) { return this.#byId.get(id); }

  // enter notes somebody's first entry, null that there is none any more.
  enter(id, first) {
    const person = this.#byId.get(id);
    if (person) person.in = first;
  }

  // restart takes the whole state of arrivals.
  restart(arrived) {
    for (const person of this.#byId.values()) person.in = null;
    for (const a of arrived) this.enter(a.delegate, a.first);
  }

  arrivals() {
    return [...this.#byId.values()].filter((p) => p.in).map((p) => ({ delegate: p.id, first: p.in }));
  }

  counts() {
    let registered = 0;
    let arrived = 0;
    for (const person of this.#byId.values()) {
      if (person.state === 'withdrawn' || !person.in && !this.#admits(person)) continue;
      if (person.in) arrived++;
      if (person.in || person.state === 'registered') registered++;
    }
    return { registered, arrived };
  }

  // search finds people whose words begin with the words typed, in any order.
  search(typed, limit) {
    const words = fold(typed).split(' ').filter(Boolean);
    if (words.join('').length < 2) return [];
    const found = [];
    for (const person of this.#byId.values()) {
      if (!words.every((word) => person.words.some((w) => w.startsWith(word)))) continue;
      found.push(person);
      if (found.length >= limit) break;
    }
    return found;
  }

  // judge says what a text from the camera is by this device's knowledge:
  // { verdict, person, first, reason, group }. Verdicts are those of the server, and
  //   repeat      this device read it a moment ago
  //   unverified  genuine, but issued after the list was made
  async judge(text, now) {
    const token = parse(text);
    const code = token && decode(token);
    if (!code) return { verdict: 'not_a_badge' };
    if (!this.ready) return { verdict: 'unverified', bare: true };
    const { edition, groups } = this.#data;
    const key = this.#keys.get(code.keyId);
    if (code.event !== edition.event || !key) return { verdict: 'other_event' };
    const genuine = await verify(key, token);
    if (genuine === false) return { verdict: 'forged' };
    const revoked = this.#revoked.get(code.badge);
    if (revoked) {
      const verdict = revoked.reason === 'withdrawn' ? 'withdrawn' : 'revoked';
      return { verdict, reason: revoked.reason, person: this.#byId.get(revoked.delegate) };
    }
    const person = this.#byBadge.get(code.badge);
    if (person) return this.of(person, now);
    // The hour of issue is cut off, so the badge may be as young as the hour's end.
    const issuedBy = edition.epoch + (code.issued + 1) * 3_600_000;
    if (genuine === null || issuedBy <= this.at) return { verdict: 'unknown' };
    return { verdict: 'unverified', group: groups.find((g) => g.category === code.category)?.name };
  }

  // #admits tells whether this checkpoint lets a person's group pass; a list without a
  // rule lets everybody.
  #admits(person) {
    const admits = this.#data?.checkpoint.admits ?? [];
    return admits.length === 0 || admits.includes(person.group_code);
  }

  // of judges a person found by badge or by name.
  of(person, now) {
    if (person.state === 'withdrawn') return { verdict: 'withdrawn', person };
    if (!person.in) return { verdict: this.#admits(person) ? 'accepted' : 'wrong_group', person };
    return { verdict: again(person.in, now), person, first: person.in };
  }
}

// again tells a second reading by this very device from a double entry. now is the server's time.
export function again(first, now) {
  return first.mine && now - first.at < JUST_NOW ? 'repeat' : 'already';
}

// fold is vietnamese.Fold for what people type into a search.
export function fold(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/[đðɖ]/g, 'd').replace(/ø/g, 'o').replace(/ł/g, 'l').replace(/ß/g, 'ss').replace(/æ/g, 'ae').replace(/œ/g, 'oe')
    .replace(/['’ʼ‘]/g, '').replace(/[^a-z0-9]+/g, ' ').trim();
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
