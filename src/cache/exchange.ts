// One request to the origin and what becomes of its answer: kept and shared, a validation of what is kept
// (RFC 9111 §4.3), replaced by what is kept because the origin failed (§4.2.4), or passed on.

import type { StoredHead, StoredResponse } from "../contract/response-cache.ts";
import type { CacheStatus, ForwardReason } from "../http/cache-status.ts";
import { formatCacheStatus } from "../http/cache-status.ts";
import { parseEntityTag } from "../http/entity-tag.ts";
import type { ExchangeTimes } from "../http/freshness.ts";
import { answerNotModified, answerStored, fieldOf, isUnchanged, validatorsOf } from "./answer-stored.ts";
import type { Flight } from "./flights.ts";
import { keep } from "./keep.ts";
import type { Outcome } from "./outcome.ts";
import { ageMs, readPolicy } from "./policy.ts";
import { mayStandIn } from "./reuse.ts";
import { SharedBody } from "./shared-body.ts";
import { refuseStoring } from "./storability.ts";
import { createHead, updateHead } from "./stored-entry.ts";
import { addCacheStatus, type Visit } from "./visit.ts";

export interface Exchange {
  visit: Visit;
  /** What is kept and to be validated. */
  stored: StoredResponse | undefined;
  reason: ForwardReason;
  /** Others who wait for the outcome. */
  flight: Flight<Outcome> | undefined;
}

/** Fields that make an answer depend on what the client holds. */
const CLIENT_CONDITIONS = ["if-none-match", "if-modified-since", "if-range", "range"];

/** Failures of the origin (RFC 5861 §4). */
const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Asks the origin for one client and everybody who waits. */
export async function exchange(asked: Exchange): Promise<Response> {
  const { visit, stored, reason, flight } = asked;
  const { cache } = visit.route;
  const epoch = flight?.epoch ?? cache.journal.epoch;
  const requestedAtMs = cache.clock.now();
  let response: Response;
  try {
    response = await visit.ask(formRequest(asked));
  } catch (error) {
    settle(asked, { kind: "failed", error });
    return standIn(visit, stored, reason, undefined, error);
  }
  const times = { requestedAtMs, receivedAtMs: cache.clock.now() };
  if (stored !== undefined && response.status === 304) return validate(asked, stored, response, times, epoch);
  if (stored !== undefined && FAILURES.has(response.status) && isReplaceable(visit, stored)) {
    await response.body?.cancel();
    settle(asked, { kind: "stood-in", stored, failureStatus: response.status });
    return standIn(visit, stored, reason, response.status, undefined);
  }
  if (visit.request.method === "HEAD") return answerHead(asked, response, times);
  return deliver(asked, response, times, epoch);
}

/** The kept answer in place of a failing origin; throws the failure if that is not allowed. */
export async function standIn(
  visit: Visit,
  stored: StoredResponse | undefined,
  reason: ForwardReason,
  failureStatus: number | undefined,
  error: unknown,
): Promise<Response> {
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

/** A new answer for one of those who share it. */
export function respondShared(
  visit: Visit,
  { head, body }: Extract<Outcome, { kind: "shared" }>,
  status: CacheStatus,
): Response | undefined {
  const { route, request } = visit;
  const { policy } = route.read(head);
  const age = Math.floor(ageMs(policy, route.cache.clock.now()) / 1_000);
  const member = formatCacheStatus(route.cache.name, status);
  if (head.status === 200 && isUnchanged("GET", request.headers, validatorsOf(head))) {
    return answerNotModified(head, { ageSeconds: age, status: member });
  }
  if (body !== null && !body.isWhole) return undefined;
  const headers = new Headers(head.headers as [string, string][]);
  if (age > 0) headers.set("age", String(age));
  const response = new Response(body?.open() ?? null, {
    status: head.status,
    statusText: head.statusText,
    headers,
  });
  return addCacheStatus(route, response, status);
}

function isReplaceable({ route, wanted }: Visit, stored: StoredResponse): boolean {
  const { policy } = route.read(stored);
  return mayStandIn(policy, wanted, route.rules.staleOnFailureMs, route.cache.clock.now());
}

function settle({ visit, flight }: Exchange, outcome: Outcome): void {
  if (flight === undefined) return;
  const { flights } = visit.route.cache;
  flights.land(flight, outcome);
  if (outcome.kind !== "shared") flights.remove(flight);
}

/** The client's request, with conditions of our own if there is something to validate (§4.3.1). */
function formRequest({ visit, stored, flight }: Exchange): Request {
  const { request } = visit;
  const signal = flight === undefined ? {} : { signal: flight.signal };
  if (stored === undefined) return flight === undefined ? request : new Request(request, signal);
  const headers = new Headers(request.headers);
  for (const name of CLIENT_CONDITIONS) headers.delete(name);
  const tag = fieldOf(stored, "etag");
  const modified = fieldOf(stored, "last-modified");
  if (tag !== undefined) headers.set("if-none-match", tag);
  if (modified !== undefined) headers.set("if-modified-since", modified);
  return new Request(request, { headers, ...signal });
}

/** A 304: what is kept is good again, with new fields (§4.3.4). */
async function validate(
  asked: Exchange,
  stored: StoredResponse,
  response: Response,
  times: ExchangeTimes,
  epoch: number,
): Promise<Response> {
  const { visit, reason } = asked;
  const { route, request, wanted } = visit;
  const { store, journal, name } = route.cache;
  if (!isAboutStored(stored, response.headers)) {
    await store.remove(stored.key, stored.variant);
    return exchange({ ...asked, stored: undefined });
  }
  const fields = readPolicy(stored.status, response.headers, times, route.rules);
  const head = updateHead(stored, response.headers, times, fields);
  const renewed: StoredResponse = { ...head, size: stored.size, body: stored.body };
  const { headers, policy } = route.read(renewed);
  const isShared =
    refuseStoring(
      { headers: request.headers, directives: wanted },
      head.status,
      headers,
      policy,
      route.rules,
    ) === undefined;
  if (isShared && !journal.isOutdated(head, epoch)) await store.update(head);
  else await store.remove(head.key, head.variant);
  settle(asked, isShared ? { kind: "validated", stored: renewed } : { kind: "unshared" });
  const ageSeconds = Math.floor(ageMs(policy, route.cache.clock.now()) / 1_000);
  const status = formatCacheStatus(name, { forward: reason, forwardStatus: 304, stored: isShared });
  const answer = await answerStored(request, renewed, { ageSeconds, status });
  return answer ?? exchange({ ...asked, stored: undefined, flight: undefined });
}

/** A 304 with another strong tag speaks of something that is not kept. */
function isAboutStored(stored: StoredHead, headers: Headers): boolean {
  const tag = parseEntityTag(headers.get("etag") ?? "");
  if (tag === undefined || tag.weak) return true;
  const kept = parseEntityTag(fieldOf(stored, "etag") ?? "");
  return kept === undefined || kept.opaque === tag.opaque;
}

/** What a HEAD says about the kept answer to a GET (§4.3.5). */
async function answerHead(asked: Exchange, response: Response, times: ExchangeTimes): Promise<Response> {
  const { visit, stored, reason } = asked;
  const { route } = visit;
  if (stored !== undefined && !FAILURES.has(response.status)) {
    if (isSameRepresentation(stored, response)) {
      const fields = readPolicy(stored.status, response.headers, times, route.rules);
      await route.cache.store.update(updateHead(stored, response.headers, times, fields));
    } else await route.cache.store.remove(stored.key, stored.variant);
  }
  return addCacheStatus(route, response, { forward: reason });
}

function isSameRepresentation(stored: StoredResponse, { status, headers }: Response): boolean {
  const length = headers.get("content-length");
  if (status !== stored.status || (length !== null && Number(length) !== stored.size)) return false;
  return ["etag", "last-modified"].every(
    (name) => (headers.get(name) ?? undefined) === fieldOf(stored, name),
  );
}

/** A complete answer: shared and kept if it may be, for this client alone otherwise. */
async function deliver(
  asked: Exchange,
  response: Response,
  times: ExchangeTimes,
  epoch: number,
): Promise<Response> {
  const { visit, stored, reason, flight } = asked;
  const { route, request, key, wanted } = visit;
  const { cache, rules } = route;
  const { status, statusText, headers } = response;
  const policy = readPolicy(status, headers, times, rules);
  const storing = { headers: request.headers, directives: wanted };
  const refusal =
    refuseStoring(storing, status, headers, policy, rules) ??
    (lengthOf(headers) > cache.store.maxBodyBytes ? "too-large" : undefined);
  if (refusal !== undefined) {
    settle(asked, { kind: "unshared" });
    if (flight !== undefined) cache.unshared.add(key, cache.clock.now());
    if (stored !== undefined && status < 500) await cache.store.remove(stored.key, stored.variant);
    return addCacheStatus(route, response, { forward: reason, detail: refusal });
  }
  const arrival = { key, requestHeaders: request.headers, status, statusText, headers, policy, ...times };
  const head = createHead(arrival);
  const body = response.body === null ? null : shareBody(response.body, headers, cache.maxBufferedBytes);
  cache.unshared.delete(key);
  // The client's stream is opened first, so that the body never is without a reader.
  const answer = respondFirst(asked, head, headers, body);
  // Clients of different speed would wait for each other.
  const isShared = lengthOf(headers) <= cache.maxBufferedBytes;
  settle(asked, isShared ? { kind: "shared", head, body } : { kind: "unshared" });
  visit.waitUntil(keep(cache, head, body, epoch).finally(() => flight && cache.flights.remove(flight)));
  return answer;
}

/** The client that the origin answered gets every field, also those that are withheld from others. */
function respondFirst(
  { visit, reason, stored }: Exchange,
  head: StoredHead,
  headers: Headers,
  body: SharedBody | null,
): Response {
  const status: CacheStatus = { forward: reason, stored: true };
  if (
    stored !== undefined &&
    head.status === 200 &&
    isUnchanged("GET", visit.request.headers, validatorsOf(head))
  ) {
    const member = formatCacheStatus(visit.route.cache.name, status);
    return answerNotModified(head, { ageSeconds: 0, status: member });
  }
  const init = { status: head.status, statusText: head.statusText, headers: new Headers(headers) };
  return addCacheStatus(visit.route, new Response(body?.open() ?? null, init), status);
}

function shareBody(source: ReadableStream<Uint8Array>, headers: Headers, maxBytes: number): SharedBody {
  const length = lengthOf(headers);
  // Some clients of origins decode bodies and leave the fields of the coded form.
  const isKnown = length >= 0 && !headers.has("content-encoding");
  return new SharedBody(source, { maxBytes, expectedBytes: isKnown ? length : undefined });
}

/** Content-Length, or -1 where there is none. */
function lengthOf(headers: Headers): number {
  const field = headers.get("content-length") ?? "";
  return /^\d+$/.test(field) ? Number(field) : -1;
}
