// Which files of a static directory may be served? Each is decided once, here: no dotfiles but .well-known,
// no link out of the directory, nothing that is not a regular file.

import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { mapConcurrently } from "./map-concurrently.ts";

/** A regular file below the static directory. */
export interface FoundFile {
  /** `/` and the names below the static directory, joined by `/`. */
  path: string;
  /** Absolute. */
  file: string;
  /** Relative to the project, for messages. */
  name: string;
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
  problems: Problem[];
}

/** Directories read at the same time; more only queue in the thread pool. */
const MAX_PARALLEL_STATS = 16;

/** Lists the servable files of a directory, sorted by path. */
export async function walkAssets(
  root: string,
  options: WalkOptions,
): Promise<{ files: FoundFile[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const realRoot = await realpath(root);
  const files = await walkDirectory(root, "/", [realRoot], { ...options, realRoot, problems });
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
): Promise<FoundFile[]> {
  const entries = await readEntries(directory, walk);
  const found = await mapConcurrently(entries, MAX_PARALLEL_STATS, (entry) =>
    visit(entry, join(directory, entry.name), `${prefix}${entry.name}`, ancestors, walk),
  );
  return found.flat();
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
): Promise<FoundFile[]> {
  if (entry.isSymbolicLink()) return visitLink(file, path, ancestors, walk);
  if (entry.isDirectory()) {
    return walk.ignore(path, "directory") ? [] : walkDirectory(file, `${path}/`, [...ancestors, file], walk);
  }
  if (walk.ignore(path, "file")) return [];
  if (!entry.isFile()) return skipSpecial(file, walk);
  const stats = await readStats(file, walk);
  return stats ? [{ path, file, name: nameOf(file, walk), stats }] : [];
}

async function visitLink(
  file: string,
  path: string,
  ancestors: readonly string[],
  walk: Walk,
): Promise<FoundFile[]> {
  const target = await realpath(file).catch(() => undefined);
  const stats = target === undefined ? undefined : await readStats(target, walk);
  if (!target || !stats) return report(walk, file, "asset-link-broken", "the link leads nowhere");
  if (walk.ignore(path, stats.isDirectory() ? "directory" : "file")) return [];
  if (target !== walk.realRoot && !target.startsWith(walk.realRoot + sep)) {
    return report(walk, file, "asset-link-outside", "the link leads out of the static directory");
  }
  if (stats.isFile()) return [{ path, file, name: nameOf(file, walk), stats }];
  if (!stats.isDirectory()) return skipSpecial(file, walk);
  if (ancestors.includes(target))
    return report(walk, file, "asset-link-loop", "the link leads back to itself");
  return walkDirectory(file, `${path}/`, [...ancestors, target], walk);
}

async function readStats(file: string, walk: Walk): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    // Deleted since the directory was read: it simply is no longer there.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") reportUnreadable(file, error, walk);
    return undefined;
  }
}

/** `.well-known` is the one hidden name that the web asks for (RFC 8615). */
function isHidden(name: string): boolean {
  return name.startsWith(".") && name !== ".well-known";
}

function skipSpecial(file: string, walk: Walk): [] {
  return report(walk, file, "asset-not-a-file", "it is neither a file nor a directory");
}

function report(walk: Walk, file: string, code: string, why: string): [] {
  walk.problems.push({
    severity: "warning",
    code,
    message: `Cannot serve "${nameOf(file, walk)}": ${why}`,
    file: nameOf(file, walk),
    remedy: "Replace it by a regular file, or delete it.",
  });
  return [];
}

function reportUnreadable(file: string, error: unknown, walk: Walk): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  walk.problems.push(describeUnreadable(nameOf(file, walk), code));
}

/** The problem of a file or directory that the system refuses to open. */
export function describeUnreadable(name: string, code: string): Problem {
  return {
    severity: "error",
    code: "asset-unreadable",
    message: `Cannot read "${name}": ${code}`,
    file: name,
    remedy: "Give the user that builds the site the right to read it.",
  };
}

function nameOf(file: string, { projectRoot }: Walk): string {
  return relative(projectRoot, file).split(sep).join("/");
}
