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
import type { Brief, MasterMessage } from "./messages.ts";
import { createNodeProcessHost } from "./node-process-host.ts";

export interface WorkerPool {
  role: Brief["role"];
  server: Server;
  dealer: ConnectionDealer;
  supervisor: Supervisor;
  /** Says something to every process of the pool. */
  broadcast(message: MasterMessage): void;
  /** Stops listening and lets the workers end in order. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  role: Brief["role"];
  settings: SupervisorSettings;
  log: LogSink;
  limits: LimitCounters;
  /** Common to all pools. */
  cache: CacheCoordinator;
  nextId: () => number;
  brief(order: WorkerOrder): Brief;
  /** Nobody in this pool needs the build of this generation any more. */
  discard(generation: number): void;
  maxHeapMb?: number;
  /** Environment of the processes; the master's own if absent. */
  processEnv?: Readonly<Record<string, string>>;
  /** Whether the machine has room for one more process that is loading; always, if absent. */
  mayBoot?: () => boolean;
}

const STEP_EVERY_MS = 100;

/** A pool without workers yet, whose server listens nowhere yet. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const dealer = new ConnectionDealer();
  const { supervisor, wake, broadcast } = createSupervisor(options, dealer);
  const server = createAcceptor((socket) => {
    dealer.deal(socket);
    // It may be the one for which a sleeping pool wakes up.
    if (dealer.waiting > 0) wake();
  });
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
    broadcast,
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

function createSupervisor(options: WorkerPoolOptions, dealer: ConnectionDealer) {
  const { settings, log, nextId, mayBoot } = options;
  const host = createNodeProcessHost({ ...options, dealer });
  let isAwake = false;
  const wake = () => {
    if (isAwake) return;
    isAwake = true;
    setImmediate(() => {
      isAwake = false;
      supervisor.step();
    });
  };
  const supervisor = new Supervisor(settings, {
    host,
    log,
    clock: SYSTEM_CLOCK,
    random: Math.random,
    wake,
    nextId,
    waiting: () => dealer.waiting,
    ...(mayBoot === undefined ? {} : { mayBoot }),
  });
  return { supervisor, wake, broadcast: host.broadcast };
}
