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
  /** Only Last-Modified speaks for it. */
  isGuessed: boolean;
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
  const mayImply = named === undefined && mayBeImplied(status, directives);
  const guessed = mayImply ? guessLifetimeMs(headers, times, rules.heuristicFraction) : undefined;
  const lifetimeMs = named ?? guessed ?? (mayImply ? settledLifetimeMs(status, rules) : undefined);
  const isInvited = lifetimeMs !== undefined || mustAlwaysValidate || directives.has("public");
  const mustNeverBeStale =
    mustAlwaysValidate || directives.has("must-revalidate") || directives.has("proxy-revalidate");
  return {
    directives,
    lifetimeMs: lifetimeMs ?? 0,
    isInvited,
    isGuessed: guessed !== undefined && !directives.has("public"),
    // What is not kept has no age, and its dates need not be read.
    initialAgeMs: isInvited ? initialAgeMs(headers, times) : 0,
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

/** Whether an answer that names no lifetime may have one (RFC 9111 §4.2.2). */
function mayBeImplied(status: number, directives: CacheDirectives): boolean {
  if (directives.get("no-cache") === true) return false;
  return isHeuristicallyCacheable(status) || directives.has("public");
}

function guessLifetimeMs(
  headers: Headers,
  { receivedAtMs }: ExchangeTimes,
  fraction: number,
): number | undefined {
  const guessed = fraction === 0 ? undefined : heuristicLifetimeMs(headers, receivedAtMs, fraction);
  return guessed === undefined ? undefined : Math.min(guessed, MAX_HEURISTIC_MS);
}

/** What the site has settled for answers that say nothing. */
function settledLifetimeMs(status: number, { defaultMs, negativeMs }: ResolvedRules): number | undefined {
  return NEGATIVE.has(status) ? negativeMs : defaultMs;
}
