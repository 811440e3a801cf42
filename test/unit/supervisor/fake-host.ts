// A supervisor in a world of its own: time stands still until a test moves it, processes do what a test says.

import type { LogSink } from "../../../src/contract/platform.ts";
import type {
  DrainOrder,
  ProcessHost,
  WorkerEvent,
  WorkerOrder,
  WorkerReport,
} from "../../../src/contract/process-host.ts";
import { DEFAULT_SETTINGS, type SupervisorSettings } from "../../../src/supervisor/settings.ts";
import { Supervisor } from "../../../src/supervisor/supervisor.ts";

export class FakeWorker {
  readonly order: WorkerOrder;
  readonly #emit: (event: WorkerEvent) => void;
  #last: WorkerReport = IDLE;
  drained: DrainOrder | undefined;
  /** What the system would say that it holds. */
  residentBytes: number | undefined;
  killed = false;

  constructor(order: WorkerOrder, emit: (event: WorkerEvent) => void) {
    this.order = order;
    this.#emit = emit;
  }

  say(event: WorkerEvent): void {
    this.#emit(event);
  }

  /** Says so now and from now on. */
  report(report: Partial<WorkerReport> = {}): void {
    this.#last = { ...IDLE, ...report };
    this.beat();
  }

  beat(): void {
    this.#emit({ kind: "report", report: this.#last });
  }

  exit(code: number | null = 0, signal: string | null = null): void {
    this.#emit({ kind: "exited", code, signal });
  }
}

const IDLE: WorkerReport = {
  requests: 0,
  inFlight: 0,
  connections: 0,
  rssBytes: 50_000_000,
  cpuMs: 0,
  busy: 0,
  refused: 0,
  expired: 0,
  failed: 0,
  latency: [],
};

export class World {
  now = 1_000_000;
  readonly workers: FakeWorker[] = [];
  readonly discarded: number[] = [];
  readonly warnings: string[] = [];
  readonly supervisor: Supervisor;
  /** Where a worker that is started becomes ready by itself. */
  bootsAtOnce = true;
  /** Connections that wait for a worker. */
  waiting = 0;
  mayBoot = true;

  constructor(settings: Partial<SupervisorSettings> = {}) {
    const host: ProcessHost = {
      start: (order, listener) => this.#start(order, listener),
      discard: (generation) => this.discarded.push(generation),
    };
    const log: LogSink = {
      access() {},
      error: (message) => this.warnings.push(message),
      warn: (message) => this.warnings.push(message),
    };
    const clock = { now: () => this.now, monotonic: () => this.now };
    let lastId = 0;
    const all = { ...DEFAULT_SETTINGS, minWorkers: settings.workers ?? 1, ...settings };
    this.supervisor = new Supervisor(all, {
      host,
      clock,
      log,
      random: () => 0.5,
      wake() {},
      waiting: () => this.waiting,
      mayBoot: () => this.mayBoot,
      nextId: () => ++lastId,
    });
  }

  /** Lets time pass in steps of 100 ms; living workers report unless told otherwise. */
  pass(ms: number, options: { silent?: readonly FakeWorker[] } = {}): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += Math.min(100, end - this.now);
      for (const worker of this.living()) if (!options.silent?.includes(worker)) worker.beat();
      this.step();
    }
  }

  /** Steps until nothing more follows from what has happened. */
  step(): void {
    for (let round = 0; round < 5; round++) this.supervisor.step();
  }

  living(): FakeWorker[] {
    const ids = new Set(this.supervisor.rows().map(({ id }) => id));
    return this.workers.filter(({ order }) => ids.has(order.id));
  }

  /** Workers that take connections, as `id/generation`. */
  serving(): string[] {
    const ready = this.supervisor.rows().filter(({ state }) => state === "ready");
    return ready.map(({ id, generation }) => `${id}/${generation}`);
  }

  worker(id: number): FakeWorker {
    const found = this.workers.find(({ order }) => order.id === id);
    if (found === undefined) throw new Error(`There was no worker ${id}`);
    return found;
  }

  #start(order: WorkerOrder, listener: (event: WorkerEvent) => void) {
    const worker = new FakeWorker(order, listener);
    this.workers.push(worker);
    if (this.bootsAtOnce) worker.say({ kind: "ready" });
    return {
      pid: 1_000 + order.id,
      residentBytes: () => worker.residentBytes,
      runScheduled() {},
      drain(drainOrder: DrainOrder) {
        worker.drained = drainOrder;
      },
      kill() {
        worker.killed = true;
        worker.exit(null, "SIGKILL");
      },
    };
  }
}

/** A world in which `workers` serve generation 1. */
export function startWorld(workers: number, settings: Partial<SupervisorSettings> = {}): World {
  const world = new World({ workers, ...settings });
  void world.supervisor.start(1);
  world.step();
  return world;
}
