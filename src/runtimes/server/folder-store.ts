// Where do assets live on a server? In a folder of blobs named by their hash: `<first two hex>/<sha256>`.

import { join } from "node:path";
import { blobPath } from "../../assets/stores/blob-path.ts";
import type { AssetStore, BlobReference, ByteInterval } from "../../contract/platform.ts";
import { readFileBytes } from "./read-file-bytes.ts";

/**
 * Serves a content-addressed folder. A blob is written once and never changed, so its size is all there
 * is to check; replacing the folder under a running server cannot mix two versions of a file.
 */
export function createFolderStore(folder: string): AssetStore {
  return {
    async read(blob: BlobReference, interval?: ByteInterval) {
      const path = blobPath(blob.hash);
      if (path === undefined) return undefined;
      return readFileBytes(join(folder, path), { size: blob.size }, interval ?? { start: 0, end: blob.size });
    },
  };
}
