// The master of the application server: holds the listening socket and the process tables, loads no site code.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogSink } from "../../contract/platform.ts";
import type { Site } from "../../contract/site.ts";
import { LimitTable } from "../../edge/guards/limit-table.ts";
import type { SupervisorSettings } from "../../supervisor/settings.ts";
import { listen, listenOnPath } from "../server/listen.ts";
import { serverUrl } from "../server/server-url.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { CacheCoordinator } from "./cache-coordinator.ts";
import { CronSchedule } from "./cron-schedule.ts";
import { addToDeadlines, type Deadlines, longestDeadlineMs } from "./deadlines.ts";
import type { WorkerRole } from "./messages.ts";
import { ReleaseStore, sweepReleases } from "./release-store.ts";
import { createWorkerPool, type WorkerPool } from "./worker-pool.ts";

export { DEFAULT_SETTINGS } from "../../supervisor/settings.ts";

export interface MasterOptions {
  /** Folder of the build. */
  outDir: string;
  host: string;
  port: number;
  /** Listen on a unix socket instead of a port. */
  socketPath?: string;
  /** Permissions of that socket. */
  socketMode?: number;
  /** Called when the address is bound, before any process is started: the moment to give up privileges. */
  bound?: () => Promise<void>;
  /** Variables and secrets for the functions. */
  env: Record<string, unknown>;
  /** `deadlineMs` follows from the deadlines. */
  settings: Omit<SupervisorSettings, "deadlineMs">;
  /** Workers for the functions alone, behind those that face the clients; 0 for both in one. */
  isolated: number;
  deadlines: Deadlines;
  backlog: number;
  accessLog: boolean;
  log: LogSink;
  maxHeapMb?: number;
  /** What is particular to one of many sites in one master process. */
  among?: AmongOthers;
  /** A control socket in a place of its own. */
  control?: { path: string | undefined };
}

export interface AmongOthers {
  /** By which logs tell the site from others. */
  siteName: string;
  /** The site's own URL, which its socket does not tell. */
  url: string;
  /** Environment of the site's processes. */
  processEnv: Readonly<Record<string, string>>;
  /** Whether the machine has room for one more process that is loading. */
  mayBoot: () => boolean;
}

export interface Master {
  url: URL;
  /** Resolves when the workers serve, rejects with what the first of them could not load. */
  started: Promise<void>;
  site(): Site;
  /** The pool that faces the clients, then that of the functions if they are isolated. */
  pools: readonly [WorkerPool, ...WorkerPool[]];
  /** Through it, the caches of all workers are purged. */
  cache: CacheCoordinator;
  /** Serves what lies in the output directory now; rejects, and goes on as before, if that cannot be loaded. */
  reload(): Promise<void>;
  /** Lets open requests finish; resolves when no process is left. */
  close(): Promise<void>;
  /** Ends everything now. */
  kill(): void;
}

/** An isolated function that is late is answered for by its own pool; the edge only makes sure. */
const EDGE_SLACK_MS = 2_000;

/** Binds the address, starts the workers, and resolves when they serve; with `keepTrying` before that. */
export async function startMaster(options: MasterOptions): Promise<Master> {
  const store = new ReleaseStore(options.outDir);
  const place: Place = { url: new URL("http://localhost/"), functionsSocket: undefined };
  const cache = new CacheCoordinator();
  const pools = createPools(options, store, place, cache);
  const [front] = pools;
  const release = async () => {
    for (const pool of pools) await pool.close();
    await store.close();
    if (place.functionsSocket !== undefined) await rm(join(place.functionsSocket, ".."), { recursive: true });
  };
  let generation = 0;
  type Serve = (pool: WorkerPool, generation: number) => Promise<void>;
  const take = async (number: number): Promise<Site> => {
    const site = await store.take(number, pools.length);
    // Times that are met must not wait for somebody to ask for the site.
    for (const { supervisor } of pools) supervisor.stayAwake((site.crons ?? []).length > 0);
    return site;
  };
  const serveAll = async (number: number, serve: Serve): Promise<void> => {
    // The functions first: the edge never asks for what is not there yet.
    for (const [index, pool] of pools.toReversed().entries()) {
      await serve(pool, number).catch((error: unknown) => {
        for (let untold = index + 1; untold < pools.length; untold++) void store.discard(number);
        throw error;
      });
    }
  };
  let site: Site;
  let started: Promise<void>;
  try {
    place.url = await bind(front, options);
    await options.bound?.();
    const [, functions] = pools;
    if (functions !== undefined) place.functionsSocket = await bindPrivately(functions);
    await sweepReleases(options.outDir);
    generation += 1;
    site = await take(generation);
    if (options.settings.keepTrying) {
      const starts = pools.map(({ supervisor }) => supervisor.start(generation));
      started = Promise.all(starts).then(() => {});
      started.catch(() => {});
    } else {
      started = serveAll(generation, (pool, number) => pool.supervisor.start(number));
      await started;
    }
  } catch (error) {
    await release();
    throw error;
  }
  const crons = new CronSchedule((task) => {
    // Any worker will do; the newest has the newest code while a reload is under way.
    const ready = pools
      .at(-1)
      ?.supervisor.rows()
      .findLast(({ state }) => state === "ready");
    ready?.process.runScheduled(task);
  }, options.log);
  crons.set(site.crons ?? []);
  let busy: Promise<void> = Promise.resolve();
  return {
    get url() {
      return place.url;
    },
    started,
    site: () => site,
    pools,
    cache,
    reload() {
      // One after the other: the next takes what lies there when its turn comes.
      const turn = busy.then(async () => {
        const number = ++generation;
        const next = await take(number);
        await serveAll(number, (pool) => pool.supervisor.reload(number));
        site = next;
        crons.set(site.crons ?? []);
      });
      busy = turn.catch(() => {});
      return turn;
    },
    async close() {
      crons.stop();
      await release();
    },
    kill() {
      for (const { supervisor } of pools) supervisor.kill();
    },
  };
}

/** What is known once the sockets are bound. */
interface Place {
  url: URL;
  functionsSocket: string | undefined;
}

function createPools(
  options: MasterOptions,
  store: ReleaseStore,
  place: Place,
  cache: CacheCoordinator,
): [WorkerPool, ...WorkerPool[]] {
  let lastId = 0;
  // One table for all workers, old and new: a reload gives nobody a fresh start.
  const limits = new LimitTable({ clock: SYSTEM_CLOCK });
  const create = (role: WorkerRole, deadlines: Deadlines, count: Partial<SupervisorSettings>) =>
    createWorkerPool({
      role,
      log: options.log,
      limits,
      cache,
      nextId: () => ++lastId,
      settings: { ...options.settings, ...count, deadlineMs: longestDeadlineMs(deadlines) },
      brief: ({ id, generation }) => ({
        id,
        role,
        release: store.folderOf(generation),
        outDir: options.outDir,
        url: options.among?.url ?? place.url.href,
        functionsSocket: place.functionsSocket,
        env: options.env,
        deadlines,
        backlog: options.backlog,
        accessLog: options.accessLog && role !== "functions",
        siteName: options.among?.siteName,
        control: options.control?.path,
      }),
      discard(generation) {
        store.discard(generation).catch((error: unknown) => {
          options.log.error("An old build cannot be removed", error, { generation });
        });
      },
      ...options.among,
      ...(options.maxHeapMb === undefined ? {} : { maxHeapMb: options.maxHeapMb }),
    });
  const { deadlines, isolated } = options;
  if (isolated === 0) return [create("site", deadlines, {})];
  return [
    create("edge", addToDeadlines(deadlines, EDGE_SLACK_MS), {}),
    create("functions", deadlines, { workers: isolated, minWorkers: isolated }),
  ];
}

/** Binds the site's address. What functions see as the site's own URL on a socket: a proxy in front knows better. */
async function bind({ server }: WorkerPool, options: MasterOptions): Promise<URL> {
  const { host, port, socketPath, socketMode } = options;
  if (socketPath !== undefined) {
    await listenOnPath(server, socketPath);
    if (socketMode !== undefined) await chmod(socketPath, socketMode);
    return new URL("http://localhost/");
  }
  await listen(server, port, host);
  return serverUrl(host, (server.address() as AddressInfo).port);
}

/** Binds a socket that only processes of this user reach: its folder is theirs alone. */
async function bindPrivately({ server }: WorkerPool): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "causeway-functions-"));
  const path = join(folder, "socket");
  await listenOnPath(server, path);
  return path;
}
