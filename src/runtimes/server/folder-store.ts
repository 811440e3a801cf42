// Where do assets live on a server? In a folder of blobs named by their hash: `<first two hex>/<sha256>`.

import { join } from "node:path";
import type { AssetStore, BlobReference, ByteInterval } from "../../contract/platform.ts";
import { readFileBytes } from "./read-file-bytes.ts";

/**
 * Serves a content-addressed folder. A blob is written once and never changed, so its size is all there
 * is to check; replacing the folder under a running server cannot mix two versions of a file.
 */
export function createFolderStore(folder: string): AssetStore {
  return {
    async read(blob: BlobReference, interval?: ByteInterval) {
      if (!/^[0-9a-f]{64}$/.test(blob.hash)) return undefined;
      const file = join(folder, blob.hash.slice(0, 2), blob.hash);
      return readFileBytes(file, { size: blob.size }, interval ?? { start: 0, end: blob.size });
    },
  };
}
