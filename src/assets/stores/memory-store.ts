// Where do assets live when there is no disk? In memory, by hash: for tests and for very small sites.

import type { AssetStore, BlobReference, ByteInterval } from "../../contract/platform.ts";

/** Serves the given blobs; keys are lower-case hex SHA-256. */
export function createMemoryStore(blobs: ReadonlyMap<string, Uint8Array>): AssetStore {
  return {
    async read(blob: BlobReference, interval?: ByteInterval) {
      const bytes = blobs.get(blob.hash);
      if (bytes?.length !== blob.size) return undefined;
      return interval ? bytes.subarray(interval.start, interval.end) : bytes;
    },
  };
}
