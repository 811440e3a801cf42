// How many workers does the load want? Between a minimum and a maximum, up quickly, down slowly.

import type { WorkerRow } from "./worker-table.ts";

/** Mean business of the workers above which another one is started. */
const HIGH_SHARE = 0.7;
/** Business that the remaining workers may have after one has left. */
const LOW_SHARE = 0.4;
/** Refusals are reported now and then; between two reports the overload goes on. */
const REFUSAL_COUNTS_MS = 600;
const UP_AFTER_MS = 1_000;
const DOWN_AFTER_MS = 15_000;

/** Follows the load of the serving workers. Times are monotonic milliseconds. */
export class LoadPolicy {
  #count: number;
  #highSince: number | undefined;
  #lowSince: number | undefined;
  #refused = 0;
  #refusedAt: number | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  /** Takes note of the workers' reports and returns how many there should be. */
  follow(rows: readonly WorkerRow[], bounds: { min: number; max: number }, now: number): number {
    if (bounds.min >= bounds.max) return this.#settle(bounds.max);
    const reports = rows.filter((row) => row.state === "ready").flatMap(({ report }) => report ?? []);
    const busy = reports.reduce((sum, report) => sum + report.busy, 0);
    const refused = reports.reduce((sum, report) => sum + report.refused, 0);
    if (refused > this.#refused) this.#refusedAt = now;
    this.#refused = refused;
    const refuses = this.#refusedAt !== undefined && now - this.#refusedAt < REFUSAL_COUNTS_MS;
    const overloaded = refuses || busy > HIGH_SHARE * reports.length;
    this.#highSince = overloaded && reports.length > 0 ? (this.#highSince ?? now) : undefined;
    const relaxed = reports.length > 1 && busy < LOW_SHARE * (reports.length - 1);
    this.#lowSince = relaxed && !overloaded ? (this.#lowSince ?? now) : undefined;
    if (this.#highSince !== undefined && now - this.#highSince >= UP_AFTER_MS) {
      this.#highSince = undefined;
      this.#count += 1;
    } else if (this.#lowSince !== undefined && now - this.#lowSince >= DOWN_AFTER_MS) {
      this.#lowSince = now;
      this.#count -= 1;
    }
    return this.#settle(Math.min(bounds.max, Math.max(bounds.min, this.#count)));
  }

  #settle(count: number): number {
    this.#count = count;
    return count;
  }
}
