// Where do answers live on Workers? In the platform's own cache, which finds by URL and lists nothing: an index
// for each key names its variants, and purges are remembered and compared on reading.

import type { ResponseCache, StoredHead, StoredResponse } from "../contract/response-cache.ts";
import { collectStream } from "./collect-stream.ts";
import { addPurge, isPurged, type PurgeRecord } from "./purge-records.ts";

/** What is needed of the Cache API. */
export interface PlatformCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  delete(url: string): Promise<boolean>;
}

export interface PlatformCacheOptions {
  /** Bodies are collected in memory before they are kept. Default 8 MiB. */
  maxBodyBytes?: number;
  /** Milliseconds. */
  now?: () => number;
}

/** One variant in the index of its key. */
interface IndexEntry {
  head: StoredHead;
  size: number;
  body: string;
}

/** A name that no site has: these URLs are keys and are never fetched. */
const ORIGIN = "https://responses.causeway.invalid";
const JOURNAL = `${ORIGIN}/purges`;

/** The platform drops what it does not need; how long an answer is good is not its affair. */
const KEPT_HEADERS = { "cache-control": "max-age=31536000", "content-type": "application/octet-stream" };

const MAX_VARIANTS = 64;
const MAX_PURGES = 256;

/** Keeps answers in a cache of the platform. Purges cannot count what they remove; they return 0. */
export function createPlatformCache(
  cache: PlatformCache,
  { maxBodyBytes = 8 * 1024 * 1024, now = Date.now }: PlatformCacheOptions = {},
): ResponseCache {
  async function readIndex(key: string): Promise<IndexEntry[]> {
    const [entries, purges] = await Promise.all([
      readJson<IndexEntry[]>(cache, await indexUrl(key)),
      readJson<PurgeRecord[]>(cache, JOURNAL),
    ]);
    // Two keys never share a hash by accident, but what is read is compared with what was asked for.
    return (entries ?? []).filter(
      ({ head }) => head.key === key && !(purges ?? []).some((purge) => isPurged(head, purge)),
    );
  }

  /** Replaces the index; two writers at the same time may cost one of them its variant, which is a miss. */
  async function writeIndex(key: string, entries: readonly IndexEntry[]): Promise<void> {
    const url = await indexUrl(key);
    if (entries.length === 0) await cache.delete(url);
    else await cache.put(url, new Response(JSON.stringify(entries), { headers: KEPT_HEADERS }));
  }

  return {
    maxBodyBytes,
    async read(key) {
      // A cache that cannot be read is an empty one.
      const entries = await readIndex(key).catch(() => []);
      return entries.map((entry) => toStored(cache, entry));
    },
    async write(head, body) {
      const bytes = body instanceof Uint8Array ? body : await collectStream(body, maxBodyBytes);
      if (bytes === undefined || bytes.byteLength > maxBodyBytes) return false;
      const name = `${await indexUrl(head.key)}/${crypto.randomUUID()}`;
      await cache.put(name, new Response(bytes as BodyInit, { headers: KEPT_HEADERS }));
      const others = (await readIndex(head.key)).filter((entry) => entry.head.variant !== head.variant);
      const entries = [{ head, size: bytes.byteLength, body: name }, ...others].slice(0, MAX_VARIANTS);
      await writeIndex(head.key, entries);
      return true;
    },
    async update(head) {
      const entries = await readIndex(head.key);
      const entry = entries.find((candidate) => candidate.head.variant === head.variant);
      if (entry === undefined) return;
      await writeIndex(head.key, [{ ...entry, head }, ...entries.filter((other) => other !== entry)]);
    },
    async remove(key, variant) {
      const entries = await readIndex(key);
      const doomed = entries.filter(({ head }) => variant === undefined || head.variant === variant);
      if (doomed.length === 0) return false;
      await writeIndex(
        key,
        entries.filter((entry) => !doomed.includes(entry)),
      );
      await Promise.all(doomed.map(({ body }) => cache.delete(body)));
      return true;
    },
    async purge(selection) {
      const known = (await readJson<PurgeRecord[]>(cache, JOURNAL)) ?? [];
      const purges = addPurge(known, { selection, atMs: now() }, MAX_PURGES);
      await cache.put(JOURNAL, new Response(JSON.stringify(purges), { headers: KEPT_HEADERS }));
      return 0;
    },
  };
}

function toStored(cache: PlatformCache, { head, size, body: name }: IndexEntry): StoredResponse {
  return {
    ...head,
    size,
    body: {
      async read(interval) {
        const response = await cache.match(name);
        if (response === undefined) return undefined;
        if (interval === undefined && response.body !== null) return response.body;
        const bytes = new Uint8Array(await response.arrayBuffer());
        return interval === undefined ? bytes : bytes.subarray(interval.start, interval.end);
      },
    },
  };
}

async function readJson<Value>(cache: PlatformCache, url: string): Promise<Value | undefined> {
  const response = await cache.match(url);
  // Only this module writes there.
  return response === undefined ? undefined : ((await response.json()) as Value);
}

async function indexUrl(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return `${ORIGIN}/${hex.join("")}`;
}
