// Where does this process keep answers? One store for the shared cache and for `caches` of functions.

import { createMemoryCache } from "../cache/memory-cache.ts";
import type { ResponseCache } from "../contract/response-cache.ts";

let current: ResponseCache | undefined;

/** The store of this process; one in memory unless another was set. */
export function responseStore(): ResponseCache {
  current ??= createMemoryCache();
  return current;
}

/** Replaces the store, before anything is kept: what the old one holds is not taken over. */
export function setResponseStore(store: ResponseCache): void {
  current = store;
}
