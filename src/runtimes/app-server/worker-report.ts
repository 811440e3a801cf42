// What a worker tells its master about itself.

import { performance } from "node:perf_hooks";
import process from "node:process";
import type { WorkerReport } from "../../contract/process-host.ts";
import type { WorkerConnections } from "./worker-connections.ts";
import type { WorkerGate } from "./worker-gate.ts";
import type { WorkerLog } from "./worker-log.ts";

/** Creates a function that reports on the time since its last call. */
export function createReporter(
  gate: WorkerGate,
  connections: WorkerConnections,
  log: WorkerLog,
): () => WorkerReport {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(now, before).utilization;
    before = now;
    const { user, system } = process.cpuUsage();
    const lastError = log.lastError();
    return {
      requests: gate.requests,
      inFlight: gate.inFlight,
      connections: connections.size,
      rssBytes: process.memoryUsage.rss(),
      cpuMs: Math.round((user + system) / 1_000),
      busy: Math.round(busy * 1_000) / 1_000,
      refused: gate.refused,
      expired: gate.expired,
      failed: gate.failed,
      latency: gate.latency,
      ...(lastError === undefined ? {} : { lastError }),
    };
  };
}
