// How does a runtime compress that has nothing but Web APIs? CompressionStream, which cannot flush.

import type { ContentEncoder } from "./compress-response.ts";

/** Compresses complete bodies with gzip; bodies that come bit by bit pass as they are. */
export const WEB_ENCODERS: readonly ContentEncoder[] = [
  {
    coding: "gzip",
    async compress(bytes) {
      const compressed = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
      return new Uint8Array(await new Response(compressed).arrayBuffer());
    },
  },
];
