// A handheld scanner is a keyboard that types a badge code in a second (scanner.md 6,
// D10). Whatever Vietnamese input method is on, one of three readings survives it:
// the keys by their place (code), the text that arrived (text), what the focused
// field holds more than before (field). What stands after the last "/" of whichever
// parses is the badge; the field gets back what it held.

import { parse } from './code.js';

const SILENCE = 250; // ms after which a key begins another burst
const IDLE = 300; // ms after which a scan without Enter or Tab is over
const KEYS = 12; // fewer are no scan
const FAST = 65; // ms between two keys at the median; people need 70 and more
const REWRITE = 12; // ms within which an input method puts back what it took away

const MARKS = { Slash: '/', NumpadDivide: '/', Period: '.', NumpadDecimal: '.', Minus: '-', NumpadSubtract: '-', Semicolon: ':', Space: ' ' };
const SILENT = ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'NumLock'];
const ENDS = { Enter: 'Enter', NumpadEnter: 'Enter', Tab: 'Tab' };
const VIETNAMESE_ROW = { Digit1: 'ă', Digit2: 'â', Digit3: 'ê', Digit4: 'ô', Digit0: 'đ' };

export class Wedge {
  #on;
  #burst = null;
  #paused = null; // ended by the timer with nothing read
  #timer = 0;
  #ended = -Infinity; // when the last scan ended: a second line end belongs to it

  // on: { scan(reading), slow(reading) }. slow, which may be left out, hears of bursts
  // that are long enough but typed too slowly to be told from a person.
  // reading: { token, code, text, field, keys, gap, suffix, caps, process, vietnamese };
  // token is null when nothing reads as a badge code.
  constructor(on) {
    this.#on = on;
    const hear = (name, what) => document.addEventListener(name, what, { capture: true });
    hear('keydown', (event) => this.#keydown(event));
    hear('keypress', (event) => this.#keypress(event));
    hear('beforeinput', (event) => this.#beforeInput(event));
    hear('input', (event) => { if (event.isTrusted && this.#burst) this.#arm(); });
    hear('compositionstart', () => { if (this.#burst) this.#burst.base = [...this.#burst.text]; });
    hear('compositionend', () => { if (this.#burst) this.#burst.base = null; });
  }

  // reading tells whether a scan is under way: what arrives now is no typing.
  get reading() { return this.#burst !== null && isScan(this.#burst); }

  #keydown(event) {
    if (SILENT.includes(event.key)) return;
    this.#resume(event.timeStamp);
    const end = ENDS[event.code] ?? ENDS[event.key];
    if (end) return this.#line(event, end);
    if (event.ctrlKey !== event.altKey || event.metaKey || event.repeat) return this.#drop(); // a shortcut, or a key held down
    const b = this.#at(event.timeStamp);
    b.fresh = true;
    b.pending = null;
    b.pressed = false;
    b.caps ||= event.getModifierState('CapsLock');
    // 229 and "Process" are the input method's, and as good as any: the place is still told.
    b.process ||= event.key === 'Process' || event.keyCode === 229;
    b.vietnamese ||= event.key.toLowerCase() === (VIETNAMESE_ROW[event.code] ?? '-');
    keep(b, document.activeElement);
    if (event.key === 'Backspace') {
      takeBack(b, event.timeStamp);
      b.fresh = 'Backspace';
    } else {
      count(b, event.timeStamp);
      b.code += place(event.code);
      if ([...event.key].length === 1) add(b, event.key);
      // A focused button must not be pressed by a blank inside a strange code.
      if (event.key === ' ' && isScan(b) && !isField(event.target)) event.preventDefault();
    }
    this.#arm();
  }

  // keypress tells what injected keys, which have no name, insert where nothing has the focus.
  #keypress(event) {
    const b = this.#burst;
    if (b === null || [...event.key].length !== 1) return;
    if (b.pressed || b.pending !== event.key) add(b, event.key);
    b.pressed = true;
  }

  #beforeInput(event) {
    if (!event.isTrusted) return;
    const type = event.inputType;
    this.#resume(event.timeStamp);
    if (type === 'insertLineBreak') return this.#line(event, 'Enter');
    const at = event.timeStamp;
    const told = this.#burst !== null && this.#burst.fresh !== false;
    if (type === 'deleteContentBackward') {
      if (told && this.#burst.fresh === 'Backspace') this.#burst.fresh = false;
      else if (this.#burst) takeBack(this.#burst, at);
      return;
    }
    if (event.data === null || (type !== 'insertText' && type !== 'insertCompositionText')) return;
    const b = told ? this.#burst : this.#at(at);
    keep(b, event.target);
    if (!told) count(b, at);
    b.fresh = false;
    if (type === 'insertCompositionText') b.text = [...(b.base ??= [...b.text]), ...event.data];
    else if (b.pending !== event.data) b.text.push(...event.data);
    b.pending = null;
    this.#arm();
  }

  // line takes Enter or Tab, which only a scan keeps from doing what it does.
  #line(event, name) {
    const scan = this.reading;
    if (scan || event.timeStamp - this.#ended < SILENCE) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#ended = event.timeStamp;
    }
    this.#finish(name);
  }

  #at(now) {
    if (this.#burst && now - this.#burst.last > SILENCE) this.#finish('');
    this.#burst ??= { code: '', text: [], base: null, pending: null, pressed: false, fresh: false, keys: 0, gaps: [], last: now, taken: 0, rewrite: 0,
      fields: new Map(), focus: document.activeElement, caps: false, process: false, vietnamese: false };
    return this.#burst;
  }

  #arm() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#paused = this.#burst;
      this.#finish('');
    }, IDLE);
  }

  // resume takes a burst up again that the timer ended too soon: the keys' own times
  // say whether the scanner paused, or the computer was late to tell of them.
  #resume(now) {
    if (this.#burst === null && this.#paused !== null && now - this.#paused.last <= SILENCE) this.#burst = this.#paused;
    this.#paused = null;
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#burst = null;
  }

  #finish(suffix) {
    const b = this.#burst;
    this.#drop();
    if (b === null || b.keys < KEYS) return;
    const reading = readingOf(b, suffix);
    if (!isScan(b)) {
      this.#on.slow?.(reading);
      return;
    }
    restore(b);
    if (reading.token) this.#paused = null;
    this.#on.scan(reading);
  }
}

function readingOf(b, suffix) {
  const [first] = b.fields;
  const texts = { code: b.code, text: b.text.join(''), field: first ? inserted(...first) : '' };
  const token = [texts.code, texts.text, texts.field].reduce((found, text) => found ?? parse(text), null);
  return { token, ...texts, keys: b.keys, gap: median(b.gaps), suffix, caps: b.caps, process: b.process, vietnamese: b.vietnamese };
}

const isScan = (b) => b.keys >= KEYS && median(b.gaps) <= FAST;

// count takes one key that was typed. Input methods answer a key with Backspaces and
// new letters at once; a person who types Vietnamese would look fast if those counted.
function count(b, now) {
  const gap = now - b.last;
  if (b.rewrite > 0 && gap < REWRITE) {
    b.rewrite--;
  } else {
    b.rewrite = 0;
    if (b.keys++ > 0) b.gaps.push(gap);
  }
  b.taken = 0;
  b.last = now;
}

function takeBack(b, now) {
  b.text.pop();
  if (b.taken++ === 0) {
    if (b.keys++ > 0) b.gaps.push(now - b.last);
  }
  b.rewrite = b.taken + 1;
  b.last = now;
}

function add(b, letter) {
  b.text.push(letter);
  b.pending = letter;
}

// place gives what a key types on a US keyboard, which scanners play, Shift or not.
function place(code) {
  const letter = /^Key([A-Z])$|^(?:Digit|Numpad)(\d)$/.exec(code);
  return letter ? letter[1] ?? letter[2] : MARKS[code] ?? '?';
}

function median(gaps) {
  if (gaps.length === 0) return Infinity;
  return [...gaps].sort((a, b) => a - b)[gaps.length >> 1];
}

// --- the focused field -----------------------------------------------------------

const isField = (e) => e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement || (e instanceof HTMLInputElement && !['button', 'submit', 'checkbox', 'radio'].includes(e.type));

// keep notes what a field held before the burst reached it.
function keep(b, field) {
  if (isField(field) && !b.fields.has(field)) b.fields.set(field, { value: field.value, start: field.selectionStart, end: field.selectionEnd });
}

function inserted(field, { value, start, end }) {
  if (start === null || start === undefined) return field.value;
  return field.value.slice(start, field.value.length - (value.length - end));
}

function restore(b) {
  for (const [field, { value, start, end }] of b.fields) {
    if (field.value === value) continue;
    if (b.base !== null) { // an unfinished composition would be put in afterwards
      field.blur();
      field.focus();
    }
    field.value = value;
    if (start !== null && start !== undefined) field.setSelectionRange(start, end);
    field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }));
  }
  const now = document.activeElement;
  if (now === b.focus) return;
  if (b.focus instanceof HTMLElement && b.focus !== document.body) b.focus.focus();
  else now?.blur?.();
}
