// A kept answer in place of an origin that fails: RFC 9111 §4.2.4, RFC 5861 §4.

import type { StoredResponse } from "../contract/response-cache.ts";
import { type ForwardReason, formatCacheStatus } from "../http/cache-status.ts";
import { answerStored } from "./answer-stored.ts";
import { ageMs } from "./policy.ts";
import { mayStandIn } from "./reuse.ts";
import type { Visit } from "./visit.ts";

/** A request that the origin did not answer, or answered with its failure. */
export interface FailedExchange {
  visit: Visit;
  stored: StoredResponse | undefined;
  reason: ForwardReason;
  /** Undefined: there was no answer. */
  failureStatus: number | undefined;
  error: unknown;
}

/** Whether a kept answer may be used although the origin could not confirm it. */
export function isReplaceable({ route, wanted }: Visit, stored: StoredResponse): boolean {
  // A kept failure is no better than a new one.
  if (stored.status >= 500) return false;
  const { policy } = route.read(stored);
  return mayStandIn(policy, wanted, route.rules.staleOnFailureMs, route.cache.clock.now());
}

/** The kept answer; throws the failure if there is none that may be used. */
export async function standIn(failed: FailedExchange): Promise<Response> {
  const { visit, stored, reason, failureStatus, error } = failed;
  if (stored === undefined || !isReplaceable(visit, stored)) throw error;
  const { route, request } = visit;
  const { policy } = route.read(stored);
  const age = ageMs(policy, route.cache.clock.now());
  const status = formatCacheStatus(route.cache.name, {
    forward: reason,
    ...(failureStatus === undefined ? {} : { forwardStatus: failureStatus }),
    ttlSeconds: Math.floor((policy.lifetimeMs - age) / 1_000),
    detail: "stale-on-failure",
  });
  const answer = await answerStored(request, stored, { ageSeconds: Math.floor(age / 1_000), status });
  if (answer === undefined) throw error;
  return answer;
}
