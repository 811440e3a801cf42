// Bytes that somebody keeps and nobody writes to: an answer made of them needs no copy of its own.

const held = new WeakSet<Uint8Array>();

/** Promises that these bytes will not change; returns them. */
export function holdBytes<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  held.add(bytes);
  return bytes;
}

/** Whether somebody has promised that. */
export function areHeld(bytes: Uint8Array): boolean {
  return held.has(bytes);
}
