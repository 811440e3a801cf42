// How often is something tried that may fail by accident? A few times, with growing, random pauses in between.

import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../contract/store-error.ts";

export interface RetryOptions {
  /** Ends the pauses and the trying. */
  signal: AbortSignal;
  attempts?: number;
  /** The pause before the second attempt; it doubles for each further one. */
  firstPauseMs?: number;
}

const MAX_PAUSE_MS = 10_000;

/** Tries again after failures that may pass; throws the last one. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, attempts = 6, firstPauseMs = 250 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const mayPass = error instanceof StoreError && error.isTransient && !signal.aborted;
      if (!mayPass || attempt >= attempts) throw error;
      const pauseMs = Math.min(firstPauseMs * 2 ** (attempt - 1), MAX_PAUSE_MS);
      // Half to whole: uploads that failed together must not come back together.
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
}
