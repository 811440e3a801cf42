// Copies file contents into a content-addressed folder: `<first two hex>/<sha256>`.

import { constants, copyFile, link, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import type { BlobSource } from "./collect-assets.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { temporaryPath } from "./temporary-path.ts";

const MAX_PARALLEL_COPIES = 16;

/** Fills `folder`; what an earlier build left in `previous` is linked. Problems are files that changed meanwhile. */
export async function placeBlobs(
  blobs: ReadonlyMap<string, BlobSource>,
  folder: string,
  previous: string,
): Promise<Problem[]> {
  const prefixes = new Set([...blobs.keys()].map((hash) => hash.slice(0, 2)));
  await Promise.all([...prefixes].map((prefix) => mkdir(join(folder, prefix), { recursive: true })));
  const problems = await mapConcurrently([...blobs], MAX_PARALLEL_COPIES, ([hash, source]) => {
    const below = join(hash.slice(0, 2), hash);
    return placeBlob(join(folder, below), join(previous, below), source);
  });
  return problems.filter((problem) => problem !== undefined);
}

/** A blob's name promises its contents, so its size is all there is to compare. */
async function placeBlob(path: string, earlier: string, source: BlobSource): Promise<Problem | undefined> {
  if ((await sizeOf(path)) === source.size) return undefined;
  if ((await sizeOf(earlier)) === source.size && (await isLinked(earlier, path))) return undefined;
  const temporary = temporaryPath(path);
  await copyFile(source.file, temporary, constants.COPYFILE_FICLONE);
  if (!(await isUnchanged(source))) {
    await rm(temporary, { force: true });
    return changedMeanwhile(source.file);
  }
  await rename(temporary, path);
  return undefined;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

/** Not every file system has links; copying does as well. */
async function isLinked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    () => false,
  );
}

async function isUnchanged({ file, size, modifiedMs }: BlobSource): Promise<boolean> {
  const now = await stat(file);
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
