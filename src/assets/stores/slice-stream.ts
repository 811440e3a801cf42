// How is a piece taken out of a stream from a source that knows no ranges?

import type { ByteInterval } from "../../contract/platform.ts";
import { chunksOf, streamChunks } from "../stream-chunks.ts";

/** The bytes of the interval; what comes after it is not read, the source is cancelled. */
export function sliceStream(
  stream: ReadableStream<Uint8Array>,
  interval: ByteInterval,
): ReadableStream<Uint8Array> {
  return streamChunks(sliceChunks(stream, interval));
}

async function* sliceChunks(
  stream: ReadableStream<Uint8Array>,
  { start, end }: ByteInterval,
): AsyncGenerator<Uint8Array, void> {
  let position = 0;
  for await (const chunk of chunksOf(stream)) {
    const piece = chunk.subarray(Math.max(0, start - position), Math.max(0, end - position));
    position += chunk.length;
    if (piece.length > 0) yield piece;
    if (position >= end) return;
  }
  throw new Error(`Cannot read up to byte ${end}: the source ended at ${position}`);
}
