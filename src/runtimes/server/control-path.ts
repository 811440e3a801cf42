// Where is the control socket of a site? Commands find it from the build's directory alone.

import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";

/** A path of at most about 100 bytes, which is what a socket's name may have. */
export async function controlPath(outDir: string): Promise<string> {
  return defaultControlPath(outDir);
}

/** The same at once. */
export function defaultControlPath(outDir: string): string {
  const name = createHash("sha256").update(realpathSync(outDir)).digest("hex").slice(0, 16);
  // In a container the user often has a number and no name.
  const user = process.getuid?.() ?? userInfo().username;
  return join(tmpdir(), `causeway-${user}`, `${name}.sock`);
}

/** The socket of a process that serves a site alone: there may be several of a build. */
export async function ownControlPath(outDir: string): Promise<string> {
  return (await controlPath(outDir)).replace(/sock$/, `${process.pid}.sock`);
}

/** The sockets of everybody who serves a build, an application server or processes of their own. */
export async function listControlPaths(outDir: string): Promise<string[]> {
  const path = await controlPath(outDir);
  const [prefix] = basename(path).split(".") as [string];
  const names = await readdir(dirname(path)).catch(() => [] as string[]);
  return names
    .filter((name) => name.startsWith(`${prefix}.`) && name.endsWith(".sock"))
    .map((name) => join(dirname(path), name));
}

/** Makes the socket's folder, for its owner alone, and refuses one that somebody else has put there. */
export async function prepareControlFolder(path: string): Promise<void> {
  const folder = dirname(path);
  if (claimFolder(folder)) return;
  throw new CausewayError(
    "address-unavailable",
    `Cannot use "${folder}" for the control socket: it is not ours`,
    {
      remedy: "Choose another place with --control.",
    },
  );
}

/** Makes a folder for its owner alone; false if somebody else has put one there. */
export function claimFolder(folder: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  const uid = process.getuid?.();
  if (!stats.isDirectory() || (uid !== undefined && stats.uid !== uid)) return false;
  chmodSync(folder, 0o700);
  return true;
}
