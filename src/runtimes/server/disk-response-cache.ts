// Where do answers outlive the process? In a folder, which the workers of a server may share.

import { mkdir, rm, stat, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import {
  isSelected,
  type PurgeSelection,
  type ResponseCache,
  type StoredHead,
  type StoredResponse,
} from "../../contract/response-cache.ts";
import {
  bodyPath,
  type HeadFile,
  headPath,
  listFiles,
  listHeads,
  readHead,
  writeBody,
  writeHead,
} from "./disk-response-files.ts";
import { readFileBytes } from "./read-file-bytes.ts";

export interface DiskResponseCacheOptions {
  /** Belongs to the cache alone. */
  folder: string;
  /** Bodies and heads together, about; what was used longest ago makes room. Default 1 GiB. */
  maxBytes?: number;
  /** Default 64 MiB. */
  maxBodyBytes?: number;
}

const MEBIBYTE = 1024 * 1024;

/** A head with its place in the file system. */
const HEAD_BYTES = 4_096;

/** An answer that has been looked up is opened within this time, or it comes too late. */
const REMOVAL_DELAY_MS = 5_000;

/** How often the use of an answer is noted on disk, where the next process learns the order. */
const TOUCH_INTERVAL_MS = 60_000;

/** Files left over by a crash are at least this old; younger ones may be in the making. */
const ORPHAN_AGE_MS = 600_000;

/** Of the limit: what a process writes before it looks again how much others have written. */
const RECOUNT_SHARE = 1 / 16;

/** Heads that are read at the same time while the folder is listed. */
const SCAN_WIDTH = 16;

interface Listed {
  key: string;
  variant: string;
  tags: readonly string[];
  body: string;
  bytes: number;
  touchedAtMs: number;
}

/** Opens a folder; what it holds is served at once, its size is known as soon as it has been listed. */
export async function createDiskResponseCache(
  options: DiskResponseCacheOptions,
): Promise<ResponseCache & { listed: Promise<void> }> {
  await mkdir(options.folder, { recursive: true });
  return new DiskResponseCache(options);
}

class DiskResponseCache implements ResponseCache {
  readonly maxBodyBytes: number;
  /** Resolves when the folder has been listed for the first time. */
  readonly listed: Promise<void>;
  readonly #folder: string;
  readonly #maxBytes: number;
  /** By path of the head, in the order of use. Other workers' answers are missing until they are read. */
  readonly #index = new Map<string, Listed>();
  #bytes = 0;
  #writtenBytes = 0;

  constructor({
    folder,
    maxBytes = 1024 * MEBIBYTE,
    maxBodyBytes = 64 * MEBIBYTE,
  }: DiskResponseCacheOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.maxBodyBytes = Math.min(maxBodyBytes, maxBytes);
    this.listed = this.#list(true);
  }

  async read(key: string): Promise<readonly StoredResponse[]> {
    const paths = await listHeads(this.#folder, key);
    const files = await Promise.all(paths.map((path) => this.#load(path)));
    return files
      .filter((file) => file !== undefined && file.head.key === key)
      .map((file) => this.#toStored(file as HeadFile))
      .sort((a, b) => b.receivedAtMs - a.receivedAtMs);
  }

  async write(head: StoredHead, body: Uint8Array | ReadableStream<Uint8Array>): Promise<boolean> {
    const written = await writeBody(this.#folder, head, body, this.maxBodyBytes);
    if (written === undefined) return false;
    const replaced = await readHead(this.#folder, headPath(head));
    const file: HeadFile = { head, body: written.name, size: written.size };
    await writeHead(this.#folder, file);
    if (replaced !== undefined) this.#removeLater(bodyPath(replaced.head, replaced.body));
    this.#note(headPath(head), file, Date.now());
    this.#writtenBytes += file.size + HEAD_BYTES;
    if (this.#writtenBytes > this.#maxBytes * RECOUNT_SHARE) await this.#recount();
    else await this.#makeRoom();
    return true;
  }

  async update(head: StoredHead): Promise<void> {
    const present = await readHead(this.#folder, headPath(head));
    if (present === undefined) return;
    await writeHead(this.#folder, { ...present, head });
    this.#note(headPath(head), { ...present, head }, Date.now());
  }

  async remove(key: string, variant?: string): Promise<boolean> {
    const paths = variant === undefined ? await listHeads(this.#folder, key) : [headPath({ key, variant })];
    const removed = await Promise.all(paths.map((path) => this.#remove(path)));
    return removed.includes(true);
  }

  /** First what is known, which takes no reading, then what other workers have written meanwhile. */
  async purge(selection: PurgeSelection): Promise<number> {
    const known = await this.#removeSelected(selection);
    await this.listed;
    await this.#list(false);
    return known + (await this.#removeSelected(selection));
  }

  /** Other processes write into the folder too: all together must not exceed the limit by much. */
  async #recount(): Promise<void> {
    this.#writtenBytes = 0;
    await this.listed;
    await this.#list(false);
  }

  async #removeSelected(selection: PurgeSelection): Promise<number> {
    const doomed = [...this.#index].filter(([, listed]) => isSelected(listed, selection));
    const removed = await Promise.all(doomed.map(([path]) => this.#remove(path)));
    return removed.filter(Boolean).length;
  }

  async #load(path: string): Promise<HeadFile | undefined> {
    const file = await readHead(this.#folder, path);
    if (file === undefined) {
      this.#forget(path);
      return undefined;
    }
    const nowMs = Date.now();
    const touchedAtMs = this.#index.get(path)?.touchedAtMs ?? 0;
    const isDue = nowMs - touchedAtMs > TOUCH_INTERVAL_MS;
    this.#note(path, file, isDue ? nowMs : touchedAtMs);
    // Another process may have removed it; then there is nothing to note.
    if (isDue) await utimes(join(this.#folder, path), new Date(), new Date()).catch(() => undefined);
    return file;
  }

  #toStored({ head, body, size }: HeadFile): StoredResponse {
    const path = join(this.#folder, bodyPath(head, body));
    const read: Exclude<StoredResponse["body"], Uint8Array>["read"] = (interval) =>
      readFileBytes(path, { size }, interval ?? { start: 0, end: size });
    return { ...head, size, body: { read } };
  }

  #note(path: string, { head, body, size }: HeadFile, touchedAtMs: number): void {
    this.#forget(path);
    const { key, variant, tags } = head;
    this.#index.set(path, { key, variant, tags, body, bytes: size + HEAD_BYTES, touchedAtMs });
    this.#bytes += size + HEAD_BYTES;
  }

  #forget(path: string): void {
    const listed = this.#index.get(path);
    if (listed === undefined) return;
    this.#index.delete(path);
    this.#bytes -= listed.bytes;
  }

  async #makeRoom(): Promise<void> {
    for (const path of this.#index.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      await this.#remove(path);
    }
  }

  async #remove(path: string): Promise<boolean> {
    const file = await readHead(this.#folder, path);
    this.#forget(path);
    // Of several processes that remove it, one has: the counts of all of them add up.
    const isOurs = await unlink(join(this.#folder, path)).then(
      () => true,
      () => false,
    );
    if (file !== undefined) this.#removeLater(bodyPath(file.head, file.body));
    return isOurs;
  }

  /** Somebody may be about to open it. What is left when the process ends is found as an orphan. */
  #removeLater(path: string): void {
    const remove = () => rm(join(this.#folder, path), { force: true }).catch(() => undefined);
    setTimeout(remove, REMOVAL_DELAY_MS).unref();
  }

  /** Learns of heads that are not known yet; the first time in the order of use, and without leftovers. */
  async #list(isFirst: boolean): Promise<void> {
    const known = [...this.#index.keys()];
    const files = await listFiles(this.#folder);
    const present = new Set(files);
    for (const path of known) if (!present.has(path)) this.#forget(path);
    const unknown = files.filter((path) => path.endsWith(".json") && !this.#index.has(path));
    const found: { path: string; file: HeadFile; usedAtMs: number }[] = [];
    await forEach(unknown, SCAN_WIDTH, async (path) => {
      const file = await readHead(this.#folder, path);
      const usedAtMs = await modifiedAtMs(join(this.#folder, path));
      if (file !== undefined && usedAtMs !== undefined) found.push({ path, file, usedAtMs });
    });
    const inUse = [...this.#index];
    for (const { path, file, usedAtMs } of found.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
      if (!this.#index.has(path)) this.#note(path, file, usedAtMs);
    }
    // What has been used since the start is younger than everything that was only found.
    for (const [path, listed] of inUse) {
      if (this.#index.delete(path)) this.#index.set(path, listed);
    }
    if (isFirst) await this.#sweep(files);
    await this.#makeRoom();
  }

  async #sweep(files: readonly string[]): Promise<void> {
    const named = new Set(
      [...this.#index].map(([path, { body }]) => `${path.slice(0, path.lastIndexOf("/"))}/${body}`),
    );
    const orphans = files.filter((path) =>
      path.endsWith(".json") ? !this.#index.has(path) : !named.has(path),
    );
    await forEach(orphans, SCAN_WIDTH, async (path) => {
      const file = join(this.#folder, path);
      const changedAtMs = await modifiedAtMs(file);
      if (changedAtMs !== undefined && Date.now() - changedAtMs > ORPHAN_AGE_MS)
        await rm(file, { force: true });
    });
  }
}

async function modifiedAtMs(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

/** Works through a list, `width` members at a time. */
async function forEach<Member>(
  members: readonly Member[],
  width: number,
  work: (member: Member) => Promise<void>,
): Promise<void> {
  const queue = members.values();
  const lanes = Array.from({ length: width }, async () => {
    for (const member of queue) await work(member);
  });
  await Promise.all(lanes);
}
