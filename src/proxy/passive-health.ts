// Is a server out because of how it answered clients? So many failures within a time take it out for as long;
// afterwards one request at a time tries it, until one succeeds.

import type { Clock } from "../contract/platform.ts";
import type { PassiveHealthSettings } from "../contract/routing.ts";

export class PassiveHealth {
  readonly #settings: PassiveHealthSettings;
  readonly #clock: Clock;
  #failures: number[] = [];
  #outUntil: number | undefined;
  #isTrying = false;
  #recoveredAt: number | undefined;

  constructor(settings: PassiveHealthSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Whether the server may be asked: it is in, or its time is over and nobody else tries it now. */
  isIn(): boolean {
    if (this.#outUntil === undefined) return true;
    return this.#clock.monotonic() >= this.#outUntil && !this.#isTrying;
  }

  /** 0 to 1: the part of its weight that a server has, some time after it came back. */
  share(): number {
    const { slowStartMs } = this.#settings;
    if (this.#recoveredAt === undefined || slowStartMs === 0) return 1;
    const elapsed = this.#clock.monotonic() - this.#recoveredAt;
    if (elapsed < slowStartMs) return elapsed / slowStartMs;
    this.#recoveredAt = undefined;
    return 1;
  }

  /** A request goes out. */
  begin(): void {
    if (this.#outUntil !== undefined) this.#isTrying = true;
  }

  succeed(): void {
    if (this.#outUntil !== undefined) this.#recoveredAt = this.#clock.monotonic();
    this.#outUntil = undefined;
    this.#isTrying = false;
    this.#failures = [];
  }

  fail(): void {
    const { maxFails, failTimeoutMs } = this.#settings;
    const now = this.#clock.monotonic();
    this.#isTrying = false;
    if (maxFails === 0) return;
    this.#failures = this.#failures.filter((at) => at > now - failTimeoutMs);
    this.#failures.push(now);
    if (this.#outUntil !== undefined || this.#failures.length >= maxFails)
      this.#outUntil = now + failTimeoutMs;
  }

  /** A request that says nothing about the server ended: the client went away. */
  abandon(): void {
    this.#isTrying = false;
  }
}
