// What the steward sees: the verdict that fills the screen, the bar that is always
// there, the last five scans, the search. Everything is built from text nodes.

const KIND = { // verdict → look of design.md "The door", icon, tone
  accepted: ['accepted', 'check', 'accepted'],
  already: ['already', 'history', 'already'],
  repeat: ['already', 'history', 'repeat'], // this device itself, a moment ago: amber too, with the quieter tone
  unverified: ['unverified', 'circle-question-mark', 'unverified'],
  wrong_group: ['refused', 'ban', 'refused'],
  revoked: ['refused', 'ban', 'refused'],
  withdrawn: ['refused', 'user-x', 'refused'],
  unknown: ['refused', 'circle-x', 'refused'],
  forged: ['refused', 'ban', 'forged'],
  other_event: ['refused', 'ban', 'refused'],
  not_a_badge: ['repeat', 'qr-code', ''],
};

export const tone = (verdict) => KIND[verdict]?.[2] ?? 'refused';

export class View {
  #root;
  #words;
  #clock;
  #hide = 0;
  #shown = null;

  constructor(root) {
    this.#root = root;
    this.#words = JSON.parse(root.dataset.words);
    this.#clock = new Intl.DateTimeFormat('vi', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Ho_Chi_Minh' });
  }

  at(name) { return this.#root.querySelector(`[data-at="${name}"]`); }

  say(key, values = {}) {
    const text = this.#words[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  time(ms) { return this.#clock.format(ms); }

  icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `${this.#root.dataset.sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  // --- the verdict -----------------------------------------------------------

  // verdict fills the screen. card: { id, verdict, person, first, reason, replaced,
  // group, pending, byHand }.
  verdict(card) {
    clearTimeout(this.#hide);
    this.#shown = card;
    const [look, icon] = KIND[card.verdict] ?? KIND.unknown;
    const word = look === 'repeat' ? 'word_' + card.verdict : 'word_' + look;
    const parts = [make('div', 'verdict-head', this.icon(icon), make('p', 'verdict-word', this.say(word)))];
    const [name, ...about] = card.person ? this.#person(card.person) : [];
    const text = this.#text(card);
    // When and where somebody came in matters more than their title, and must not be scrolled to.
    parts.push(...[name, text && make('p', 'verdict-note', text), card.verdict === 'wrong_group' && card.person && this.#anyway(), ...about].filter(Boolean));
    if (card.pending) parts.push(make('p', 'verdict-pending', this.icon('cloud-off'), this.say('pending')));
    const step = this.#step(card);
    if (step) parts.push(make('p', 'verdict-step', step));
    if (look !== 'accepted' && look !== 'repeat' && card.verdict !== 'repeat') {
      const next = make('button', 'button', this.say('next'));
      next.type = 'button';
      next.addEventListener('click', () => this.idle());
      parts.push(next);
    }
    const place = this.at('verdict');
    place.className = `verdict ${look}`;
    place.dataset.verdict = card.verdict === 'repeat' ? 'already' : card.verdict;
    place.dataset.scan = card.id ?? '';
    place.dataset.pending = card.pending ? 'yes' : 'no';
    place.dataset.person = card.person?.number ?? '';
    place.replaceChildren(...parts);
    place.scrollTop = 0;
    document.body.dataset.verdict = place.dataset.verdict;
    if (look === 'repeat') this.#hide = setTimeout(() => this.idle(), 1500);
  }

  #anyway() {
    const button = make('button', 'button', this.say('anyway'));
    button.type = 'button';
    button.dataset.anyway = 'yes';
    return button;
  }

  shows(id) { return this.#shown?.id === id; }

  get card() { return this.#shown; }

  #person(person) {
    const facts = [person.province, person.group, person.number].filter(Boolean);
    const stripe = make('div', 'group-stripe');
    stripe.dataset.colour = person.colour;
    return [
      make('p', 'verdict-name', person.name),
      ...[[person.title, person.organisation].filter(Boolean).join(' · ')].filter(Boolean).map((t) => make('p', 'verdict-title', t)),
      make('p', 'verdict-facts', ...facts.map((f) => make('span', '', f))),
      stripe,
    ];
  }

  #text(card) {
    switch (card.verdict) {
      case 'already':
        return card.first && this.say('text_already', { time: this.time(card.first.at), place: card.first.checkpoint, device: card.first.device });
      case 'repeat':
        return this.say('text_repeat', { time: this.time(card.first?.at ?? Date.now()) });
      case 'revoked':
        return [this.say(card.reason === 'lost' ? 'text_lost' : 'text_substituted'), card.replaced && this.say('text_replaced', { time: this.time(card.replaced) })]
          .filter(Boolean).join(' ');
      case 'unverified':
        return card.bare ? this.say('text_no_list') : [this.say('text_unverified', { time: card.listTime ?? '' }), card.group].filter(Boolean).join(' ');
      case 'accepted':
        return card.anyway ? this.say('text_anyway') : card.byHand ? this.say('text_by_hand') : '';
      default:
        return this.say('text_' + card.verdict);
    }
  }

  #step(card) {
    const key = 'step_' + card.verdict;
    return this.#words[key] ?? '';
  }

  idle() {
    clearTimeout(this.#hide);
    this.#shown = null;
    const place = this.at('verdict');
    place.className = 'verdict';
    for (const name of ['verdict', 'scan', 'pending', 'person']) place.dataset[name] = '';
    place.replaceChildren(make('p', 'verdict-idle', this.icon('scan-line'), this.say(this.#root.dataset.reader === 'handheld' ? 'idle_handheld' : 'idle')));
    document.body.dataset.verdict = '';
  }

  // --- the bar ---------------------------------------------------------------

  bar({ place, online, waiting, age, arrived, registered }) {
    const net = this.at('net');
    net.dataset.online = online ? 'yes' : 'no';
    net.replaceChildren(this.icon(online ? 'wifi' : 'wifi-off'), this.say(online ? 'online' : 'offline'));
    if (place) this.at('place').textContent = place;
    const queue = this.at('queue');
    queue.dataset.waiting = String(waiting);
    queue.replaceChildren(this.icon(waiting ? 'cloud-off' : 'cloud'), this.say('waiting', { n: waiting }));
    this.at('age').textContent = age;
    const count = this.at('count');
    count.dataset.arrived = String(arrived);
    count.dataset.registered = String(registered);
    count.textContent = `${arrived}/${registered}`;
  }

  age(ms) {
    if (ms === null) return this.say('no_list');
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 1) return this.say('age_now');
    return minutes < 120 ? this.say('age_minutes', { n: minutes }) : this.say('age_hours', { n: Math.floor(minutes / 60) });
  }

  // banner shows or takes away a lasting notice. kind names it; text null takes it away.
  banner(kind, text, look = 'warning', link = null) {
    const place = this.at('banners');
    place.querySelector(`[data-banner="${kind}"]`)?.remove();
    if (text === null) return;
    const close = make('button', 'button quiet small', this.say('close'));
    close.type = 'button';
    const note = make('div', `notice ${look}`, this.icon('triangle-alert'), make('div', '', make('p', '', text)), link ?? close);
    note.dataset.banner = kind;
    close.addEventListener('click', () => note.remove());
    place.prepend(note);
    while (place.children.length > 3) place.lastElementChild.remove();
  }

  link(href, text) {
    const a = make('a', 'button small', text);
    a.href = href;
    return a;
  }

  // --- the last five -----------------------------------------------------------

  recent(entries, undo) {
    this.at('recent').replaceChildren(...entries.map((e) => {
      const [look, icon] = KIND[e.verdict] ?? KIND.unknown;
      const row = make('li', `recent ${look}`, this.icon(e.undone ? 'undo-2' : icon),
        make('span', 'recent-name', e.name || this.say('word_refused')), make('time', 'num', this.time(e.at)));
      row.dataset.scan = e.id;
      row.dataset.verdict = e.undone ? 'undone' : e.verdict;
      if (e.undone) row.append(make('span', 'recent-undone', this.say('undone')));
      else if (undo(e)) {
        const button = make('button', 'button small', this.icon('undo-2'), this.say('undo'));
        button.type = 'button';
        button.dataset.undo = e.id;
        button.setAttribute('aria-label', this.say('undo_of', { name: e.name }));
        row.append(button);
      }
      return row;
    }));
  }

  // --- search ------------------------------------------------------------------

  found(people, typed) {
    const place = this.at('found');
    place.hidden = typed.trim().length < 2;
    if (place.hidden) return place.replaceChildren();
    if (people.length === 0) return place.replaceChildren(make('li', 'found-none', this.say('search_none')));
    return place.replaceChildren(...people.map((p) => {
      const button = make('button', 'found', make('strong', '', p.name), make('small', '', [p.title, p.organisation, p.province, p.number].filter(Boolean).join(' · ')));
      button.type = 'button';
      button.dataset.delegate = String(p.id);
      if (p.in) button.append(make('small', 'found-in', this.icon('check'), this.say('in_since', { time: this.time(p.in.at) })));
      else if (p.state === 'withdrawn') button.append(make('small', 'found-out', this.icon('user-x'), this.say('withdrawn')));
      return make('li', '', button);
    }));
  }

  // confirm asks why somebody is let in by hand, or, with anyway, against the rule of the checkpoint.
  confirm(person, { token = '', anyway = false } = {}) {
    const dialog = this.at('confirm');
    this.at('confirm-person').replaceChildren(...this.#person(person));
    this.at('confirm-title').textContent = this.say(anyway ? 'confirm_anyway' : 'confirm');
    this.at('reasons').hidden = anyway;
    this.at('reasons-anyway').hidden = !anyway;
    dialog.dataset.delegate = String(person.id);
    dialog.dataset.token = token;
    dialog.dataset.anyway = anyway ? 'yes' : '';
    dialog.showModal();
  }
}

// make builds an element; what is no node becomes text.
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((c) => c !== null && c !== undefined));
  return element;
}
