// Where does this process keep answers? One cache for the routes of its site and for `caches` of functions.

import { createMemoryCache } from "../cache/memory-cache.ts";
import { createSharedCache, type SharedCache } from "../cache/shared-cache.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

let current: SharedCache | undefined;

/** The cache of this process; one in memory unless another was set. */
export function processCache(): SharedCache {
  current ??= createSharedCache({ store: createMemoryCache(), clock: SYSTEM_CLOCK });
  return current;
}

/** Replaces the cache, before anything is kept: what the old one holds is not taken over. */
export function setProcessCache(cache: SharedCache): void {
  current = cache;
}
