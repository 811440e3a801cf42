// How are clients told what they may ask for? RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers),
// structured fields (RFC 9651): a quota refills evenly, so the policy is a full bucket and the time to fill it.

export interface RateLimitState {
  /** Requests that a full bucket lets pass at once. */
  quota: number;
  /** Milliseconds until an empty bucket is full. */
  windowMs: number;
  remaining: number;
  /** Milliseconds until this bucket is full. */
  resetMs: number;
}

/** `"default";q=21;w=3` */
export function formatRateLimitPolicy({ quota, windowMs }: RateLimitState, name: string): string {
  return `"${name}";q=${quota};w=${Math.max(1, toSeconds(windowMs))}`;
}

/** `"default";r=20;t=1` */
export function formatRateLimit({ remaining, resetMs }: RateLimitState, name: string): string {
  return `"${name}";r=${remaining};t=${toSeconds(resetMs)}`;
}

/** Retry-After in whole seconds: never too early, never none (RFC 9110 §10.2.3). */
export function formatRetryAfter(retryMs: number): string {
  return String(Math.max(1, toSeconds(retryMs)));
}

/** Rounding errors of sums must not make a second more. */
function toSeconds(ms: number): number {
  return Math.ceil(ms / 1_000 - 1e-6);
}
