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

/** The time of the last change of the inode also betrays writers that put the old mtime back. */
type Entry = [hash: string, size: number, modifiedMs: number, changedMs: number, inode: number];
type Entries = Record<string, Entry>;

const FORMAT = 1;
/** A file changed this shortly before it was looked at may change again without its times moving. */
const RACY_MS = 100;

/** Loads the cache; a missing or damaged file is an empty cache. `nowMs` is when the files are looked at. */
export async function loadHashCache(cacheFile: string | undefined, nowMs: number): Promise<HashCache> {
  const previous = cacheFile === undefined ? {} : await readEntries(cacheFile);
  const current: Entries = {};
  let isChanged = false;
  /** Paths begin with a slash, so none is a member that every object has. */
  function findEntry(path: string, { size, mtimeMs, ctimeMs, ino }: Stats): Entry | undefined {
    const entry = previous[path];
    if (entry?.[1] !== size || entry[2] !== mtimeMs || entry[3] !== ctimeMs || entry[4] !== ino)
      return undefined;
    return entry;
  }
  function remember(path: string, stats: Stats, hash: string): void {
    const { size, mtimeMs, ctimeMs, ino } = stats;
    if (Math.max(mtimeMs, ctimeMs) > nowMs - RACY_MS) return;
    const known = findEntry(path, stats);
    const isKnown = known?.[0] === hash;
    current[path] = isKnown ? known : [hash, size, mtimeMs, ctimeMs, ino];
    isChanged ||= !isKnown;
  }
  async function save(): Promise<void> {
    const isShorter = () => Object.keys(current).length !== Object.keys(previous).length;
    if (cacheFile !== undefined && (isChanged || isShorter())) await writeEntries(cacheFile, current);
  }
  return { find: (path, stats) => findEntry(path, stats)?.[0], remember, save };
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
