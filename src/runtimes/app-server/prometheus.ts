// The state of an application server in Prometheus' text format, summed over its workers.

import { bucketLimitMs } from "../../observe/latency-histogram.ts";
import type { Master } from "./master.ts";
import { sumCounts, sumTotals } from "./status.ts";

/** Every fourth bucket doubles the one before: fine enough to watch, and few enough to store. */
const BUCKET_STEP = 4;

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Renders all metrics. */
export function formatMetrics({ pools }: Master): string {
  const [{ supervisor, dealer }] = pools;
  // Requests are counted where clients are met, processes wherever they are.
  const totals = sumTotals(supervisor.past, supervisor.rows());
  const rows = pools.flatMap((pool) => pool.supervisor.rows());
  const counts = sumCounts(pools);
  const sum = (read: (report: NonNullable<(typeof rows)[number]["report"]>) => number) =>
    rows.reduce((total, { report }) => total + (report === undefined ? 0 : read(report)), 0);
  const inState = (state: string) => rows.filter((row) => row.state === state).length;
  return [
    counter("requests_total", "Requests answered.", totals.requests),
    counter("requests_refused_total", "Requests answered 503 for overload.", totals.refused),
    counter("requests_expired_total", "Requests answered 504 at their deadline.", totals.expired),
    counter("requests_failed_total", "Requests that the application answered 5xx.", totals.failed),
    gauge(
      "requests_in_flight",
      "Requests being answered.",
      sum(({ inFlight }) => inFlight),
    ),
    gauge(
      "connections",
      "Open connections.",
      sum(({ connections }) => connections),
    ),
    gauge("connections_waiting", "Connections that wait for a worker.", dealer.waiting),
    ...["starting", "ready", "draining"].map((state) =>
      gauge("workers", "Worker processes.", inState(state), `{state="${state}"}`, state === "starting"),
    ),
    gauge(
      "workers_rss_bytes",
      "Resident memory of the workers.",
      sum(({ rssBytes }) => rssBytes),
    ),
    counter("workers_started_total", "Workers started.", counts.started),
    counter("workers_crashed_total", "Workers that ended by themselves.", counts.crashed),
    counter("workers_killed_total", "Workers that had to be killed.", counts.killed),
    counter("workers_recycled_total", "Workers replaced at a limit.", counts.recycled),
    counter("reloads_total", "Reloads that came to their end.", counts.reloads),
    counter("reloads_failed_total", "Reloads whose build could not be loaded.", counts.failedReloads),
    ...durations(totals.latency),
    "",
  ].join("\n");
}

function counter(name: string, help: string, value: number): string {
  return metric(name, help, "counter", value, "", true);
}

function gauge(name: string, help: string, value: number, labels = "", isFirst = true): string {
  return metric(name, help, "gauge", value, labels, isFirst);
}

function metric(name: string, help: string, type: string, value: number, labels: string, isFirst: boolean) {
  const full = `causeway_${name}`;
  const head = isFirst ? `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n` : "";
  return `${head}${full}${labels} ${value}`;
}

function durations(latency: readonly number[]): string[] {
  const name = "causeway_request_duration_seconds";
  const lines = [`# HELP ${name} Time from request to complete answer.`, `# TYPE ${name} histogram`];
  let count = 0;
  let sumMs = 0;
  for (const [index, bucket] of latency.entries()) {
    count += bucket;
    const limitMs = bucketLimitMs(index);
    // The middle of a bucket stands for what is in it.
    sumMs += bucket * (Number.isFinite(limitMs) ? limitMs * 0.92 : bucketLimitMs(index - 1));
    if (index % BUCKET_STEP !== 0 || !Number.isFinite(limitMs)) continue;
    lines.push(`${name}_bucket{le="${limitMs / 1_000}"} ${count}`);
  }
  lines.push(`${name}_bucket{le="+Inf"} ${count}`, `${name}_sum ${sumMs / 1_000}`, `${name}_count ${count}`);
  return lines;
}
