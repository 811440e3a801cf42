// Everything that the cached routes of a process share: the store, the requests under way, the purges.

import type { Clock } from "../contract/platform.ts";
import type { PurgeSelection, ResponseCache } from "../contract/response-cache.ts";
import { type FlightScope, Flights } from "./flights.ts";
import { createInvalidationJournal, type InvalidationJournal } from "./invalidation-journal.ts";
import type { Outcome } from "./outcome.ts";
import { RecentKeys } from "./recent-keys.ts";

export interface SharedCacheOptions {
  store: ResponseCache;
  clock: Pick<Clock, "now">;
  /** Recognises requests that a route makes to itself; without it they wait for `maxWaitMs`. */
  scope?: FlightScope;
  /** How long a request waits for an equal one before it goes to the origin itself. Default 5 s. */
  maxWaitMs?: number;
  /** Of one body on its way, for readers of different speed. Longer ones are kept, but shared only from the store. */
  maxBufferedBytes?: number;
  /** The name in Cache-Status, a token. */
  name?: string;
}

export interface SharedCache {
  readonly store: ResponseCache;
  readonly clock: Pick<Clock, "now">;
  readonly name: string;
  readonly maxWaitMs: number;
  readonly maxBufferedBytes: number;
  readonly flights: Flights<Outcome>;
  readonly journal: InvalidationJournal;
  /** How routes make keys: a change through one of them concerns what the others keep of the URL. */
  readonly keyings: Set<(request: Request) => string>;
  /** Keys whose answers were not for others: nobody waits for them. */
  readonly unshared: RecentKeys;
  /** Removes answers, also those that are on their way; how many were kept. */
  purge(selection: PurgeSelection): Promise<number>;
}

/** Puts a shared cache together over a store. */
export function createSharedCache(options: SharedCacheOptions): SharedCache {
  const { store, clock, scope, maxWaitMs = 5_000, name = "Causeway" } = options;
  const maxBufferedBytes = options.maxBufferedBytes ?? 8 * 1024 * 1024;
  const journal = createInvalidationJournal();
  return {
    store,
    clock,
    name,
    maxWaitMs,
    maxBufferedBytes,
    flights: new Flights<Outcome>(scope),
    journal,
    keyings: new Set(),
    unshared: new RecentKeys(),
    purge(selection) {
      journal.record(selection);
      return store.purge(selection);
    },
  };
}
