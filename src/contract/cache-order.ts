// What processes that serve one site have done in each other's caches.

import type { PurgeSelection } from "./response-cache.ts";

/** Something to be done in every cache. `keys` are removed with all their variants. */
export type CacheOrder = { kind: "purge"; selection: PurgeSelection } | { kind: "forget"; keys: string[] };
