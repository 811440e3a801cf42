// What is the SHA-256 of a file, and which state of the file was that?

import { createHash, hash } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Smaller files are read at once, larger ones in pieces of this size. */
const CHUNK_BYTES = 1024 * 1024;
const MAX_ATTEMPTS = 3;

/** Hashes the file as it was at one moment: `stats` are equal before and after, unless it keeps changing. */
export async function hashFile(file: string): Promise<{ hash: string; stats: Stats }> {
  const handle = await open(file, "r");
  try {
    for (let attempt = 1; ; attempt++) {
      const before = await handle.stat();
      const hash = await hashHandle(handle, before.size);
      const stats = await handle.stat();
      const isStable = before.mtimeMs === stats.mtimeMs && before.size === stats.size;
      if (isStable || attempt === MAX_ATTEMPTS) return { hash, stats };
    }
  } finally {
    await handle.close();
  }
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
