// Is a body short, is it there at once, or does it come bit by bit? Found out without holding anything back.

import { joinChunks } from "./join-chunks.ts";

/** A body that ended within the limit, or one that goes on: `stream` has all of it, the peeked part first. */
export type PeekedBody =
  | { kind: "complete"; bytes: Uint8Array }
  | { kind: "open"; stream: ReadableStream<Uint8Array> };

const LATER = Symbol("later");

/** Reads until the end, until `limit` bytes are there, or until the source lets us wait. */
export async function peekBody(source: ReadableStream<Uint8Array>, limit: number): Promise<PeekedBody> {
  const reader = source.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let pending = reader.read();
  for (;;) {
    const next = await Promise.race([pending, nextTurn()]);
    if (next !== LATER && next.done) return { kind: "complete", bytes: joinChunks(chunks) };
    if (next !== LATER) {
      chunks.push(next.value);
      bytes += next.value.length;
      pending = reader.read();
    }
    if (next === LATER || bytes >= limit) return { kind: "open", stream: resume(chunks, pending, reader) };
  }
}

/** One turn of the event loop: what is ready arrives before, what waits for a clock or a network does not. */
function nextTurn(): Promise<typeof LATER> {
  return new Promise((resolve) => setTimeout(() => resolve(LATER), 0));
}

function resume(
  chunks: Uint8Array[],
  pending: Promise<ReadableStreamReadResult<Uint8Array>>,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  let read = () => pending;
  // A failure of the read under way surfaces when the stream is pulled, not as an unhandled rejection.
  pending.catch(() => undefined);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = chunks.shift();
        if (chunk) return controller.enqueue(chunk);
        const { done, value } = await read();
        read = () => reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
