// May a request be sent to another server after one has failed? If it cannot have been executed, or if executing
// it twice is the same as once (RFC 9110 §9.2.2), and only as long as repeating does not become the load itself.

import type { Clock } from "../contract/platform.ts";
import type { RetrySettings } from "../contract/routing.ts";

const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** What became of one attempt. */
export interface FailedAttempt {
  method: string;
  /** Something of the request went out, so that the server may have acted on it. */
  wasSent: boolean;
  /** So much of the body has been read that it cannot be sent again. */
  bodyUsed: boolean;
}

/** Whether sending a request twice is the same as once (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** Whether repeating is safe. */
export function mayRepeat({ method, wasSent, bodyUsed }: FailedAttempt): boolean {
  if (bodyUsed) return false;
  return !wasSent || isIdempotent(method);
}

const WINDOW_MS = 10_000;

/**
 * Limits how many requests that were sent are sent again. Requests that reached nobody are not counted: they
 * are no load to anyone but the server that gets them next, which would have got them anyway.
 */
export class RetryBudget {
  readonly #settings: RetrySettings;
  readonly #clock: Clock;
  #windowStart = Number.NEGATIVE_INFINITY;
  #requests = 0;
  #retries = 0;

  constructor(settings: RetrySettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  countRequest(): void {
    this.#turnWindow();
    this.#requests += 1;
  }

  /** Takes one retry out of the budget; false if there is none left. */
  spend(): boolean {
    this.#turnWindow();
    const { budgetMinimum, budgetRatio } = this.#settings;
    if (this.#retries >= Math.max(budgetMinimum, this.#requests * budgetRatio)) return false;
    this.#retries += 1;
    return true;
  }

  #turnWindow(): void {
    const now = this.#clock.monotonic();
    if (now - this.#windowStart < WINDOW_MS) return;
    this.#windowStart = now;
    this.#requests = 0;
    this.#retries = 0;
  }
}
