// Runs one of many sites: a master of its own in the common process, workers behind a unix socket. Every change of
// the site happens here, one after the other, and none can reach another site.

import { setTimeout as sleep } from "node:timers/promises";
import type { LogSink } from "../../contract/platform.ts";
import { BackOff } from "../../supervisor/back-off.ts";
import { type Master, startMaster } from "../app-server/master.ts";
import { stateOf } from "../app-server/status.ts";
import { watchBuild } from "../app-server/watch-build.ts";
import { WorkerRates } from "../app-server/worker-rates.ts";
import type { SiteEntry, SiteSetup } from "./site-entry.ts";
import { createSiteLog } from "./site-log.ts";
import type { SiteRoute } from "./site-route.ts";

export type SiteState = "starting" | "ready" | "idle" | "failing" | "stopped" | "stopping";

export interface SiteSurroundings {
  /** A path for a site's socket, never the same one again; only this user reaches it. */
  nextSocket: () => string;
  log: LogSink;
  /** The port that clients see; empty for the usual one, or where there is none. */
  port: () => string;
  /** Whether the machine has room for one more process that is loading. */
  mayBoot: () => boolean;
}

interface Running {
  master: Master;
  socketPath: string;
  setup: SiteSetup;
  stopWatching: () => void;
}

/** The front needs a moment until nothing goes to the old place any more. */
const FRONT_LAG_MS = 2_000;
/** Many sites are watched at once, so each less often than one alone. */
const WATCH_EVERY_MS = 1_000;
/** A crash that is made up for sooner than this is waited for; clients of a later one are told at once. */
const PATIENCE_MS = 1_000;

export class SiteRunner {
  readonly name: string;
  readonly rates = new WorkerRates();
  readonly #surroundings: SiteSurroundings;
  readonly #log: LogSink;
  readonly #backOff = new BackOff(Math.random);
  /** All that have been started; with a promise, they are ending. */
  readonly #masters = new Map<Master, Promise<void> | undefined>();
  #entry: SiteEntry;
  #current: Running | undefined;
  #failure: string | undefined;
  #isStopped = false;
  #isClosing = false;
  #busy: Promise<unknown> = Promise.resolve();
  #isBusy = false;

  constructor(entry: SiteEntry, surroundings: SiteSurroundings) {
    this.name = entry.name;
    this.#entry = entry;
    this.#surroundings = surroundings;
    this.#log = createSiteLog(surroundings.log, entry.name);
  }

  get entry(): SiteEntry {
    return this.#entry;
  }

  /** Undefined while nothing could be started at all. */
  get master(): Master | undefined {
    return this.#current?.master;
  }

  /** Why it does not serve. */
  get failure(): string | undefined {
    return this.#failure ?? this.#current?.master.pools.find(hasFailed)?.supervisor.failure;
  }

  get state(): SiteState {
    if (this.#isClosing) return "stopping";
    if (this.#isStopped) return "stopped";
    if (this.#current === undefined) return this.#failure === undefined ? "starting" : "failing";
    const { master } = this.#current;
    const state = stateOf(master);
    if (state !== "starting") return state;
    const isLate = ({ supervisor }: Master["pools"][0]) =>
      supervisor.failure !== undefined || supervisor.retryInMs > PATIENCE_MS;
    const withoutWorkers = master.pools.filter(({ supervisor }) => !supervisor.rows().some(isReady));
    return withoutWorkers.some(isLate) ? "failing" : "starting";
  }

  /** Where the front sends the requests of these hosts. */
  route(hosts: readonly string[]): SiteRoute {
    const { name, isDefault, setup } = this.#entry;
    const { state } = this;
    const isServed = state === "ready" || state === "idle" || state === "starting";
    return {
      name,
      hosts,
      isDefault,
      socketPath: isServed ? this.#current?.socketPath : undefined,
      maxOpen: setup.backlog * (setup.settings.workers + 1),
    };
  }

  /** Called several times a second: tries again what has failed, and lets nobody wait for what is not coming. */
  tend(): void {
    if (this.state === "failing") for (const { dealer } of this.#current?.master.pools ?? []) dealer.close();
    if (this.#current !== undefined || this.#isBusy || this.#isStopped || this.#isClosing) return;
    if (this.#backOff.remainingMs(performance.now()) === 0) this.#inTurn(() => this.#open()).catch(() => {});
  }

  /** Takes other settings up; where they fail the processes before go on. */
  update(entry: SiteEntry): void {
    const before = this.#entry;
    this.#entry = entry;
    const isSame = JSON.stringify(before.setup) === JSON.stringify(entry.setup);
    if (before.version === entry.version && isSame) return;
    const change = isSame ? this.reload() : this.#inTurn(() => this.#replace());
    change.then(
      () => this.#log.warn("Reloaded"),
      (error: unknown) => this.#log.error("Cannot reload: what was there before goes on", error),
    );
  }

  /** A rolling reload, or another start where there is nothing to reload; rejects with what kept it from that. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      this.#isStopped = false;
      if (this.#current !== undefined) return this.#current.master.reload();
      await this.#open();
      await this.master?.started;
    });
  }

  /** Ends its processes until somebody reloads it. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      this.#isStopped = true;
      await sleep(FRONT_LAG_MS);
      await this.#close();
    });
  }

  /** Ends for good. The front has to know before, or gets the time for it. */
  async close(isFrontGone: boolean): Promise<void> {
    this.#isClosing = true;
    if (!isFrontGone) await sleep(FRONT_LAG_MS);
    // Not in turn: what is under way may wait for processes that end only now. Then what it has left.
    await this.#endAll();
    await this.#busy;
    await this.#endAll();
  }

  kill(): void {
    for (const master of this.#masters.keys()) master.kill();
  }

  async #endAll(): Promise<void> {
    await Promise.all([...this.#masters.keys()].map((master) => this.#end(master)));
  }

  #end(master: Master): Promise<void> {
    const ending = this.#masters.get(master) ?? master.close().finally(() => this.#masters.delete(master));
    this.#masters.set(master, ending);
    return ending;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#busy.then(async () => {
      this.#isBusy = true;
      try {
        return await task();
      } finally {
        this.#isBusy = false;
      }
    });
    this.#busy = turn.catch(() => {});
    return turn;
  }

  /** Starts what the entry says; a failure is logged once and tried again later. */
  async #open(): Promise<void> {
    if (this.#isClosing) return;
    try {
      this.#current = await this.#startMaster();
      this.#failure = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.#failure) this.#log.error("Cannot start", error);
      this.#failure = message;
      this.#backOff.bootFailed(performance.now());
      throw error;
    }
  }

  async #startMaster(): Promise<Running> {
    const { setup, hosts, name } = this.#entry;
    const { nextSocket, mayBoot, port } = this.#surroundings;
    const url = new URL(`http://${hosts.find((host) => !host.startsWith("*")) ?? "localhost"}/`);
    url.port = port();
    const socketPath = nextSocket();
    const master = await startMaster({
      ...setup,
      host: "",
      port: 0,
      socketPath,
      log: this.#log,
      among: {
        siteName: name,
        url: url.href,
        processEnv: setup.processEnv,
        mayBoot,
      },
    });
    this.#masters.set(master, undefined);
    const stopWatching = setup.watch ? this.#watch(master, setup.outDir) : () => {};
    return { master, socketPath, setup, stopWatching };
  }

  #watch(master: Master, outDir: string): () => void {
    const reload = () =>
      this.#inTurn(() => master.reload()).then(
        () => this.#log.warn("Reloaded", { build: master.site().build }),
        (error: unknown) => this.#log.error("Cannot reload: the workers before go on", error),
      );
    return watchBuild(outDir, () => master.site().build, reload, { everyMs: WATCH_EVERY_MS });
  }

  /** The new processes serve before the old ones leave; where those do not serve there is nothing to keep. */
  async #replace(): Promise<void> {
    const old = this.#current;
    this.#isStopped = false;
    if (old === undefined || (this.state !== "ready" && this.state !== "idle")) {
      await this.#close();
      return this.#open();
    }
    const next = await this.#startMaster();
    try {
      await next.master.started;
    } catch (error) {
      next.stopWatching();
      await this.#end(next.master);
      throw error;
    }
    this.#current = next;
    old.stopWatching();
    void sleep(FRONT_LAG_MS).then(() => this.#end(old.master));
  }

  async #close(): Promise<void> {
    const running = this.#current;
    this.#current = undefined;
    this.#failure = undefined;
    running?.stopWatching();
    if (running !== undefined) await this.#end(running.master);
  }
}

function isReady({ state }: { state: string }): boolean {
  return state === "ready";
}

function hasFailed({ supervisor }: Master["pools"][0]): boolean {
  return supervisor.failure !== undefined;
}
