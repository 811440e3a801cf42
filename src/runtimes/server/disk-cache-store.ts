// How does a server go on serving when the remote store is gone? From a folder of verified copies.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobPath } from "../../assets/stores/blob-path.ts";
import { chunksOf } from "../../assets/stream-chunks.ts";
import type { AssetStore, BlobReference } from "../../contract/platform.ts";
import { createFolderStore } from "./folder-store.ts";

export interface DiskCacheOptions {
  /** Content-addressed; survives restarts. */
  folder: string;
  /** All that is kept; the copies used longest ago make room. Default 1 GiB. */
  maxBytes?: number;
  /** Larger blobs are passed through; default 64 MiB. */
  maxBlobBytes?: number;
}

const MEBIBYTE = 1024 * 1024;

/** Puts a folder in front of a remote store. A copy is served only if its hash is right. */
export async function createDiskCacheStore(
  remote: AssetStore,
  options: DiskCacheOptions,
): Promise<AssetStore> {
  const { folder, maxBytes = 1024 * MEBIBYTE, maxBlobBytes = 64 * MEBIBYTE } = options;
  await mkdir(folder, { recursive: true });
  const local = createFolderStore(folder);
  const held = await listCopies(folder);
  const loading = new Map<string, Promise<boolean>>();

  /** Readers of the same blob share one download. */
  function load(blob: BlobReference): Promise<boolean> {
    const known = loading.get(blob.hash);
    if (known) return known;
    const download = saveCopy(remote, blob, folder).then(async (isThere) => {
      if (!isThere) return false;
      held.set(blob.hash, blob.size);
      await makeRoom(held, maxBytes, folder);
      return true;
    });
    loading.set(blob.hash, download);
    const forget = () => loading.delete(blob.hash);
    download.then(forget, forget);
    return download;
  }

  return {
    async read(blob, interval) {
      if (blob.size > maxBlobBytes || blob.size > maxBytes) return remote.read(blob, interval);
      if (!held.has(blob.hash) && !(await load(blob))) return undefined;
      touch(held, blob.hash);
      const body = await local.read(blob, interval);
      if (body) return body;
      // Somebody has emptied the folder: fetch it again.
      held.delete(blob.hash);
      return (await load(blob)) ? local.read(blob, interval) : undefined;
    },
  };
}

/** Sizes by hash, oldest first: the order of a Map is the order of use. */
async function listCopies(folder: string): Promise<Map<string, number>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    /^..[/\\][0-9a-f]{64}$/.test(name),
  );
  const copies = await Promise.all(
    names.map(async (name) => ({ name, stats: await stat(join(folder, name)) })),
  );
  copies.sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs);
  return new Map(copies.map(({ name, stats }) => [name.slice(3), stats.size]));
}

function touch(held: Map<string, number>, hash: string): void {
  const size = held.get(hash);
  if (size === undefined) return;
  held.delete(hash);
  held.set(hash, size);
}

async function makeRoom(held: Map<string, number>, maxBytes: number, folder: string): Promise<void> {
  let total = [...held.values()].reduce((sum, size) => sum + size, 0);
  for (const [hash, size] of held) {
    if (total <= maxBytes) return;
    held.delete(hash);
    total -= size;
    await rm(join(folder, blobPath(hash) ?? ""), { force: true });
  }
}

/** Downloads beside the place, checks, then renames: a copy that exists is complete and right. */
async function saveCopy(remote: AssetStore, blob: BlobReference, folder: string): Promise<boolean> {
  const path = blobPath(blob.hash);
  const body = path === undefined ? undefined : await remote.read(blob);
  if (path === undefined || !body) return false;
  const file = join(folder, path);
  const temporary = join(folder, `${randomUUID()}.tmp`);
  try {
    const hash = await download(body, temporary);
    if (hash !== blob.hash)
      throw new Error(`Cannot keep "${path}": the remote store sent other bytes, ${hash}`);
    await mkdir(dirname(file), { recursive: true });
    await rename(temporary, file);
    return true;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The SHA-256 of what was written. */
async function download(body: Uint8Array | ReadableStream<Uint8Array>, file: string): Promise<string> {
  const digest = createHash("sha256");
  const handle = await open(file, "wx");
  try {
    for await (const chunk of chunksOf(body)) {
      digest.update(chunk);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return digest.digest("hex");
}
