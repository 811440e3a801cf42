// Must the origin be asked at all? Another process that shares the store may have the answer by now, or be about to.

import type { StoredHead, StoredResponse } from "../contract/response-cache.ts";
import type { ForwardReason } from "../http/cache-status.ts";
import { answerKept } from "./answer-kept.ts";
import { exchange } from "./exchange.ts";
import type { Flight } from "./flights.ts";
import { type Outcome, verdictOf } from "./outcome.ts";
import { decideReuse } from "./reuse.ts";
import { isVariantFor } from "./stored-entry.ts";
import type { Visit } from "./visit.ts";

/** Leads a flight: waits for this process's turn, looks at the store again, and asks the origin if that is needed. */
export async function takeOff(
  visit: Visit,
  stored: StoredResponse | undefined,
  reason: ForwardReason,
  flight: Flight<Outcome>,
): Promise<Response> {
  const { turns, maxWaitMs } = visit.route.cache;
  if (turns === undefined) return exchange({ visit, stored, reason, flight });
  const turn = await turns.take(flight.key, flight.signal, maxWaitMs);
  if (turn.kind === "own") void flight.over.then((outcome) => turn.release(verdictOf(outcome)));
  const isWorthALook = turn.kind === "own" ? turn.mayBeKept : turn.verdict === "kept";
  const found = isWorthALook ? await answerFound(visit, reason, flight) : undefined;
  return found ?? exchange({ visit, stored, reason, flight });
}

async function answerFound(
  visit: Visit,
  reason: ForwardReason,
  flight: Flight<Outcome>,
): Promise<Response | undefined> {
  const { cache } = visit.route;
  const isFresh = createFreshnessTest(visit);
  const found = (await cache.store.read(visit.key, isFresh)).find(isFresh);
  if (found === undefined || cache.journal.isOutdated(found, flight.epoch)) return undefined;
  const answer = await answerKept(visit, found, { forward: reason, collapsed: true });
  if (answer !== undefined) cache.flights.settle(flight, { kind: "found", stored: found });
  return answer;
}

/** Whether a kept answer can be given to this client as it is. */
export function createFreshnessTest({ route, request, wanted }: Visit): (head: StoredHead) => boolean {
  return (head) =>
    isVariantFor(request.headers, head) &&
    decideReuse(route.read(head).policy, wanted, route.cache.clock.now()).kind === "fresh";
}
