// The state of an application server in Prometheus' text format, summed over its workers.

import { bucketLimitMs } from "../../observe/latency-histogram.ts";
import type { Master } from "./master.ts";
import { sumCounts, sumTotals } from "./status.ts";

/** Every fourth bucket doubles the one before: fine enough to watch, and few enough to store. */
const BUCKET_STEP = 4;

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The pools of one application server, and by which labels its samples are told from others. */
export interface MetricsSource {
  labels: Readonly<Record<string, string>>;
  pools: Master["pools"];
}

/** Renders all metrics: each with a sample for every source. */
export function formatMetrics(sources: readonly MetricsSource[]): string {
  const all = sources.map(readSource);
  const counter = (name: string, help: string, read: (source: Reading) => number) =>
    formatFamily(name, help, "counter", all, (source) => [sample(name, source, {}, read(source))]);
  const gauge = (name: string, help: string, read: (source: Reading) => number) =>
    formatFamily(name, help, "gauge", all, (source) => [sample(name, source, {}, read(source))]);
  return [
    counter("requests_total", "Requests answered.", ({ totals }) => totals.requests),
    counter("requests_refused_total", "Requests answered 503 for overload.", ({ totals }) => totals.refused),
    counter(
      "requests_expired_total",
      "Requests answered 504 at their deadline.",
      ({ totals }) => totals.expired,
    ),
    counter(
      "requests_failed_total",
      "Requests that the application answered 5xx.",
      ({ totals }) => totals.failed,
    ),
    gauge("requests_in_flight", "Requests being answered.", ({ sum }) => sum(({ inFlight }) => inFlight)),
    gauge("connections", "Open connections.", ({ sum }) => sum(({ connections }) => connections)),
    gauge("connections_waiting", "Connections that wait for a worker.", ({ waiting }) => waiting),
    formatFamily("workers", "Worker processes.", "gauge", all, (source) =>
      ["starting", "ready", "draining"].map((state) =>
        sample("workers", source, { state }, source.rows.filter((row) => row.state === state).length),
      ),
    ),
    gauge("workers_rss_bytes", "Resident memory of the workers.", ({ sum }) =>
      sum(({ rssBytes }) => rssBytes),
    ),
    counter("workers_started_total", "Workers started.", ({ counts }) => counts.started),
    counter("workers_crashed_total", "Workers that ended by themselves.", ({ counts }) => counts.crashed),
    counter("workers_killed_total", "Workers that had to be killed.", ({ counts }) => counts.killed),
    counter("workers_recycled_total", "Workers replaced at a limit.", ({ counts }) => counts.recycled),
    counter("reloads_total", "Reloads that came to their end.", ({ counts }) => counts.reloads),
    counter(
      "reloads_failed_total",
      "Reloads whose build could not be loaded.",
      ({ counts }) => counts.failedReloads,
    ),
    formatFamily(
      "request_duration_seconds",
      "Time from request to complete answer.",
      "histogram",
      all,
      (source) => durations(source),
    ),
    "",
  ].join("\n");
}

function readSource({ labels, pools }: MetricsSource) {
  const [{ supervisor, dealer }] = pools;
  const rows = pools.flatMap((pool) => pool.supervisor.rows());
  return {
    labels,
    rows,
    waiting: dealer.waiting,
    // Requests are counted where clients are met, processes wherever they are.
    totals: sumTotals(supervisor.past, supervisor.rows()),
    counts: sumCounts(pools),
    sum: (read: (report: NonNullable<(typeof rows)[number]["report"]>) => number) =>
      rows.reduce((total, { report }) => total + (report === undefined ? 0 : read(report)), 0),
  };
}

type Reading = ReturnType<typeof readSource>;

function formatFamily(
  name: string,
  help: string,
  type: string,
  sources: readonly Reading[],
  samplesOf: (source: Reading) => string[],
): string {
  const head = [`# HELP causeway_${name} ${help}`, `# TYPE causeway_${name} ${type}`];
  return [...head, ...sources.flatMap(samplesOf)].join("\n");
}

function sample(name: string, { labels }: Reading, own: Record<string, string>, value: number): string {
  const pairs = Object.entries({ ...labels, ...own }).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `causeway_${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`));
}

function durations(source: Reading): string[] {
  const name = "request_duration_seconds";
  const lines: string[] = [];
  let count = 0;
  let sumMs = 0;
  for (const [index, bucket] of source.totals.latency.entries()) {
    count += bucket;
    const limitMs = bucketLimitMs(index);
    // The middle of a bucket stands for what is in it.
    sumMs += bucket * (Number.isFinite(limitMs) ? limitMs * 0.92 : bucketLimitMs(index - 1));
    if (index % BUCKET_STEP !== 0 || !Number.isFinite(limitMs)) continue;
    lines.push(sample(`${name}_bucket`, source, { le: String(limitMs / 1_000) }, count));
  }
  lines.push(
    sample(`${name}_bucket`, source, { le: "+Inf" }, count),
    sample(`${name}_sum`, source, {}, sumMs / 1_000),
    sample(`${name}_count`, source, {}, count),
  );
  return lines;
}
