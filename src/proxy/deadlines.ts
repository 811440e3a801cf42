// When is waiting over? Each wait of an exchange has a limit of its own: for the beginning of the answer, between
// two pieces of a body, and for the whole. Connecting is the transport's to limit.

import { Cancellation, type CancelSignal } from "../contract/cancellation.ts";
import type { TimeoutSettings } from "../contract/routing.ts";

/** The waits that can end an exchange. */
export type Wait = "first-byte" | "idle" | "total";

/** The reason with which an exchange is aborted when a wait took too long. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly wait: Wait;

  constructor(wait: Wait, limitMs: number) {
    super(`The upstream's ${wait} limit of ${limitMs} ms has passed`);
    this.wait = wait;
  }
}

/** The limits of one attempt. Aborts its signal when one passes, or when the client goes away. */
export class Deadlines {
  readonly #cancellation = new Cancellation();
  readonly #settings: TimeoutSettings;
  readonly #client: CancelSignal | undefined;
  #current: ReturnType<typeof setTimeout> | undefined;
  #total: ReturnType<typeof setTimeout> | undefined;

  /** `totalMs` is what is left of the whole, infinite without a limit. */
  constructor(settings: TimeoutSettings, totalMs: number, client: CancelSignal | undefined) {
    this.#settings = settings;
    this.#client = client;
    if (totalMs !== Number.POSITIVE_INFINITY) {
      this.#total = setTimeout(() => this.#pass("total", settings.totalMs), Math.max(totalMs, 0));
    }
    if (client?.aborted) this.#onClientGone();
    else client?.addEventListener("abort", this.#onClientGone);
  }

  get signal(): CancelSignal {
    return this.#cancellation;
  }

  /** Begins another wait instead of the one before; a limit of 0 never passes. */
  await(wait: Exclude<Wait, "total">): void {
    clearTimeout(this.#current);
    const limitMs = wait === "idle" ? this.#settings.idleMs : this.#settings.firstByteMs;
    this.#current = limitMs > 0 ? setTimeout(() => this.#pass(wait, limitMs), limitMs) : undefined;
  }

  /** Nothing is waited for at the moment. */
  rest(): void {
    clearTimeout(this.#current);
    this.#current = undefined;
  }

  /** The exchange is over. */
  end(): void {
    this.rest();
    clearTimeout(this.#total);
    this.#client?.removeEventListener("abort", this.#onClientGone);
  }

  #pass(wait: Wait, limitMs: number): void {
    this.#cancellation.abort(new DeadlineError(wait, limitMs));
  }

  readonly #onClientGone = (): void => {
    this.#cancellation.abort(this.#client?.reason);
  };
}
