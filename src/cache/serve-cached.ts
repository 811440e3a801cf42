// A shared cache in front of any handler (RFC 9111): answers from what is kept where that is allowed, asks
// the handler otherwise and keeps what it may.

import type { Env, Handler } from "../contract/handler.ts";
import type { StoredResponse } from "../contract/response-cache.ts";
import type { ForwardReason } from "../http/cache-status.ts";
import { formatCacheStatus } from "../http/cache-status.ts";
import { answerStored, type Use } from "./answer-stored.ts";
import { type CacheRules, resolveRules } from "./cache-rules.ts";
import { forward, isUnshared, refreshInBackground } from "./forward.ts";
import { passUnsafe } from "./invalidate.ts";
import { ageMs } from "./policy.ts";
import { decideReuse, NO_DIRECTIVES, readRequestDirectives } from "./reuse.ts";
import type { SharedCache } from "./shared-cache.ts";
import { createReader, isVariantFor } from "./stored-entry.ts";
import { createFreshnessTest } from "./take-off.ts";
import { addCacheStatus, type CachedRoute, defaultKey, type Visit } from "./visit.ts";

export interface ServeCachedOptions extends CacheRules {
  cache: SharedCache;
  /** Under which key answers are kept; by default their URL. What the answer depends on must be in it. */
  key?: (request: Request) => string;
}

/** Puts the cache in front of `origin`. */
export function serveCached<E extends Env>(origin: Handler<E>, options: ServeCachedOptions): Handler<E> {
  const rules = resolveRules(options);
  const route: CachedRoute = {
    cache: options.cache,
    rules,
    read: createReader(rules),
    keyOf: options.key ?? defaultKey,
  };
  route.cache.keyings.add(route.keyOf);
  return (request, env, context) => {
    // A socket is no answer.
    if (request.headers.has("upgrade")) return origin(request, env, context);
    const visit: Visit = {
      route,
      request,
      key: route.keyOf(request),
      wanted: rules.obeysClients ? readRequestDirectives(request.headers) : NO_DIRECTIVES,
      ask: (asked) => origin(asked, env, context),
      waitUntil: (work) => context.waitUntil(work),
    };
    if (request.method !== "GET" && request.method !== "HEAD") return passUnsafe(visit);
    return isForOriginOnly(request.headers) ? bypass(visit) : lookUp(visit);
  };
}

/** Preconditions that caches do not judge (RFC 9111 §4.3.2). */
function isForOriginOnly(headers: Headers): boolean {
  return headers.has("if-match") || headers.has("if-unmodified-since");
}

async function bypass(visit: Visit): Promise<Response> {
  return addCacheStatus(visit.route, await visit.ask(visit.request), { forward: "bypass" });
}

/** Waits for nothing if the store does not. */
function lookUp(visit: Visit): Response | Promise<Response> {
  if (isUnshared(visit)) return goOn(visit, undefined, "miss", []);
  const kept = visit.route.cache.store.read(visit.key, createFreshnessTest(visit));
  return kept instanceof Promise ? kept.then((found) => choose(visit, found)) : choose(visit, kept);
}

function choose(visit: Visit, kept: readonly StoredResponse[]): Response | Promise<Response> {
  const { route, request, wanted } = visit;
  const stored = kept.find((candidate) => isVariantFor(request.headers, candidate));
  const vary = kept[0]?.vary ?? [];
  if (stored === undefined) return goOn(visit, undefined, vary.length > 0 ? "vary-miss" : "uri-miss", vary);
  const nowMs = route.cache.clock.now();
  const { policy } = route.read(stored);
  const reuse = decideReuse(policy, wanted, nowMs);
  if (reuse.kind === "validate") return goOn(visit, stored, reuse.reason, stored.vary);
  const isRefreshing = reuse.kind === "stale" && reuse.refresh;
  if (isRefreshing) refreshInBackground(visit, stored);
  const use: Use = {
    ageSeconds: Math.floor(ageMs(policy, nowMs) / 1_000),
    status: formatCacheStatus(route.cache.name, {
      hit: true,
      ttlSeconds: Math.floor(reuse.ttlMs / 1_000),
      ...(isRefreshing ? { detail: "stale-while-revalidate" } : {}),
    }),
  };
  const answer = answerStored(request, stored, use);
  if (answer instanceof Response) return answer;
  return Promise.resolve(answer).then((found) => found ?? goOn(visit, undefined, "miss", vary));
}

/** To the origin, unless the client has forbidden that (§5.2.1.7). */
function goOn(
  visit: Visit,
  stored: StoredResponse | undefined,
  reason: ForwardReason,
  vary: readonly string[],
): Response | Promise<Response> {
  if (!visit.wanted.has("only-if-cached")) return forward(visit, stored, reason, vary);
  const response = new Response("Not in the cache\n", {
    status: 504,
    headers: { "cache-control": "no-store", "content-type": "text/plain;charset=utf-8" },
  });
  return addCacheStatus(visit.route, response, { detail: "only-if-cached" });
}
