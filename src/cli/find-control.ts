// Whom does a command line speak to: the server of the build in the directory, that of the sites in it, or, for an
// entry of a directory of sites, that one site among them.

import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type ControlTarget, fetchStatus } from "../runtimes/app-server/control-client.ts";
import { controlPath, listControlPaths } from "../runtimes/server/control-path.ts";
import { isAnswered } from "../runtimes/server/listen.ts";
import { findBuild } from "./find-build.ts";
import type { CommandLine } from "./parse-arguments.ts";

/** The control socket, whether or not somebody listens there, and the site behind it. */
export async function findControl(line: CommandLine): Promise<ControlTarget> {
  const directory = resolve(line.directory);
  const given = line.options.texts.get("control");
  if (given !== undefined) return findSite(given, directory);
  for (const place of [directory, dirname(directory)]) {
    const path = existsSync(place) ? await controlPath(place) : undefined;
    if (path !== undefined && (await isAnswered(path))) return findSite(path, directory);
  }
  return { path: await controlPath((await findBuild(line)).outDir) };
}

/** A server of many sites says which directory they are in. */
async function findSite(path: string, directory: string): Promise<ControlTarget> {
  if (!(await isAnswered(path))) return { path };
  const status = await fetchStatus({ path });
  const parent = await realpath(dirname(directory)).catch(() => undefined);
  const isOne = "sites" in status && parent === status.directory;
  return isOne ? { path, site: basename(directory) } : { path };
}

/** Everybody who serves the build: an application server, processes of their own, or one site among many. */
export async function findControls(line: CommandLine): Promise<ControlTarget[]> {
  const target = await findControl(line);
  if (target.site !== undefined || line.options.texts.has("control")) return [target];
  const paths = await listControlPaths((await findBuild(line)).outDir);
  return paths.map((path) => ({ path }));
}
