// Worker processes on Node: started with fork, which brings the channel for messages and connections.

import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { LimitCounters } from "../../contract/limit-counters.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { ProcessHost, WorkerEvent, WorkerOrder, WorkerProcess } from "../../contract/process-host.ts";
import type { CacheCoordinator } from "./cache-coordinator.ts";
import type { ConnectionDealer, Offer } from "./connection-dealer.ts";
import { LimitDesk } from "./limit-desk.ts";
import {
  type HangNotice,
  type MasterMessage,
  WATCHDOG_DESCRIPTOR,
  type WorkerBrief,
  type WorkerMessage,
} from "./messages.ts";
import { readResidentBytes } from "./resident-memory.ts";

export interface NodeProcessHostOptions {
  dealer: ConnectionDealer;
  cache: CacheCoordinator;
  log: LogSink;
  /** Counts for all workers. */
  limits: LimitCounters;
  /** What a worker of a generation is told. */
  brief(order: WorkerOrder): WorkerBrief;
  /** Nobody needs the build of this generation any more. */
  discard(generation: number): void;
  /** Largest JavaScript heap of a worker in MB. */
  maxHeapMb?: number;
}

/** The channel may still hold messages of a process that has ended; after this long they are given up. */
const LAST_WORDS_MS = 500;
const PROGRAM = new URL(import.meta.url.replace(/node-process-host(\.[jt]s)$/, "worker-main$1"));

export function createNodeProcessHost(options: NodeProcessHostOptions): ProcessHost {
  return {
    start: (order, listener) => startWorker(order, listener, options),
    discard: options.discard,
  };
}

function startWorker(
  order: WorkerOrder,
  listener: (event: WorkerEvent) => void,
  options: NodeProcessHostOptions,
): WorkerProcess {
  const { dealer, cache, log } = options;
  const { id } = order;
  const child = fork(PROGRAM, [], {
    execArgv: options.maxHeapMb === undefined ? [] : [`--max-old-space-size=${options.maxHeapMb}`],
    stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
  });
  const desk = new LimitDesk(options.limits, (message) => send(child, message));
  child.on("message", (message: WorkerMessage) => {
    if (message.kind === "limits") return desk.serve(message.asks, message.left);
    if (message.kind === "took") return dealer.took(id, message.upTo, message.late);
    if (cache.hear(id, message)) return;
    if (message.kind === "report") dealer.reported(id, message.report.connections);
    else if (message.kind === "ready") {
      cache.join(id, (notice) => send(child, notice));
      dealer.add(id, (socket, offer) => sendConnection(child, socket, offer));
    } else if (message.kind === "leaving") dealer.retire(id);
    listener(message);
  });
  child.on("error", (error) => log.error("A worker process reports a failure", error, { worker: id }));
  watchHangs(child, (notice) => {
    logHang(notice, order, child, log);
    listener({ kind: "hung" });
  });
  whenGone(child, (code, signal) => {
    desk.close();
    dealer.remove(id);
    cache.leave(id);
    listener({ kind: "exited", code, signal });
  });
  send(child, { kind: "boot", brief: options.brief(order) });
  return {
    pid: child.pid ?? 0,
    residentBytes: () => readResidentBytes(child.pid),
    runScheduled: (task) => send(child, { kind: "scheduled", task }),
    drain(drainOrder) {
      dealer.retire(id);
      send(child, { kind: "drain", order: drainOrder });
    },
    kill: () => child.kill("SIGKILL"),
  };
}

function send(child: ChildProcess, message: MasterMessage): void {
  // A channel that is gone belongs to a process that is gone, of which we hear anyway.
  if (child.connected) child.send(message, () => {});
}

function sendConnection(child: ChildProcess, socket: Socket, offer: Offer): void {
  const message: MasterMessage = { kind: "connection", offer };
  if (child.connected) child.send(message, socket, { keepOpen: true }, () => {});
}

/** Calls back once, when the process has ended and its last messages have been read. */
function whenGone(child: ChildProcess, gone: (code: number | null, signal: string | null) => void): void {
  let isDone = false;
  const finish = (code: number | null, signal: string | null) => {
    if (isDone) return;
    isDone = true;
    gone(code, signal);
  };
  child.once("exit", (code, signal) => {
    if (!child.connected) return finish(code, signal);
    child.once("disconnect", () => finish(code, signal));
    setTimeout(finish, LAST_WORDS_MS, code, signal).unref();
  });
  // Without a process there is no exit to wait for.
  child.once("error", () => {
    if (child.pid === undefined) finish(127, null);
  });
}

function watchHangs(child: ChildProcess, onHang: (notice: HangNotice) => void): void {
  const stream = child.stdio[WATCHDOG_DESCRIPTOR] as Readable | null | undefined;
  if (!stream) return;
  createInterface({ input: stream }).on("line", (line) => onHang(JSON.parse(line) as HangNotice));
  (stream as Readable & { unref?(): void }).unref?.();
}

function logHang(
  { stuckMs, requests, stack }: HangNotice,
  { id }: WorkerOrder,
  child: ChildProcess,
  log: LogSink,
): void {
  const first = requests[0];
  const error = new Error(stack === undefined ? "It hangs where it cannot be interrupted" : "It hangs here");
  error.name = "Harakiri";
  error.stack = `${error.name}: ${error.message}${stack === undefined ? "" : `\n${stack}`}`;
  log.error("A worker's event loop is stuck", error, {
    worker: id,
    pid: child.pid,
    stuckMs,
    ...(first === undefined ? {} : { request: `${first.method} ${first.target}` }),
    requests: requests.length,
  });
}
