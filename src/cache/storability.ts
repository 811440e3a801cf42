// May an answer be kept for others? RFC 9111 §3, stricter where a mistake would show one user's page to another.

import type { CacheDirectives } from "../http/cache-control.ts";
import { parseVary } from "../http/vary.ts";
import type { ResolvedRules } from "./cache-rules.ts";
import type { Policy } from "./policy.ts";

/** What of a request decides about keeping its answer. */
export interface StoringRequest {
  headers: Headers;
  directives: CacheDirectives;
}

/** Final statuses whose caching rules we know (§5.2.2.3, must-understand). */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 421, 451, 500, 501, 502,
  503, 504,
]);

/** Cache-Status details for answers that are not kept. */
export type Refusal =
  | "no-store"
  | "private"
  | "set-cookie"
  | "authorization"
  | "vary-any"
  | "status"
  | "uninvited"
  | "never-fresh";

/** Why an answer to a GET must not be kept; undefined if it may be. */
export function refuseStoring(
  request: StoringRequest,
  status: number,
  headers: Headers,
  policy: Policy,
  rules: ResolvedRules,
): Refusal | undefined {
  const { directives } = policy;
  if (!isStorableStatus(status, directives)) return "status";
  if (request.directives.has("no-store") || forbidsStoring(directives)) return "no-store";
  if (directives.get("private") === true) return "private";
  if (parseVary(headers.get("vary") ?? "").includes("*")) return "vary-any";
  const isPersonal = rules.isPersonal || request.headers.has("authorization");
  if (isPersonal && !isSharedDespiteAuthorization(directives)) return "authorization";
  if (setsCookie(headers, directives) && !rules.storesSetCookie) return "set-cookie";
  // A page for somebody who is logged in may have a date too.
  if (!policy.isInvited || (policy.isGuessed && request.headers.has("cookie"))) return "uninvited";
  return isOfUse(headers, policy) ? undefined : "never-fresh";
}

/** Fields that `private` and `no-cache` name: shared caches keep the answer without them (§5.2.2.4, .7). */
export function listWithheldFields(directives: CacheDirectives): string[] {
  return ["private", "no-cache"].flatMap((name) => {
    const argument = directives.get(name);
    return typeof argument === "string" ? parseVary(argument) : [];
  });
}

/** A part is no answer for others; a 304 belongs to another answer; interim ones are none. */
function isStorableStatus(status: number, directives: CacheDirectives): boolean {
  if (status < 200 || status === 206 || status === 304) return false;
  return !directives.has("must-understand") || UNDERSTOOD.has(status);
}

/** Who understands the status ignores the no-store that is there for those who do not. */
function forbidsStoring(directives: CacheDirectives): boolean {
  return directives.has("no-store") && !directives.has("must-understand");
}

/** §3.5. */
function isSharedDespiteAuthorization(directives: CacheDirectives): boolean {
  return directives.has("public") || directives.has("s-maxage") || directives.has("must-revalidate");
}

function setsCookie(headers: Headers, directives: CacheDirectives): boolean {
  return headers.has("set-cookie") && !listWithheldFields(directives).includes("set-cookie");
}

/** Kept answers are good for being fresh, for being validated, or for being stale with permission. */
function isOfUse(headers: Headers, policy: Policy): boolean {
  const { lifetimeMs, initialAgeMs, staleWhileRevalidateMs, staleIfErrorMs } = policy;
  if (headers.has("etag") || headers.has("last-modified")) return true;
  if (policy.mustAlwaysValidate) return false;
  return lifetimeMs + Math.max(staleWhileRevalidateMs, staleIfErrorMs) > initialAgeMs;
}
