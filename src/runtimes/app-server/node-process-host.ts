// Worker processes on Node: started with fork, which brings the channel for messages and connections.

import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { LimitCounters } from "../../contract/limit-counters.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { ProcessHost, WorkerEvent, WorkerOrder, WorkerProcess } from "../../contract/process-host.ts";
import type { CacheCoordinator } from "./cache-coordinator.ts";
import type { ConnectionDealer, Offer } from "./connection-dealer.ts";
import { LimitDesk } from "./limit-desk.ts";
import {
  type Brief,
  type HangNotice,
  type MasterMessage,
  WATCHDOG_DESCRIPTOR,
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
  brief(order: WorkerOrder): Brief;
  /** Nobody needs the build of this generation any more. */
  discard(generation: number): void;
  /** Largest JavaScript heap of a worker in MB. */
  maxHeapMb?: number;
  /** Environment of the processes; the master's own if absent. */
  processEnv?: Readonly<Record<string, string>>;
}

export interface NodeProcessHost extends ProcessHost {
  /** Says something to every process that runs. */
  broadcast(message: MasterMessage): void;
}

/** The channel may still hold messages of a process that has ended; after this long they are given up. */
const LAST_WORDS_MS = 500;
/** The program of each kind of worker. */
const PROGRAMS = { site: findProgram("./worker-main"), front: findProgram("../many-sites/front-main") };

/** The compiled package has it as a single file, which is loaded faster. */
function findProgram(module: string): URL {
  const bundled = new URL(`../../bundled/workers/${basename(module)}.js`, import.meta.url);
  if (existsSync(bundled)) return bundled;
  return new URL(`${module}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
}

export function createNodeProcessHost(options: NodeProcessHostOptions): NodeProcessHost {
  const children = new Set<ChildProcess>();
  return {
    start(order, listener) {
      const child = startProcess(order, options);
      children.add(child);
      child.once("exit", () => children.delete(child));
      return connectWorker(child, order, listener, options);
    },
    discard: options.discard,
    broadcast(message) {
      for (const child of children) send(child, message);
    },
  };
}

function startProcess(order: WorkerOrder, options: NodeProcessHostOptions): ChildProcess {
  const { maxHeapMb, processEnv } = options;
  const brief = options.brief(order);
  const child = fork(brief.role === "front" ? PROGRAMS.front : PROGRAMS.site, [], {
    execArgv: maxHeapMb === undefined ? [] : [`--max-old-space-size=${maxHeapMb}`],
    stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
    ...(processEnv === undefined ? {} : { env: { ...processEnv } }),
  });
  send(child, { kind: "boot", brief });
  return child;
}

function connectWorker(
  child: ChildProcess,
  order: WorkerOrder,
  listener: (event: WorkerEvent) => void,
  { dealer, cache, log, limits }: NodeProcessHostOptions,
): WorkerProcess {
  const { id } = order;
  const desk = new LimitDesk(limits, (message) => send(child, message));
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
