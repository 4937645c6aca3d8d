// A tone and a vibration for each verdict. Tones are made, not played from files;
// the audio must be unlocked inside a tap.

const TONES = { // [frequency Hz, start ms, length ms, wave]
  accepted: [[1320, 0, 140, 'sine']],
  already: [[440, 0, 150, 'triangle'], [440, 220, 150, 'triangle']],
  repeat: [[1900, 0, 25, 'sine']],
  unverified: [[660, 0, 130, 'sine'], [990, 150, 160, 'sine']],
  refused: [[150, 0, 420, 'sawtooth']],
  forged: [[150, 0, 900, 'sawtooth']],
  correction: [[520, 0, 120, 'triangle'], [390, 140, 200, 'triangle']],
};

const SHAKES = {
  accepted: [80], already: [90, 80, 90], repeat: [20], unverified: [60, 50, 120], refused: [300], forged: [700], correction: [60, 60, 200],
};

export class Sound {
  #audio = null;

  unlock() {
    try {
      this.#audio ??= new AudioContext();
      this.#audio.resume();
      this.#tone(1320, 0, 60, 'sine', 0.05); // heard softly: the volume can be judged
    } catch {
      this.#audio = null; // colour and word still speak
    }
  }

  play(kind) {
    const name = TONES[kind] ? kind : 'refused';
    try { navigator.vibrate?.(SHAKES[name]); } catch { /* not allowed before a tap */ }
    if (!this.#audio) return;
    if (this.#audio.state !== 'running') this.#audio.resume().catch(() => {});
    for (const [hz, start, length, wave] of TONES[name]) this.#tone(hz, start, length, wave, 0.5);
  }

  #tone(hz, start, length, wave, volume) {
    const from = this.#audio.currentTime + start / 1000;
    const to = from + length / 1000;
    const gain = this.#audio.createGain();
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(volume, from + 0.008);
    gain.gain.setValueAtTime(volume, to - 0.02);
    gain.gain.linearRampToValueAtTime(0, to);
    const source = this.#audio.createOscillator();
    source.type = wave;
    source.frequency.value = hz;
    source.connect(gain).connect(this.#audio.destination);
    source.start(from);
    source.stop(to);
  }
}
