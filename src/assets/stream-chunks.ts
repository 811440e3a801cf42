// How do lazily made chunks become a body? One at a time, only when asked, released when nobody reads on.

/** A stream that takes a chunk from `chunks` per pull and ends the generator when cancelled. */
export function streamChunks(chunks: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The chunks of a stored blob, whichever form the store gave it in. */
export async function* chunksOf(
  body: Uint8Array | ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  if (body instanceof Uint8Array) {
    // A copy: whoever reads the stream may write into its chunks, and the store keeps this array.
    yield body.slice();
    return;
  }
  const reader = body.getReader();
  let ended = false;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    ended = true;
  } finally {
    // Left early: tell the source, so that it closes its file or connection.
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}

/** All bytes of a stream whose length is known; throws if it is shorter or longer. */
export async function collectBytes(stream: ReadableStream<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of chunksOf(stream)) {
    // Throws a RangeError if the chunk does not fit.
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled < length) throw new RangeError(`Cannot collect ${length} bytes: the stream ended at ${filled}`);
  return bytes;
}
