// All bytes of a stream, if it ends well and is not too long.

import { joinChunks } from "../http/join-chunks.ts";

/** Undefined if the stream fails, or is longer than `maxBytes`, in which case it is cancelled. */
export async function collectStream(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.byteLength;
      if (length > maxBytes) {
        await reader.cancel();
        return undefined;
      }
      chunks.push(next.value);
    }
  } catch {
    // Whoever else reads the body is told; here it only means that there is nothing to keep.
    return undefined;
  }
  return joinChunks(chunks);
}
