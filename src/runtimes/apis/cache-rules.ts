// What the Cache API of Workers stores (Workers docs, "Cache"), beside what RFC 9111 rules for every cache.

import type { ResolvedRules } from "../../cache/cache-rules.ts";
import type { Policy } from "../../cache/policy.ts";
import { NO_DIRECTIVES } from "../../cache/reuse.ts";
import { refuseStoring } from "../../cache/storability.ts";
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

/** Whether a response can be given back at all: nothing validates what a function has put. */
export function mayStore(
  request: Request,
  { status, headers }: Response,
  policy: Policy,
  rules: ResolvedRules,
): boolean {
  if (!STORABLE_STATUSES.has(status) || policy.mustAlwaysValidate) return false;
  if (policy.lifetimeMs <= policy.initialAgeMs) return false;
  const storing = { headers: request.headers, directives: NO_DIRECTIVES };
  return refuseStoring(storing, status, headers, policy, rules) === undefined;
}
