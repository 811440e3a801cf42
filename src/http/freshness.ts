// How old is a response, and for how long may a shared cache use it? RFC 9111 §4.2.

import { type CacheDirectives, deltaSeconds } from "./cache-control.ts";
import { parseHttpDate } from "./http-date.ts";

/** When a request went out and its response came in, wall clock in ms. */
export interface ExchangeTimes {
  requestedAtMs: number;
  receivedAtMs: number;
}

/** Statuses that may be reused without being told so (RFC 9110 §15.1), as far as we store them. */
const HEURISTICALLY_CACHEABLE: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501,
]);

/** Whether a status permits a lifetime that the response did not name. */
export function isHeuristicallyCacheable(status: number): boolean {
  return HEURISTICALLY_CACHEABLE.has(status);
}

/** Seconds of an Age field: its first member; 0 for what is no number (§5.1). Capped at 2^31 (§1.2.2). */
export function parseAge(field: string | null): number {
  const first = (field ?? "").split(",", 1)[0]?.trim() ?? "";
  return /^\d+$/.test(first) ? Math.min(Number(first), 2 ** 31) : 0;
}

/** An HTTP-date in any case of letters, which caches should accept (§4.2). */
export function parseCachedDate(field: string | null, nowMs: number): number | undefined {
  if (field === null) return undefined;
  return parseHttpDate(field.replace(/[a-z]+/gi, capitalize), nowMs);
}

/** How old the response was on arrival: by its clock or by what caches before us said (§4.2.3). */
export function initialAgeMs(headers: Headers, { requestedAtMs, receivedAtMs }: ExchangeTimes): number {
  const dateMs = parseCachedDate(headers.get("date"), receivedAtMs) ?? receivedAtMs;
  const apparentAgeMs = Math.max(0, receivedAtMs - dateMs);
  const correctedAgeMs = parseAge(headers.get("age")) * 1_000 + Math.max(0, receivedAtMs - requestedAtMs);
  return Math.max(apparentAgeMs, correctedAgeMs);
}

/**
 * The lifetime that the response names for shared caches, undefined if it names none. What is malformed
 * counts as expired. Expires means nothing beside a targeted field (RFC 9213 §2.2).
 */
export function explicitLifetimeMs(
  headers: Headers,
  directives: CacheDirectives,
  receivedAtMs: number,
  isTargeted = false,
): number | undefined {
  for (const name of ["s-maxage", "max-age"]) {
    if (directives.has(name)) return (deltaSeconds(directives, name) ?? 0) * 1_000;
  }
  if (isTargeted || !headers.has("expires")) return undefined;
  const expiresMs = parseCachedDate(headers.get("expires"), receivedAtMs) ?? 0;
  const dateMs = parseCachedDate(headers.get("date"), receivedAtMs) ?? receivedAtMs;
  return Math.max(0, expiresMs - dateMs);
}

/** A share of the time for which the representation had not changed (§4.2.2); undefined without Last-Modified. */
export function heuristicLifetimeMs(
  headers: Headers,
  receivedAtMs: number,
  fraction: number,
): number | undefined {
  const modifiedMs = parseCachedDate(headers.get("last-modified"), receivedAtMs);
  if (modifiedMs === undefined) return undefined;
  const dateMs = parseCachedDate(headers.get("date"), receivedAtMs) ?? receivedAtMs;
  return Math.max(0, dateMs - modifiedMs) * fraction;
}

function capitalize(word: string): string {
  const lower = word.toLowerCase();
  return lower === "gmt" ? "GMT" : lower.charAt(0).toUpperCase() + lower.slice(1);
}
