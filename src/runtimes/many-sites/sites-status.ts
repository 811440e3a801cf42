// The state of many sites as a document: what `causeway status` and `top` show for a directory of them.

import process from "node:process";
import { formatProblem } from "../../contract/problem.ts";
import type { SupervisorCounts } from "../../supervisor/totals.ts";
import { describeWorker, sumCounts, sumTotals, type WorkerStatus } from "../app-server/status.ts";
import { WorkerRates } from "../app-server/worker-rates.ts";
import type { Emperor } from "./emperor.ts";
import type { SiteRunner, SiteState } from "./site-runner.ts";

export interface SiteStatus {
  name: string;
  hosts: readonly string[];
  state: SiteState | "misconfigured";
  /** What keeps it from serving. */
  failure: string | undefined;
  build: string | undefined;
  workers: number;
  requests: number;
  failed: number;
  inFlight: number;
  requestsPerSecond: number;
  rssBytes: number;
  counts: Pick<SupervisorCounts, "started" | "crashed" | "killed">;
}

export interface SitesStatus {
  directory: string;
  url: string;
  pid: number;
  uptimeMs: number;
  front: WorkerStatus[];
  sites: SiteStatus[];
}

/** The state now. */
export function describeSites(emperor: Emperor, directory: string): SitesStatus {
  const now = performance.now();
  const rates = new WorkerRates();
  const known = new Set(emperor.runners.map(({ name }) => name));
  const misconfigured = emperor.broken.map(({ name, problems }) => ({
    ...EMPTY,
    name,
    state: "misconfigured" as const,
    failure: problems.map(formatProblem).join("\n"),
  }));
  return {
    directory,
    url: emperor.url.href,
    pid: process.pid,
    uptimeMs: Math.round(process.uptime() * 1_000),
    front: emperor.front.supervisor.rows().map((row) => describeWorker(row, "front", rates, now)),
    sites: [
      ...emperor.runners.map((runner) => describeSite(runner, emperor.hostsOf(runner.name))),
      ...misconfigured.filter(({ name }) => !known.has(name)),
    ],
  };
}

const EMPTY: Omit<SiteStatus, "name" | "state"> = {
  hosts: [],
  failure: undefined,
  build: undefined,
  workers: 0,
  requests: 0,
  failed: 0,
  inFlight: 0,
  requestsPerSecond: 0,
  rssBytes: 0,
  counts: { started: 0, crashed: 0, killed: 0 },
};

function describeSite(runner: SiteRunner, hosts: readonly string[]): SiteStatus {
  const { name, state, failure, master, rates } = runner;
  if (master === undefined) return { ...EMPTY, name, hosts, state, failure };
  const now = performance.now();
  const rows = master.pools.flatMap(({ supervisor }) => supervisor.rows());
  const [{ supervisor }] = master.pools;
  const { requests, failed } = sumTotals(supervisor.past, supervisor.rows());
  const { started, crashed, killed } = sumCounts(master.pools);
  let [inFlight, rssBytes, requestsPerSecond] = [0, 0, 0];
  for (const { id, report } of rows) {
    if (report === undefined) continue;
    inFlight += report.inFlight;
    rssBytes += report.rssBytes;
    requestsPerSecond += rates.of(id, report, now).requestsPerSecond ?? 0;
  }
  const workers = rows.filter((row) => row.state === "ready").length;
  const build = master.site().build;
  return {
    ...{
      name,
      hosts,
      state,
      failure,
      build,
      workers,
      requests,
      failed,
      inFlight,
      requestsPerSecond,
      rssBytes,
    },
    counts: { started, crashed, killed },
  };
}
