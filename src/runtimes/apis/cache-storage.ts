// `caches` for functions: the Cache API as Workers have it, over the store of the shared cache (Workers docs,
// "Cache"). Its answers are apart from those of the shared cache, which no function can replace.

import { answerStored } from "../../cache/answer-stored.ts";
import { resolveRules } from "../../cache/cache-rules.ts";
import { ageMs, readPolicy } from "../../cache/policy.ts";
import { decideReuse, NO_DIRECTIVES } from "../../cache/reuse.ts";
import { createHead, createReader, isVariantFor } from "../../cache/stored-entry.ts";
import type { ResponseCache } from "../../contract/response-cache.ts";
import { processCache } from "../process-cache.ts";
import { checkStorable, mayStore } from "./cache-rules.ts";

type CacheQuery = { ignoreMethod?: boolean };
type CacheInput = Request | URL | string;

const RULES = resolveRules({ heuristicFraction: 0 });
const readHead = createReader(RULES);

/** What all caches of a process have in common. */
interface CacheSurroundings {
  /** Asked for each time: a server chooses its store after the APIs are there. */
  store(): ResponseCache;
  now(): number;
}

/** One named cache. */
class WorkersCache {
  readonly #name: string;
  readonly #surroundings: CacheSurroundings;

  constructor(name: string, surroundings: CacheSurroundings) {
    this.#name = name;
    this.#surroundings = surroundings;
  }

  async match(input: CacheInput, options: CacheQuery = {}): Promise<Response | undefined> {
    const request = toRequest(input);
    if (request.method !== "GET" && !options.ignoreMethod) return undefined;
    const kept = await this.#surroundings.store().read(this.#keyOf(request));
    const stored = kept.find((candidate) => isVariantFor(request.headers, candidate));
    if (stored === undefined) return undefined;
    const nowMs = this.#surroundings.now();
    const { policy } = readHead(stored);
    if (decideReuse(policy, NO_DIRECTIVES, nowMs).kind !== "fresh") return undefined;
    const ageSeconds = Math.floor(ageMs(policy, nowMs) / 1_000);
    const asked = request.method === "GET" ? request : new Request(request.url, { headers: request.headers });
    const answer = await answerStored(asked, stored, { ageSeconds, status: undefined });
    answer?.headers.set("cf-cache-status", "HIT");
    return answer;
  }

  async put(input: CacheInput, response: Response): Promise<void> {
    const request = toRequest(input);
    checkStorable(request, response);
    const nowMs = this.#surroundings.now();
    const times = { requestedAtMs: nowMs, receivedAtMs: nowMs };
    const { status, statusText, headers } = response;
    const policy = readPolicy(status, headers, times, RULES);
    // What is not stored is not read either: the sender learns that nobody listens.
    if (!mayStore(request, response, policy, RULES)) return response.body?.cancel();
    const key = this.#keyOf(request);
    const arrival = { key, requestHeaders: request.headers, status, statusText, headers, policy, ...times };
    await this.#surroundings.store().write(createHead(arrival), response.body ?? new Uint8Array(0));
  }

  async delete(input: CacheInput, options: CacheQuery = {}): Promise<boolean> {
    const request = toRequest(input);
    if (request.method !== "GET" && !options.ignoreMethod) return false;
    return this.#surroundings.store().remove(this.#keyOf(request));
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

/** `caches.default` and `caches.open(name)`. */
export class WorkersCacheStorage {
  readonly default: WorkersCache;
  readonly #surroundings: CacheSurroundings;

  /** `now` tells the time in milliseconds. */
  constructor(now: () => number = Date.now, store: () => ResponseCache = () => processCache().store) {
    this.#surroundings = { now, store };
    this.default = new WorkersCache("", this.#surroundings);
  }

  async open(name: string): Promise<WorkersCache> {
    return new WorkersCache(`named:${encodeURIComponent(name)}`, this.#surroundings);
  }
}
