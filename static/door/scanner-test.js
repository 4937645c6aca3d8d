// The page on which a handheld scanner is tried out: it reads the test code, and the
// page says how the code arrived and what to change.

import { parse } from './code.js';
import { Wedge } from './wedge.js';

const root = document.getElementById('scanner-test');
const words = JSON.parse(root.dataset.words);
const wanted = parse(root.dataset.test);
const host = root.dataset.test.slice(0, root.dataset.test.lastIndexOf('/') + 1);
const at = (name) => root.querySelector(`[data-at="${name}"]`);
const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

new Wedge({
  scan(burst) {
    show(burst);
    return true;
  },
});

function show(burst) {
  const read = burst.texts.map(parse);
  const good = read.includes(wanted);
  const other = !good && read.find(Boolean);
  const facts = [
    [say('test_read'), say(good ? 'test_read_yes' : other ? 'test_read_other' : 'test_read_no')],
    [say('test_layout'), say(layout(burst))],
    [say('test_ime'), say(inputMethod(burst) ? 'test_ime_on' : 'test_ime_off')],
    [say('test_caps'), say(burst.caps ? 'test_on' : 'test_off')],
    [say('test_speed'), say('test_speed_ms', { ms: Math.round(burst.gap * 10) / 10, s: Math.round(burst.gap * burst.keys / 100) / 10 })],
    [say('test_suffix'), burst.suffix || say('test_suffix_none')],
  ];
  const advice = [];
  if (!good) advice.push(say(other ? 'advice_other' : 'advice_unread'));
  if (layout(burst) === 'test_layout_other') advice.push(say('advice_layout'));
  if (burst.gap > 30) advice.push(say('advice_slow'));
  if (!burst.suffix) advice.push(say('advice_suffix'));
  root.dataset.result = good ? 'good' : 'bad';
  const verdict = at('verdict');
  verdict.className = `notice ${good ? 'success' : 'error'}`;
  verdict.hidden = false;
  verdict.textContent = say(good ? 'test_good' : 'test_bad');
  at('facts').replaceChildren(...facts.map(([name, value]) => row(name, value)));
  at('advice').replaceChildren(...advice.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
}

// A keyboard with another layout types other characters than those on its keys.
function layout(burst) {
  if (!burst.text || burst.process || burst.backspaces > 0) return 'test_layout_unknown';
  return burst.text.toUpperCase().replace(/[^A-Z0-9/]/g, '') === burst.code.replace(/[^A-Z0-9/]/g, '') ? 'test_layout_us' : 'test_layout_other';
}

// An input method betrays itself: it takes back, hides keys, or marks the host's letters.
function inputMethod(burst) {
  if (layout(burst) === 'test_layout_other') return false; // other characters are the layout's doing
  return burst.process || burst.backspaces > 0 || /[^\x00-\x7f]/.test(burst.text + burst.field)
    || (burst.text !== '' && parse(burst.text) === wanted && burst.text.toUpperCase().replace(/;/g, ':').slice(0, host.length) !== host);
}

function row(name, value) {
  const div = document.createElement('div');
  div.append(Object.assign(document.createElement('dt'), { textContent: name }), Object.assign(document.createElement('dd'), { textContent: value }));
  return div;
}
