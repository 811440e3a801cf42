// How does a runtime learn a stream's length? workerd drops Content-Length from answers that merely stream.

type FixedLengthStreamConstructor = new (length: number) => TransformStream<Uint8Array, Uint8Array>;

/** The same bytes in a form for which Content-Length is sent; elsewhere than on workerd the body itself. */
export function withKnownLength(
  body: Uint8Array | ReadableStream<Uint8Array>,
  length: number,
): Uint8Array | ReadableStream<Uint8Array> {
  const FixedLength = (globalThis as { FixedLengthStream?: FixedLengthStreamConstructor }).FixedLengthStream;
  if (!FixedLength || body instanceof Uint8Array) return body;
  const { readable, writable } = new FixedLength(length);
  // A failure reaches the reader through `readable`; this promise would only report it a second time.
  body.pipeTo(writable).catch(() => undefined);
  return readable;
}
