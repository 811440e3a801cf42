// What is counted over the lives of workers, those that are gone among them.

import type { WorkerReport } from "../contract/process-host.ts";

/** What the supervisor counts over the lives of its workers. */
export interface SupervisorCounts {
  started: number;
  crashed: number;
  killed: number;
  recycled: number;
  reloads: number;
  failedReloads: number;
}

/** What workers have done, as far as it adds up. */
export type WorkerTotals = Pick<WorkerReport, "requests" | "refused" | "expired" | "failed" | "latency">;

/** Nothing counted yet. */
export function createCounts(): SupervisorCounts {
  return { started: 0, crashed: 0, killed: 0, recycled: 0, reloads: 0, failedReloads: 0 };
}

/** Nothing done yet. */
export function createTotals(): WorkerTotals {
  return { requests: 0, refused: 0, expired: 0, failed: 0, latency: [] };
}

/** Adds what a worker has done. */
export function addToTotals(totals: WorkerTotals, report: WorkerTotals): void {
  totals.requests += report.requests;
  totals.refused += report.refused;
  totals.expired += report.expired;
  totals.failed += report.failed;
  for (const [index, count] of report.latency.entries()) {
    totals.latency[index] = (totals.latency[index] ?? 0) + count;
  }
}
