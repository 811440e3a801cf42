// A kept answer that somebody else's request to the origin has brought or confirmed.

import type { StoredResponse } from "../contract/response-cache.ts";
import { type CacheStatus, formatCacheStatus } from "../http/cache-status.ts";
import { answerStored } from "./answer-stored.ts";
import { ageMs } from "./policy.ts";
import { isVariantFor } from "./stored-entry.ts";
import type { Visit } from "./visit.ts";

/** Answers with it; undefined if it is another variant, or has been removed. */
export async function answerKept(
  visit: Visit,
  stored: StoredResponse,
  status: CacheStatus,
): Promise<Response | undefined> {
  const { request, route } = visit;
  if (!isVariantFor(request.headers, stored)) return undefined;
  const { policy } = route.read(stored);
  const ageSeconds = Math.floor(ageMs(policy, route.cache.clock.now()) / 1_000);
  return answerStored(request, stored, { ageSeconds, status: formatCacheStatus(route.cache.name, status) });
}
