// How did a cache handle a request? The Cache-Status field, RFC 9211.

/** Why a request went on to the next hop (§2.2). */
export type ForwardReason =
  | "bypass"
  | "method"
  | "uri-miss"
  | "vary-miss"
  | "miss"
  | "request"
  | "stale"
  | "partial";

/** What one cache has to say; either `hit` or `forward` is there. */
export interface CacheStatus {
  hit?: boolean;
  forward?: ForwardReason;
  /** Status that the next hop answered, where it is not the one that the client sees. */
  forwardStatus?: number;
  /** Seconds of freshness left; negative for what is stale. */
  ttlSeconds?: number;
  stored?: boolean;
  /** The answer belongs to another request that was under way. */
  collapsed?: boolean;
  /** A token of our own. */
  detail?: string;
}

/** Writes one member of the field; `cache` is a token that names the cache. */
export function formatCacheStatus(cache: string, status: CacheStatus): string {
  let member = cache;
  if (status.hit) member += "; hit";
  if (status.forward !== undefined) member += `; fwd=${status.forward}`;
  if (status.forwardStatus !== undefined) member += `; fwd-status=${status.forwardStatus}`;
  if (status.ttlSeconds !== undefined) member += `; ttl=${status.ttlSeconds}`;
  if (status.stored) member += "; stored";
  if (status.collapsed) member += "; collapsed";
  if (status.detail !== undefined) member += `; detail=${status.detail}`;
  return member;
}

/** Adds a cache behind those nearer to the origin (§2). */
export function appendCacheStatus(present: string | null | undefined, member: string): string {
  return present ? `${present}, ${member}` : member;
}
