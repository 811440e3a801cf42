// What is the SHA-256 of a file, and which state of the file was that?

import { createHash, hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** The hash of a file as it was at one moment; `stats` are of that moment, unless it keeps changing. */
export interface HashedFile {
  hash: string;
  stats: Stats;
}

/** Files up to here are read at once, larger ones in pieces of this size. */
const CHUNK_BYTES = 1024 * 1024;
const MAX_SMALL_BYTES = 256 * 1024;
const MAX_ATTEMPTS = 3;
/** Without NONBLOCK a name that has become a FIFO would block for ever. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Hashes a file of any size in constant memory. */
export async function hashFile(file: string): Promise<HashedFile> {
  const handle = await open(file, OPEN_FLAGS);
  try {
    for (let attempt = 1; ; attempt++) {
      const before = await handle.stat();
      const hash = await hashHandle(handle, before.size);
      const stats = await handle.stat();
      if (isUnchanged(before, stats) || attempt === MAX_ATTEMPTS) return { hash, stats };
    }
  } finally {
    await handle.close();
  }
}

/** Hashes a small file at once; undefined if it is not small, or no longer what `before` says. */
export function hashSmallFile(file: string, before: Stats): HashedFile | undefined {
  if (before.size > MAX_SMALL_BYTES) return undefined;
  const descriptor = openSync(file, OPEN_FLAGS);
  try {
    // One byte more than it should have: a file that has grown is not small any more.
    const buffer = Buffer.allocUnsafe(before.size + 1);
    const length = readSync(descriptor, buffer, 0, buffer.length, 0);
    const stats = fstatSync(descriptor);
    if (length !== before.size || !isUnchanged(before, stats)) return undefined;
    return { hash: hash("sha256", buffer.subarray(0, length)), stats };
  } finally {
    closeSync(descriptor);
  }
}

function isUnchanged(before: Stats, after: Stats): boolean {
  return before.mtimeMs === after.mtimeMs && before.size === after.size && before.ino === after.ino;
}

async function hashHandle(handle: FileHandle, size: number): Promise<string> {
  const buffer = new Uint8Array(Math.min(size, CHUNK_BYTES));
  if (size <= CHUNK_BYTES) return hash("sha256", buffer.subarray(0, await fill(handle, buffer, 0)));
  const digest = createHash("sha256");
  let position = 0;
  for (
    let length = await fill(handle, buffer, 0);
    length > 0;
    length = await fill(handle, buffer, position)
  ) {
    digest.update(buffer.subarray(0, length));
    position += length;
  }
  return digest.digest("hex");
}

/** Reads until the buffer is full or the file ends; the number of bytes read. */
async function fill(handle: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
