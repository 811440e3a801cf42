// The state of an application server as text.

import type { ServerStatus, WorkerStatus } from "../runtimes/app-server/status.ts";
import { formatBytes } from "./format-bytes.ts";
import { formatTable } from "./format-table.ts";

const HEAD = [
  "WORKER",
  "ROLE",
  "PID",
  "STATE",
  "AGE",
  "REQS",
  "OPEN",
  "CONN",
  "RPS",
  "P50",
  "P99",
  "CPU",
  "RSS",
  "LAST ERROR",
];

/** Some lines about the server, then one for each worker. */
export function formatStatus(status: ServerStatus): string {
  const { site, build, url, pid, state, wanted, totals, counts, waiting } = status;
  const range =
    wanted.minWorkers < wanted.workers ? `${wanted.minWorkers} to ${wanted.workers}` : `${wanted.workers}`;
  return [
    `${site} (build ${build}) is ${state} on ${url.replace(/\/$/, "")}`,
    `master ${pid}, up ${formatAge(status.uptimeMs)}, ${range} ${range === "1" ? "worker" : "workers"} wanted, ${waiting} connections waiting`,
    `${totals.requests} requests: ${totals.failed} failed, ${totals.expired} expired, ${totals.refused} refused`,
    `workers: ${counts.started} started, ${counts.crashed} crashed, ${counts.killed} killed, ${counts.recycled} recycled`,
    `reloads: ${counts.reloads} done, ${counts.failedReloads} failed`,
    "",
    formatTable([HEAD, ...status.workers.map(formatWorker)]),
  ].join("\n");
}

function formatWorker(worker: WorkerStatus): string[] {
  return [
    String(worker.id),
    worker.role,
    String(worker.pid),
    worker.leaving === undefined ? worker.state : `${worker.state} (${worker.leaving})`,
    formatAge(worker.ageMs),
    String(worker.requests),
    String(worker.inFlight),
    String(worker.connections),
    (worker.requestsPerSecond ?? 0).toFixed(
      worker.requestsPerSecond !== undefined && worker.requestsPerSecond < 10 ? 1 : 0,
    ),
    formatMs(worker.p50Ms),
    formatMs(worker.p99Ms),
    `${Math.round((worker.cpuShare ?? 0) * 100)} %`,
    formatBytes(worker.rssBytes),
    worker.lastError ?? "",
  ];
}

function formatMs(value: number | null | undefined): string {
  if (value === undefined || value === null) return "-";
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

/** A time span in the largest unit that shows something of it. */
export function formatAge(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
