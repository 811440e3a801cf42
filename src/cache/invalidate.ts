// What do methods that change things make obsolete? RFC 9111 §4.4; and POST answers that are worth keeping,
// RFC 9110 §9.3.3.

import { explicitLifetimeMs } from "../http/freshness.ts";
import { keep } from "./keep.ts";
import { readPolicy } from "./policy.ts";
import { SharedBody } from "./shared-body.ts";
import { refuseStoring } from "./storability.ts";
import { createHead } from "./stored-entry.ts";
import { addCacheStatus, settleChange, type Visit } from "./visit.ts";

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** Passes a request on that is never answered from the cache. */
export async function passUnsafe(visit: Visit): Promise<Response> {
  const { route, request } = visit;
  const { clock, journal } = route.cache;
  const requestedAtMs = clock.now();
  const response = await visit.ask(request);
  const hasChanged = !SAFE.has(request.method) && response.status >= 200 && response.status < 400;
  if (hasChanged) {
    await invalidate(visit, [request, ...listNamed(visit, response.headers)]);
    const times = { requestedAtMs, receivedAtMs: clock.now() };
    const kept = keepPosted(visit, response, times, journal.epoch);
    if (kept !== undefined) return kept;
  }
  return addCacheStatus(route, response, { forward: "method" });
}

/** Removes what is kept and what is on its way, under whichever key. */
async function invalidate(visit: Visit, requests: readonly Request[]): Promise<void> {
  const { cache } = visit.route;
  const keys = new Set(requests.flatMap((request) => [...cache.keyings].map((keyOf) => keyOf(request))));
  await settleChange(visit, cache.forget([...keys]));
  await settleChange(visit, cache.announce([...keys]));
}

/** Other resources that the answer names, of the same origin only: no site empties another's cache. */
function listNamed({ request }: Visit, headers: Headers): Request[] {
  return ["location", "content-location"].flatMap((name) => {
    const named = resolveUrl(headers.get(name), request.url);
    if (named === undefined || named.origin !== new URL(request.url).origin) return [];
    return [new Request(named, { headers: request.headers })];
  });
}

function resolveUrl(reference: string | null, base: string): URL | undefined {
  if (reference === null || !URL.canParse(reference, base)) return undefined;
  return new URL(reference, base);
}

/** An answer that says it is what a GET of the same URL would get, and for how long. */
function keepPosted(
  visit: Visit,
  response: Response,
  times: { requestedAtMs: number; receivedAtMs: number },
  epoch: number,
): Response | undefined {
  const { request, route, key, wanted } = visit;
  const { status, statusText, headers } = response;
  if (request.method !== "POST" || status !== 200 || response.body === null) return undefined;
  if (resolveUrl(headers.get("content-location"), request.url)?.href !== new URL(request.url).href)
    return undefined;
  const policy = readPolicy(status, headers, times, route.rules);
  if (!explicitLifetimeMs(headers, policy.directives, times.receivedAtMs)) return undefined;
  const storing = { headers: request.headers, directives: wanted };
  if (refuseStoring(storing, status, headers, policy, route.rules) !== undefined) return undefined;
  const maxBytes = route.cache.maxBufferedBytes;
  const body = new SharedBody(response.body, { maxBytes, expectedBytes: undefined });
  const answer = new Response(body.open(), { status, statusText, headers: new Headers(headers) });
  const head = createHead({
    key,
    requestHeaders: request.headers,
    status,
    statusText,
    headers,
    policy,
    ...times,
  });
  visit.waitUntil(keep(route.cache, head, body, epoch));
  return addCacheStatus(route, answer, { forward: "method", stored: true });
}
