// Pairs this device: the secret stands after "#" and is sent in a body, so that no
// log and no history on the way keeps it.

const root = document.getElementById('pair');
const words = JSON.parse(root.dataset.words);
const message = root.querySelector('[data-at="message"]');
const form = root.querySelector('form');

async function pair(secret) {
  message.hidden = false;
  message.className = 'notice info';
  message.textContent = words.pairing;
  let text = words.pair_network;
  try {
    const response = await fetch('/door/pair', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, credentials: 'same-origin', body: JSON.stringify({ secret }),
    });
    if (response.ok) {
      location.replace('/door');
      return;
    }
    text = (await response.json()).title ?? text;
  } catch {
    // no network: the text says so
  }
  message.className = 'notice error';
  message.textContent = text;
}

function secretOf(text) {
  const trimmed = text.trim();
  return trimmed.slice(trimmed.lastIndexOf('#') + 1);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const secret = secretOf(form.elements.link.value);
  if (secret) pair(secret);
});

function fromAddress() {
  if (location.hash.length < 2) return;
  const secret = secretOf(location.hash);
  history.replaceState(null, '', location.pathname);
  pair(secret);
}

window.addEventListener('hashchange', fromAddress);
fromAddress();
