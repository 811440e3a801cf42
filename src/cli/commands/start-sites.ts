// `causeway start sites/`: many sites on one machine. This process becomes the one that keeps them.

import { realpath, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { CausewayError } from "../../contract/errors.ts";
import { dropPrivileges } from "../../runtimes/app-server/drop-privileges.ts";
import { runManySites } from "../../runtimes/many-sites/run-many-sites.ts";
import { createServerLog } from "../../runtimes/server/server-log.ts";
import { createSitesScanner } from "../find-sites.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { readGiven, readWorkers, toServerSettings } from "../server-settings.ts";

/** What one site has that many cannot share. */
const OF_ONE_SITE = ["out", "vars-file", "binding", "build"] as const;

/** A front only passes on; what a site's own backlog refuses is refused there. */
const FRONT_BACKLOG = 4_096;

/** Resolves when the front serves; the process then obeys signals and the control socket. */
export async function startSites(
  { directory, options }: CommandLine,
  output: Output,
  address: { host: string; port: number },
): Promise<void> {
  refuseOptionsOfOne(options);
  const place = await findDirectory(directory);
  const given = readGiven({ options });
  const { supervisor, accessLog, user, socketPath, ...settings } = toServerSettings(given);
  const emperor = await runManySites({
    ...address,
    directory: place,
    scan: createSitesScanner(place, given),
    frontWorkers: readWorkers(given.get("front")?.at(-1) ?? "1"),
    frontBacklog: FRONT_BACKLOG,
    drainLimitMs: supervisor.drainLimitMs,
    streamGraceMs: supervisor.streamGraceMs,
    bootSlots: availableParallelism(),
    accessLog,
    log: createServerLog(),
    control: { path: settings.controlPath, port: settings.controlPort },
    pidFile: settings.pidFile,
    ...(socketPath === undefined ? {} : { socketPath: resolve(socketPath) }),
    ...(user === undefined ? {} : { bound: () => dropPrivileges(user) }),
  });
  const { runners, broken } = emperor;
  const url = socketPath ?? emperor.url.href.replace(/\/$/, "");
  const text = `${runners.length} ${runners.length === 1 ? "site is" : "sites are"} served on ${url}`;
  output.result(text, { event: "ready", url, sites: runners.length, broken: broken.length });
}

/** The directory itself, without links on the way: commands find the server by it. */
async function findDirectory(directory: string): Promise<string> {
  const stats = await stat(directory).catch(() => undefined);
  if (stats?.isDirectory() === true) return realpath(directory);
  throw new CausewayError(
    "bad-usage",
    `Cannot read the sites in "${resolve(directory)}": there is no such directory`,
    { remedy: "Make it, or name another." },
  );
}

function refuseOptionsOfOne({ texts, lists, flags }: CommandLine["options"]): void {
  const found = OF_ONE_SITE.find((name) => texts.has(name) || lists.has(name) || flags.has(name));
  const runtime = texts.get("runtime") ?? "node";
  if (found !== undefined) {
    throw new CausewayError("bad-usage", `Cannot use --${found} with many sites: it is for one`, {
      remedy: "Put it into the settings file of the site, NAME.json beside its entry.",
    });
  }
  if (runtime === "node" && texts.get("workers") !== "0" && texts.get("front") !== "0") return;
  throw new CausewayError(
    "bad-usage",
    "Cannot serve many sites in one process, or on another runtime than Node",
    {
      remedy: "Leave out --runtime, --workers 0 and --front 0.",
    },
  );
}
