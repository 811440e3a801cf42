// How fast does a worker grow? By that the supervisor knows when to start a replacement, which takes its time.

interface Sample {
  at: number;
  bytes: number;
}

const WINDOW_MS = 2_000;

/** Follows the resident memory of one worker. Times are monotonic milliseconds. */
export class MemoryTrend {
  readonly #samples: Sample[] = [];

  note(now: number, bytes: number): void {
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && now - (this.#samples[1] as Sample).at >= WINDOW_MS)
      this.#samples.shift();
  }

  /** What it will hold after `ms`, if it goes on as in the last two seconds. */
  expected(ms: number): number {
    const last = this.#samples.at(-1);
    const first = this.#samples[0];
    if (last === undefined || first === undefined) return 0;
    const elapsedMs = last.at - first.at;
    const growth = elapsedMs > 0 ? Math.max(0, last.bytes - first.bytes) / elapsedMs : 0;
    return last.bytes + growth * ms;
  }
}
