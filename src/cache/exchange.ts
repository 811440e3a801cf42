// One request to the origin, and what its answer is: a validation of what is kept (RFC 9111 §4.3), a failure
// that what is kept may stand in for (§4.2.4), or an answer of its own.

import type { StoredResponse } from "../contract/response-cache.ts";
import type { ForwardReason } from "../http/cache-status.ts";
import { deliver } from "./deliver.ts";
import type { Flight } from "./flights.ts";
import type { Outcome } from "./outcome.ts";
import { isReplaceable, standIn } from "./stand-in.ts";
import { answerHead, formValidation, validate } from "./validate.ts";
import type { Visit } from "./visit.ts";

export interface Exchange {
  visit: Visit;
  /** What is kept and to be validated. */
  stored: StoredResponse | undefined;
  reason: ForwardReason;
  /** Others who wait for the outcome. */
  flight: Flight<Outcome> | undefined;
}

/** Failures of the origin (RFC 5861 §4). */
const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Asks the origin for one client and everybody who waits. */
export async function exchange(asked: Exchange): Promise<Response> {
  const { visit, stored, reason, flight } = asked;
  const { cache } = visit.route;
  const epoch = flight?.epoch ?? cache.journal.epoch;
  const requestedAtMs = cache.clock.now();
  const settle = (outcome: Outcome, untilKept?: Promise<unknown>) =>
    flight && cache.flights.settle(flight, outcome, untilKept);
  let response: Response;
  try {
    response = await visit.ask(formRequest(asked));
  } catch (error) {
    settle({ kind: "failed", error });
    const answer = await standIn({ visit, stored, reason, failureStatus: undefined, error });
    // Hidden from the client, but not from the log.
    visit.waitUntil(Promise.reject(error));
    return answer;
  }
  const isLeading = flight !== undefined;
  const arrival = { response, requestedAtMs, receivedAtMs: cache.clock.now(), epoch, isLeading };
  if (stored !== undefined && response.status === 304) {
    const answer = await validate(visit, arrival, reason, stored, settle);
    return answer ?? exchange({ ...asked, stored: undefined });
  }
  const hasFailed = FAILURES.has(response.status);
  if (stored !== undefined && hasFailed && isReplaceable(visit, stored)) {
    await response.body?.cancel();
    settle({ kind: "stood-in", stored, failureStatus: response.status });
    const error = new Error(`The origin answered ${response.status}`);
    return standIn({ visit, stored, reason, failureStatus: response.status, error });
  }
  // A failure says nothing about what is kept.
  const replaced = hasFailed ? undefined : stored;
  return visit.request.method === "HEAD"
    ? answerHead(visit, arrival, reason, replaced)
    : deliver(visit, arrival, reason, replaced, settle);
}

/** The client's request, with conditions of our own if there is something to validate. */
function formRequest({ visit: { request }, stored, flight }: Exchange): Request {
  if (stored !== undefined) return formValidation(request, stored, flight?.signal);
  return flight === undefined ? request : new Request(request, { signal: flight.signal });
}
