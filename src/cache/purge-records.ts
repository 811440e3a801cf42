// Which answers are gone although they still lie somewhere? Removing takes time, a purge must not: what is
// recorded here counts at once.

import { isSelected, type PurgeSelection, type StoredHead } from "../contract/response-cache.ts";

/** A purge that concerns what was requested until `atMs`. */
export interface PurgeRecord {
  selection: PurgeSelection;
  atMs: number;
}

/** Whether a purge meant this answer. */
export function isPurged(
  head: Pick<StoredHead, "key" | "tags" | "requestedAtMs">,
  { selection, atMs }: PurgeRecord,
): boolean {
  return head.requestedAtMs <= atMs && isSelected(head, selection);
}

/** Adds a purge, the latest first. What would be forgotten counts as a purge of everything that old. */
export function addPurge(
  known: readonly PurgeRecord[],
  purge: PurgeRecord,
  maxRecords: number,
): PurgeRecord[] {
  if (purge.selection.kind === "all") return [purge];
  const purges = [purge, ...known];
  const forgotten = purges[maxRecords - 1];
  if (forgotten === undefined) return purges;
  return [...purges.slice(0, maxRecords - 1), { selection: { kind: "all" }, atMs: forgotten.atMs }];
}
