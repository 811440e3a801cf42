// Everything that the cached routes of a process share: the store, the requests under way, the purges.

import type { FlightTurns } from "../contract/flight-turns.ts";
import type { Clock } from "../contract/platform.ts";
import { type PurgeSelection, type ResponseCache, urlOfKey } from "../contract/response-cache.ts";
import { type FlightScope, Flights } from "./flights.ts";
import { createInvalidationJournal, type InvalidationJournal } from "./invalidation-journal.ts";
import type { Outcome } from "./outcome.ts";
import { RecentKeys } from "./recent-keys.ts";

export interface SharedCacheOptions {
  store: ResponseCache;
  clock: Pick<Clock, "now">;
  /** Recognises requests that a route makes to itself; without it they wait for `maxWaitMs`. */
  scope?: FlightScope;
  /** Where processes share the store: which of them asks the origin. */
  turns?: FlightTurns;
  /** Tells other processes of keys that a change through this one has made obsolete. */
  announce?: (keys: readonly string[]) => Promise<unknown>;
  /** Whether requests may wait for equal ones. By default they do; on Workers a request cannot use another's answer. */
  sharesFlights?: boolean;
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
  readonly turns: FlightTurns | undefined;
  readonly sharesFlights: boolean;
  readonly journal: InvalidationJournal;
  /** How routes make keys: a change through one of them concerns what the others keep of the URL. */
  readonly keyings: Set<(request: Request) => string>;
  /** Keys whose answers were not for others: nobody waits for them. */
  readonly unshared: RecentKeys;
  /** Tells other processes, if there are any, what they are to forget. */
  announce(keys: readonly string[]): Promise<unknown>;
  /** Removes everything under these keys, also what is on its way; how many of them were kept. */
  forget(keys: readonly string[]): Promise<number>;
  /** Removes answers, also those that are on their way; how many were kept. */
  purge(selection: PurgeSelection): Promise<number>;
}

/** Puts a shared cache together over a store. */
export function createSharedCache(options: SharedCacheOptions): SharedCache {
  const { store, clock, scope, turns, maxWaitMs = 5_000, name = "Causeway" } = options;
  const maxBufferedBytes = options.maxBufferedBytes ?? 8 * 1024 * 1024;
  const journal = createInvalidationJournal();
  return {
    store,
    clock,
    name,
    maxWaitMs,
    maxBufferedBytes,
    flights: new Flights<Outcome>(scope),
    turns,
    sharesFlights: options.sharesFlights ?? true,
    journal,
    keyings: new Set(),
    unshared: new RecentKeys(),
    announce: options.announce ?? (async () => undefined),
    async forget(keys) {
      for (const key of keys) journal.record({ kind: "url", url: urlOfKey(key) });
      const removed = await Promise.all(keys.map((key) => store.remove(key)));
      return removed.filter(Boolean).length;
    },
    purge(selection) {
      journal.record(selection);
      return store.purge(selection);
    },
  };
}
