// The master of the application server: holds the listening socket and the process table, loads no site code.

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { LogSink } from "../../contract/platform.ts";
import type { ScheduledTask } from "../../contract/process-host.ts";
import type { Site } from "../../contract/site.ts";
import type { SupervisorSettings } from "../../supervisor/settings.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import { listen, listenOnPath } from "../server/listen.ts";
import { serverUrl } from "../server/server-url.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { ConnectionDealer } from "./connection-dealer.ts";
import { CronSchedule } from "./cron-schedule.ts";
import { type Deadlines, longestDeadlineMs } from "./deadlines.ts";
import { createNodeProcessHost } from "./node-process-host.ts";
import { ReleaseStore, sweepReleases } from "./release-store.ts";

export { DEFAULT_SETTINGS } from "../../supervisor/settings.ts";

export interface MasterOptions {
  /** Folder of the build. */
  outDir: string;
  host: string;
  port: number;
  /** Listen on a unix socket instead of a port. */
  socketPath?: string;
  /** Called when the address is bound, before any process is started: the moment to give up privileges. */
  bound?: () => Promise<void>;
  /** Variables and secrets for the functions. */
  env: Record<string, unknown>;
  /** `deadlineMs` follows from the deadlines. */
  settings: Omit<SupervisorSettings, "deadlineMs">;
  deadlines: Deadlines;
  backlog: number;
  accessLog: boolean;
  log: LogSink;
  maxHeapMb?: number;
}

export interface Master {
  url: URL;
  site(): Site;
  supervisor: Supervisor;
  dealer: ConnectionDealer;
  /** Serves what lies in the output directory now; rejects, and goes on as before, if that cannot be loaded. */
  reload(): Promise<void>;
  /** Lets open requests finish; resolves when no process is left. */
  close(): Promise<void>;
  /** Ends everything now. */
  kill(): void;
}

const STEP_EVERY_MS = 100;

/** Binds the address, starts the workers, and resolves when they serve. */
export async function startMaster(options: MasterOptions): Promise<Master> {
  const dealer = new ConnectionDealer();
  const server = await openSocket(options, (socket) => dealer.deal(socket));
  await options.bound?.();
  const url = describeAddress(server, options);
  const store = new ReleaseStore(options.outDir);
  const supervisor = createSupervisor(options, dealer, store, url);
  let generation = 0;
  const next = async (serve: (generation: number) => Promise<void>): Promise<Site> => {
    const number = ++generation;
    const site = await store.take(number);
    await serve(number);
    return site;
  };
  const timer = setInterval(() => {
    supervisor.step();
    // After the messages that have come in meanwhile: a worker may have taken what seems to be late.
    setImmediate(() => dealer.recall());
  }, STEP_EVERY_MS);
  const release = async () => {
    clearInterval(timer);
    server.close();
    dealer.close();
    await store.close();
  };
  let site: Site;
  try {
    await sweepReleases(options.outDir);
    site = await next((number) => supervisor.start(number));
  } catch (error) {
    await supervisor.stop();
    await release();
    throw error;
  }
  const crons = new CronSchedule((task) => runScheduled(supervisor, task), options.log);
  crons.set(site.crons ?? []);
  let busy: Promise<void> = Promise.resolve();
  return {
    url,
    site: () => site,
    supervisor,
    dealer,
    reload() {
      // One after the other: the next takes what lies there when its turn comes.
      const turn = busy.then(async () => {
        site = await next((number) => supervisor.reload(number));
        crons.set(site.crons ?? []);
      });
      busy = turn.catch(() => {});
      return turn;
    },
    async close() {
      crons.stop();
      server.close();
      await supervisor.stop();
      await release();
    },
    kill: () => supervisor.kill(),
  };
}

/** Any worker will do; the newest has the newest code while a reload is under way. */
function runScheduled(supervisor: Supervisor, task: ScheduledTask): void {
  const worker = supervisor.rows().findLast(({ state }) => state === "ready");
  worker?.process.runScheduled(task);
}

async function openSocket(options: MasterOptions, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    // Nothing is read here; what befalls the connection meets the worker that has it.
    socket.on("error", () => {});
    // The bookkeeping between processes that comes with sockets of a server is of no use here.
    (socket as { server?: unknown }).server = null;
    onConnection(socket);
  });
  if (options.socketPath === undefined) await listen(server, options.port, options.host);
  else await listenOnPath(server, options.socketPath);
  return server;
}

/** What functions see as the site's own URL where it listens on a socket: a proxy in front knows better. */
function describeAddress(server: Server, { host, socketPath }: MasterOptions): URL {
  if (socketPath !== undefined) return new URL("http://localhost/");
  return serverUrl(host, (server.address() as AddressInfo).port);
}

function createSupervisor(
  options: MasterOptions,
  dealer: ConnectionDealer,
  store: ReleaseStore,
  url: URL,
): Supervisor {
  const { log, env, deadlines, backlog, accessLog, maxHeapMb } = options;
  const host = createNodeProcessHost({
    dealer,
    log,
    brief: ({ id, generation }) => ({
      id,
      release: store.folderOf(generation),
      url: url.href,
      env,
      deadlines,
      backlog,
      accessLog,
    }),
    discard(generation) {
      store
        .discard(generation)
        .catch((error: unknown) => log.error("An old build cannot be removed", error, { generation }));
    },
    ...(maxHeapMb === undefined ? {} : { maxHeapMb }),
  });
  let isAwake = false;
  const supervisor = new Supervisor(
    { ...options.settings, deadlineMs: longestDeadlineMs(deadlines) },
    {
      host,
      log,
      clock: SYSTEM_CLOCK,
      random: Math.random,
      wake() {
        if (isAwake) return;
        isAwake = true;
        setImmediate(() => {
          isAwake = false;
          supervisor.step();
        });
      },
    },
  );
  return supervisor;
}
