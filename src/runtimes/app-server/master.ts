// The master of the application server: holds the listening socket and the process table, loads no site code.

import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { parseSite } from "../../contract/parse-site.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { Site } from "../../contract/site.ts";
import type { SupervisorSettings } from "../../supervisor/settings.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import { listen } from "../server/listen.ts";
import { serverUrl } from "../server/server-url.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { ConnectionDealer } from "./connection-dealer.ts";
import { type Deadlines, longestDeadlineMs } from "./deadlines.ts";
import { createNodeProcessHost } from "./node-process-host.ts";
import { ReleaseStore, sweepReleases } from "./release-store.ts";

export interface MasterOptions {
  /** Folder of the build. */
  outDir: string;
  host: string;
  port: number;
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
  const url = serverUrl(options.host, (server.address() as AddressInfo).port);
  const store = new ReleaseStore(options.outDir);
  const supervisor = createSupervisor(options, dealer, store, url);
  let generation = 0;
  let site = await readSite(options.outDir);
  let busy: Promise<unknown> = sweepReleases(options.outDir);
  const next = async (serve: (generation: number) => Promise<void>) => {
    const number = ++generation;
    const nextSite = await takeRelease(store, number);
    await serve(number);
    site = nextSite;
  };
  const timer = setInterval(() => supervisor.step(), STEP_EVERY_MS);
  const release = async () => {
    clearInterval(timer);
    server.close();
    dealer.close();
    await store.close();
  };
  try {
    await busy;
    await next((number) => supervisor.start(number));
  } catch (error) {
    await supervisor.stop();
    await release();
    throw error;
  }
  return {
    url,
    site: () => site,
    supervisor,
    dealer,
    reload() {
      // One after the other: the next takes what lies there when its turn comes.
      const turn = busy.catch(() => {}).then(() => next((number) => supervisor.reload(number)));
      busy = turn;
      return turn;
    },
    async close() {
      server.close();
      await supervisor.stop();
      await release();
    },
    kill: () => supervisor.kill(),
  };
}

async function openSocket(options: MasterOptions, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    // Nothing is read here; what befalls the connection meets the worker that has it.
    socket.on("error", () => {});
    // The bookkeeping between processes that comes with sockets of a server is of no use here.
    (socket as { server?: unknown }).server = null;
    onConnection(socket);
  });
  await listen(server, options.port, options.host);
  return server;
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

async function takeRelease(store: ReleaseStore, generation: number): Promise<Site> {
  try {
    return await readSite(await store.take(generation));
  } catch (error) {
    await store.discard(generation);
    throw error;
  }
}

/** The site document is data; the code beside it is the workers' to load. */
async function readSite(folder: string): Promise<Site> {
  return parseSite(JSON.parse(await readFile(join(folder, "site.json"), "utf8")));
}
