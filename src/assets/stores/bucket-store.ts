// Where do assets live when a Worker has an R2 bucket or a KV namespace? Under the key `<first two hex>/<sha256>`,
// in R2 also below a folder.

import type { AssetStore } from "../../contract/platform.ts";
import { blobPath } from "./blob-path.ts";
import { sliceStream } from "./slice-stream.ts";

/** The part of an R2 bucket that is used. */
export interface R2Source {
  get(
    key: string,
    options?: { range: { offset: number; length: number } },
  ): Promise<{ body: ReadableStream<Uint8Array> } | null>;
}

/** The part of a KV namespace that is used. */
export interface KvSource {
  get(key: string, type: "stream"): Promise<ReadableStream<Uint8Array> | null>;
}

/** Serves blobs from a folder of an R2 bucket, which cuts intervals itself. */
export function createR2Store(bucket: R2Source, folder = ""): AssetStore {
  return {
    async read(blob, interval) {
      const name = keyOf(blob.hash);
      if (name === undefined) return undefined;
      const key = folder === "" ? name : `${folder}/${name}`;
      const range = interval && { offset: interval.start, length: interval.end - interval.start };
      const object =
        range && range.length < blob.size ? await bucket.get(key, { range }) : await bucket.get(key);
      return object?.body;
    },
  };
}

/** Serves blobs from a KV namespace, whose values come as a whole (at most 25 MiB each). */
export function createKvStore(namespace: KvSource): AssetStore {
  return {
    async read(blob, interval) {
      const key = keyOf(blob.hash);
      const stream = key === undefined ? null : await namespace.get(key, "stream");
      if (!stream) return undefined;
      return interval ? sliceStream(stream, interval) : stream;
    },
  };
}

function keyOf(hash: string): string | undefined {
  return blobPath(hash)?.slice(1);
}
