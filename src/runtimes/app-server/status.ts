// The state of an application server as a document: what `causeway status` and `top` show.

import process from "node:process";
import { addHistograms } from "../../observe/latency-histogram.ts";
import type { SupervisorCounts, WorkerTotals } from "../../supervisor/totals.ts";
import type { WorkerRow } from "../../supervisor/worker-table.ts";
import type { Master } from "./master.ts";
import type { Brief } from "./messages.ts";
import type { Rates, WorkerRates } from "./worker-rates.ts";

export interface WorkerStatus extends Partial<Rates> {
  id: number;
  role: Brief["role"];
  pid: number;
  generation: number;
  state: string;
  /** Why it leaves, if it does. */
  leaving: string | undefined;
  ageMs: number;
  requests: number;
  inFlight: number;
  connections: number;
  rssBytes: number;
  cpuMs: number;
  refused: number;
  expired: number;
  failed: number;
  lastError: string | undefined;
}

export interface ServerStatus {
  site: string;
  build: string;
  url: string;
  pid: number;
  uptimeMs: number;
  generation: number;
  state: "starting" | "ready" | "idle" | "stopping";
  wanted: { workers: number; minWorkers: number; isolated: number };
  /** Connections that wait for a worker. */
  waiting: number;
  counts: SupervisorCounts;
  /** Over all workers, also those that are gone. */
  totals: Omit<WorkerTotals, "latency">;
  workers: WorkerStatus[];
}

/** The state now. */
export function describeServer(master: Master, rates: WorkerRates): ServerStatus {
  const [{ supervisor, dealer }] = master.pools;
  const { name, build } = master.site();
  const { workers, minWorkers } = supervisor.settings;
  const now = performance.now();
  const { latency: _latency, ...totals } = sumTotals(supervisor.past, supervisor.rows());
  return {
    site: name,
    build,
    url: master.url.href,
    pid: process.pid,
    uptimeMs: Math.round(process.uptime() * 1_000),
    generation: supervisor.generation,
    state: stateOf(master),
    wanted: { workers, minWorkers, isolated: master.pools[1]?.supervisor.settings.workers ?? 0 },
    waiting: dealer.waiting,
    counts: sumCounts(master.pools),
    totals,
    workers: master.pools.flatMap((pool) =>
      pool.supervisor.rows().map((row) => describeWorker(row, pool.role, rates, now)),
    ),
  };
}

/** Whether requests are answered now. */
export function stateOf({ pools }: Master): ServerStatus["state"] {
  if (pools[0].supervisor.stopping) return "stopping";
  if (pools[0].supervisor.isAsleep) return "idle";
  const isServing = pools.every(
    ({ supervisor }) => supervisor.isAsleep || supervisor.rows().some((row) => row.state === "ready"),
  );
  return isServing ? "ready" : "starting";
}

/** Over all pools; a reload is one, however many take part. */
export function sumCounts(pools: Master["pools"]): SupervisorCounts {
  const [front, ...others] = pools.map(({ supervisor }) => supervisor.counts);
  const sum = { ...(front as SupervisorCounts) };
  for (const { started, crashed, killed, recycled, failedReloads } of others) {
    sum.started += started;
    sum.crashed += crashed;
    sum.killed += killed;
    sum.recycled += recycled;
    sum.failedReloads += failedReloads;
  }
  return sum;
}

/** The state of one worker. */
export function describeWorker(
  row: WorkerRow,
  role: Brief["role"],
  rates: WorkerRates,
  now: number,
): WorkerStatus {
  const { id, generation, state, leaving, startedAt, report } = row;
  return {
    id,
    role,
    pid: row.process.pid,
    generation,
    state,
    leaving,
    ageMs: Math.round(now - startedAt),
    requests: report?.requests ?? 0,
    inFlight: report?.inFlight ?? 0,
    connections: report?.connections ?? 0,
    rssBytes: report?.rssBytes ?? 0,
    cpuMs: report?.cpuMs ?? 0,
    refused: report?.refused ?? 0,
    expired: report?.expired ?? 0,
    failed: report?.failed ?? 0,
    lastError: report?.lastError,
    ...(report === undefined ? {} : rates.of(id, report, now)),
  };
}

/** What all workers, past and present, have done. */
export function sumTotals(past: WorkerTotals, rows: readonly WorkerRow[]): WorkerTotals {
  const all = [past, ...rows.flatMap(({ report }) => report ?? [])];
  const sum = (read: (totals: WorkerTotals) => number) => all.reduce((total, one) => total + read(one), 0);
  return {
    requests: sum(({ requests }) => requests),
    refused: sum(({ refused }) => refused),
    expired: sum(({ expired }) => expired),
    failed: sum(({ failed }) => failed),
    latency: addHistograms(all.map(({ latency }) => latency)),
  };
}
