// A body stream whose source can be read without it: whoever sends the body on needs none of what a stream does beside.

import type { BodySource } from "./transport.ts";

/** Of streams that nobody has touched. */
const sources = new WeakMap<ReadableStream<Uint8Array>, BodySource>();

/** A stream over a source; it reads when it is read. */
export function streamOf(source: BodySource): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        sources.delete(stream);
        const chunk = await source.read();
        if (chunk === undefined) controller.close();
        else controller.enqueue(ownBytes(chunk));
      },
      cancel() {
        sources.delete(stream);
        source.cancel();
      },
    },
    { highWaterMark: 0 },
  );
  sources.set(stream, source);
  return stream;
}

/**
 * What readers of a stream get of a chunk: no Buffer, whose methods differ, and no memory that holds anything else: a
 * head, or what belongs to another request.
 */
export function ownBytes(chunk: Uint8Array): Uint8Array {
  const { buffer, byteLength } = chunk;
  return byteLength === buffer.byteLength ? new Uint8Array(buffer) : new Uint8Array(chunk);
}

/** The source of a stream that nobody has touched, which must not be read afterwards; undefined for every other. */
export function takeSource(stream: ReadableStream<Uint8Array>): BodySource | undefined {
  const source = stream.locked ? undefined : sources.get(stream);
  sources.delete(stream);
  return source;
}
