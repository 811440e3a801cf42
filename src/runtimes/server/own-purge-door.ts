// How is a process purged that serves a site alone? Through a control socket of its own, and by other nodes.

import type { Server } from "node:http";
import { setPurger } from "../../cache/purge-cache.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { PurgeOutcome } from "../../contract/purge-outcome.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import type { Site } from "../../contract/site.ts";
import { processCache } from "../process-cache.ts";
import { openControlSocket } from "./control-door.ts";
import { ownControlPath, prepareControlFolder } from "./control-path.ts";
import { joinNodes } from "./purge-nodes.ts";
import { createPurgeRoute } from "./purge-route.ts";

export interface OwnDoorOptions {
  site: Site;
  outDir: string;
  log: LogSink;
  /** Another place for the socket. */
  path?: string | undefined;
}

/** Opens the door; returns what closes it. A process that cannot have one serves without. */
export async function openOwnPurgeDoor(options: OwnDoorOptions): Promise<() => Promise<void>> {
  const { site, outDir, log } = options;
  const apply = (selection: PurgeSelection) => processCache().purge(selection);
  const nodes = await joinNodes({ site, outDir, isShared: false, log, apply });
  const purge = async (selection: PurgeSelection): Promise<PurgeOutcome> => {
    nodes?.publish(selection);
    return { removed: await apply(selection), processes: 1, late: 0 };
  };
  setPurger(async (selection) => (await purge(selection)).removed);
  const server = await openSocket(options, purge);
  return async () => {
    server?.close();
    await nodes?.close();
  };
}

async function openSocket(
  { outDir, path: wanted, log }: OwnDoorOptions,
  purge: (selection: PurgeSelection) => Promise<PurgeOutcome>,
): Promise<Server | undefined> {
  try {
    const path = wanted ?? (await ownControlPath(outDir));
    if (wanted === undefined) await prepareControlFolder(path);
    return await openControlSocket(path, { read: {}, change: { "/purge": createPurgeRoute(purge) } });
  } catch (error) {
    log.error("Cannot open a control socket: `causeway purge` does not reach this process", error);
    return undefined;
  }
}
