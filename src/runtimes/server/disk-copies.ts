// The folder in which copies of a remote store are kept: what is there, what may be believed, what must go.
// Several processes may share it.

import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobPath } from "../../assets/stores/blob-path.ts";
import { chunksOf } from "../../assets/stream-chunks.ts";
import type { BlobReference } from "../../contract/platform.ts";
import { StoreError } from "../../contract/store-error.ts";

/** A copy; one that another process wrote, or this one before it was started, is believed once it was read. */
interface Copy {
  size: number;
  isVerified: boolean;
}

/** What a download leaves behind when its process dies; none takes this long. */
const MAX_DOWNLOAD_MS = 3_600_000;
const TEMPORARY = /^[0-9a-f-]{36}\.tmp$/;

/** The copies in a folder, oldest first: the order of a Map is the order of use. */
export class DiskCopies {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #copies = new Map<string, Copy>();
  #bytes = 0;

  private constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** Lists what earlier processes left, and removes what they left half done. */
  static async open(folder: string, maxBytes: number): Promise<DiskCopies> {
    await mkdir(folder, { recursive: true });
    const copies = new DiskCopies(folder, maxBytes);
    const names = await readdir(folder, { recursive: true });
    const found = await Promise.all(
      names.map(async (name) => ({ name, stats: await stat(join(folder, name)).catch(() => undefined) })),
    );
    found.sort((a, b) => (a.stats?.mtimeMs ?? 0) - (b.stats?.mtimeMs ?? 0));
    for (const { name, stats } of found) {
      if (stats === undefined) continue;
      if (/^..[/\\][0-9a-f]{64}$/.test(name))
        copies.#note(name.slice(3), { size: stats.size, isVerified: false });
      else if (TEMPORARY.test(name) && stats.mtimeMs < Date.now() - MAX_DOWNLOAD_MS)
        await rm(join(folder, name), { force: true });
    }
    return copies;
  }

  /** Whether a copy is there that this process knows to be right; it becomes the newest. */
  has(hash: string): boolean {
    const copy = this.#copies.get(hash);
    if (!copy?.isVerified) return false;
    this.#copies.delete(hash);
    this.#copies.set(hash, copy);
    return true;
  }

  /** Reads a copy that lies there and compares its hash; one that is wrong is removed. */
  async verify({ hash, size }: BlobReference): Promise<boolean> {
    const file = this.#fileOf(hash);
    const found = await hashOf(file);
    if (found === hash) {
      this.#note(hash, { size, isVerified: true });
      await this.#makeRoom();
      return true;
    }
    this.#forget(hash);
    if (found !== undefined) await rm(file, { force: true });
    return false;
  }

  /** Writes beside the place, checks, then renames: a copy that has its name is complete and right. */
  async add(
    { hash, size, path }: BlobReference,
    body: Uint8Array | ReadableStream<Uint8Array>,
  ): Promise<void> {
    const file = this.#fileOf(hash);
    const temporary = join(this.#folder, `${randomUUID()}.tmp`);
    try {
      const found = await write(body, temporary);
      if (found !== hash) {
        const message = `Cannot keep "${path}": the remote store sent other bytes, ${found} in place of ${hash}`;
        throw new StoreError(message, { isTransient: false });
      }
      await mkdir(dirname(file), { recursive: true });
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    this.#note(hash, { size, isVerified: true });
    await this.#makeRoom();
  }

  #note(hash: string, copy: Copy): void {
    this.#forget(hash);
    this.#copies.set(hash, copy);
    this.#bytes += copy.size;
  }

  #forget(hash: string): void {
    this.#bytes -= this.#copies.get(hash)?.size ?? 0;
    this.#copies.delete(hash);
  }

  async #makeRoom(): Promise<void> {
    for (const hash of this.#copies.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#forget(hash);
      await rm(this.#fileOf(hash), { force: true });
    }
  }

  #fileOf(hash: string): string {
    return join(this.#folder, blobPath(hash) ?? "");
  }
}

/** Undefined if there is no such file. */
async function hashOf(file: string): Promise<string | undefined> {
  const digest = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file)) digest.update(chunk as Uint8Array);
    return digest.digest("hex");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The SHA-256 of what was written. */
async function write(body: Uint8Array | ReadableStream<Uint8Array>, file: string): Promise<string> {
  const digest = createHash("sha256");
  const handle = await open(file, "wx");
  try {
    for await (const chunk of chunksOf(body)) {
      digest.update(chunk);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return digest.digest("hex");
}
