// `caches` for functions: the Cache API as Workers have it, in memory (Workers docs, "Cache").

import { parseVary } from "../../http/vary.ts";
import { checkStorable, freshnessLifetimeMs, storedHeaders } from "./cache-rules.ts";
import { answerFromStore, type StoredResponse } from "./stored-response.ts";

interface Entry extends StoredResponse {
  /** Values of the request fields that Vary names. */
  vary: [string, string | null][];
  storedAt: number;
  expiresAt: number;
}

/** All caches of a process share one budget; the least recently used entries go first. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Holds the entries of every named cache, in order of use. */
class MemoryCaches {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  get(key: string, nowMs: number): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= nowMs) {
      this.#bytes -= entry.body.byteLength;
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: Entry): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#bytes += entry.body.byteLength;
    for (const [oldest] of this.#entries) {
      if (this.#bytes <= MAX_BYTES) break;
      this.delete(oldest);
    }
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#bytes -= entry.body.byteLength;
    return this.#entries.delete(key);
  }
}

type CacheQuery = { ignoreMethod?: boolean };
type CacheInput = Request | URL | string;

/** One named cache. */
class WorkersCache {
  readonly #name: string;
  readonly #store: MemoryCaches;
  readonly #now: () => number;

  constructor(name: string, store: MemoryCaches, now: () => number) {
    this.#name = name;
    this.#store = store;
    this.#now = now;
  }

  async match(input: CacheInput, options: CacheQuery = {}): Promise<Response | undefined> {
    const request = toRequest(input);
    if (request.method !== "GET" && !options.ignoreMethod) return undefined;
    const nowMs = this.#now();
    const entry = this.#store.get(this.#keyOf(request), nowMs);
    if (entry === undefined || !entry.vary.every(([name, value]) => request.headers.get(name) === value))
      return undefined;
    return answerFromStore(entry, request, nowMs - entry.storedAt);
  }

  async put(input: CacheInput, response: Response): Promise<void> {
    const request = toRequest(input);
    checkStorable(request, response);
    const nowMs = this.#now();
    const lifetimeMs = freshnessLifetimeMs(request, response, nowMs);
    const body = lifetimeMs > 0 ? await readBody(response) : undefined;
    // What is not stored is not read either: the sender learns that nobody listens.
    if (body === undefined) return response.bodyUsed ? undefined : response.body?.cancel();
    this.#store.set(this.#keyOf(request), {
      status: response.status,
      statusText: response.statusText,
      headers: storedHeaders(response.headers),
      body,
      vary: parseVary(response.headers.get("vary") ?? "").map((name) => [name, request.headers.get(name)]),
      storedAt: nowMs,
      expiresAt: nowMs + lifetimeMs,
    });
  }

  async delete(input: CacheInput, options: CacheQuery = {}): Promise<boolean> {
    const request = toRequest(input);
    if (request.method !== "GET" && !options.ignoreMethod) return false;
    return this.#store.delete(this.#keyOf(request));
  }

  #keyOf(request: Request): string {
    const url = new URL(request.url);
    url.hash = "";
    return `${this.#name}\n${url.href}`;
  }
}

function toRequest(input: CacheInput): Request {
  return input instanceof Request ? input : new Request(input);
}

/** The whole body; undefined if it is larger than all caches together may be. */
async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(response.headers.get("content-length")) > MAX_BYTES) return undefined;
  const body = new Uint8Array(await response.arrayBuffer());
  return body.byteLength > MAX_BYTES ? undefined : body;
}

/** `caches.default` and `caches.open(name)`. */
export class WorkersCacheStorage {
  readonly default: WorkersCache;
  readonly #store = new MemoryCaches();
  readonly #now: () => number;

  /** `now` tells the time in milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.default = new WorkersCache("", this.#store, now);
  }

  async open(name: string): Promise<WorkersCache> {
    return new WorkersCache(`named:${name}`, this.#store, this.#now);
  }
}
