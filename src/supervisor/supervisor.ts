// Keeps the wanted workers alive. Signals, commands and messages of workers only enqueue; `step` takes them
// up, compares what is wanted with what is there, and acts. Pure: time and processes come in as ports.

import { CausewayError } from "../contract/errors.ts";
import type { WorkerEvent, WorkerReport } from "../contract/process-host.ts";
import { BackOff } from "./back-off.ts";
import { Demand } from "./demand.ts";
import { Generations } from "./generations.ts";
import { LoadPolicy } from "./load-policy.ts";
import { Pending } from "./pending.ts";
import { type Action, planActions } from "./plan.ts";
import type { SupervisorPorts } from "./ports.ts";
import { type SupervisorSettings, scaleSettings } from "./settings.ts";
import { addToTotals, createCounts, createTotals } from "./totals.ts";
import {
  createRow,
  describeExit,
  drawLimits,
  type LeaveReason,
  measureMemory,
  type WorkerRow,
} from "./worker-table.ts";

export class Supervisor {
  readonly #ports: SupervisorPorts;
  #settings: SupervisorSettings;
  readonly #rows = new Map<number, WorkerRow>();
  readonly #queue: (() => void)[] = [];
  readonly #backOff: BackOff;
  readonly #load: LoadPolicy;
  readonly #demand = new Demand();
  readonly #generations = new Generations();
  readonly counts = createCounts();
  /** What workers that are gone have done. */
  readonly past = createTotals();
  #stopping = false;
  /** Of the last worker that became ready. */
  #bootMs = 0;
  #isAsleep = false;
  #staysAwake = false;
  #failure: string | undefined;
  readonly #starting = new Pending();
  readonly #reloading = new Pending();
  readonly #ended = new Pending();

  constructor(settings: SupervisorSettings, ports: SupervisorPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#backOff = new BackOff(ports.random);
    this.#load = new LoadPolicy(settings.minWorkers);
  }

  /** Starts the workers of a first generation; rejects with what one of them could not load. */
  start(generation: number): Promise<void> {
    this.#enqueue(() => this.#generations.want(generation));
    return this.#starting.promise();
  }

  /** Replaces the workers one after the other; rejects, and keeps the old ones, if a new one cannot load. */
  reload(generation: number): Promise<void> {
    const promise = this.#reloading.promise();
    this.#enqueue(() => {
      this.#generations.want(generation);
      this.#backOff.reset();
    });
    return promise;
  }

  /** Changes the number of workers; with fewer than the minimum, that too. */
  scale(workers: number): void {
    this.#enqueue(() => {
      this.#settings = scaleSettings(this.#settings, workers);
    });
  }

  /** Whether there must be workers even while there are no requests. */
  stayAwake(staysAwake: boolean): void {
    this.#enqueue(() => {
      this.#staysAwake = staysAwake;
    });
  }

  /** Lets all workers end in order; resolves when none is left. */
  stop(): Promise<void> {
    this.#enqueue(() => {
      this.#stopping = true;
      this.#reloading.reject(new CausewayError("not-running", "The server is stopping"));
    });
    return this.#ended.promise();
  }

  /** Ends all workers at once. */
  kill(): void {
    this.#enqueue(() => {
      this.#stopping = true;
      for (const row of this.#rows.values()) this.#kill(row, "stop");
    });
  }

  get settings(): Readonly<SupervisorSettings> {
    return this.#settings;
  }

  get generation(): number {
    return this.#generations.wanted;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** No workers, because nobody asks for the site. */
  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  /** Why no worker could load the site; undefined once one has. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** How long crashes make the next start wait. */
  get retryInMs(): number {
    return this.#backOff.remainingMs(this.#now());
  }

  /** The rows of the process table, oldest first. */
  rows(): WorkerRow[] {
    return [...this.#rows.values()];
  }

  /** Takes up what was enqueued, then does what is needed now. */
  step(): void {
    for (let task = this.#queue.shift(); task !== undefined; task = this.#queue.shift()) task();
    if (this.#generations.wanted === 0 && !this.#stopping) return;
    const now = this.#now();
    if (this.#settings.killRssBytes > 0) measureMemory(this.rows());
    const wanted = {
      workers: this.#followLoad(now),
      generation: this.#generations.wanted,
      stopping: this.#stopping,
      bootMs: this.#bootMs,
    };
    const mayStart = this.#backOff.remainingMs(now) === 0;
    for (const action of planActions(this.rows(), wanted, this.#settings, mayStart, now)) this.#act(action);
    this.#conclude(wanted.workers);
    this.#discardUnused();
  }

  #followLoad(now: number): number {
    const { minWorkers, workers, idleMs } = this.#settings;
    const isWanted =
      idleMs === 0 ||
      this.#demand.follow(this.rows(), this.#ports.waiting(), idleMs, now) ||
      this.#staysAwake;
    this.#isAsleep = !isWanted;
    return isWanted ? this.#load.follow(this.rows(), { min: minWorkers, max: workers }, now) : 0;
  }

  #enqueue(task: () => void): void {
    this.#queue.push(task);
    this.#ports.wake();
  }

  #now(): number {
    return this.#ports.clock.monotonic();
  }

  #act(action: Action): void {
    if (action.kind === "start") this.#startWorker();
    else if (action.kind === "drain") this.#drain(action.row, action.reason);
    else this.#kill(action.row, action.reason);
  }

  #startWorker(): void {
    // What there is no room for now is planned again at the next step.
    if (this.#ports.mayBoot?.() === false) return;
    const id = this.#ports.nextId();
    const order = { id, generation: this.#generations.wanted };
    const process = this.#ports.host.start(order, (event) => this.#enqueue(() => this.#hear(id, event)));
    const limits = drawLimits(this.#settings, this.#ports.random);
    this.#rows.set(id, createRow(id, order.generation, process, limits, this.#now()));
    this.counts.started += 1;
  }

  #drain(row: WorkerRow, reason: LeaveReason): void {
    this.#leave(row, reason);
    const { drainLimitMs: limitMs, streamGraceMs } = this.#settings;
    row.process.drain({ limitMs, streamGraceMs, closeIdle: reason === "stop" });
    if (reason.startsWith("max-")) {
      this.counts.recycled += 1;
      this.#ports.log.warn("A worker is replaced", { worker: row.id, pid: row.process.pid, reason });
    }
  }

  #leave(row: WorkerRow, reason: LeaveReason): void {
    row.state = "draining";
    row.drainingAt = this.#now();
    row.leaving = reason;
  }

  #kill(row: WorkerRow, reason: LeaveReason): void {
    if (row.killed) return;
    row.killed = true;
    row.leaving = reason;
    row.process.kill();
    if (reason === "stop") return;
    this.counts.killed += 1;
    this.#ports.log.warn("A worker is killed", { worker: row.id, pid: row.process.pid, reason });
  }

  #hear(id: number, event: WorkerEvent): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    row.heardAt = this.#now();
    if (event.kind === "ready") this.#ready(row);
    else if (event.kind === "report") this.#reported(row, event.report);
    else if (event.kind === "hung") this.#kill(row, "hung");
    else if (event.kind === "leaving") this.#leave(row, "signal");
    else if (event.kind === "boot-failed") this.#bootFailed(row, event.message, event.remedy);
    else this.#exited(row, event);
  }

  #reported(row: WorkerRow, report: WorkerReport): void {
    row.report = report;
    row.memory.note(this.#now(), report.rssBytes);
    if (this.#settings.maxCpuShare > 0) row.cpu.note(this.#now(), report.cpuMs, this.#settings.cpuWindowMs);
  }

  #ready(row: WorkerRow): void {
    row.state = "ready";
    row.readyAt = this.#now();
    this.#bootMs = row.readyAt - row.startedAt;
    this.#generations.prove(row.generation);
    this.#failure = undefined;
  }

  #exited(row: WorkerRow, { code, signal }: { code: number | null; signal: string | null }): void {
    this.#rows.delete(row.id);
    if (row.report !== undefined) addToTotals(this.past, row.report);
    const lifetimeMs = this.#now() - row.startedAt;
    if (row.state === "starting") {
      const how = row.leaving === "boot-limit" ? "it was not ready in time" : describeExit(code, signal);
      if (row.leaving !== "stop") this.#bootFailed(row, `A worker ended while it was loading: ${how}`);
    } else if (row.state === "ready" || (row.killed && row.leaving === "silent")) {
      this.counts.crashed += 1;
      this.#backOff.failed(this.#now(), lifetimeMs);
      const fields = { worker: row.id, pid: row.process.pid, code, signal };
      this.#ports.log.warn(row.killed ? "A killed worker is gone" : "A worker died", fields);
    }
  }

  /** On an unproven release the operator must hear of it; on a proven one it is a crash like others. */
  #bootFailed(row: WorkerRow, message: string, remedy?: string): void {
    if (row.leaving === "stop") return;
    row.leaving = "stop";
    const error = new CausewayError("application-boot", message, remedy === undefined ? {} : { remedy });
    if (row.generation !== this.#generations.wanted || this.#generations.isWantedProven) {
      this.#backOff.failed(this.#now(), 0);
      this.#ports.log.warn("A worker could not be started", { worker: row.id, message });
    } else if (!this.#generations.hasProven) {
      this.#unproven(row, error);
    } else {
      this.#generations.goBack();
      this.counts.failedReloads += 1;
      this.#reloading.reject(error);
    }
  }

  /** There is nothing to return to: who waits for the start hears of it, unless it is to be tried for ever. */
  #unproven(row: WorkerRow, error: CausewayError): void {
    const { message, remedy } = error;
    if (!this.#settings.keepTrying && this.#starting.isAwaited) this.#stopping = true;
    else {
      this.#backOff.bootFailed(this.#now());
      const fields = { worker: row.id, message, remedy };
      // The same failure at each attempt is one piece of news.
      if (message !== this.#failure) this.#ports.log.warn("A worker could not be started", fields);
    }
    this.#failure = message;
    this.#starting.reject(error);
    this.#reloading.reject(error);
  }

  /** Settles what somebody waits for. */
  #conclude(workers: number): void {
    if (this.#stopping && this.#rows.size === 0) this.#ended.resolve();
    const serving = this.rows().filter((row) => row.state === "ready");
    if (this.#stopping || serving.length !== workers) return;
    if (serving.some((row) => row.generation !== this.#generations.wanted)) return;
    this.#starting.resolve();
    if (this.#reloading.resolve()) this.counts.reloads += 1;
  }

  #discardUnused(): void {
    const inUse = this.rows().map((row) => row.generation);
    for (const generation of this.#generations.takeUnused(inUse)) this.#ports.host.discard(generation);
  }
}
