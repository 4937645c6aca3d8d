// The camera (scanner.md D4): one stream, kept for the whole session; frames go to
// the decoder's worker one at a time. When the picture stops, for whatever reason,
// the stream is let go entirely and opened again.

const CHOSEN = 'door.camera';
const SILENCE = 2000; // ms without a frame after which the camera counts as lost

export class Camera {
  #video;
  #worker;
  #stream = null;
  #opening = null;
  #wanted = false;
  #busy = false;
  #lastFrame = 0;
  #handle = 0;
  #on;

  // on: { texts(list), state(name), devices(list, chosen), torch(available, on) };
  // state is one of off, opening, live, lost, denied, none, unsupported.
  constructor(video, urls, on) {
    this.#video = video;
    this.#on = on;
    this.#worker = new Worker(urls.worker);
    this.#worker.onmessage = (event) => this.#answer(event.data);
    this.#worker.onerror = () => on.state('unsupported');
    this.#worker.postMessage({ type: 'init', script: urls.script, wasm: urls.wasm });
    setInterval(() => this.#watch(), 500);
    for (const [target, name] of [[window, 'focus'], [window, 'pageshow'], [document, 'visibilitychange']]) {
      target.addEventListener(name, () => this.#wake());
    }
  }

  // start must be called inside a tap the first time: some systems ask then only.
  async start() {
    this.#wanted = true;
    await this.#open();
  }

  stop() {
    this.#wanted = false;
    this.#close();
    this.#on.state('off');
  }

  async choose(deviceId) {
    remember(deviceId);
    this.#close();
    await this.#open();
  }

  async torch(on) {
    const track = this.#track();
    if (!track) return;
    try {
      await track.applyConstraints({ advanced: [{ torch: on }] });
      this.#on.torch(true, on);
    } catch {
      this.#on.torch(false, false);
    }
  }

  #track() { return this.#stream?.getVideoTracks()[0]; }

  #open() {
    // Two requests at once give a black picture on iOS.
    this.#opening ??= this.#reallyOpen().finally(() => { this.#opening = null; });
    return this.#opening;
  }

  async #reallyOpen() {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#on.state('none');
      return;
    }
    this.#on.state('opening');
    const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    const chosen = recall();
    const which = chosen ? { deviceId: { exact: chosen } } : { facingMode: { ideal: 'environment' } };
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...size } });
    } catch (err) {
      if (chosen && (err.name === 'OverconstrainedError' || err.name === 'NotFoundError')) {
        remember(''); // that camera is gone; the watchdog opens another
        this.#on.state('lost');
        return;
      }
      this.#on.state(err.name === 'NotAllowedError' ? 'denied' : err.name === 'NotFoundError' ? 'none' : 'lost');
      if (err.name === 'NotAllowedError' || err.name === 'NotFoundError') this.#wanted = false;
      return;
    }
    const track = this.#track();
    track.addEventListener('ended', () => this.#reopen());
    track.addEventListener('mute', () => { this.#lastFrame = Math.min(this.#lastFrame, performance.now() - SILENCE / 2); });
    this.#video.srcObject = this.#stream;
    this.#lastFrame = performance.now();
    this.#busy = false;
    try {
      await this.#video.play();
    } catch {
      // A page in the background may not play yet; the watchdog sees to it.
    }
    this.#next();
    this.#on.torch(Boolean(track.getCapabilities?.().torch), false);
    this.#listCameras(track);
  }

  async #listCameras(track) {
    try {
      const all = await navigator.mediaDevices.enumerateDevices();
      this.#on.devices(all.filter((d) => d.kind === 'videoinput'), track.getSettings().deviceId);
    } catch {
      this.#on.devices([], '');
    }
  }

  #close() {
    if (this.#handle) this.#video.cancelVideoFrameCallback?.(this.#handle);
    this.#handle = 0;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  #reopen() {
    if (!this.#wanted || this.#opening || document.hidden) return;
    this.#on.state('lost');
    this.#close();
    this.#open();
  }

  // Coming back to the page: some systems end the stream without saying so.
  #wake() {
    if (!this.#wanted || document.hidden) return;
    if (this.#track()?.readyState !== 'live') this.#reopen();
    else if (this.#video.paused) this.#video.play().catch(() => {});
  }

  #watch() {
    if (!this.#wanted || document.hidden) {
      this.#lastFrame = performance.now();
      return;
    }
    if (performance.now() - this.#lastFrame > SILENCE) {
      this.#lastFrame = performance.now();
      this.#reopen();
    }
  }

  #next() {
    if (!this.#stream) return;
    if (this.#video.requestVideoFrameCallback) {
      this.#handle = this.#video.requestVideoFrameCallback(() => this.#frame());
    } else {
      requestAnimationFrame(() => this.#frame());
    }
  }

  async #frame() {
    if (!this.#stream) return;
    this.#lastFrame = performance.now();
    this.#on.state('live');
    this.#next();
    if (this.#busy || this.#video.readyState < 2) return;
    this.#busy = true;
    try {
      const bitmap = await createImageBitmap(this.#video);
      this.#worker.postMessage({ type: 'frame', bitmap }, [bitmap]);
    } catch {
      this.#busy = false;
    }
  }

  #answer(message) {
    if (message.type === 'texts') {
      this.#busy = false;
      this.#on.texts(message.texts);
    } else if (message.type === 'failed') {
      this.#on.state('unsupported');
    }
  }
}

function recall() {
  try { return localStorage.getItem(CHOSEN) ?? ''; } catch { return ''; }
}

function remember(deviceId) {
  try { localStorage.setItem(CHOSEN, deviceId); } catch { /* private window: asked again next time */ }
}
