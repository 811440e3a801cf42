// Is what is coming from the origin older than a purge? An answer that left before must not be kept after it.

import { isSelected, type PurgeSelection, type StoredHead } from "../contract/response-cache.ts";

/** Purges that are remembered; whatever is older than all of them is not kept, to be sure. */
const MAX_RECORDS = 1_024;

export interface InvalidationJournal {
  /** Number of the last purge. */
  readonly epoch: number;
  record(selection: PurgeSelection): void;
  /** Whether a purge after `epoch` meant this answer. */
  isOutdated(head: Pick<StoredHead, "key" | "tags">, epoch: number): boolean;
}

export function createInvalidationJournal(): InvalidationJournal {
  const records: PurgeSelection[] = [];
  let epoch = 0;
  return {
    get epoch() {
      return epoch;
    },
    record(selection) {
      epoch += 1;
      records.push(selection);
      if (records.length > MAX_RECORDS) records.shift();
    },
    isOutdated(head, since) {
      const missed = epoch - since;
      if (missed === 0) return false;
      if (missed > records.length) return true;
      return records.slice(-missed).some((selection) => isSelected(head, selection));
    },
  };
}
