// What does an answer say about its own reuse? RFC 9111 §4.2 and §5.2.2, RFC 5861.

import { type CacheDirectives, deltaSeconds } from "../http/cache-control.ts";
import {
  type ExchangeTimes,
  explicitLifetimeMs,
  heuristicLifetimeMs,
  initialAgeMs,
  isHeuristicallyCacheable,
} from "../http/freshness.ts";
import { selectDirectives } from "../http/targeted-cache-control.ts";
import type { ResolvedRules } from "./cache-rules.ts";

/** The reuse of one answer, computed once. */
export interface Policy {
  directives: CacheDirectives;
  /** 0 for an answer that is never fresh. */
  lifetimeMs: number;
  /** It, or the site's rules, ask for caching at all. */
  isInvited: boolean;
  /** Age on arrival. */
  initialAgeMs: number;
  receivedAtMs: number;
  /** no-cache: every use has to be validated. */
  mustAlwaysValidate: boolean;
  /** must-revalidate, proxy-revalidate: never stale, not even by permission of the answer itself. */
  mustNeverBeStale: boolean;
  /** Stale uses that the answer did not permit in so many words are forbidden too (s-maxage, §5.2.2.10). */
  forbidsUnaskedStale: boolean;
  staleWhileRevalidateMs: number;
  staleIfErrorMs: number;
}

const NEGATIVE: ReadonlySet<number> = new Set([404, 405, 410, 414, 501]);

/** No guess lasts longer than a day. */
const MAX_HEURISTIC_MS = 86_400_000;

/** Reads the policy of an answer that arrived at these times. */
export function readPolicy(
  status: number,
  headers: Headers,
  times: ExchangeTimes,
  rules: ResolvedRules,
): Policy {
  const { directives, isTargeted } = selectDirectives(headers, rules.targets);
  // With field names, it is these fields that need validation, and they are not stored (§5.2.2.4).
  const mustAlwaysValidate = directives.get("no-cache") === true;
  const named = explicitLifetimeMs(headers, directives, times.receivedAtMs, isTargeted);
  const lifetimeMs = named ?? impliedLifetimeMs(status, headers, directives, times, rules);
  const mustNeverBeStale =
    mustAlwaysValidate || directives.has("must-revalidate") || directives.has("proxy-revalidate");
  return {
    directives,
    lifetimeMs: lifetimeMs ?? 0,
    isInvited: lifetimeMs !== undefined || mustAlwaysValidate || directives.has("public"),
    initialAgeMs: initialAgeMs(headers, times),
    receivedAtMs: times.receivedAtMs,
    mustAlwaysValidate,
    mustNeverBeStale,
    forbidsUnaskedStale: mustNeverBeStale || directives.has("s-maxage"),
    staleWhileRevalidateMs: (deltaSeconds(directives, "stale-while-revalidate") ?? 0) * 1_000,
    staleIfErrorMs: (deltaSeconds(directives, "stale-if-error") ?? 0) * 1_000,
  };
}

/** How old an answer is by now (§4.2.3). */
export function ageMs({ initialAgeMs, receivedAtMs }: Policy, nowMs: number): number {
  return initialAgeMs + Math.max(0, nowMs - receivedAtMs);
}

function impliedLifetimeMs(
  status: number,
  headers: Headers,
  directives: CacheDirectives,
  { receivedAtMs }: ExchangeTimes,
  { heuristicFraction, defaultMs, negativeMs }: ResolvedRules,
): number | undefined {
  if (directives.get("no-cache") === true) return undefined;
  if (!isHeuristicallyCacheable(status) && !directives.has("public")) return undefined;
  const guessed =
    heuristicFraction === undefined
      ? undefined
      : heuristicLifetimeMs(headers, receivedAtMs, heuristicFraction);
  if (guessed !== undefined) return Math.min(guessed, MAX_HEURISTIC_MS);
  return NEGATIVE.has(status) ? negativeMs : defaultMs;
}
