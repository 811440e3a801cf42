// How are many small files worked through? One after the other, for a queue of threads costs many times what a local
// disk does; several at a time where the disk makes us wait, as network mounts do.

import { setImmediate as breathe } from "node:timers/promises";
import { mapConcurrently } from "./map-concurrently.ts";

/** The same work in two forms. */
export interface FileWork<Item, Result> {
  now(item: Item): Result;
  later(item: Item): Promise<Result>;
}

/** After so many files the clock is looked at, and others may have the thread. */
const BATCH_FILES = 128;
/** A local disk takes a twentieth of this, also on a busy machine less. */
const MAX_FILE_MS = 0.5;
/** More only queue in the thread pool. */
const MAX_PARALLEL = 16;

/** Maps in order; the first failure stops further work. */
export async function mapFiles<Item, Result>(
  items: readonly Item[],
  work: FileWork<Item, Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  while (results.length < items.length) {
    const startMs = performance.now();
    const batch = items.slice(results.length, results.length + BATCH_FILES);
    for (const item of batch) results.push(work.now(item));
    if (results.length === items.length) break;
    const isSlow = performance.now() - startMs > batch.length * MAX_FILE_MS;
    if (isSlow) {
      const rest = await mapConcurrently(items.slice(results.length), MAX_PARALLEL, work.later);
      return [...results, ...rest];
    }
    await breathe();
  }
  return results;
}
