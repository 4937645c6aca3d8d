// The door with a handheld scanner instead of a camera: a laptop needs neither a camera
// nor its permission. The scanner is heard in either mode; choosing it puts the camera
// away, and on Android gives the scanner a field to type into.

import { decode } from './code.js';
import { Wedge } from './wedge.js';

const READER = 'door.reader';

export class Handheld {
  #root;
  #view;
  #on;
  #wedge;
  #catch = null;

  // on: { token(token), strange(), unlock(), camera(on) }.
  constructor(root, view, on) {
    this.#root = root;
    this.#view = view;
    this.#on = on;
    this.#wedge = new Wedge({ scan: (reading) => this.#take(reading) });
    view.at('handheld-start').addEventListener('click', () => {
      on.unlock();
      on.camera(false);
      remember('handheld');
      this.#choose(true);
    });
    view.at('handheld-stop').addEventListener('click', () => {
      on.unlock();
      remember('');
      this.#choose(false);
      on.camera(true);
    });
    if (recall() !== 'handheld') return;
    this.#choose(true);
    document.addEventListener('keydown', on.unlock, { once: true }); // a scan is a press of keys, too
    document.addEventListener('pointerdown', on.unlock, { once: true });
  }

  // reading tells whether the scanner is typing just now.
  get reading() { return this.#wedge.reading; }

  #take({ token }) {
    const dialog = this.#view.at('confirm');
    if (dialog.open) dialog.close(''); // the next person is here
    // The test code is no badge, and nothing that the server need hear of.
    if (token && decode(token)) this.#on.token(token);
    else this.#on.strange();
  }

  #choose(handheld) {
    this.#root.dataset.reader = handheld ? 'handheld' : '';
    this.#view.at('handheld').hidden = !handheld;
    this.#view.idle();
    this.#field(handheld && /Android/.test(navigator.userAgent));
  }

  // Android hands keys over only to a field, which must not call up the keyboard on the screen.
  #field(wanted) {
    this.#catch?.remove();
    this.#catch = null;
    if (!wanted) return;
    const field = document.createElement('input');
    field.className = 'scan-catch';
    field.inputMode = 'none';
    field.autocomplete = 'off';
    field.setAttribute('aria-label', this.#view.say('handheld_field'));
    this.#root.append(field);
    this.#catch = field;
    field.focus();
    document.addEventListener('focusout', () => setTimeout(() => {
      if (this.#catch === field && document.activeElement === document.body) field.focus();
    }));
  }
}

function recall() {
  try { return localStorage.getItem(READER) ?? ''; } catch { return ''; }
}

function remember(reader) {
  try { localStorage.setItem(READER, reader); } catch { /* private window: chosen again next time */ }
}
