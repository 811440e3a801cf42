// How are small files served without asking the disk or the network again? They stay in memory.

import type { AssetStore, BlobReference } from "../../contract/platform.ts";
import { createLeastRecentCache } from "../least-recent.ts";
import { collectBytes } from "../stream-chunks.ts";

export interface HotStoreOptions {
  /** All that is held; default 32 MiB. */
  maxBytes?: number;
  /** Larger blobs are passed through; default 1 MiB. */
  maxBlobBytes?: number;
}

const MEBIBYTE = 1024 * 1024;

/** Puts a memory of recent small blobs in front of a store. Blobs never change, so nothing expires. */
export function createHotStore(
  store: AssetStore,
  { maxBytes = 32 * MEBIBYTE, maxBlobBytes = MEBIBYTE }: HotStoreOptions = {},
): AssetStore {
  const held = createLeastRecentCache<Uint8Array>(maxBytes);
  const loading = new Map<string, Promise<Uint8Array | undefined>>();

  /** Requests for the same blob at the same time share one read. */
  function load(blob: BlobReference): Promise<Uint8Array | undefined> {
    const known = loading.get(blob.hash);
    if (known) return known;
    const read = readWhole(store, blob).then((bytes) => {
      if (bytes) held.set(blob.hash, bytes, bytes.length);
      return bytes;
    });
    loading.set(blob.hash, read);
    const forget = () => loading.delete(blob.hash);
    read.then(forget, forget);
    return read;
  }

  return {
    async read(blob, interval) {
      if (blob.size > maxBlobBytes) return store.read(blob, interval);
      const bytes = held.get(blob.hash) ?? (await load(blob));
      return interval ? bytes?.subarray(interval.start, interval.end) : bytes;
    },
  };
}

async function readWhole(store: AssetStore, blob: BlobReference): Promise<Uint8Array | undefined> {
  const body = await store.read(blob);
  return body && !(body instanceof Uint8Array) ? collectBytes(body, blob.size) : body;
}
