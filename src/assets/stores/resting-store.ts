// How do requests not pile up in front of a remote store that does not answer? After a failure it is left alone for
// a moment, and whoever asks then is told at once.

import type { AssetStore, Clock } from "../../contract/platform.ts";
import { StoreError } from "../../contract/store-error.ts";

export interface RestingStoreOptions {
  clock: Pick<Clock, "monotonic">;
  /** Default 1 s, which is what clients get as Retry-After. */
  restMs?: number;
}

/** Puts the rest in front of a store. What is absent, or refused for good, is no reason for one. */
export function createRestingStore(
  store: AssetStore,
  { clock, restMs = 1_000 }: RestingStoreOptions,
): AssetStore {
  let failure: { error: StoreError; untilMs: number } | undefined;
  return {
    async read(blob, interval) {
      if (failure && clock.monotonic() < failure.untilMs) throw failure.error;
      try {
        const body = await store.read(blob, interval);
        failure = undefined;
        return body;
      } catch (error) {
        if (error instanceof StoreError && error.isTransient)
          failure = { error, untilMs: clock.monotonic() + restMs };
        throw error;
      }
    },
  };
}
