let audio: AudioContext | undefined;

/** Two quiet notes, made here: nothing is loaded. A browser that allows no sound yet stays silent. */
export function ring(): void {
  try {
    audio ??= new AudioContext();
    const { currentTime: now, destination } = audio;
    for (const [at, hertz] of [
      [0, 660],
      [0.12, 880],
    ] as const) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0, now + at);
      volume.gain.linearRampToValueAtTime(0.05, now + at + 0.01);
      volume.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.25);
      tone.connect(volume).connect(destination);
      tone.start(now + at);
      tone.stop(now + at + 0.3);
    }
  } catch {
    // No sound here.
  }
}
