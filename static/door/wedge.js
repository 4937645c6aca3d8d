// Handheld scanners type what they read, and Vietnamese input methods change what is
// typed (scanner.md 6). So each burst of keys is kept in several transcripts:
//
//   code  which keys were pressed, as an American keyboard names them: right under
//         CapsLock, another layout, and input methods that only look on
//   text  which characters came, with Backspace taking back: right under hooks such as
//         UniKey, which swallow a key and type its replacement
//   field what was put into the field that has the focus: all that Android tells
//
// The badge code's alphabet is one that no input method changes; the host before it
// is, which does not matter, since a code begins behind the last "/".

const SILENCE = 250; // ms without a key after which a new burst begins
const KEYS = 12; // fewer are no scan
const GAP = 65; // ms; people need 70 to 130 between keys, scanners 5 to 60
const IDLE = 300; // ms without a key that end a burst which has no Enter or Tab

const KEYPAD = { Slash: '/', NumpadDivide: '/', Period: '.', NumpadDecimal: '.', Minus: '-', NumpadSubtract: '-' };

// key gives the character on the key of an American keyboard, "" for a key without one.
function key(event) {
  const [, letter, digit] = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(event.code) ?? [];
  if (event.code === 'Semicolon') return event.shiftKey ? ':' : ';';
  return letter ?? digit ?? KEYPAD[event.code] ?? '';
}

const field = (element) => (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) && typeof element.selectionStart === 'number' ? element : null;

export class Wedge {
  #on;
  #burst = null;
  #timer = 0;

  // on: { scan(burst) → true if it was one of ours, restored(element) }. A burst is
  // { texts: the transcripts, code, text, field, gap: median ms, keys, suffix, caps, process, backspaces }.
  constructor(on, target = document) {
    this.#on = on;
    target.addEventListener('keydown', (event) => this.#key(event), true);
    target.addEventListener('input', (event) => this.#input(event), true);
  }

  #key(event) {
    if (event.repeat || ['Shift', 'CapsLock', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = event.timeStamp;
    if (event.key === 'Enter' || event.key === 'Tab') {
      if (this.#isScan() && now - this.#burst.last <= SILENCE) {
        event.preventDefault();
        event.stopImmediatePropagation();
        this.#burst.suffix = event.key;
        this.#end();
      }
      return;
    }
    const burst = this.#beat(now);
    burst.caps ||= event.getModifierState?.('CapsLock') ?? false;
    burst.code += key(event);
    if (event.key === 'Backspace') {
      burst.backspaces++;
      burst.text = burst.text.slice(0, -1);
    } else if ([...event.key].length === 1) burst.text += event.key;
    else burst.process ||= event.key === 'Process' || event.keyCode === 229;
  }

  // Without key events that say anything, as on Android, only the field tells.
  #input(event) {
    if (!field(event.target) || event.inputType === undefined) return; // set by a script
    if (event.inputType?.startsWith('insertFrom')) return; // pasted or dropped
    const burst = this.#burst;
    if (!burst || event.timeStamp - burst.last > SILENCE) return;
    burst.field = event.target.value;
    this.#wait();
  }

  // #beat counts a key to the burst that goes on, or begins a new one.
  #beat(now) {
    if (!this.#burst || now - this.#burst.last > SILENCE) {
      const element = field(document.activeElement);
      this.#burst = { code: '', text: '', field: '', gaps: [], keys: 0, last: now, suffix: '', caps: false, process: false, backspaces: 0,
        element, before: element && { value: element.value, start: element.selectionStart, end: element.selectionEnd } };
    } else this.#burst.gaps.push(now - this.#burst.last);
    this.#burst.keys++;
    this.#burst.last = now;
    this.#wait();
    return this.#burst;
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { if (this.#isScan()) this.#end(); }, IDLE);
  }

  #isScan() {
    return this.#burst !== null && this.#burst.keys >= KEYS && median(this.#burst.gaps) <= GAP;
  }

  #end() {
    clearTimeout(this.#timer);
    const burst = this.#burst;
    this.#burst = null;
    const { element, before } = burst;
    if (before && burst.field.startsWith(before.value)) burst.field = burst.field.slice(before.value.length);
    const taken = this.#on.scan({ ...burst, texts: [burst.code, burst.text, burst.field].filter(Boolean), gap: median(burst.gaps) });
    if (!taken || !element) return;
    element.value = before.value;
    element.setSelectionRange(before.start, before.end);
    this.#on.restored?.(element);
  }
}

function median(gaps) {
  if (gaps.length === 0) return Infinity;
  const sorted = [...gaps].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
