// An answer on its way into the cache and out of it: which fields are kept, how a 304 changes them, what is
// computed from them once. RFC 9111 §3.1, §3.2.

import type { StoredHead } from "../contract/response-cache.ts";
import type { ExchangeTimes } from "../http/freshness.ts";
import { isHopByHop, parseConnectionOptions } from "../http/hop-by-hop.ts";
import { formatHttpDate } from "../http/http-date.ts";
import { formatSelection } from "../http/selecting-fields.ts";
import { parseVary } from "../http/vary.ts";
import type { ResolvedRules } from "./cache-rules.ts";
import { type Policy, readPolicy } from "./policy.ts";
import { listWithheldFields } from "./storability.ts";

/** What a head is made of. */
export interface HeadParts extends ExchangeTimes {
  key: string;
  /** Fields of the request that it answers. */
  requestHeaders: Headers;
  status: number;
  statusText: string;
  headers: Headers;
  policy: Policy;
}

/** Tags that one answer may have; more are dropped. */
const MAX_TAGS = 64;

/** Belong to the connection or to proxies, beside the fields of RFC 9110 §7.6.1. */
const NEVER_STORED: ReadonlySet<string> = new Set(["proxy-authentication-info", "content-length"]);

/** A 304 says nothing about what was done to the kept bytes (§3.2). */
const KEPT_ON_UPDATE: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-length",
  "content-range",
  "set-cookie",
  "vary",
]);

/** The head under which an answer is kept. */
export function createHead(parts: HeadParts): StoredHead {
  const { key, requestHeaders, status, statusText, headers, policy, requestedAtMs, receivedAtMs } = parts;
  const vary = [...new Set(parseVary(headers.get("vary") ?? ""))].sort();
  return {
    key,
    vary,
    variant: formatSelection(requestHeaders, vary),
    status,
    statusText,
    headers: listStoredFields(headers, policy, receivedAtMs),
    requestedAtMs,
    receivedAtMs,
    tags: parseCacheTags(headers.get("cache-tag")),
  };
}

/** The head after a 304, or after a HEAD that describes the same representation. */
export function updateHead(
  head: StoredHead,
  update: Headers,
  times: ExchangeTimes,
  policy: Policy,
): StoredHead {
  const fields = listStoredFields(update, policy, times.receivedAtMs).filter(
    ([name]) => !KEPT_ON_UPDATE.has(name),
  );
  const replaced = new Set(fields.map(([name]) => name));
  // Age told of the old answer; without a new one it starts again.
  const headers = head.headers.filter(([name]) => !replaced.has(name) && name !== "age");
  const tags = update.has("cache-tag") ? parseCacheTags(update.get("cache-tag")) : head.tags;
  return { ...head, ...times, headers: [...headers, ...fields], tags };
}

/** Whether a request is one that a kept answer answers: equal in all fields that Vary names. */
export function isVariantFor(headers: Headers, head: StoredHead): boolean {
  return head.vary.length === 0 || formatSelection(headers, head.vary) === head.variant;
}

/** Names in a Cache-Tag field. */
export function parseCacheTags(field: string | null): string[] {
  if (field === null) return [];
  const tags = field.split(/[\s,]+/).filter((tag) => tag !== "");
  return [...new Set(tags)].slice(0, MAX_TAGS);
}

/** What is derived from a head, once for each set of rules. */
export interface Reading {
  headers: Headers;
  policy: Policy;
}

/** Remembers readings as long as their heads live. */
export function createReader(rules: ResolvedRules): (head: StoredHead) => Reading {
  const known = new WeakMap<StoredHead, Reading>();
  return (head) => {
    let reading = known.get(head);
    if (reading === undefined) {
      const headers = new Headers(head.headers as [string, string][]);
      reading = { headers, policy: readPolicy(head.status, headers, head, rules) };
      known.set(head, reading);
    }
    return reading;
  };
}

function listStoredFields(
  headers: Headers,
  { directives }: Policy,
  receivedAtMs: number,
): (readonly [string, string])[] {
  const dropped = new Set([
    ...parseConnectionOptions(headers.get("connection")),
    ...listWithheldFields(directives),
  ]);
  const fields = [...headers].filter(
    ([name]) => !isHopByHop(name) && !NEVER_STORED.has(name) && !dropped.has(name),
  );
  // RFC 9110 §6.6.1: who receives a message without Date says when that was.
  if (!headers.has("date")) fields.push(["date", formatHttpDate(receivedAtMs)]);
  return fields;
}
