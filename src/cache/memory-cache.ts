// Answers in memory, within a budget of bytes: what was used longest ago makes room.

import { holdBytes } from "../contract/held-bytes.ts";
import {
  isSelected,
  type PurgeSelection,
  type ResponseCache,
  type StoredHead,
  type StoredResponse,
} from "../contract/response-cache.ts";
import { collectStream } from "./collect-stream.ts";

export interface MemoryCacheOptions {
  /** Everything together, what belongs to an answer beside its body included. Default 64 MiB. */
  maxBytes?: number;
  /** Default an eighth of `maxBytes`, at most 8 MiB. */
  maxBodyBytes?: number;
  /** Of one URL; the oldest goes when there are more. Default 64. */
  maxVariants?: number;
}

const MEBIBYTE = 1024 * 1024;

/** Objects and strings around a body; what makes many tiny answers cost what they do. */
const OVERHEAD_BYTES = 512;

interface Slot {
  stored: StoredResponse;
  bytes: number;
}

/** A store that forgets everything with the process. */
export function createMemoryCache(options: MemoryCacheOptions = {}): ResponseCache {
  return new MemoryCache(options);
}

class MemoryCache implements ResponseCache {
  readonly maxBodyBytes: number;
  readonly #maxBytes: number;
  readonly #maxVariants: number;
  /** Slots in the order of their use; the key is `slotKey`. */
  readonly #slots = new Map<string, Slot>();
  /** Variants of each key, the latest first. A new list for each change: readers keep theirs. */
  readonly #variants = new Map<string, readonly StoredResponse[]>();
  /** Made once for each answer: long texts cost much to join and to look up. */
  readonly #slotKeys = new WeakMap<StoredResponse, string>();
  #bytes = 0;

  constructor({ maxBytes = 64 * MEBIBYTE, maxBodyBytes, maxVariants = 64 }: MemoryCacheOptions) {
    this.#maxBytes = maxBytes;
    this.maxBodyBytes = maxBodyBytes ?? Math.min(8 * MEBIBYTE, Math.floor(maxBytes / 8));
    this.#maxVariants = maxVariants;
  }

  read(key: string): readonly StoredResponse[] {
    const variants = this.#variants.get(key);
    if (variants === undefined) return [];
    for (const stored of variants) this.#touch(stored);
    return variants;
  }

  async write(head: StoredHead, body: Uint8Array | ReadableStream<Uint8Array>): Promise<boolean> {
    const bytes = body instanceof Uint8Array ? body : await collectStream(body, this.maxBodyBytes);
    if (bytes === undefined || bytes.byteLength > this.maxBodyBytes) return false;
    this.#put({ ...head, size: bytes.byteLength, body: holdBytes(bytes) });
    return this.#slots.has(slotKey(head.key, head.variant));
  }

  async update(head: StoredHead): Promise<void> {
    const slot = this.#slots.get(slotKey(head.key, head.variant));
    if (slot !== undefined) this.#put({ ...head, size: slot.stored.size, body: slot.stored.body });
  }

  async remove(key: string, variant?: string): Promise<boolean> {
    const doomed = (this.#variants.get(key) ?? []).filter(
      (stored) => variant === undefined || stored.variant === variant,
    );
    for (const stored of doomed) this.#drop(stored);
    return doomed.length > 0;
  }

  async purge(selection: PurgeSelection): Promise<number> {
    const doomed = [...this.#slots.values()].filter(({ stored }) => isSelected(stored, selection));
    for (const { stored } of doomed) this.#drop(stored);
    return doomed.length;
  }

  #put(stored: StoredResponse): void {
    const { key, variant } = stored;
    const replaced = this.#slots.get(slotKey(key, variant));
    if (replaced !== undefined) this.#drop(replaced.stored);
    const bytes = footprint(stored);
    if (bytes > this.#maxBytes) return;
    this.#slots.set(slotKey(key, variant), { stored, bytes });
    this.#slotKeys.set(stored, slotKey(key, variant));
    this.#bytes += bytes;
    const variants = [stored, ...(this.#variants.get(key) ?? [])];
    this.#variants.set(key, variants);
    for (const old of variants.slice(this.#maxVariants)) this.#drop(old);
    for (const { stored: oldest } of this.#slots.values()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop({ key, variant }: StoredResponse): void {
    const slot = this.#slots.get(slotKey(key, variant));
    if (slot === undefined) return;
    this.#slots.delete(slotKey(key, variant));
    this.#bytes -= slot.bytes;
    const left = (this.#variants.get(key) ?? []).filter((stored) => stored.variant !== variant);
    if (left.length === 0) this.#variants.delete(key);
    else this.#variants.set(key, left);
  }

  /** A Map remembers the order of insertion: taking out and putting back is all that recency needs. */
  #touch(stored: StoredResponse): void {
    const key = this.#slotKeys.get(stored);
    const slot = key === undefined ? undefined : this.#slots.get(key);
    if (key === undefined || slot === undefined) return;
    this.#slots.delete(key);
    this.#slots.set(key, slot);
  }
}

function slotKey(key: string, variant: string): string {
  return `${key}\n\n${variant}`;
}

function footprint({ key, variant, headers, size }: StoredResponse): number {
  const fields = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return size + fields + 2 * (key.length + variant.length) + OVERHEAD_BYTES;
}
