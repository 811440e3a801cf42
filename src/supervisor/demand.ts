// Does anybody need the workers at all? A site that nobody asks for can do without any until somebody does.

import type { WorkerRow } from "./worker-table.ts";

/** Follows whether requests come. Times are monotonic milliseconds. */
export class Demand {
  #requests = 0;
  #activeAt: number | undefined;

  /** Takes note of the workers' reports; true while workers are wanted. Nobody is at first. */
  follow(rows: readonly WorkerRow[], waiting: number, idleMs: number, now: number): boolean {
    const reports = rows.flatMap(({ report }) => report ?? []);
    const requests = reports.reduce((sum, report) => sum + report.requests, 0);
    const isOpen = reports.some(({ inFlight }) => inFlight > 0);
    if (waiting > 0 || isOpen || requests > this.#requests) this.#activeAt = now;
    this.#requests = requests;
    if (this.#activeAt !== undefined && now - this.#activeAt >= idleMs) this.#activeAt = undefined;
    return this.#activeAt !== undefined;
  }
}
