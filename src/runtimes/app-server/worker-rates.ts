// How much do workers do just now? Compares what they report with what they reported some seconds ago.

import type { WorkerReport } from "../../contract/process-host.ts";
import { createHistogram, percentileMs, subtractHistograms } from "../../observe/latency-histogram.ts";

export interface Rates {
  requestsPerSecond: number;
  /** 1 is one processor fully used. */
  cpuShare: number;
  p50Ms: number | undefined;
  p99Ms: number | undefined;
}

interface Sample {
  at: number;
  requests: number;
  cpuMs: number;
  latency: number[];
}

const SAMPLE_EVERY_MS = 1_000;
const MAX_SAMPLES = 10;

/** Keeps the last samples of each worker. Times are monotonic milliseconds. */
export class WorkerRates {
  readonly #samples = new Map<number, Sample[]>();

  /** Takes a sample of a worker if the last one is old enough. */
  note(id: number, report: WorkerReport, now: number): void {
    const samples = this.#samples.get(id) ?? [];
    const last = samples.at(-1);
    if (last !== undefined && now - last.at < SAMPLE_EVERY_MS) return;
    const { requests, cpuMs, latency } = report;
    samples.push({ at: now, requests, cpuMs, latency });
    if (samples.length > MAX_SAMPLES) samples.shift();
    this.#samples.set(id, samples);
  }

  /** Forgets all workers but these. */
  keep(ids: ReadonlySet<number>): void {
    for (const id of this.#samples.keys()) if (!ids.has(id)) this.#samples.delete(id);
  }

  /** Between the oldest sample and the present report. */
  of(id: number, report: WorkerReport, now: number): Rates {
    const before = this.#samples.get(id)?.[0];
    const seconds = before === undefined ? 0 : (now - before.at) / 1_000;
    const latency = subtractHistograms(report.latency, before?.latency ?? createHistogram());
    // Never below nothing: another server may have had a worker of this number before.
    const per = (amount: number) => (seconds > 0 ? Math.max(0, amount / seconds) : 0);
    return {
      requestsPerSecond: per(report.requests - (before?.requests ?? 0)),
      cpuShare: per(report.cpuMs - (before?.cpuMs ?? 0)) / 1_000,
      p50Ms: percentileMs(latency, 0.5),
      p99Ms: percentileMs(latency, 0.99),
    };
  }
}
