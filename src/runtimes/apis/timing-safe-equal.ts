// `crypto.subtle.timingSafeEqual` (Workers docs, "Web Crypto"): compares without telling where it failed.

type Bytes = ArrayBuffer | ArrayBufferView;

/** Whether two buffers of equal length hold the same bytes; takes as long for any contents. */
export function timingSafeEqual(a: Bytes, b: Bytes): boolean {
  const [left, right] = [toBytes(a), toBytes(b)];
  if (left.length !== right.length) throw new TypeError("Input buffers must have the same byte length");
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  return difference === 0;
}

function toBytes(value: Bytes): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError("timingSafeEqual compares ArrayBuffers and their views");
}
