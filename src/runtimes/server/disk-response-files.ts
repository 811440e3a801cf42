// How does a kept answer lie on disk? A head in JSON that names its body: whichever of the two is there alone
// is nothing, so that a crash at any moment leaves whole answers or none.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { chunksOf } from "../../assets/stream-chunks.ts";
import type { StoredHead } from "../../contract/response-cache.ts";

/** Raised when an older head would be misunderstood; such answers are dropped. */
const FORMAT = 1;

/** What is in the file of a head. */
export interface HeadFile {
  head: StoredHead;
  /** Name of the body's file, in the same folder. */
  body: string;
  size: number;
}

/** Path of a head below the folder of the cache: `ab/cd/<hash of the key>-<hash of the variant>.json`. */
export function headPath({ key, variant }: Pick<StoredHead, "key" | "variant">): string {
  return `${keyPath(key)}-${hash(variant).slice(0, 32)}.json`;
}

/** Paths of all heads under a key. */
export async function listHeads(folder: string, key: string): Promise<string[]> {
  const prefix = keyPath(key);
  const names = await readdir(join(folder, dirname(prefix))).catch(() => [] as string[]);
  return names
    .map((name) => `${dirname(prefix)}/${name}`)
    .filter((path) => path.startsWith(`${prefix}-`) && path.endsWith(".json"));
}

/** Undefined if the file is gone, or is none that this version wrote. */
export async function readHead(folder: string, path: string): Promise<HeadFile | undefined> {
  try {
    const document = JSON.parse(await readFile(join(folder, path), "utf8")) as Partial<HeadFile> & {
      format?: number;
    };
    const { format, head, body, size } = document;
    const isWhole = format === FORMAT && head !== undefined && body !== undefined && size !== undefined;
    // The name comes from a file: nothing but what `writeBody` makes up may be opened or removed.
    return isWhole && /^[0-9a-f-]{36}\.body$/.test(body) ? { head, body, size } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces a head in one step. */
export async function writeHead(folder: string, { head, body, size }: HeadFile): Promise<void> {
  const path = join(folder, headPath(head));
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeWhole(temporary, JSON.stringify({ format: FORMAT, head, body, size }));
  await rename(temporary, path);
}

/** Writes a body under a new name; undefined if it is longer than `maxBytes`, or fails. Rejects if the disk does. */
export async function writeBody(
  folder: string,
  head: StoredHead,
  body: Uint8Array | ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<{ name: string; size: number } | undefined> {
  const name = `${randomUUID()}.body`;
  const path = join(folder, dirname(headPath(head)), name);
  await mkdir(dirname(path), { recursive: true });
  const size = await writeChunks(path, body, maxBytes).catch(async (error: unknown) => {
    await rm(path, { force: true });
    throw error;
  });
  if (size !== undefined) return { name, size };
  await rm(path, { force: true });
  return undefined;
}

async function writeChunks(
  path: string,
  body: Uint8Array | ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<number | undefined> {
  const handle = await open(path, "wx");
  let size = 0;
  let failure: Error | undefined;
  try {
    for await (const chunk of chunksOf(body)) {
      size += chunk.byteLength;
      if (size > maxBytes) return undefined;
      await handle.writeFile(chunk).catch((cause: unknown) => {
        failure = new Error(`Cannot keep an answer in "${path}"`, { cause });
        throw failure;
      });
    }
    return size;
  } catch {
    if (failure !== undefined) throw failure;
    // A body that failed is not kept; those who read it have been told.
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Path of a body that a head names. */
export function bodyPath(head: StoredHead, body: string): string {
  return `${dirname(headPath(head))}/${body}`;
}

/** Every file of the cache, as paths below its folder. */
export async function listFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  return names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /^..\/..\/.*\.(?:json|body|tmp)$/.test(name));
}

function keyPath(key: string): string {
  const digest = hash(key);
  return `${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function writeWhole(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}
