// How are bytes of a file sent without ever mixing two versions of it, and without keeping it open for nobody?

import type { Stats } from "node:fs";
import { constants, type FileHandle, open, stat } from "node:fs/promises";
import { streamChunks } from "../../assets/stream-chunks.ts";
import type { ByteInterval } from "../../contract/platform.ts";

/** What a file must still be when it is read; undefined members are not compared. */
export interface FileIdentity {
  size: number;
  modifiedMs?: number;
  inode?: number;
}

/** Up to here one read is cheaper than a stream. */
const MAX_ARRAY_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** Without NONBLOCK a name that has become a FIFO would block a thread of the pool for ever. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of an interval: an array if short, else a stream that opens the file on its first pull, so an
 * answer that nobody reads holds no descriptor. Undefined if the file is gone or is no longer the same.
 */
export async function readFileBytes(
  file: string,
  identity: FileIdentity,
  interval: ByteInterval,
): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined> {
  if (interval.end - interval.start > MAX_ARRAY_BYTES) {
    return (await isSameFile(file, identity))
      ? streamChunks(generateChunks(file, identity, interval))
      : undefined;
  }
  try {
    return await readWhole(file, identity, interval);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function readWhole(
  file: string,
  identity: FileIdentity,
  interval: ByteInterval,
): Promise<Uint8Array | undefined> {
  const handle = await open(file, OPEN_FLAGS);
  try {
    const bytes = await readChunk(handle, interval.start, interval.end - interval.start);
    return bytes && matches(await handle.stat(), identity) ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

/** Each chunk is read before the file's identity is looked at again: what is sent was read from one version. */
async function* generateChunks(
  file: string,
  identity: FileIdentity,
  { start, end }: ByteInterval,
): AsyncGenerator<Uint8Array, void> {
  const handle = await open(file, OPEN_FLAGS);
  try {
    for (let position = start; position < end; position += CHUNK_BYTES) {
      const chunk = await readChunk(handle, position, Math.min(CHUNK_BYTES, end - position));
      if (!chunk || !matches(await handle.stat(), identity)) {
        throw new Error(`Cannot go on sending "${file}": it changed while it was read`);
      }
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

/** Exactly `length` bytes, or undefined if the file ends before. */
async function readChunk(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return bytes;
}

async function isSameFile(file: string, identity: FileIdentity): Promise<boolean> {
  try {
    return matches(await stat(file), identity);
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

function matches(stats: Stats, { size, modifiedMs, inode }: FileIdentity): boolean {
  return (
    stats.isFile() &&
    stats.size === size &&
    (modifiedMs === undefined || stats.mtimeMs === modifiedMs) &&
    (inode === undefined || stats.ino === inode)
  );
}

function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR" || code === "ELOOP";
}
