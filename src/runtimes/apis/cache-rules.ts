// What the Cache API of Workers stores, and for how long (Workers docs, "Cache"; RFC 9111 §3, §4.2.1).

import { type CacheDirectives, deltaSeconds, parseCacheControl } from "../../http/cache-control.ts";
import { parseHttpDate } from "../../http/http-date.ts";
import { parseVary } from "../../http/vary.ts";

/** Final answers whose meaning a cache knows; a 500 that says max-age is still no page to repeat. */
const STORABLE_STATUSES = new Set([200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501]);

/** Throws for what cache.put() refuses. */
export function checkStorable(request: Request, response: Response): void {
  if (request.method !== "GET") throw new TypeError("Cannot cache response to non-GET request.");
  if (response.status === 206)
    throw new TypeError("Cannot cache response to a range request (206 Partial Content).");
  if (parseVary(response.headers.get("vary") ?? "").includes("*"))
    throw new TypeError("Cannot cache response with 'Vary: *' header.");
  if (response.bodyUsed) throw new TypeError("Cannot cache a response whose body has been used.");
}

/** How long a response may be reused; 0 for one that says nothing or forbids it. */
export function freshnessLifetimeMs(request: Request, response: Response, nowMs: number): number {
  const { headers } = response;
  const directives = parseCacheControl(headers.get("cache-control"));
  if (!STORABLE_STATUSES.has(response.status) || !mayStore(request, headers, directives)) return 0;
  const seconds = deltaSeconds(directives, "s-maxage") ?? deltaSeconds(directives, "max-age");
  if (seconds !== undefined) return seconds * 1_000;
  // An age that cannot be read counts as none left (RFC 9111 §4.2.1).
  if (directives.has("s-maxage") || directives.has("max-age")) return 0;
  return Math.max(0, (parseHttpDate(headers.get("expires") ?? "") ?? nowMs) - nowMs);
}

/** Cookies are somebody's own, unless the answer says that only they are. */
function mayStore(request: Request, headers: Headers, directives: CacheDirectives): boolean {
  if (directives.has("no-store") || directives.has("no-cache")) return false;
  if (hidesOnlyCookies(directives)) return true;
  if (directives.has("private") || headers.has("set-cookie")) return false;
  const isShared = ["public", "s-maxage", "must-revalidate"].some((name) => directives.has(name));
  return !request.headers.has("authorization") || isShared;
}

/** The fields to keep: with `private=Set-Cookie` all but the cookies. */
export function storedHeaders(headers: Headers): [string, string][] {
  const directives = parseCacheControl(headers.get("cache-control"));
  return [...headers].filter(([name]) => name !== "set-cookie" || !hidesOnlyCookies(directives));
}

function hidesOnlyCookies(directives: CacheDirectives): boolean {
  const argument = directives.get("private");
  return typeof argument === "string" && argument.toLowerCase() === "set-cookie";
}
