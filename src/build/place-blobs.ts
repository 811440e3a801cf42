// Copies file contents into a content-addressed folder: `<first two hex>/<sha256>`.

import { constants, copyFileSync, linkSync, mkdirSync, rmSync, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import type { BlobSource } from "./collect-assets.ts";

/** For a small file the thread pool's queue costs many times the copying itself. */
const SMALL_BYTES = 256 * 1024;

/**
 * Fills a new `folder`; what an earlier build left in `previous` is linked. Problems are files that changed
 * while they were copied.
 */
export async function placeBlobs(
  blobs: ReadonlyMap<string, BlobSource>,
  folder: string,
  previous: string,
): Promise<Problem[]> {
  for (const prefix of new Set([...blobs.keys()].map((hash) => hash.slice(0, 2)))) {
    mkdirSync(join(folder, prefix), { recursive: true });
  }
  const problems: Problem[] = [];
  for (const [hash, source] of blobs) {
    const below = join(hash.slice(0, 2), hash);
    const path = join(folder, below);
    if (isLinked(join(previous, below), path, source.size)) continue;
    if (source.size <= SMALL_BYTES) copyFileSync(source.file, path, constants.COPYFILE_FICLONE);
    else await copyFile(source.file, path, constants.COPYFILE_FICLONE);
    if (!isUnchanged(source)) problems.push(changedMeanwhile(source.file));
  }
  return problems;
}

/** A blob's name promises its contents, so its size is all there is to compare. */
function isLinked(earlier: string, path: string, size: number): boolean {
  try {
    linkSync(earlier, path);
  } catch {
    // Not there, or no links on this file system: copying does as well.
    return false;
  }
  if (statSync(path).size === size) return true;
  rmSync(path);
  return false;
}

function isUnchanged({ file, size, modifiedMs }: BlobSource): boolean {
  const now = statSync(file);
  return now.size === size && (modifiedMs === undefined || now.mtimeMs === modifiedMs);
}

function changedMeanwhile(file: string): Problem {
  return {
    severity: "error",
    code: "asset-changed",
    message: `Cannot build: "${basename(file)}" in "${dirname(file)}" changed while it was copied`,
    remedy: "Build again once nothing writes to it.",
  };
}
