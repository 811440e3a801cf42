// One request at the cache, and the route that it came to.

import type { StoredHead } from "../contract/response-cache.ts";
import type { CacheDirectives } from "../http/cache-control.ts";
import { appendCacheStatus, type CacheStatus, formatCacheStatus } from "../http/cache-status.ts";
import type { ResolvedRules } from "./cache-rules.ts";
import type { SharedCache } from "./shared-cache.ts";
import type { Reading } from "./stored-entry.ts";

/** What all requests of a route have in common. */
export interface CachedRoute {
  cache: SharedCache;
  rules: ResolvedRules;
  read(head: StoredHead): Reading;
  keyOf(request: Request): string;
}

export interface Visit {
  route: CachedRoute;
  request: Request;
  key: string;
  /** The client's own Cache-Control. */
  wanted: CacheDirectives;
  /** Asks the origin with another form of the request. */
  ask(request: Request): Response | Promise<Response>;
  waitUntil(work: Promise<unknown>): void;
}

/** The URL as it is, without what is never sent. */
export function defaultKey(request: Request): string {
  const { url } = request;
  const fragment = url.indexOf("#");
  return fragment === -1 ? url : url.slice(0, fragment);
}

/** Says on an answer what this cache did. */
export function addCacheStatus({ cache }: CachedRoute, response: Response, status: CacheStatus): Response {
  const member = appendCacheStatus(
    response.headers.get("cache-status"),
    formatCacheStatus(cache.name, status),
  );
  try {
    response.headers.set("cache-status", member);
    return response;
  } catch {
    // Answers of fetch() and of Response.redirect() have headers that cannot be changed.
    const headers = new Headers(response.headers);
    headers.set("cache-status", member);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  }
}

/** Waits for a change of the store. That it failed is logged, and is not the client's affair. */
export async function settleChange(visit: Visit, change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    visit.waitUntil(Promise.reject(error));
  }
}
