// Opens the cache of a server process as its site wants it: in memory, or in memory over a folder.

import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createMemoryCache } from "../../cache/memory-cache.ts";
import { createSharedCache } from "../../cache/shared-cache.ts";
import { createTieredCache } from "../../cache/tiered-cache.ts";
import type { CacheOrder } from "../../contract/cache-order.ts";
import type { FlightTurns } from "../../contract/flight-turns.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { ResponseCache } from "../../contract/response-cache.ts";
import type { CacheStoreSettings } from "../../contract/routing.ts";
import type { Site } from "../../contract/site.ts";
import { setProcessCache } from "../process-cache.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { createDiskResponseCache } from "./disk-response-cache.ts";
import { createFlightScope } from "./flight-scope.ts";

export interface ProcessCacheOptions {
  site: Site;
  /** Folder of the build: the cache lies beside it, so that the next build finds it. */
  outDir: string;
  log: LogSink;
  /** Other processes that serve the site: they share a folder, and ask origins in turns. */
  others?: OtherProcesses;
}

/** What processes that share a store settle between them. */
export interface OtherProcesses extends FlightTurns {
  /** Has all others do it too; resolves with how many answers that has removed. */
  order(order: CacheOrder): Promise<number>;
}

const WORK_DIRECTORY = ".causeway";
const FOLDER = "responses";
const ANNOUNCE_LIMIT_MS = 250;

/** Opens the cache and makes it that of the process. A folder that cannot be used is logged and done without. */
export async function openProcessCache({ site, outDir, log, others }: ProcessCacheOptions): Promise<void> {
  const settings = site.routing?.cache ?? {};
  const memory = createMemoryCache(
    settings.memoryBytes === undefined ? {} : { maxBytes: settings.memoryBytes },
  );
  const disk = await openDisk(settings, findFolder(site, outDir, others !== undefined), log);
  setProcessCache(
    createSharedCache({
      store: disk === undefined ? memory : createTieredCache(memory, disk),
      clock: SYSTEM_CLOCK,
      scope: createFlightScope(),
      ...(others && { announce: (keys) => announce(others, keys) }),
      // Without a common store nobody finds what another process was given.
      ...(disk && others && { turns: others }),
    }),
  );
}

/** The answer to a change waits until the others know of it, but not for one that is busy. */
function announce(others: OtherProcesses, keys: readonly string[]): Promise<unknown> {
  const told = others.order({ kind: "forget", keys: [...keys] });
  return Promise.race([told, sleep(ANNOUNCE_LIMIT_MS)]);
}

/** The folder for kept answers; undefined if they are kept in memory only. */
export function findFolder(site: Site, outDir: string, isShared: boolean): string | undefined {
  const disk = site.routing?.cache?.disk;
  const isWanted = disk !== false && (disk !== undefined || (isShared && mayKeepAnswers(site)));
  if (!isWanted) return undefined;
  const parent = dirname(resolve(outDir));
  const isInWork = basename(parent) === WORK_DIRECTORY;
  const root = isInWork ? dirname(parent) : parent;
  return disk?.folder === undefined ? join(root, WORK_DIRECTORY, FOLDER) : resolve(root, disk.folder);
}

/** Static files are no answers that a cache keeps. */
function mayKeepAnswers({ application, routing }: Site): boolean {
  return (
    application.kind !== "none" || (routing?.routes.some(({ action }) => action.kind === "upstream") ?? false)
  );
}

async function openDisk(
  { disk }: CacheStoreSettings,
  folder: string | undefined,
  log: LogSink,
): Promise<ResponseCache | undefined> {
  if (folder === undefined) return undefined;
  const maxBytes = disk === false ? undefined : disk?.maxBytes;
  try {
    return await createDiskResponseCache({ folder, ...(maxBytes === undefined ? {} : { maxBytes }) });
  } catch (error) {
    log.error(`Cannot keep answers in "${folder}": they are kept in memory only`, error);
    return undefined;
  }
}
