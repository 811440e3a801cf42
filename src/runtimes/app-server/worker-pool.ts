// Workers of one kind behind one listening socket: a supervisor that keeps them, a dealer that feeds them.

import { createServer, type Server, type Socket } from "node:net";
import type { LimitCounters } from "../../contract/limit-counters.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { WorkerOrder } from "../../contract/process-host.ts";
import type { SupervisorSettings } from "../../supervisor/settings.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import type { CacheCoordinator } from "./cache-coordinator.ts";
import { ConnectionDealer } from "./connection-dealer.ts";
import type { WorkerBrief, WorkerRole } from "./messages.ts";
import { createNodeProcessHost } from "./node-process-host.ts";

export interface WorkerPool {
  role: WorkerRole;
  server: Server;
  dealer: ConnectionDealer;
  supervisor: Supervisor;
  /** Stops listening and lets the workers end in order. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  role: WorkerRole;
  settings: SupervisorSettings;
  log: LogSink;
  limits: LimitCounters;
  /** Common to all pools. */
  cache: CacheCoordinator;
  nextId: () => number;
  brief(order: WorkerOrder): WorkerBrief;
  /** Nobody in this pool needs the build of this generation any more. */
  discard(generation: number): void;
  maxHeapMb?: number;
}

const STEP_EVERY_MS = 100;

/** A pool without workers yet, whose server listens nowhere yet. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const dealer = new ConnectionDealer();
  const server = createAcceptor((socket) => dealer.deal(socket));
  const supervisor = createSupervisor(options, dealer);
  const timer = setInterval(() => {
    supervisor.step();
    // After the messages that have come in meanwhile: a worker may have taken what seems to be late.
    setImmediate(() => dealer.recall());
  }, STEP_EVERY_MS);
  return {
    role: options.role,
    server,
    dealer,
    supervisor,
    async close() {
      server.close();
      await supervisor.stop();
      clearInterval(timer);
      dealer.close();
    },
  };
}

function createAcceptor(onConnection: (socket: Socket) => void): Server {
  return createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    // Nothing is read here; what befalls the connection meets the worker that has it.
    socket.on("error", () => {});
    // The bookkeeping between processes that comes with sockets of a server is of no use here.
    (socket as { server?: unknown }).server = null;
    onConnection(socket);
  });
}

function createSupervisor(options: WorkerPoolOptions, dealer: ConnectionDealer): Supervisor {
  const { settings, log, limits, cache, nextId, brief, discard, maxHeapMb } = options;
  const heap = maxHeapMb === undefined ? {} : { maxHeapMb };
  const host = createNodeProcessHost({ dealer, cache, log, limits, brief, discard, ...heap });
  let isAwake = false;
  const wake = () => {
    if (isAwake) return;
    isAwake = true;
    setImmediate(() => {
      isAwake = false;
      supervisor.step();
    });
  };
  const ports = { host, log, clock: SYSTEM_CLOCK, random: Math.random, wake, nextId };
  const supervisor = new Supervisor(settings, ports);
  return supervisor;
}
