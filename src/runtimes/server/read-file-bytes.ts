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

/** A piece of a file, as long as the file is that file. */
export interface FileSlice {
  /** Absolute. */
  file: string;
  identity: FileIdentity;
  interval: ByteInterval;
}

/** Up to here one read is cheaper than a stream. */
const MAX_ARRAY_BYTES = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** Without NONBLOCK a name that has become a FIFO would block a thread of the pool for ever. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The slices that streams stand for, until the first read. */
const SLICES = new WeakMap<ReadableStream, FileSlice>();

/**
 * The bytes of an interval: an array if short, else a stream that opens the file on its first pull, so an
 * answer that nobody reads holds no descriptor. Undefined if the file is gone or is no longer the same.
 */
export async function readFileBytes(
  file: string,
  identity: FileIdentity,
  interval: ByteInterval,
): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined> {
  try {
    const isLong = interval.end - interval.start > MAX_ARRAY_BYTES;
    return await (isLong
      ? openStream({ file, identity, interval })
      : readArray({ file, identity, interval }));
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** What an untouched stream of `readFileBytes` stands for, to a writer that can do without the stream. */
export function fileSliceOf(body: ReadableStream<Uint8Array>): FileSlice | undefined {
  return body.locked ? undefined : SLICES.get(body);
}

/** Bytes in a slice. */
export function sliceLength({ interval }: FileSlice): number {
  return interval.end - interval.start;
}

/**
 * Reads a slice into the buffers that `allocate` gives, one after the other. After each read the file's
 * identity is looked at again, so what is handed out was read from one version.
 */
export async function* readChunks(
  { file, identity, interval }: FileSlice,
  allocate: () => Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  const handle = await open(file, OPEN_FLAGS);
  try {
    for (let position = interval.start; position < interval.end; ) {
      const buffer = allocate();
      const chunk = buffer.subarray(0, Math.min(buffer.length, interval.end - position));
      if (!(await fill(handle, chunk, position)) || !matches(await handle.stat(), identity)) {
        throw new Error(`Cannot go on sending "${file}": it changed while it was read`);
      }
      position += chunk.length;
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

async function openStream(slice: FileSlice): Promise<ReadableStream<Uint8Array> | undefined> {
  if (!matches(await stat(slice.file), slice.identity)) return undefined;
  const stream = streamChunks(generate());
  SLICES.set(stream, slice);
  return stream;

  async function* generate(): AsyncGenerator<Uint8Array, void> {
    SLICES.delete(stream);
    yield* readChunks(slice, () => new Uint8Array(CHUNK_BYTES));
  }
}

async function readArray({ file, identity, interval }: FileSlice): Promise<Uint8Array | undefined> {
  const handle = await open(file, OPEN_FLAGS);
  try {
    const bytes = new Uint8Array(interval.end - interval.start);
    const isFilled = await fill(handle, bytes, interval.start);
    return isFilled && matches(await handle.stat(), identity) ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

/** False if the file ends before the buffer is full. */
async function fill(handle: FileHandle, buffer: Uint8Array, position: number): Promise<boolean> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
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
