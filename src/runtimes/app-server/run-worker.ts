// The life of a worker process, whatever it serves: booted by its master, fed with connections, asked to leave.

import type { Socket } from "node:net";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import type { DrainOrder } from "../../contract/process-host.ts";
import type { HttpServer } from "../http1/http-server.ts";
import { drainWorker, type WorkerParts } from "./drain-worker.ts";
import { type Brief, type MasterMessage, REPORT_EVERY_MS, type WorkerMessage } from "./messages.ts";
import { WorkerConnections } from "./worker-connections.ts";
import { createWorkerLog, type WorkerLog } from "./worker-log.ts";
import { createReporter } from "./worker-report.ts";

/** A worker that can serve. */
export interface BootedWorker {
  parts: WorkerParts;
  /** What the master says beside what every worker understands. */
  hear(message: MasterMessage): void;
}

/** A signal from outside: there is no order that says how long. */
const LEAVE_ORDER: DrainOrder = { limitMs: 30_000, streamGraceMs: 5_000, closeIdle: false };

/** Waits for the master's brief, boots, and obeys until the end. */
export function runWorker<B extends Brief>(boot: (brief: B, log: WorkerLog) => Promise<BootedWorker>): void {
  // Ctrl-C in a terminal reaches every process of the group; the master says what is to be done.
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});
  process.on("disconnect", () => process.exit(1));
  process.once("message", async (message: MasterMessage) => {
    if (message.kind !== "boot") return;
    const { brief } = message;
    const log = createWorkerLog(brief.id, brief.role === "front" ? undefined : brief.siteName);
    try {
      listenToMaster(await boot(brief as B, log), log);
      await sayToMaster({ kind: "ready" });
    } catch (error) {
      log.flush();
      await sayToMaster(describeFailure(error));
      process.exit(1);
    }
  });
}

/** The connections of a worker's server, of which the master hears as they are taken. */
export function takeConnections(server: HttpServer): WorkerConnections {
  return new WorkerConnections(server, (upTo, late) => {
    void sayToMaster({ kind: "took", upTo, late });
  });
}

function listenToMaster({ parts, hear }: BootedWorker, log: WorkerLog): void {
  const { gate, connections } = parts;
  const report = createReporter(gate, connections, log);
  const sayReport = () => sayToMaster({ kind: "report", report: report() });
  setInterval(sayReport, REPORT_EVERY_MS);
  let isLeaving = false;
  const leave = async (order: DrainOrder) => {
    if (isLeaving) return;
    isLeaving = true;
    await drainWorker(parts, order);
    log.flush();
    await sayReport();
    process.exit(0);
  };
  process.on("message", (message: MasterMessage, socket?: Socket) => {
    if (message.kind === "drain") void leave(message.order);
    else if (message.kind === "connection") connections.take(socket, message.offer);
    else hear(message);
  });
  process.on("SIGTERM", async () => {
    await sayToMaster({ kind: "leaving" });
    await leave(LEAVE_ORDER);
  });
}

/** Resolves when the message is on its way, also if nobody is there to hear it. */
export function sayToMaster(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function describeFailure(error: unknown): WorkerMessage {
  if (error instanceof CausewayError) {
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    return { kind: "boot-failed", message: error.message, ...remedy };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: "boot-failed", message: `The site cannot be loaded: ${text}` };
}
