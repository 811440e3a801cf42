// Who asks the origin, and who waits for the answer of somebody else? One request for many equal ones.

import type { StoredResponse } from "../contract/response-cache.ts";
import type { CacheStatus, ForwardReason } from "../http/cache-status.ts";
import { formatSelection } from "../http/selecting-fields.ts";
import { answerKept } from "./answer-kept.ts";
import { respondShared } from "./deliver.ts";
import { exchange } from "./exchange.ts";
import type { Flight } from "./flights.ts";
import type { Outcome } from "./outcome.ts";
import { decideReuse } from "./reuse.ts";
import { standIn } from "./stand-in.ts";
import { isVariantFor } from "./stored-entry.ts";
import { takeOff } from "./take-off.ts";
import type { Visit } from "./visit.ts";

/** Answers to others that turn out not to fit, after which a request goes alone. */
const MAX_MISFITS = 4;

/** Answers with what the origin says, be it said to this request or to an equal one. */
export async function forward(
  visit: Visit,
  stored: StoredResponse | undefined,
  reason: ForwardReason,
  vary: readonly string[],
): Promise<Response> {
  if (!mayShare(visit, stored)) return exchange({ visit, stored, reason, flight: undefined });
  let names = vary;
  for (let misfits = 0; misfits < MAX_MISFITS; ) {
    const key = flightKey(visit, names);
    const flight = findFlight(visit, key);
    // Nothing is waited for between looking and starting, or two could lead.
    if (flight === undefined) return lead(visit, stored, reason, key);
    const outcome = flight.outcome ?? (await join(visit, flight));
    if (outcome === "overdue") continue;
    if (outcome === "impossible" || outcome.kind === "unshared") break;
    const answer = await follow(visit, stored, reason, outcome);
    if (answer !== undefined) return answer;
    if (outcome.kind === "shared") names = outcome.head.vary;
    misfits += 1;
  }
  return exchange({ visit, stored, reason, flight: undefined });
}

/** Has a stale answer renewed while it is being used (RFC 5861 §3). */
export function refreshInBackground(visit: Visit, stored: StoredResponse): void {
  const { cache } = visit.route;
  const key = flightKey(visit, stored.vary);
  if (cache.flights.find(key) !== undefined) return;
  const own = { ...visit, request: new Request(visit.request, { method: "GET" }) };
  if (!cache.sharesFlights) {
    const alone = exchange({ visit: own, stored, reason: "stale", flight: undefined });
    visit.waitUntil(alone.then((response) => response.body?.cancel()));
    return;
  }
  const flight = cache.flights.start(key, cache.journal.epoch, true);
  const renewal = fly(visit, flight, () => takeOff(own, stored, "stale", flight));
  visit.waitUntil(renewal.then((response) => response.body?.cancel()));
}

/** Requests with an answer of their own neither lead nor follow. */
function mayShare({ request, wanted, route, key }: Visit, stored: StoredResponse | undefined): boolean {
  const { headers } = request;
  if (!route.cache.sharesFlights) return false;
  if (request.method !== "GET" || headers.has("authorization") || route.rules.isPersonal) return false;
  if (wanted.has("no-store") || wanted.has("no-cache")) return false;
  // What is kept is validated with conditions of our own in place of the client's.
  if (stored !== undefined) return true;
  if (headers.has("cookie") && !route.rules.collapsesWithCookies) return false;
  // A stream of events never ends, and a poll takes its time.
  if (headers.get("accept") === "text/event-stream") return false;
  if (headers.has("range") || headers.has("if-none-match") || headers.has("if-modified-since")) return false;
  return !isUnshared({ route, key });
}

/** Whether the last answer was for one client only: nobody waits for the next one, nor looks for a kept one. */
export function isUnshared({ route, key }: Pick<Visit, "route" | "key">): boolean {
  return route.cache.unshared.has(key, route.cache.clock.now());
}

function flightKey({ key, request }: Visit, vary: readonly string[]): string {
  return `${key}\n\n${formatSelection(request.headers, vary)}`;
}

/** A flight that this request may wait for. */
function findFlight(visit: Visit, key: string): Flight<Outcome> | undefined {
  const { flights, journal } = visit.route.cache;
  const flight = flights.find(key);
  if (flight === undefined || flight.signal.aborted || isPastUse(visit, flight)) return undefined;
  return journal.isOutdated({ key: visit.key, tags: [] }, flight.epoch) ? undefined : flight;
}

async function join(visit: Visit, flight: Flight<Outcome>): Promise<Outcome | "impossible" | "overdue"> {
  const { flights, maxWaitMs } = visit.route.cache;
  const landing = await flights.join(flight, visit.request.signal, maxWaitMs);
  if (landing === undefined) return "impossible";
  if (landing.kind === "landed") return landing.outcome;
  // It may wait for us in a way that nobody sees. One of those who waited leads the next attempt.
  flights.remove(flight);
  return "overdue";
}

/** Whether a flight has landed with something that a request which comes now could not have. */
function isPastUse({ route, wanted }: Visit, { outcome }: Flight<Outcome>): boolean {
  if (outcome === undefined) return false;
  if (outcome.kind !== "shared" || outcome.body?.isWhole === false) return true;
  const { policy } = route.read(outcome.head);
  return decideReuse(policy, wanted, route.cache.clock.now()).kind !== "fresh";
}

function lead(
  visit: Visit,
  stored: StoredResponse | undefined,
  reason: ForwardReason,
  key: string,
): Promise<Response> {
  const { flights, journal } = visit.route.cache;
  const flight = flights.start(key, journal.epoch);
  flight.board(visit.request.signal);
  return fly(visit, flight, () => takeOff(visit, stored, reason, flight));
}

/** Whatever goes wrong on the way, those who wait are told. */
async function fly(
  { route }: Visit,
  flight: Flight<Outcome>,
  work: () => Promise<Response>,
): Promise<Response> {
  const { flights } = route.cache;
  try {
    return await flights.run(flight, work);
  } catch (error) {
    if (flight.outcome === undefined) flights.settle(flight, { kind: "failed", error });
    throw error;
  }
}

/** The outcome of another request as an answer to this one; undefined if it does not fit. */
async function follow(
  visit: Visit,
  stored: StoredResponse | undefined,
  reason: ForwardReason,
  outcome: Exclude<Outcome, { kind: "unshared" }>,
): Promise<Response | undefined> {
  const status: CacheStatus = { forward: reason, collapsed: true };
  switch (outcome.kind) {
    case "failed":
      return standIn({ visit, stored, reason, failureStatus: undefined, error: outcome.error });
    case "shared":
      if (!isVariantFor(visit.request.headers, outcome.head)) return undefined;
      return respondShared(visit, outcome, status);
    case "validated":
      return answerKept(visit, outcome.stored, { ...status, forwardStatus: 304 });
    case "found":
      return answerKept(visit, outcome.stored, status);
    case "stood-in":
      return answerKept(visit, outcome.stored, { ...status, detail: "stale-on-failure" });
  }
}
