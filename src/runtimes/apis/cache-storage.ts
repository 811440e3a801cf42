// `caches` for functions: the Cache API as Workers have it, in memory (Workers docs, "Cache").

import { checkStorable, freshnessLifetimeMs } from "./cache-rules.ts";

interface Entry {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
  /** Values of the request fields that Vary names. */
  vary: [string, string | null][];
  expiresAt: number;
}

/** All caches of a process share one budget; the least recently used entries go first. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Holds the entries of every named cache, in order of use. */
class MemoryCaches {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= Date.now()) {
      this.#bytes -= entry.body.byteLength;
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: Entry): void {
    this.delete(key);
    if (entry.body.byteLength > MAX_BYTES) return;
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

  constructor(name: string, store: MemoryCaches) {
    this.#name = name;
    this.#store = store;
  }

  async match(input: CacheInput, options: CacheQuery = {}): Promise<Response | undefined> {
    const request = toRequest(input);
    if (request.method !== "GET" && !options.ignoreMethod) return undefined;
    const entry = this.#store.get(this.#keyOf(request));
    if (entry === undefined || !entry.vary.every(([name, value]) => request.headers.get(name) === value))
      return undefined;
    const { status, statusText, body } = entry;
    const headers = new Headers(entry.headers);
    headers.set("cf-cache-status", "HIT");
    return new Response(isBodyless(status) ? null : body, { status, statusText, headers });
  }

  async put(input: CacheInput, response: Response): Promise<void> {
    const request = toRequest(input);
    checkStorable(request, response);
    const body = new Uint8Array(await response.arrayBuffer());
    const lifetimeMs = freshnessLifetimeMs(response.headers, Date.now());
    if (lifetimeMs <= 0) return;
    const names = (response.headers.get("vary") ?? "")
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    this.#store.set(this.#keyOf(request), {
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
      body,
      vary: names.map((name) => [name, request.headers.get(name)]),
      expiresAt: Date.now() + lifetimeMs,
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

function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** `caches.default` and `caches.open(name)`. */
export class WorkersCacheStorage {
  readonly default: WorkersCache;
  readonly #store = new MemoryCaches();

  constructor() {
    this.default = new WorkersCache("", this.#store);
  }

  async open(name: string): Promise<WorkersCache> {
    return new WorkersCache(`named:${name}`, this.#store);
  }
}
