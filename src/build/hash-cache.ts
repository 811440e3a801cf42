// Which files need not be read again? Those whose size, times and inode are those of the last build.

import type { Stats } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { temporaryPath } from "./temporary-path.ts";

/** Hashes by path of the last build, and those of this one. */
export interface HashCache {
  find(path: string, stats: Stats): string | undefined;
  remember(path: string, stats: Stats, hash: string): void;
  /** Writes what was remembered, if it differs from what was loaded. */
  save(): Promise<void>;
}

type Fingerprint = [size: number, modifiedMs: number, changedMs: number, inode: number];
type Entries = Record<string, [hash: string, ...Fingerprint]>;

const FORMAT = 1;
/** A file changed this shortly before it was looked at may change again without its times moving. */
const RACY_MS = 100;

/** Loads the cache; a missing or damaged file is an empty cache. `nowMs` is when the files are looked at. */
export async function loadHashCache(cacheFile: string | undefined, nowMs: number): Promise<HashCache> {
  const previous = new Map(Object.entries(cacheFile === undefined ? {} : await readEntries(cacheFile)));
  const current: Entries = {};
  let reused = 0;
  function find(path: string, stats: Stats): string | undefined {
    const [hash, ...known] = previous.get(path) ?? [];
    return hash !== undefined && isEqual(known, fingerprintOf(stats)) ? hash : undefined;
  }
  function remember(path: string, stats: Stats, hash: string): void {
    if (Math.max(stats.mtimeMs, stats.ctimeMs) > nowMs - RACY_MS) return;
    current[path] = [hash, ...fingerprintOf(stats)];
    if (find(path, stats) === hash) reused++;
  }
  async function save(): Promise<void> {
    const size = Object.keys(current).length;
    if (cacheFile !== undefined && (reused !== size || size !== previous.size))
      await writeEntries(cacheFile, current);
  }
  return { find, remember, save };
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

/** The time of the last change of the inode also betrays writers that put the old mtime back. */
function fingerprintOf(stats: Stats): Fingerprint {
  return [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino];
}

async function readEntries(cacheFile: string): Promise<Entries> {
  try {
    const document = JSON.parse(await readFile(cacheFile, "utf8")) as { format: unknown; files: Entries };
    return document.format === FORMAT ? document.files : {};
  } catch {
    // A cache that cannot be read costs time, nothing else.
    return {};
  }
}

/** Renamed into place, so that two builds at once never read half a file. */
async function writeEntries(cacheFile: string, files: Entries): Promise<void> {
  await mkdir(dirname(cacheFile), { recursive: true });
  const temporary = temporaryPath(cacheFile);
  await writeFile(temporary, JSON.stringify({ format: FORMAT, files }));
  await rename(temporary, cacheFile);
}
