// Memory for the pieces of a body on their way through: a server that passes on much would else keep the garbage
// collector busy with what nobody needs a moment later.

/** As much as is read at once. */
const PIECE_BYTES = 64 * 1024;
/** Shorter ones are not worth a piece of that size. */
const MIN_BYTES = 16 * 1024;
/** Kept ready: 4 MiB. */
const MAX_FREE = 64;

const free: ArrayBuffer[] = [];
const ours = new WeakSet<ArrayBufferLike>();

/** Memory of its own for a copy that fills it, so that nobody has to clear it first. */
export function takeMemory(length: number): Uint8Array {
  if (length < MIN_BYTES || length > PIECE_BYTES)
    return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  return new Uint8Array(free.pop() ?? allocate(), 0, length);
}

/** The bytes have left, and nobody else has them. */
export function giveBack({ buffer }: Uint8Array): void {
  if (ours.has(buffer) && free.length < MAX_FREE) free.push(buffer as ArrayBuffer);
}

function allocate(): ArrayBuffer {
  const { buffer } = Buffer.allocUnsafeSlow(PIECE_BYTES);
  ours.add(buffer);
  return buffer as ArrayBuffer;
}
