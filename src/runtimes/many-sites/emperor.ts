// Many sites on one machine, as uWSGI's emperor has them: follows a directory of sites, runs each by itself, and
// puts one front before all of them. Loads no code of any site.

import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogSink } from "../../contract/platform.ts";
import { formatProblem } from "../../contract/problem.ts";
import { LimitTable } from "../../edge/guards/limit-table.ts";
import { assignHosts, type HostAssignment } from "../../supervisor/assign-hosts.ts";
import { DEFAULT_SETTINGS } from "../../supervisor/settings.ts";
import { CacheCoordinator } from "../app-server/cache-coordinator.ts";
import { createWorkerPool, type WorkerPool } from "../app-server/worker-pool.ts";
import { listen, listenOnPath } from "../server/listen.ts";
import { serverUrl } from "../server/server-url.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import type { SitesScan } from "./site-entry.ts";
import { FRONT_DEADLINE_MS, type SiteRoute } from "./site-route.ts";
import { SiteRunner, type SiteSurroundings } from "./site-runner.ts";

export interface EmperorOptions {
  host: string;
  port: number;
  /** Listen on a unix socket instead of a port. */
  socketPath?: string;
  /** Called when the address is bound, before any process is started: the moment to give up privileges. */
  bound?: () => Promise<void>;
  /** Looks at the directory of sites. */
  scan: () => Promise<SitesScan>;
  /** Processes that face the clients. */
  frontWorkers: number;
  /** Requests in flight in each of them. */
  frontBacklog: number;
  drainLimitMs: number;
  streamGraceMs: number;
  /** Processes of sites that may be loading at the same time. */
  bootSlots: number;
  accessLog: boolean;
  log: LogSink;
}

const SCAN_EVERY_MS = 1_000;
const TEND_EVERY_MS = 100;
const RATES_EVERY_MS = 1_000;
/** A process that has been loading for longer waits for something and leaves the processor to others. */
const BOOT_BURST_MS = 10_000;
/** Sites whose builds take longer to be copied are not waited for. */
const OPENING_LIMIT_MS = 3_000;
/** After this long nothing short is open in the front any more, and the sites may end what is long. */
const FRONT_HEAD_START_MS = 1_000;

/** Binds the address and resolves when the front serves and the sites are being started. */
export async function startEmperor(options: EmperorOptions): Promise<Emperor> {
  const emperor = new Emperor(options, await mkdtemp(join(tmpdir(), "causeway-sites-")));
  await emperor.start();
  return emperor;
}

export class Emperor {
  readonly front: WorkerPool;
  readonly #options: EmperorOptions;
  readonly #surroundings: SiteSurroundings;
  /** Where the sites' sockets are; only this user may enter. */
  readonly #folder: string;
  readonly #runners = new Map<string, SiteRunner>();
  readonly #leaving = new Set<SiteRunner>();
  readonly #tell: (news: readonly string[]) => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #url = new URL("http://localhost/");
  #assignment: HostAssignment = { hosts: new Map(), conflicts: [] };
  #broken: SitesScan["broken"] = [];
  #sentRoutes = "";
  #isClosing = false;

  constructor(options: EmperorOptions, folder: string) {
    const { log, bootSlots } = options;
    this.#options = options;
    this.#folder = folder;
    this.#tell = createNews(log);
    this.front = createFront(options, () => this.#routes());
    let sockets = 0;
    this.#surroundings = {
      log,
      nextSocket: () => join(folder, String(++sockets)),
      port: () => this.#url.port,
      mayBoot: () => countBooting(this.#runners.values()) < bootSlots,
    };
  }

  async start(): Promise<void> {
    try {
      this.#url = await bind(this.front, this.#options);
      await this.#options.bound?.();
      await this.look();
      await this.front.supervisor.start(1);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#timers.push(
      setInterval(() => this.#tend(), TEND_EVERY_MS),
      setInterval(() => this.#noteRates(), RATES_EVERY_MS),
      setInterval(
        singly(() => this.look().catch((error: unknown) => this.#tell([describeBlindness(error)]))),
        SCAN_EVERY_MS,
      ),
    );
    this.#tend();
    await untilOpened(this.runners);
    this.#tend();
  }

  get url(): URL {
    return this.#url;
  }

  /** In the order of their names. */
  get runners(): SiteRunner[] {
    return [...this.#runners.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Entries that cannot be served as they are written. */
  get broken(): SitesScan["broken"] {
    return this.#broken;
  }

  /** The hosts that a site has. */
  hostsOf(site: string): readonly string[] {
    return this.#assignment.hosts.get(site) ?? [];
  }

  /** Starts, changes and ends sites as the directory says now. */
  async look(): Promise<void> {
    const { entries, broken } = await this.#options.scan();
    if (this.#isClosing) return;
    this.#broken = broken;
    const names = new Set([...entries, ...broken].map(({ name }) => name));
    for (const runner of this.runners) if (!names.has(runner.name)) this.#remove(runner);
    for (const entry of entries) {
      const known = this.#runners.get(entry.name);
      if (known === undefined) this.#runners.set(entry.name, new SiteRunner(entry, this.#surroundings));
      else known.update(entry);
    }
    const claims = this.runners.map(({ name, entry }) => ({ site: name, hosts: entry.hosts }));
    this.#assignment = assignHosts(claims, holdersOf(this.#assignment));
    this.#tell(describeNews(broken, this.#assignment));
  }

  /** Lets open requests finish; resolves when no process is left. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const frontGone = this.front.close();
    await Promise.race([frontGone, sleep(FRONT_HEAD_START_MS)]);
    const all = [...this.#runners.values(), ...this.#leaving];
    await Promise.all([...all.map((runner) => runner.close(true)), frontGone]);
    for (const timer of this.#timers) clearInterval(timer);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends everything now. */
  kill(): void {
    this.front.supervisor.kill();
    for (const runner of [...this.#runners.values(), ...this.#leaving]) runner.kill();
  }

  #remove(runner: SiteRunner): void {
    this.#runners.delete(runner.name);
    this.#leaving.add(runner);
    this.#options.log.warn("A site is removed", { site: runner.name });
    void runner.close(false).finally(() => this.#leaving.delete(runner));
  }

  #routes(): SiteRoute[] {
    return this.runners.map((runner) => runner.route(this.hostsOf(runner.name)));
  }

  #tend(): void {
    for (const runner of this.#runners.values()) runner.tend();
    const routes = this.#routes();
    const text = JSON.stringify(routes);
    if (text !== this.#sentRoutes) this.front.broadcast({ kind: "routes", routes });
    this.#sentRoutes = text;
  }

  #noteRates(): void {
    for (const { master, rates } of this.#runners.values()) {
      const rows = master?.pools.flatMap(({ supervisor }) => supervisor.rows()) ?? [];
      for (const { id, report } of rows) if (report !== undefined) rates.note(id, report, performance.now());
      rates.keep(new Set(rows.map(({ id }) => id)));
    }
  }
}

/** Leaves out calls that come while one is under way. */
function singly(task: () => Promise<void>): () => Promise<void> {
  let isBusy = false;
  return async () => {
    if (isBusy) return;
    isBusy = true;
    await task();
    isBusy = false;
  };
}

function describeBlindness(error: unknown): string {
  return `The sites cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
}

function createFront(options: EmperorOptions, routes: () => SiteRoute[]): WorkerPool {
  const { frontWorkers, frontBacklog, drainLimitMs, streamGraceMs, accessLog, log } = options;
  let lastId = 0;
  return createWorkerPool({
    role: "front",
    log,
    // Limits are those of sites: the front asks for none.
    limits: new LimitTable({ clock: SYSTEM_CLOCK }),
    cache: new CacheCoordinator(),
    nextId: () => ++lastId,
    settings: {
      ...DEFAULT_SETTINGS,
      workers: frontWorkers,
      minWorkers: frontWorkers,
      deadlineMs: FRONT_DEADLINE_MS,
      drainLimitMs,
      streamGraceMs,
    },
    brief: ({ id }) => ({ id, role: "front", routes: routes(), backlog: frontBacklog, accessLog }),
    discard() {},
  });
}

async function bind({ server }: WorkerPool, { host, port, socketPath }: EmperorOptions): Promise<URL> {
  if (socketPath !== undefined) {
    await listenOnPath(server, socketPath);
    return new URL("http://localhost/");
  }
  await listen(server, port, host);
  return serverUrl(host, (server.address() as AddressInfo).port);
}

/** Processes that keep a processor busy with loading. */
function countBooting(runners: Iterable<SiteRunner>): number {
  const now = performance.now();
  return [...runners]
    .flatMap((runner) => runner.master?.pools ?? [])
    .flatMap(({ supervisor }) => supervisor.rows())
    .filter(
      ({ state, startedAt, killed }) => state === "starting" && !killed && now - startedAt < BOOT_BURST_MS,
    ).length;
}

function holdersOf({ hosts }: HostAssignment): Map<string, string> {
  return new Map([...hosts].flatMap(([site, own]) => own.map((host) => [host, site] as const)));
}

function describeNews(broken: SitesScan["broken"], { conflicts }: HostAssignment): string[] {
  return [
    ...broken.flatMap(({ problems }) => problems.map(formatProblem)),
    ...conflicts.map(
      ({ host, site, holder }) => `"${site}" does not get the host ${host}: "${holder}" has it`,
    ),
  ];
}

/** Logs each piece of news when it is new, and again only after it was over. */
function createNews(log: LogSink): (news: readonly string[]) => void {
  let before = new Set<string>();
  return (news) => {
    for (const text of news) if (!before.has(text)) log.warn(text);
    before = new Set(news);
  };
}

/** Until every site has its socket, at which requests can wait for its workers, or has failed. */
async function untilOpened(runners: readonly SiteRunner[]): Promise<void> {
  const end = performance.now() + OPENING_LIMIT_MS;
  const isOpening = () =>
    runners.some(({ master, failure }) => master === undefined && failure === undefined);
  while (isOpening() && performance.now() < end) await sleep(20);
}
