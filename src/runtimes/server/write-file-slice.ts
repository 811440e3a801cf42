// How does Node send a large file in constant memory? Through one buffer that is filled again when it is sent.

import type { OutgoingAnswer } from "../http1/outgoing.ts";
import { type FileSlice, readChunks } from "./read-file-bytes.ts";

const BUFFER_BYTES = 256 * 1024;

/**
 * Writes the slice and ends the answer; returns early if the client is gone. Streams would make a new
 * buffer per chunk, which the garbage collector lets pile up to tens of megabytes.
 */
export async function writeFileSlice(slice: FileSlice, outgoing: OutgoingAnswer): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  try {
    for await (const chunk of readChunks(slice, () => buffer)) {
      if (outgoing.destroyed) return;
      await write(outgoing, chunk);
    }
    outgoing.end();
  } catch (error) {
    // Half an answer must not look like a whole one.
    outgoing.destroy();
    throw error;
  }
}

/** Resolves when the bytes have left the buffer, or never will. */
function write(outgoing: OutgoingAnswer, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("close", done);
      resolve();
    };
    outgoing.once("close", done);
    outgoing.write(chunk, done);
  });
}
