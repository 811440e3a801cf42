// `IdentityTransformStream` and `FixedLengthStream` (Workers docs, "Streams: TransformStream"): bytes that are
// passed on as they are, in the second case so many of them and no more.

/** Passes bytes on; anything else is a TypeError. */
export class IdentityTransformStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    super({ transform: (chunk, controller) => controller.enqueue(toBytes(chunk)) });
  }
}

/** Passes exactly `length` bytes on: one too many breaks the stream, as does an end before them. */
export class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(length: number | bigint) {
    const expected = Number(length);
    let seen = 0;
    super({
      transform(chunk, controller) {
        const bytes = toBytes(chunk);
        seen += bytes.byteLength;
        if (seen > expected)
          throw new TypeError("Attempt to write too many bytes through a FixedLengthStream.");
        controller.enqueue(bytes);
      },
      flush() {
        if (seen < expected)
          throw new TypeError("FixedLengthStream did not see all expected bytes before close().");
      },
    });
  }
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError(
    "This TransformStream is being used as a byte stream: it takes ArrayBuffers and their views.",
  );
}
