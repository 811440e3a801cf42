// Whether, and where, a server exchanges purges with other nodes: settings of its site and of its environment.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import type { Site } from "../../contract/site.ts";
import { findFolder } from "./open-process-cache.ts";
import { joinPurgeExchange, type PurgeExchange } from "./purge-exchange.ts";

export interface NodesOptions {
  site: Site;
  outDir: string;
  /** Several processes serve the site. */
  isShared: boolean;
  log: LogSink;
  /** Purges here. */
  apply(selection: PurgeSelection): Promise<unknown>;
}

const DEFAULT_CHANNEL = "causeway:purge";
const POSITION_FILE = "purges-applied";

/** Undefined for a server that stands alone. CAUSEWAY_REDIS_URL in the environment wins. */
export async function joinNodes(options: NodesOptions): Promise<PurgeExchange | undefined> {
  const { site, outDir, isShared, log, apply } = options;
  const settings = site.routing?.cache?.redis;
  const url = process.env.CAUSEWAY_REDIS_URL ?? settings?.url;
  if (url === undefined && settings !== undefined) {
    throw new CausewayError("bad-usage", "Cannot exchange purges over Redis: it is not said where that is", {
      remedy:
        "Set CAUSEWAY_REDIS_URL=redis://host:6379 in the environment, or write the URL into cache.redis.",
    });
  }
  if (url === undefined) return undefined;
  const folder = findFolder(site, outDir, isShared);
  // Beside the folder, in which nothing lies but answers.
  const positionFile = folder === undefined ? undefined : join(dirname(folder), POSITION_FILE);
  if (positionFile !== undefined)
    await mkdir(dirname(positionFile), { recursive: true }).catch(() => undefined);
  const channel = settings?.channel ?? DEFAULT_CHANNEL;
  return joinPurgeExchange({ url, channel, apply, log, positionFile });
}
