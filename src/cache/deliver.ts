// A new answer: shared and kept if it may be (RFC 9111 §3), for one client alone otherwise.

import type { StoredHead, StoredResponse } from "../contract/response-cache.ts";
import { type CacheStatus, type ForwardReason, formatCacheStatus } from "../http/cache-status.ts";
import { answerNotModified, isUnchanged } from "./answer-stored.ts";
import type { Arrival } from "./arrival.ts";
import { keep } from "./keep.ts";
import type { Outcome } from "./outcome.ts";
import { ageMs, readPolicy } from "./policy.ts";
import { SharedBody } from "./shared-body.ts";
import { refuseStoring } from "./storability.ts";
import { createHead } from "./stored-entry.ts";
import { addCacheStatus, settleChange, type Visit } from "./visit.ts";

/** Lets those who wait know what came: everything at once, or that they have to ask for themselves. */
type Settle = (outcome: Outcome, untilKept?: Promise<unknown>) => void;

/** Answers the client that asked; `stored` is what the new answer takes the place of. */
export async function deliver(
  visit: Visit,
  arrival: Arrival,
  reason: ForwardReason,
  stored: StoredResponse | undefined,
  settle: Settle,
): Promise<Response> {
  const { route, key } = visit;
  const { cache } = route;
  const { response, epoch } = arrival;
  const admitted = admit(visit, arrival);
  if (typeof admitted === "string") {
    // A failure, or what a client with conditions or credentials of its own gets, says nothing about the others.
    if (arrival.isLeading && response.status < 500) cache.unshared.add(key, cache.clock.now());
    settle({ kind: "unshared" });
    if (stored !== undefined) await settleChange(visit, cache.store.remove(stored.key, stored.variant));
    return addCacheStatus(route, response, { forward: reason, detail: admitted });
  }
  cache.unshared.delete(key);
  const body = response.body === null ? null : shareBody(response, cache.maxBufferedBytes);
  // The client's stream is opened first, so that the body never is without a reader.
  const answer = respondFirst(visit, admitted, response, body, { forward: reason, stored: true });
  const keeping = keep(cache, admitted, body, epoch);
  // Clients of different speed would wait for each other's share of a long body.
  const isShared = lengthOf(response.headers) <= cache.maxBufferedBytes;
  if (isShared) settle({ kind: "shared", head: admitted, body }, keeping);
  else settle({ kind: "unshared" });
  visit.waitUntil(keeping);
  return answer;
}

/** A new answer for one of those who share it; undefined if it cannot be joined any more. */
export function respondShared(
  visit: Visit,
  { head, body }: Extract<Outcome, { kind: "shared" }>,
  status: CacheStatus,
): Response | undefined {
  const { route } = visit;
  const { policy } = route.read(head);
  const age = Math.floor(ageMs(policy, route.cache.clock.now()) / 1_000);
  const unchanged = answerUnchanged(visit, head, status, age);
  if (unchanged !== undefined) return unchanged;
  if (body !== null && !body.isWhole) return undefined;
  const headers = new Headers(head.headers as [string, string][]);
  if (age > 0) headers.set("age", String(age));
  const init = { status: head.status, statusText: head.statusText, headers };
  return addCacheStatus(route, new Response(body?.open() ?? null, init), status);
}

/** The head under which an answer is kept, or why it is not. */
function admit({ route, request, key, wanted }: Visit, arrival: Arrival): StoredHead | string {
  const { rules, cache } = route;
  const { response, requestedAtMs, receivedAtMs } = arrival;
  const { status, statusText, headers } = response;
  const times = { requestedAtMs, receivedAtMs };
  const policy = readPolicy(status, headers, times, rules);
  const storing = { headers: request.headers, directives: wanted };
  const refusal = refuseStoring(storing, status, headers, policy, rules);
  if (refusal !== undefined) return refusal;
  if (lengthOf(headers) > cache.store.maxBodyBytes) return "too-large";
  return createHead({ key, requestHeaders: request.headers, status, statusText, headers, policy, ...times });
}

/** The client that the origin answered gets every field, also those that are withheld from others. */
function respondFirst(
  visit: Visit,
  head: StoredHead,
  response: Response,
  body: SharedBody | null,
  status: CacheStatus,
): Response {
  const unchanged = answerUnchanged(visit, head, status, 0);
  if (unchanged !== undefined) return unchanged;
  const init = { status: head.status, statusText: head.statusText, headers: new Headers(response.headers) };
  return addCacheStatus(visit.route, new Response(body?.open() ?? null, init), status);
}

/** The origin was asked for the whole; a client that has exactly this needs it no more than before. */
function answerUnchanged(
  { request, route }: Visit,
  head: StoredHead,
  status: CacheStatus,
  ageSeconds: number,
): Response | undefined {
  if (head.status !== 200 || !isUnchanged("GET", request.headers, head)) return undefined;
  return answerNotModified(head, { ageSeconds, status: formatCacheStatus(route.cache.name, status) });
}

function shareBody({ body, headers }: Response, maxBytes: number): SharedBody {
  const length = lengthOf(headers);
  // Some clients of origins decode bodies and leave the fields of the coded form.
  const isKnown = length >= 0 && !headers.has("content-encoding");
  return new SharedBody(body as ReadableStream<Uint8Array>, {
    maxBytes,
    expectedBytes: isKnown ? length : undefined,
  });
}

/** Content-Length, or -1 where there is none. */
function lengthOf(headers: Headers): number {
  const field = headers.get("content-length") ?? "";
  return /^\d+$/.test(field) ? Number(field) : -1;
}
