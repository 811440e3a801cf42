// A worker of the application server: the whole site in one process, on connections that the master accepts.

import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { setPurger } from "../../cache/purge-cache.ts";
import { CausewayError } from "../../contract/errors.ts";
import type { Handler } from "../../contract/handler.ts";
import { parseSite } from "../../contract/parse-site.ts";
import type { DrainOrder } from "../../contract/process-host.ts";
import type { Site } from "../../contract/site.ts";
import type { AssetFetch } from "../../gateway/assets-binding.ts";
import { createReachFilter } from "../../gateway/may-reach-functions.ts";
import { createNodeServer, type NodeServer, prepareNode } from "../node.ts";
import { createFolderStore } from "../server/folder-store.ts";
import { loadRelease } from "../server/load-release.ts";
import { migrationFolder } from "../server/migration-folder.ts";
import { createMigrationJournal } from "../server/migration-journal.ts";
import { openProcessCache } from "../server/open-process-cache.ts";
import { createNodeTransport } from "../server/transport-node.ts";
import { CacheLink } from "./cache-link.ts";
import { longestDeadlineMs, shortestDeadlineMs } from "./deadlines.ts";
import { drainWorker, type WorkerParts } from "./drain-worker.ts";
import { createIsolatedApplication, serveIsolated } from "./isolated-functions.ts";
import { type MasterMessage, REPORT_EVERY_MS, type WorkerBrief, type WorkerMessage } from "./messages.ts";
import { SharedLimits } from "./shared-limits.ts";
import { startWatchdog } from "./watchdog.ts";
import { WorkerConnections } from "./worker-connections.ts";
import { WorkerGate } from "./worker-gate.ts";
import { createWorkerLog, type WorkerLog } from "./worker-log.ts";
import { createReporter } from "./worker-report.ts";

/** How often open requests are looked at for their deadline. */
const EXPIRE_EVERY_MS = 100;
/** Past its deadline a stuck worker gets this long before it is reported: a pulse may be late. */
const STUCK_SLACK_MS = 200;
/** A signal from outside: there is no order that says how long. */
const LEAVE_ORDER: DrainOrder = { limitMs: 30_000, streamGraceMs: 5_000, closeIdle: false };

// Ctrl-C in a terminal reaches every process of the group; the master says what is to be done.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
process.on("disconnect", () => process.exit(1));
process.once("message", (message: MasterMessage) => {
  if (message.kind === "boot") void run(message.brief);
});

async function run(brief: WorkerBrief): Promise<void> {
  const log = createWorkerLog(brief.id);
  const cache = new CacheLink(say);
  try {
    const limits = new SharedLimits((message) => void say(message));
    const parts = await boot(brief, limits, cache, log);
    listenToMaster(parts, limits, cache, log);
    await say({ kind: "ready" });
  } catch (error) {
    log.flush();
    await say(describeFailure(error));
    process.exit(1);
  }
}

async function boot(
  brief: WorkerBrief,
  limits: SharedLimits,
  cache: CacheLink,
  log: WorkerLog,
): Promise<WorkerParts> {
  prepareNode();
  const site = parseSite(JSON.parse(await readFile(join(brief.release, "site.json"), "utf8")));
  await openProcessCache({ site, outDir: brief.outDir, log, others: cache });
  setPurger((selection) => cache.order({ kind: "purge", selection }));
  const gate = new WorkerGate(brief.deadlines, brief.backlog);
  const node = await createServerFor(brief, site, gate, limits, log);
  node.activate(new URL(brief.url));
  const connections = new WorkerConnections(node.server, (upTo, late) => {
    void say({ kind: "took", upTo, late });
  });
  startWatchdog(
    {
      suspectAfterMs: shortestDeadlineMs(brief.deadlines) + STUCK_SLACK_MS,
      stuckAfterMs: longestDeadlineMs(brief.deadlines) + STUCK_SLACK_MS,
    },
    () => gate.describeOpen(),
  );
  setInterval(() => gate.expire(performance.now()), EXPIRE_EVERY_MS);
  return { node, connections, gate, log };
}

/** The server for a worker's role; only the edge of isolated functions loads no code of the site. */
async function createServerFor(
  brief: WorkerBrief,
  site: Site,
  gate: WorkerGate,
  limitCounters: SharedLimits,
  log: WorkerLog,
): Promise<NodeServer> {
  const { role, release: outDir, functionsSocket, env, accessLog } = brief;
  const migrations = createMigrationJournal(() => migrationFolder(brief.outDir, brief.control), log);
  const options = { env, host: "", port: 0, log, accessLog, limitCounters, migrations };
  if (role === "edge" && functionsSocket !== undefined) {
    const reached = createIsolatedApplication(functionsSocket, createNodeTransport(), log);
    const mayReach = createReachFilter(site.application);
    const application = (fetchAsset: AssetFetch): Handler => {
      return (request, env, context) => {
        if (mayReach(request)) return reached(request, env, context);
        if (context.trail !== undefined) context.trail.route = "static";
        return fetchAsset(request);
      };
    };
    const store = createFolderStore(join(outDir, "assets"));
    return createNodeServer({ ...options, site, bundle: { modules: {} }, store, application }, gate);
  }
  const release = await loadRelease({ outDir, site });
  if (role === "site") return createNodeServer({ ...options, ...release }, gate);
  return createNodeServer({ ...options, ...release }, gate, ({ application }) =>
    serveIsolated(application, log),
  );
}

function listenToMaster(parts: WorkerParts, limits: SharedLimits, cache: CacheLink, log: WorkerLog): void {
  const report = createReporter(parts.gate, parts.connections, log);
  const sayReport = () => say({ kind: "report", report: report() });
  setInterval(sayReport, REPORT_EVERY_MS);
  let isLeaving = false;
  const leave = async (order: DrainOrder) => {
    if (isLeaving) return;
    isLeaving = true;
    await drainWorker(parts, order);
    log.flush();
    await sayReport();
    process.exit(0);
  };
  process.on("message", (message: MasterMessage, socket?: Socket) => {
    if (cache.hear(message)) return;
    if (message.kind === "limits") limits.hear(message);
    else if (message.kind === "drain") void leave(message.order);
    else if (message.kind === "scheduled") parts.node.runScheduled(message.task);
    else if (message.kind === "connection") parts.connections.take(socket, message.offer);
  });
  process.on("SIGTERM", async () => {
    await say({ kind: "leaving" });
    await leave(LEAVE_ORDER);
  });
}

/** Resolves when the message is on its way, also if nobody is there to hear it. */
function say(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function describeFailure(error: unknown): WorkerMessage {
  if (error instanceof CausewayError) {
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    return { kind: "boot-failed", message: error.message, ...remedy };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: "boot-failed", message: `The site cannot be loaded: ${text}` };
}
