// Reads {source, publicKey, texts} as JSON from standard input, runs the browser's
// badge code over every text and writes the findings as a JSON list. The source is
// imported from a data address, so that the file needs no package.json beside it.
let input = '';
for await (const chunk of process.stdin) input += chunk;
const { source, publicKey, texts, without } = JSON.parse(input);
if (without === 'ed25519') {
  crypto.subtle.importKey = async () => {
    throw new DOMException('Unrecognized algorithm name', 'NotSupportedError');
  };
}
const code = await import('data:text/javascript;base64,' + Buffer.from(source).toString('base64'));
const key = Buffer.from(publicKey, 'hex');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const found = [];
for (const text of texts) {
  const token = code.parse(text);
  const body = token === null ? null : code.decode(token);
  found.push({
    token: token ?? '',
    body: body && { ...body, signed: hex(body.signed), sig: hex(body.sig) },
    genuine: token === null ? false : await code.verify(key, token),
  });
}
process.stdout.write(JSON.stringify(found));
