// What is in the static directory? Walked once per build; the request path never asks the disk again.

import type { Conventions } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { AssetFile } from "../contract/site.ts";
import { formatHttpDate } from "../http/http-date.ts";
import { mediaTypeOf } from "../http/media-type.ts";
import { isIgnoredAsset } from "../pages/ignored-files.ts";
import { loadHashCache } from "./hash-cache.ts";
import { type HashedFile, hashFile, hashSmallFile } from "./hash-file.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { mapFiles } from "./map-files.ts";
import { describeUnreadable, type FoundFile, walkAssets } from "./walk-assets.ts";

export interface ListAssetsOptions {
  /** Whose media types the files get. */
  conventions: Conventions;
  /** Where hashes are kept between builds; undefined reads every file. */
  cacheFile: string | undefined;
  /**
   * True for what else must not be listed, by manifest path; an ignored directory is not entered. What the
   * conventions themselves ignore is never listed.
   */
  ignore?: (path: string, kind: "file" | "directory") => boolean;
  /** Absolute path that problems are named relative to; by default the static directory itself. */
  projectRoot?: string;
  /** When the files are looked at; now, unless a test says otherwise. */
  nowMs?: number;
}

/** Where the bytes of a listed file are, and by what it is known to be still the same. */
export interface AssetSource {
  /** Absolute. */
  file: string;
  hash: string;
  size: number;
  modifiedMs: number;
  inode: number;
}

export interface AssetListing {
  files: Record<string, AssetFile>;
  sources: Map<string, AssetSource>;
  problems: Problem[];
}

/** Large files read at the same time. */
const MAX_PARALLEL_READS = 8;

/** Lists and hashes the servable files below `root`; files that did not change are not read. */
export async function listAssets(root: string, options: ListAssetsOptions): Promise<AssetListing> {
  const { conventions, cacheFile, ignore = () => false, projectRoot = root, nowMs = Date.now() } = options;
  const [cache, walked] = await Promise.all([
    loadHashCache(cacheFile, nowMs),
    walkAssets(root, {
      projectRoot,
      ignore: (path, kind) => isIgnoredAsset(path, conventions) || ignore(path, kind),
    }),
  ]);
  const listing: AssetListing = { files: {}, sources: new Map(), problems: walked.problems };
  const settle = (found: FoundFile, hashed: HashedFile) => {
    cache.remember(found.path, hashed.stats, hashed.hash);
    const source = sourceOf(found, hashed);
    listing.sources.set(found.path, source);
    listing.files[found.path] = describe(found.path, source, conventions, nowMs);
  };
  const unread = walked.files.filter((found) => {
    const hash = cache.find(found.path, found.stats);
    if (hash !== undefined) settle(found, { hash, stats: found.stats });
    return hash === undefined;
  });
  const hashes = await hashAll(unread, projectRoot, listing.problems);
  for (const [index, hashed] of hashes.entries()) if (hashed) settle(unread[index] as FoundFile, hashed);
  await cache.save();
  return listing;
}

/** What is large, or has changed since it was found, comes after the rest. */
async function hashAll(
  files: readonly FoundFile[],
  projectRoot: string,
  problems: Problem[],
): Promise<(HashedFile | undefined)[]> {
  /** Deleted since the walk, or unreadable, which is a problem. */
  const miss = (file: string, error: unknown): undefined => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code !== "ENOENT") problems.push(describeUnreadable(file, projectRoot, code));
  };
  const hash = ({ file }: FoundFile) => hashFile(file).catch((error: unknown) => miss(file, error));
  const left: number[] = [];
  const hashes = await mapFiles([...files.entries()], {
    now([index, { file, stats }]) {
      try {
        const hashed = hashSmallFile(file, stats);
        if (hashed === undefined) left.push(index);
        return hashed;
      } catch (error) {
        return miss(file, error);
      }
    },
    later: ([, found]) => hash(found),
  });
  const late = await mapConcurrently(left, MAX_PARALLEL_READS, (index) => hash(files[index] as FoundFile));
  for (const [position, index] of left.entries()) hashes[index] = late[position];
  return hashes;
}

function sourceOf({ file }: FoundFile, { hash, stats }: HashedFile): AssetSource {
  return { file, hash, size: stats.size, modifiedMs: stats.mtimeMs, inode: stats.ino };
}

/** A time in the future must not be sent (RFC 9110 §8.8.2.1). */
function describe(path: string, source: AssetSource, conventions: Conventions, nowMs: number): AssetFile {
  return {
    hash: source.hash,
    size: source.size,
    type: mediaTypeOf(path, conventions),
    modified: formatHttpDate(Math.min(source.modifiedMs, nowMs)),
  };
}
