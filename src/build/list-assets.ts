// What is in the static directory? Walked once per build; the request path never asks the disk again.

import type { Conventions } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { AssetFile } from "../contract/site.ts";
import { formatHttpDate } from "../http/http-date.ts";
import { mediaTypeOf } from "../http/media-type.ts";
import { isIgnoredAsset } from "../pages/ignored-files.ts";
import { type HashCache, loadHashCache } from "./hash-cache.ts";
import { hashFile } from "./hash-file.ts";
import { mapConcurrently } from "./map-concurrently.ts";
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

const MAX_PARALLEL_READS = 16;

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
  const sources = await mapConcurrently(walked.files, MAX_PARALLEL_READS, (found) =>
    identify(found, cache, listing.problems),
  );
  for (const [index, source] of sources.entries()) {
    const path = walked.files[index]?.path as string;
    if (!source) continue;
    listing.sources.set(path, source);
    listing.files[path] = describe(path, source, conventions, nowMs);
  }
  await cache.save();
  return listing;
}

/** Undefined if the file cannot be listed: deleted since the walk, or unreadable, which is a problem. */
async function identify(
  found: FoundFile,
  cache: HashCache,
  problems: Problem[],
): Promise<AssetSource | undefined> {
  const { path, file } = found;
  try {
    const known = cache.find(path, found.stats);
    const { hash, stats } = known === undefined ? await hashFile(file) : { hash: known, stats: found.stats };
    cache.remember(path, stats, hash);
    return { file, hash, size: stats.size, modifiedMs: stats.mtimeMs, inode: stats.ino };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code !== "ENOENT") problems.push(describeUnreadable(found.name, code));
    return undefined;
  }
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
