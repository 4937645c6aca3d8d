// The badge code "confbadge-v1" in the browser: the twin of conference/badge/code.go,
// where the format is described. A test runs both against the same texts.

const ALPHABET = '0123456789BCFGHJKLMNPQRSTVXZ';
const TOKEN_LENGTH = 127;
const BODY_SIZE = 12;
const CODE_SIZE = BODY_SIZE + 64;
const CODE_VERSION = 1;
const SIGNED_AS = new TextEncoder().encode('confbadge-v1\0');

// Closed lists instead of trim() and toUpperCase(): Go and JavaScript disagree
// about what is a blank, and about letters such as "ſ" and "ß".
const BLANKS = /^[ \t\r\n\v\f\u00a0\ufeff]+|[ \t\r\n\v\f\u00a0\ufeff]+$/g;
const LOWER = /[a-z]/g;

// parse finds the token in what a camera or a handheld scanner delivered, or gives null.
export function parse(text) {
  const trimmed = text.replace(BLANKS, '');
  const token = trimmed.slice(trimmed.lastIndexOf('/') + 1).replace(LOWER, (c) => c.toUpperCase());
  if (token.length !== TOKEN_LENGTH) return null;
  for (const c of token) if (!ALPHABET.includes(c)) return null;
  return token;
}

// decode splits a token, as parse gives it, without verifying it; null when it is none.
// badge is 10 hexadecimal digits, issued is hours since the event's badge epoch.
export function decode(token) {
  const raw = bytesOf(token);
  if (raw === null || raw[0] >> 4 !== CODE_VERSION) return null;
  const signed = new Uint8Array(SIGNED_AS.length + BODY_SIZE);
  signed.set(SIGNED_AS);
  signed.set(raw.subarray(0, BODY_SIZE), SIGNED_AS.length);
  return {
    ver: raw[0] >> 4,
    keyId: raw[0] & 15,
    event: (raw[1] << 8) | raw[2],
    badge: Array.from(raw.subarray(3, 8), (b) => b.toString(16).padStart(2, '0')).join(''),
    category: raw[8],
    days: raw[9],
    issued: (raw[10] << 8) | raw[11],
    signed,
    sig: raw.slice(BODY_SIZE),
  };
}

function bytesOf(token) {
  if (token.length !== TOKEN_LENGTH) return null;
  let n = 0n;
  for (const c of token) {
    const digit = ALPHABET.indexOf(c);
    if (digit < 0) return null;
    n = n * 28n + BigInt(digit);
  }
  const hex = n.toString(16).padStart(2 * CODE_SIZE, '0');
  if (hex.length > 2 * CODE_SIZE) return null; // more than 608 bits
  const raw = new Uint8Array(CODE_SIZE);
  for (let i = 0; i < CODE_SIZE; i++) raw[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return raw;
}

// verify tells whether the owner of the raw public key (32 bytes) signed the token:
// true or false, or null when this browser cannot check Ed25519 signatures (older
// than Chrome 137, Safari 17, Firefox 129, or no secure context); the caller then
// relies on its list and the server.
export async function verify(publicKeyRaw, token) {
  const code = decode(token);
  if (code === null) return false;
  const key = await importKey(publicKeyRaw);
  if (key === null) return null;
  return crypto.subtle.verify({ name: 'Ed25519' }, key, code.sig, code.signed);
}

async function importKey(raw) {
  if (!globalThis.crypto?.subtle) return null;
  try {
    return await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
  } catch (err) {
    if (err.name === 'NotSupportedError') return null;
    throw err;
  }
}
