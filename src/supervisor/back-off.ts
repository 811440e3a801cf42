// How long to wait before a worker that died is started again: not at all at first, longer each time it repeats.

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;
/** A worker that lived this long was sound; its end begins a new count. */
const SOUND_AFTER_MS = 10_000;
/** Code that cannot be loaded will hardly load at the next attempt: its delays begin here, at 0.8 seconds. */
const BOOT_FAILURES = 4;

/** Counts crashes in a row. Times are monotonic milliseconds. */
export class BackOff {
  #failures = 0;
  #until = 0;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Notes that a worker died after it had lived for `lifetimeMs`. */
  failed(now: number, lifetimeMs: number): void {
    this.#failures = lifetimeMs >= SOUND_AFTER_MS ? 1 : this.#failures + 1;
    if (this.#failures === 1) return;
    const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#failures - 2));
    this.#until = now + delayMs * (1 - 0.2 * this.#random());
  }

  /** Notes that a worker could not load the site. */
  bootFailed(now: number): void {
    this.#failures = Math.max(this.#failures, BOOT_FAILURES);
    this.failed(now, 0);
  }

  /** A new release deserves a new count. */
  reset(): void {
    this.#failures = 0;
    this.#until = 0;
  }

  /** Milliseconds until the next start. */
  remainingMs(now: number): number {
    return Math.max(0, this.#until - now);
  }
}
