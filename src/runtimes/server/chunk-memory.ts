// Memory for the pieces of a body on their way through: a server that passes on much would else keep the garbage
// collector busy with what nobody needs a moment later.

/** As much as is read at once. */
const PIECE_BYTES = 64 * 1024;
/** Shorter ones are not worth a piece of that size. */
const MIN_BYTES = 16 * 1024;
/** Kept ready: 4 MiB. */
const MAX_FREE = 64;

const free: ArrayBuffer[] = [];
/** What was taken and not given back. A part of it is none of these: others may have other parts. */
const taken = new WeakSet<Uint8Array>();

/** Memory of its own for a copy that fills it, so that nobody has to clear it first. */
export function memoryFor(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

/** The same for a piece that will be given back; it may be a part of what held other bytes before. */
export function takeMemory(length: number): Uint8Array {
  if (length < MIN_BYTES || length > PIECE_BYTES) return memoryFor(length);
  const buffer = free.pop() ?? (Buffer.allocUnsafeSlow(PIECE_BYTES).buffer as ArrayBuffer);
  const piece = new Uint8Array(buffer, 0, length);
  taken.add(piece);
  return piece;
}

/** The bytes have left, and nobody else has them. Whatever was not taken here as it is, is nobody's to give. */
export function giveBack(piece: Uint8Array): void {
  if (taken.delete(piece) && free.length < MAX_FREE) free.push(piece.buffer as ArrayBuffer);
}
