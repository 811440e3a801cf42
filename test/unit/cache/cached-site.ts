// An origin that answers from a script, behind the cache, with a clock that the test moves.

import { createMemoryCache } from "../../../src/cache/memory-cache.ts";
import { type ServeCachedOptions, serveCached } from "../../../src/cache/serve-cached.ts";
import {
  createSharedCache,
  type SharedCache,
  type SharedCacheOptions,
} from "../../../src/cache/shared-cache.ts";
import type { GatewayContext } from "../../../src/contract/handler.ts";

type Answer = (request: Request) => Response | Promise<Response>;

export interface CachedSite {
  cache: SharedCache;
  /** Requests that reached the origin. */
  asked: Request[];
  /** Asks through the cache; the answer's body has to be read by the test. */
  get(path: string, headers?: Record<string, string>, init?: RequestInit): Promise<Response>;
  /** What the origin answers from now on. */
  answerWith(answer: Answer): void;
  /** Moves the clock. */
  pass(seconds: number): void;
  /** Failures that were given to the log. */
  logged: unknown[];
  /** Resolves when everything is stored. */
  settled(): Promise<void>;
}

export function createCachedSite(
  answer: Answer,
  rules: Omit<ServeCachedOptions, "cache"> = {},
  options: Partial<SharedCacheOptions> = {},
): CachedSite {
  let nowMs = Date.UTC(2026, 0, 1);
  let current = answer;
  const asked: Request[] = [];
  const work: Promise<unknown>[] = [];
  const logged: unknown[] = [];
  const cache = createSharedCache({ store: createMemoryCache(), clock: { now: () => nowMs }, ...options });
  const handler = serveCached(
    (request) => {
      asked.push(request);
      return current(request);
    },
    { cache, ...rules },
  );
  const context: GatewayContext = {
    waitUntil: (promise) => void work.push(promise.catch((error: unknown) => logged.push(error))),
    passThroughOnException: () => undefined,
    requestId: "test",
    clientAddress: undefined,
  };
  return {
    cache,
    asked,
    logged,
    get: async (path, headers = {}, init = {}) =>
      handler(new Request(new URL(path, "http://site.test"), { ...init, headers }), {}, context),
    answerWith: (next) => {
      current = next;
    },
    pass: (seconds) => {
      nowMs += seconds * 1_000;
    },
    async settled() {
      while (work.length > 0) await work.shift();
    },
  };
}

/** An answer whose body counts how often the origin was asked. */
export function counting(headers: Record<string, string>, init: ResponseInit = {}): Answer {
  let count = 0;
  return () => {
    count += 1;
    return new Response(`answer ${count}`, { ...init, headers });
  };
}

/** Status, body and Cache-Status of an answer, read to its end. */
export async function read(
  response: Response,
): Promise<[status: number, body: string, cache: string | null]> {
  return [response.status, await response.text(), response.headers.get("cache-status")];
}
