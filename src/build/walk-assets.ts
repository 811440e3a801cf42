// Which files of a static directory may be served? Each is decided once, here: no dotfiles but .well-known,
// no link out of the directory, nothing that is not a regular file.

import { type Dirent, type Stats, statSync } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { mapFiles } from "./map-files.ts";

/** A regular file below the static directory. */
export interface FoundFile {
  /** `/` and the names below the static directory, joined by `/`. */
  path: string;
  /** Absolute. */
  file: string;
  stats: Stats;
}

export interface WalkOptions {
  /** Absolute path that problems are named relative to. */
  projectRoot: string;
  ignore: (path: string, kind: "file" | "directory") => boolean;
}

/** One walk: what stays the same on every level. */
interface Walk extends WalkOptions {
  realRoot: string;
  files: FoundFile[];
  problems: Problem[];
}

/** Directories read at the same time; more only queue in the thread pool. */
const MAX_PARALLEL_DIRECTORIES = 16;

/** Lists the servable files of a directory, sorted by path. */
export async function walkAssets(
  root: string,
  options: WalkOptions,
): Promise<{ files: FoundFile[]; problems: Problem[] }> {
  const files: FoundFile[] = [];
  const problems: Problem[] = [];
  const realRoot = await realpath(root);
  await walkDirectory(root, "/", [realRoot], { ...options, realRoot, files, problems });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  problems.sort((a, b) => ((a.file ?? "") < (b.file ?? "") ? -1 : 1));
  return { files, problems };
}

/** `ancestors` are the real paths above, so that a link to one of them ends the descent. */
async function walkDirectory(
  directory: string,
  prefix: string,
  ancestors: readonly string[],
  walk: Walk,
): Promise<void> {
  const entries = await readEntries(directory, walk);
  const files = entries.filter((entry) => entry.isFile());
  await visitFiles(files, directory, prefix, walk);
  const others = entries.filter((entry) => !entry.isFile());
  await mapConcurrently(others, MAX_PARALLEL_DIRECTORIES, (entry) =>
    visit(entry, join(directory, entry.name), `${prefix}${entry.name}`, ancestors, walk),
  );
}

async function visitFiles(entries: Dirent[], directory: string, prefix: string, walk: Walk): Promise<void> {
  const names = entries.map(({ name }) => name).filter((name) => !walk.ignore(prefix + name, "file"));
  const found = await mapFiles(names, {
    now: (name) => readStatsNow(join(directory, name), walk),
    later: (name) => readStats(join(directory, name), walk),
  });
  for (const [index, stats] of found.entries()) {
    const name = names[index] as string;
    if (stats) walk.files.push({ path: prefix + name, file: join(directory, name), stats });
  }
}

async function readEntries(directory: string, walk: Walk): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => !isHidden(entry.name));
  } catch (error) {
    reportUnreadable(directory, error, walk);
    return [];
  }
}

async function visit(
  entry: Dirent,
  file: string,
  path: string,
  ancestors: readonly string[],
  walk: Walk,
): Promise<void> {
  if (entry.isSymbolicLink()) await visitLink(file, path, ancestors, walk);
  else if (entry.isDirectory()) {
    if (!walk.ignore(path, "directory")) await walkDirectory(file, `${path}/`, [...ancestors, file], walk);
  } else if (!walk.ignore(path, "file")) skipSpecial(file, walk);
}

async function visitLink(
  file: string,
  path: string,
  ancestors: readonly string[],
  walk: Walk,
): Promise<void> {
  const target = await realpath(file).catch(() => undefined);
  const stats = target === undefined ? undefined : await readStats(target, walk);
  if (!target || !stats) return report(walk, file, "asset-link-broken", "the link leads nowhere");
  if (walk.ignore(path, stats.isDirectory() ? "directory" : "file")) return;
  if (target !== walk.realRoot && !target.startsWith(walk.realRoot + sep)) {
    return report(walk, file, "asset-link-outside", "the link leads out of the static directory");
  }
  if (stats.isFile()) return void walk.files.push({ path, file, stats });
  if (!stats.isDirectory()) return skipSpecial(file, walk);
  if (ancestors.includes(target))
    return report(walk, file, "asset-link-loop", "the link leads back to itself");
  await walkDirectory(file, `${path}/`, [...ancestors, target], walk);
}

async function readStats(file: string, walk: Walk): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    return missStats(file, error, walk);
  }
}

function readStatsNow(file: string, walk: Walk): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    return missStats(file, error, walk);
  }
}

/** Deleted since the directory was read: it simply is no longer there. Anything else is told. */
function missStats(file: string, error: unknown, walk: Walk): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") reportUnreadable(file, error, walk);
}

/** `.well-known` is the one hidden name that the web asks for (RFC 8615). */
function isHidden(name: string): boolean {
  return name.startsWith(".") && name !== ".well-known";
}

function skipSpecial(file: string, walk: Walk): void {
  report(walk, file, "asset-not-a-file", "it is neither a file nor a directory");
}

function report(walk: Walk, file: string, code: string, why: string): void {
  walk.problems.push({
    severity: "warning",
    code,
    message: `Cannot serve "${nameOf(file, walk)}": ${why}`,
    file: nameOf(file, walk),
    remedy: "Replace it by a regular file, or delete it.",
  });
}

function reportUnreadable(file: string, error: unknown, walk: Walk): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  walk.problems.push(describeUnreadable(file, walk.projectRoot, code));
}

/** The problem of a file or directory that the system refuses to open. */
export function describeUnreadable(file: string, projectRoot: string, code: string): Problem {
  const name = toName(file, projectRoot);
  return {
    severity: "error",
    code: "asset-unreadable",
    message: `Cannot read "${name}": ${code}`,
    file: name,
    remedy: "Give the user that builds the site the right to read it.",
  };
}

function nameOf(file: string, { projectRoot }: Walk): string {
  return toName(file, projectRoot);
}

function toName(file: string, projectRoot: string): string {
  return relative(projectRoot, file).split(sep).join("/");
}
