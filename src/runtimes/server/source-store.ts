// Where do assets live while a site is developed? Where they were written: no copy, and no mix of versions.

import type { AssetStore, ByteInterval } from "../../contract/platform.ts";
import { type FileIdentity, readFileBytes } from "./read-file-bytes.ts";

/** A listed file, and what it is recognised by. */
export interface SourceFile extends Required<FileIdentity> {
  /** Absolute. */
  file: string;
  hash: string;
}

/**
 * Serves files from the static directory itself, by manifest path, as long as they are the ones that were
 * listed; a file that changed since is gone until the next listing. Other blobs come from `variants`.
 */
export function createSourceStore(
  sources: ReadonlyMap<string, SourceFile>,
  variants?: AssetStore,
): AssetStore {
  return {
    async read(blob, interval?: ByteInterval) {
      const source = sources.get(blob.path);
      if (source?.hash !== blob.hash) return variants?.read(blob, interval);
      return readFileBytes(source.file, source, interval ?? { start: 0, end: blob.size });
    },
  };
}
