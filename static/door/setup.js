// The page that tries a handheld scanner out: it reads the test code and says what the
// computer made of it, and what to change.

import { parse } from './code.js';
import { Wedge } from './wedge.js';

const root = document.getElementById('setup');
const words = JSON.parse(root.dataset.words);
const expected = root.dataset.code;
const at = (name) => root.querySelector(`[data-at="${name}"]`);
const say = (key, values = {}) => (words['setup_' + key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

new Wedge({ scan: (reading) => show(reading, false), slow: (reading) => show(reading, true) });

function show(reading, slow) {
  const found = examine(reading);
  const ours = reading.token === parse(expected);
  const ok = ours && !slow && found.prefix === '';
  const advice = [
    !ours && (reading.token ? 'advice_badge' : 'advice_code'),
    slow && 'advice_slow',
    found.prefix && 'advice_prefix',
    !found.place && ours && 'advice_country',
    reading.suffix === '' && 'advice_suffix',
    found.method !== 'none' && ours && 'advice_method',
    found.layout === 'vietnamese' && 'advice_vietnamese',
    found.caps && ours && 'advice_caps',
  ].filter(Boolean);
  const verdict = at('verdict');
  verdict.className = `verdict ${ok ? 'accepted' : 'refused'}`;
  verdict.dataset.ok = ok ? 'yes' : 'no';
  verdict.replaceChildren(paragraph('verdict-word', say(ok ? 'ok' : 'not_ok')), list(advice));
  fact('layout', say('layout_' + found.layout));
  fact('method', say('method_' + found.method));
  fact('caps', say(found.caps ? 'caps_on' : 'caps_off'));
  fact('speed', say('speed', { ms: Math.round(reading.gap * 10) / 10, n: reading.keys }));
  fact('suffix', reading.suffix === '' ? say('suffix_none') : reading.suffix);
  fact('prefix', found.prefix === '' ? say('prefix_none') : found.prefix);
}

// examine compares what came with what the test code says: { layout, method, prefix, caps, place }.
function examine(reading) {
  const arrived = reading.field || reading.text;
  const text = arrived.toUpperCase();
  const caps = reading.caps || arrived.endsWith(parse(expected).toLowerCase());
  const place = reading.code.endsWith(expected);
  let layout = 'other';
  if (reading.vietnamese) layout = 'vietnamese';
  else if (place) layout = 'us';
  else if (reading.code.endsWith(parse(expected))) layout = 'us'; // the input method swallowed keys before the token
  return { layout, method: methodOf(text, reading), prefix: prefixOf(reading.code), caps, place: layout !== 'other' };
}

function methodOf(text, reading) {
  if (reading.vietnamese) return 'none'; // the letters come from the layout
  const parts = text.normalize('NFC').split('/');
  const [joined, six, dot] = parts.slice(-4);
  if (joined === 'Â') return 'telex';
  if (six === 'Â') return 'vni';
  if (dot === 'Ạ') return 'viqr';
  return reading.process ? 'process' : /[^\x00-\x7f]/.test(text) ? 'other' : 'none';
}

// prefixOf gives what a scanner puts before the code. TEST is the first thing it types.
function prefixOf(code) {
  const begin = code.indexOf(expected.slice(0, 4));
  return begin > 0 ? code.slice(0, begin) : '';
}

function fact(name, text) { at(name).textContent = text; }

function paragraph(className, text) {
  const p = document.createElement('p');
  p.className = className;
  p.textContent = text;
  return p;
}

function list(keys) {
  const ul = document.createElement('ul');
  for (const key of keys) {
    const li = document.createElement('li');
    li.textContent = say(key);
    ul.append(li);
  }
  return ul;
}

document.body.dataset.ready = 'yes';
at('print').addEventListener('click', () => print());
