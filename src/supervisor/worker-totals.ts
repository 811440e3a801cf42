// What workers have done, summed over those that are gone.

import type { WorkerReport } from "../contract/process-host.ts";

/** What of a report adds up. */
export type WorkerTotals = Pick<WorkerReport, "requests" | "refused" | "expired" | "failed" | "latency">;

export const NO_WORK: Readonly<WorkerTotals> = {
  requests: 0,
  refused: 0,
  expired: 0,
  failed: 0,
  latency: [],
};

/** Adds the last report of a worker to the sums. */
export function addTotals(totals: WorkerTotals, report: WorkerTotals | undefined): void {
  if (report === undefined) return;
  totals.requests += report.requests;
  totals.refused += report.refused;
  totals.expired += report.expired;
  totals.failed += report.failed;
  for (const [index, count] of report.latency.entries()) {
    totals.latency[index] = (totals.latency[index] ?? 0) + count;
  }
}
