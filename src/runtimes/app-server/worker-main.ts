// A worker of the application server: the whole site in one process, on connections that the master accepts.

import { join } from "node:path";
import { setPurger } from "../../cache/purge-cache.ts";
import type { Handler } from "../../contract/handler.ts";
import { parseSite } from "../../contract/parse-site.ts";
import type { Site } from "../../contract/site.ts";
import type { AssetFetch } from "../../gateway/assets-binding.ts";
import { createReachFilter } from "../../gateway/may-reach-functions.ts";
import { createNodeServer, prepareNode } from "../node.ts";
import { loadRelease } from "../server/load-release.ts";
import { migrationFolder } from "../server/migration-folder.ts";
import { createMigrationJournal } from "../server/migration-journal.ts";
import { openAssetStore } from "../server/open-asset-store.ts";
import { openProcessCache } from "../server/open-process-cache.ts";
import { readSiteDocument } from "../server/read-site-document.ts";
import { surviveFaults } from "../server/survive-faults.ts";
import { createSocketTransport } from "../server/transport-sockets.ts";
import type { SiteServer } from "../site-server.ts";
import { CacheLink } from "./cache-link.ts";
import { longestDeadlineMs, shortestDeadlineMs } from "./deadlines.ts";
import { takeFrontClient } from "./front-fields.ts";
import { createIsolatedApplication, serveIsolated } from "./isolated-functions.ts";
import type { WorkerBrief } from "./messages.ts";
import { type BootedWorker, runWorker, sayToMaster, takeConnections } from "./run-worker.ts";
import { SharedLimits } from "./shared-limits.ts";
import { startWatchdog } from "./watchdog.ts";
import { WorkerGate } from "./worker-gate.ts";
import type { WorkerLog } from "./worker-log.ts";

/** How often open requests are looked at for their deadline. */
const EXPIRE_EVERY_MS = 100;
/** Past its deadline a stuck worker gets this long before it is reported: a pulse may be late. */
const STUCK_SLACK_MS = 200;

runWorker<WorkerBrief>(boot);

async function boot(brief: WorkerBrief, log: WorkerLog): Promise<BootedWorker> {
  const cache = new CacheLink(sayToMaster);
  prepareNode();
  const site = parseSite(await readSiteDocument(join(brief.release, "site.json")));
  await openProcessCache({ site, outDir: brief.outDir, log, others: cache });
  setPurger((selection) => cache.order({ kind: "purge", selection }));
  const gate = new WorkerGate(brief.deadlines, brief.backlog);
  if (brief.siteName !== undefined) gate.clientOf = takeFrontClient;
  const limits = new SharedLimits((message) => void sayToMaster(message));
  const node = await createServerFor(brief, site, gate, limits, log);
  node.activate(new URL(brief.url));
  startWatchdog(
    {
      suspectAfterMs: shortestDeadlineMs(brief.deadlines) + STUCK_SLACK_MS,
      stuckAfterMs: longestDeadlineMs(brief.deadlines) + STUCK_SLACK_MS,
    },
    () => gate.describeOpen(),
  );
  setInterval(() => gate.expire(performance.now()), EXPIRE_EVERY_MS);
  surviveFaults(log);
  return {
    parts: { node, connections: takeConnections(node.server), gate, log },
    hear(message) {
      if (cache.hear(message)) return;
      if (message.kind === "limits") limits.hear(message);
      else if (message.kind === "scheduled") node.runScheduled(message.task);
    },
  };
}

/** The server for a worker's role; only the edge of isolated functions loads no code of the site. */
async function createServerFor(
  brief: WorkerBrief,
  site: Site,
  gate: WorkerGate,
  limitCounters: SharedLimits,
  log: WorkerLog,
): Promise<SiteServer> {
  const { role, release: outDir, functionsSocket, env, accessLog } = brief;
  const migrations = createMigrationJournal(() => migrationFolder(brief.outDir, brief.control), log);
  const options = { env, host: "", port: 0, log, accessLog, limitCounters, migrations };
  if (role === "edge" && functionsSocket !== undefined) {
    const reached = createIsolatedApplication(functionsSocket, createSocketTransport(), log);
    const mayReach = createReachFilter(site.application);
    const application = (fetchAsset: AssetFetch): Handler => {
      return (request, env, context) => {
        if (mayReach(request)) return reached(request, env, context);
        if (context.trail !== undefined) context.trail.route = "static";
        return fetchAsset(request);
      };
    };
    const store = await openAssetStore(site, outDir);
    return createNodeServer({ ...options, site, bundle: { modules: {} }, store, application }, gate);
  }
  const release = await loadRelease({ outDir, site });
  if (role === "site") return createNodeServer({ ...options, ...release }, gate);
  return createNodeServer({ ...options, ...release }, gate, ({ application }) =>
    serveIsolated(application, log),
  );
}
