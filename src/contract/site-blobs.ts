// Which blobs does a site need? Its files and their compressed forms, each content once.

import type { BlobReference } from "./platform.ts";
import type { Site } from "./site.ts";

/** In the order of the manifest; the path is that of the first file with this content. */
export function blobsOf({ assets }: Site): BlobReference[] {
  const blobs = new Map<string, BlobReference>();
  for (const [path, file] of Object.entries(assets.files)) {
    for (const { hash, size } of [file, ...Object.values(file.encodings ?? {})]) {
      if (!blobs.has(hash)) blobs.set(hash, { hash, size, path });
    }
  }
  return [...blobs.values()];
}
