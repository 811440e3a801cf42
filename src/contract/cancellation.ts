// When is work given up? Each request has a signal or two, and the platform's own cost more than all that mostly comes
// of them, which is nothing.

/** What whoever can give up listens to; an AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: CancelListener): void;
  removeEventListener(type: "abort", listener: CancelListener): void;
}

export type CancelListener = (() => void) | { handleEvent(): void };

/** A signal and what gives it, for work inside. */
export class Cancellation implements CancelSignal {
  aborted = false;
  reason: unknown;
  #listeners: CancelListener[] | undefined;

  addEventListener(_type: "abort", listener: CancelListener): void {
    if (this.aborted) return;
    this.#listeners ??= [];
    if (!this.#listeners.includes(listener)) this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: CancelListener): void {
    const index = this.#listeners?.indexOf(listener) ?? -1;
    if (index >= 0) this.#listeners?.splice(index, 1);
  }

  /** The first time counts. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) {
      if (typeof listener === "function") listener();
      else listener.handleEvent();
    }
  }
}

/** The same as the platform's own, for its APIs. */
export function toAbortSignal(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const controller = new AbortController();
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener("abort", () => controller.abort(signal.reason));
  return controller.signal;
}

/** How a request of our servers tells that its client has left. */
export const DEPARTURE = Symbol("departure");

/** The signal that a request's client has left, without making the platform's own where there is none yet. */
export function departureOf(request: Request & { [DEPARTURE]?: () => CancelSignal }): CancelSignal {
  return request[DEPARTURE]?.() ?? request.signal;
}
