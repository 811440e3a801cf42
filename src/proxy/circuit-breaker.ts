// Does so large a part of a server's requests fail that asking it only does harm? Then it is left alone for a
// while, and afterwards one request decides.

import type { Clock } from "../contract/platform.ts";
import type { CircuitBreakerSettings } from "../contract/routing.ts";

type State = { kind: "closed" } | { kind: "open"; until: number } | { kind: "half-open"; isTrying: boolean };

export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings;
  readonly #clock: Clock;
  #state: State = { kind: "closed" };
  #windowStart = 0;
  #requests = 0;
  #failures = 0;

  constructor(settings: CircuitBreakerSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Whether a request may be sent now. */
  permits(): boolean {
    const state = this.#state;
    if (state.kind === "open" && this.#clock.monotonic() >= state.until) {
      this.#state = { kind: "half-open", isTrying: false };
      return true;
    }
    return state.kind === "closed" || (state.kind === "half-open" && !state.isTrying);
  }

  /** A request goes out. */
  begin(): void {
    if (this.#state.kind === "half-open") this.#state.isTrying = true;
  }

  succeed(): void {
    if (this.#state.kind === "half-open") this.#close();
    this.#count(false);
  }

  fail(): void {
    this.#count(true);
    const { minimumRequests, failureRatio } = this.#settings;
    const isTooMany = this.#requests >= minimumRequests && this.#failures / this.#requests >= failureRatio;
    if (this.#state.kind === "half-open" || (this.#state.kind === "closed" && isTooMany)) this.#open();
  }

  /** A request that says nothing about the server ended. */
  abandon(): void {
    if (this.#state.kind === "half-open") this.#state.isTrying = false;
  }

  #count(failed: boolean): void {
    const now = this.#clock.monotonic();
    if (now - this.#windowStart >= this.#settings.windowMs) {
      this.#windowStart = now;
      this.#requests = 0;
      this.#failures = 0;
    }
    this.#requests += 1;
    if (failed) this.#failures += 1;
  }

  #open(): void {
    this.#state = { kind: "open", until: this.#clock.monotonic() + this.#settings.openMs };
  }

  #close(): void {
    this.#state = { kind: "closed" };
    this.#requests = 0;
    this.#failures = 0;
  }
}
