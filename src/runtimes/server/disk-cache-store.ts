// How does a server go on serving when the remote store is gone? From a folder of verified copies.

import { blobPath } from "../../assets/stores/blob-path.ts";
import type { AssetStore, BlobReference } from "../../contract/platform.ts";
import { DiskCopies } from "./disk-copies.ts";
import { createFolderStore } from "./folder-store.ts";

export interface DiskCacheOptions {
  /** Content-addressed; survives restarts. */
  folder: string;
  /** All that a process keeps; the copies used longest ago make room. Default 1 GiB. */
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
  const copies = await DiskCopies.open(folder, maxBytes);
  const local = createFolderStore(folder);
  const loading = new Map<string, Promise<boolean>>();

  /** Readers of the same blob share one download; false if the remote does not have it. */
  function load(blob: BlobReference): Promise<boolean> {
    const known = loading.get(blob.hash);
    if (known) return known;
    const loaded = obtain(blob);
    loading.set(blob.hash, loaded);
    const forget = () => loading.delete(blob.hash);
    loaded.then(forget, forget);
    return loaded;
  }

  async function obtain(blob: BlobReference): Promise<boolean> {
    if (await copies.verify(blob)) return true;
    const body = await remote.read(blob);
    if (body) await copies.add(blob, body);
    return body !== undefined;
  }

  return {
    async read(blob, interval) {
      if (blobPath(blob.hash) === undefined) return undefined;
      if (blob.size > maxBlobBytes || blob.size > maxBytes) return remote.read(blob, interval);
      const body = copies.has(blob.hash) ? await local.read(blob, interval) : undefined;
      // What is not there, or not any more because somebody has emptied the folder, is fetched.
      return body ?? ((await load(blob)) ? local.read(blob, interval) : undefined);
    },
  };
}
