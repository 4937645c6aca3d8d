// Decodes camera frames with zxing-wasm (scanner.md D1–D3). A classic worker: the
// vendored library is a plain script. One frame is in flight at a time; the page
// sends the next when this one is answered.
'use strict';

let options;
let canvas;
let context;
let wholeFrames = 0;
let turn = 0;

self.onmessage = async (event) => {
  const message = event.data;
  if (message.type === 'init') {
    try {
      self.importScripts(message.script);
      // Without this the library would fetch its wasm from a public network.
      ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => message.wasm } });
      await ZXingWASM.getZXingModule();
      options = {
        // 'QRCode' also matches Micro QR and reads ghosts into plain pictures (D2).
        formats: ['QRCodeModel2'],
        maxNumberOfSymbols: 4,
        tryHarder: true,
        tryRotate: true,
        tryDownscale: true,
        tryInvert: false,
      };
      self.postMessage({ type: 'ready' });
    } catch (err) {
      self.postMessage({ type: 'failed', error: String(err) });
    }
    return;
  }
  const texts = [];
  try {
    if (options) {
      const picture = draw(message.bitmap);
      for (const found of await ZXingWASM.readBarcodes(picture.image, { ...options, tryInvert: picture.invert })) {
        if (found.isValid && found.text) texts.push(found.text);
      }
    }
  } catch (err) {
    self.postMessage({ type: 'error', error: String(err) });
  } finally {
    message.bitmap.close();
    self.postMessage({ type: 'texts', texts });
  }
};

// draw gives the picture for this turn of the cycle D3: the whole frame, then the
// centre square (8/9 of the short side) twice as large. Of frames larger than
// 720p the whole is brought down to that, every other time its centre is taken
// as it is, and the enlarged square is 640 wide: no picture has more than 1.6
// megapixels, which a telephone of the middle class decodes ten times a second.
function draw(bitmap) {
  const { width, height } = bitmap;
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  const large = long > 1300;
  const step = turn++ % (large ? 4 : 2);
  let side;
  switch (step) {
    case 0: {
      const scale = large ? 1280 / long : 1;
      const image = pixels(bitmap, 0, 0, width, height, Math.round(width * scale), Math.round(height * scale));
      return { image, invert: wholeFrames++ % 6 === 5 };
    }
    case 2:
      side = Math.min(short, 1080);
      return { image: square(bitmap, side, side), invert: false };
    default:
      side = large ? 640 : Math.round((short * 8) / 9);
      return { image: square(bitmap, side, 2 * side), invert: false };
  }
}

function square(bitmap, side, size) {
  return pixels(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, size, size);
}

function pixels(bitmap, x, y, w, h, width, height) {
  if (!canvas) {
    canvas = new OffscreenCanvas(width, height);
    context = canvas.getContext('2d', { willReadFrequently: true });
  }
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'low';
  context.drawImage(bitmap, x, y, w, h, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
