// Is what is kept still what the origin would send? RFC 9111 §4.3: the question, and the answers 304 and HEAD.

import type { StoredHead, StoredResponse } from "../contract/response-cache.ts";
import { type ForwardReason, formatCacheStatus } from "../http/cache-status.ts";
import { parseEntityTag } from "../http/entity-tag.ts";
import { answerStored, fieldOf } from "./answer-stored.ts";
import type { Arrival } from "./arrival.ts";
import type { Outcome } from "./outcome.ts";
import { ageMs, readPolicy } from "./policy.ts";
import { refuseStoring } from "./storability.ts";
import { updateHead } from "./stored-entry.ts";
import { addCacheStatus, type CachedRoute, settleChange, type Visit } from "./visit.ts";

/** Fields that make an answer depend on what the client holds. */
const CLIENT_CONDITIONS = ["if-none-match", "if-modified-since", "if-range", "range"];

/** The request with the validators of what is kept in place of the client's (§4.3.1). */
export function formValidation(
  request: Request,
  stored: StoredHead,
  signal: AbortSignal | undefined,
): Request {
  const headers = new Headers(request.headers);
  for (const name of CLIENT_CONDITIONS) headers.delete(name);
  const tag = fieldOf(stored, "etag");
  const modified = fieldOf(stored, "last-modified");
  if (tag !== undefined) headers.set("if-none-match", tag);
  if (modified !== undefined) headers.set("if-modified-since", modified);
  return new Request(request, signal === undefined ? { headers } : { headers, signal });
}

/** A 304: what is kept is good again, with new fields (§4.3.4). Undefined if it is of no use after all. */
export async function validate(
  visit: Visit,
  arrival: Arrival,
  reason: ForwardReason,
  stored: StoredResponse,
  settle: (outcome: Outcome) => void,
): Promise<Response | undefined> {
  const { route, request } = visit;
  const { store, name, clock } = route.cache;
  if (!isAboutStored(stored, arrival.response.headers)) {
    await settleChange(visit, store.remove(stored.key, stored.variant));
    return undefined;
  }
  const renewed = { ...renew(route, stored, arrival), size: stored.size, body: stored.body };
  const { policy } = route.read(renewed);
  const ageSeconds = Math.floor(ageMs(policy, clock.now()) / 1_000);
  const isKept = await keepRenewed(visit, renewed, arrival.epoch);
  const status = formatCacheStatus(name, { forward: reason, forwardStatus: 304, stored: isKept });
  const answer = await answerStored(request, renewed, { ageSeconds, status });
  if (answer !== undefined) settle(isKept ? { kind: "validated", stored: renewed } : { kind: "unshared" });
  return answer;
}

/** What a HEAD says about the kept answer to a GET (§4.3.5). */
export async function answerHead(
  visit: Visit,
  arrival: Arrival,
  reason: ForwardReason,
  stored: StoredResponse | undefined,
): Promise<Response> {
  const { route } = visit;
  const { store } = route.cache;
  if (stored !== undefined) {
    const change = isSameRepresentation(stored, arrival.response)
      ? store.update(renew(route, stored, arrival))
      : store.remove(stored.key, stored.variant);
    await settleChange(visit, change);
  }
  return addCacheStatus(route, arrival.response, { forward: reason });
}

function renew({ rules }: CachedRoute, stored: StoredResponse, arrival: Arrival): StoredHead {
  const { response, requestedAtMs, receivedAtMs } = arrival;
  const times = { requestedAtMs, receivedAtMs };
  const { size: _size, body: _body, ...head } = stored;
  return updateHead(head, response.headers, times, readPolicy(stored.status, response.headers, times, rules));
}

/** The new fields may forbid what the old ones allowed. */
async function keepRenewed(visit: Visit, head: StoredResponse, epoch: number): Promise<boolean> {
  const { route, request, wanted } = visit;
  const { store, journal } = route.cache;
  const { headers, policy } = route.read(head);
  const storing = { headers: request.headers, directives: wanted };
  const refusal = refuseStoring(storing, head.status, headers, policy, route.rules);
  const isKept = refusal === undefined && !journal.isOutdated(head, epoch);
  const { size: _size, body: _body, ...bare } = head;
  await settleChange(visit, isKept ? store.update(bare) : store.remove(head.key, head.variant));
  return isKept;
}

/** A 304 with another strong tag speaks of something that is not kept. */
function isAboutStored(stored: StoredHead, headers: Headers): boolean {
  const tag = parseEntityTag(headers.get("etag") ?? "");
  if (tag === undefined || tag.weak) return true;
  const kept = parseEntityTag(fieldOf(stored, "etag") ?? "");
  return kept === undefined || kept.opaque === tag.opaque;
}

function isSameRepresentation(stored: StoredResponse, { status, headers }: Response): boolean {
  const length = headers.get("content-length");
  if (status !== stored.status || (length !== null && Number(length) !== stored.size)) return false;
  return ["etag", "last-modified"].every(
    (name) => (headers.get(name) ?? undefined) === fieldOf(stored, name),
  );
}
