// How much of a processor has a worker used over a while? A mean: a moment of rest does not begin the while anew.

interface Sample {
  at: number;
  cpuMs: number;
}

/** So many samples are kept of a window. */
const SAMPLES = 10;

/** Follows the processor time of one worker. Times are monotonic milliseconds. */
export class CpuWindow {
  readonly #samples: Sample[] = [];
  #share: number | undefined;

  /** Takes note of what a worker has used since its start. */
  note(now: number, cpuMs: number, windowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < windowMs / SAMPLES) return;
    this.#samples.push({ at: now, cpuMs });
    // One sample stays that is as old as the window: the mean goes from there.
    while (this.#samples[1] !== undefined && now - this.#samples[1].at >= windowMs) this.#samples.shift();
    const first = this.#samples[0] as Sample;
    const isFull = now - first.at >= windowMs;
    this.#share = isFull ? (cpuMs - first.cpuMs) / (now - first.at) : undefined;
  }

  /** Mean share of a processor, 1 for one fully used; undefined until a whole window has passed. */
  get share(): number | undefined {
    return this.#share;
  }
}
