// May this kept answer be used for this request, now? RFC 9111 §4, §4.2.4 and §5.2.1.

import { type CacheDirectives, deltaSeconds, parseCacheControl } from "../http/cache-control.ts";
import { ageMs, type Policy } from "./policy.ts";

/** `stale`: may be used although its time is over; `refresh` asks for a validation in the background. */
export type Reuse =
  | { kind: "fresh"; ttlMs: number }
  | { kind: "stale"; ttlMs: number; refresh: boolean }
  | { kind: "validate"; reason: "request" | "stale" };

/** A client that demands nothing. */
export const NO_DIRECTIVES: CacheDirectives = new Map();

/** What the client demands; Pragma counts only without Cache-Control (§5.4). */
export function readRequestDirectives(headers: Headers): CacheDirectives {
  const field = headers.get("cache-control");
  if (field !== null) return parseCacheControl(field);
  return headers.get("pragma")?.toLowerCase().includes("no-cache")
    ? new Map([["no-cache", true]])
    : NO_DIRECTIVES;
}

/** Judges a kept answer for a request with these directives. */
export function decideReuse(policy: Policy, wanted: CacheDirectives, nowMs: number): Reuse {
  const age = ageMs(policy, nowMs);
  const ttlMs = policy.lifetimeMs - age;
  if (wanted.has("no-cache")) return { kind: "validate", reason: "request" };
  if (policy.mustAlwaysValidate) return { kind: "validate", reason: "stale" };
  if (ttlMs > 0) {
    return isGoodEnough(wanted, age, ttlMs)
      ? { kind: "fresh", ttlMs }
      : { kind: "validate", reason: "request" };
  }
  if (toleratesStale(policy, wanted, -ttlMs)) return { kind: "stale", ttlMs, refresh: false };
  if (!policy.mustNeverBeStale && -ttlMs <= policy.staleWhileRevalidateMs && !wanted.has("max-age")) {
    return { kind: "stale", ttlMs, refresh: true };
  }
  return { kind: "validate", reason: "stale" };
}

/** Whether a kept answer may stand in for an origin that could not be asked or failed (§4.2.4, RFC 5861 §4). */
export function mayStandIn(
  policy: Policy,
  wanted: CacheDirectives,
  staleOnFailureMs: number,
  nowMs: number,
): boolean {
  if (policy.mustNeverBeStale || wanted.has("no-cache")) return false;
  const staleForMs = ageMs(policy, nowMs) - policy.lifetimeMs;
  const unaskedMs = policy.forbidsUnaskedStale ? 0 : staleOnFailureMs;
  const byClientMs = policy.forbidsUnaskedStale ? 0 : (deltaSeconds(wanted, "stale-if-error") ?? 0) * 1_000;
  return staleForMs <= Math.max(policy.staleIfErrorMs, unaskedMs, byClientMs);
}

function isGoodEnough(wanted: CacheDirectives, age: number, ttlMs: number): boolean {
  if (wanted === NO_DIRECTIVES) return true;
  const maxAge = deltaSeconds(wanted, "max-age");
  const minFresh = deltaSeconds(wanted, "min-fresh");
  if (minFresh !== undefined && ttlMs < minFresh * 1_000) return false;
  return maxAge === undefined || age <= maxAge * 1_000;
}

function toleratesStale(policy: Policy, wanted: CacheDirectives, staleForMs: number): boolean {
  const tolerance = wanted.get("max-stale");
  if (tolerance === undefined || policy.forbidsUnaskedStale) return false;
  const seconds = tolerance === true ? Number.POSITIVE_INFINITY : deltaSeconds(wanted, "max-stale");
  return seconds !== undefined && staleForMs <= seconds * 1_000;
}
