// One attempt: one request to one server, with its limits, until there is an answer or it is clear why not.

import type { CancelSignal } from "../contract/cancellation.ts";
import { streamOf } from "../contract/direct-body.ts";
import type { TimeoutSettings } from "../contract/routing.ts";
import {
  type BodySource,
  type ExchangeObserver,
  type Transport,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
} from "../contract/transport.ts";
import { DeadlineError, Deadlines } from "./deadlines.ts";
import { type ForwardedBody, hasNoBody } from "./forward-response.ts";
import { openBody, type RepeatableBody } from "./request-body.ts";
import type { Outcome, ServerState } from "./server-state.ts";

/** Everything that an attempt needs to know. */
export interface Attempt {
  transport: Transport;
  state: ServerState;
  request: UpstreamRequest;
  /** Of the request, for this attempt and perhaps others. */
  body: RepeatableBody | undefined;
  timeouts: TimeoutSettings;
  /** What is left of the limit for the whole. */
  totalMs: number;
  failureStatuses: readonly number[];
  clientSignal: CancelSignal | undefined;
  /** Interim answers are passed on to it; undefined: dropped. */
  onInterim: ((status: number, fields: readonly string[]) => void) | undefined;
}

/** Why an attempt ended without an answer. */
export interface Failure {
  kind: "failure";
  reason: "unreachable" | "connect-timeout" | "timeout" | "broken" | "unsendable" | "client-gone";
  wasSent: boolean;
  /** Of the body too much has been read to send it again. */
  bodyUsed: boolean;
  error: unknown;
}

export interface Answer {
  kind: "answer";
  response: UpstreamResponse;
  body: ForwardedBody;
}

/** Sends the request and waits for the beginning of the answer; the rest of it is limited and judged as it comes. */
export async function attemptExchange(attempt: Attempt): Promise<Answer | Failure> {
  const { transport, state, timeouts, request } = attempt;
  const deadlines = new Deadlines(timeouts, attempt.totalMs, attempt.clientSignal);
  const body = openBody(attempt.body, deadlines);
  const settle = state.begin();
  let wasSent = false;
  const observer: ExchangeObserver = {
    signal: deadlines.signal,
    connected() {
      wasSent = true;
    },
    sent: () => deadlines.await("first-byte"),
  };
  if (attempt.onInterim !== undefined) observer.interim = attempt.onInterim;
  try {
    const sending = body === request.body ? request : { ...request, body };
    const response = await transport.send(sending, state.server, observer);
    deadlines.rest();
    attempt.body?.settle();
    const end = (outcome: Outcome) => {
      deadlines.end();
      settle(outcome);
    };
    return { kind: "answer", response, body: deliverBody(attempt, response, deadlines, end) };
  } catch (error) {
    const reason = explain(error, attempt.clientSignal);
    deadlines.end();
    settle(reason === "client-gone" || reason === "unsendable" ? "unknown" : "failure");
    return {
      kind: "failure",
      reason,
      wasSent: wasSent && !isUnreachable(error),
      bodyUsed: attempt.body?.canRepeat === false,
      error,
    };
  }
}

function isUnreachable(error: unknown): boolean {
  return (
    error instanceof TransportError && (error.failure === "unreachable" || error.failure === "unsendable")
  );
}

function explain(error: unknown, client: CancelSignal | undefined): Failure["reason"] {
  if (client?.aborted) return "client-gone";
  if (error instanceof DeadlineError) return "timeout";
  if (!(error instanceof TransportError)) return "broken";
  if (error.failure === "unsendable") return "unsendable";
  if (error.failure === "unreachable") return error.timedOut ? "connect-timeout" : "unreachable";
  return "broken";
}

/** The body for the client; `end` is called once, when it has been delivered or cannot be. */
function deliverBody(
  { request, failureStatuses }: Attempt,
  { status, body, closed }: UpstreamResponse,
  deadlines: Deadlines,
  end: (outcome: Outcome) => void,
): ForwardedBody {
  const verdict: Outcome = failureStatuses.includes(status) ? "failure" : "success";
  if (closed !== undefined) {
    closed.then(() => end(verdict));
    return null;
  }
  if (body === null || body instanceof Uint8Array) {
    end(verdict);
    return hasNoBody(request.method, status) ? null : body;
  }
  if (hasNoBody(request.method, status)) {
    body.cancel();
    end(verdict);
    return null;
  }
  return streamBody(body, deadlines, (outcome) => end(outcome === "success" ? verdict : outcome));
}

/** Reads only as fast as the client does; only the server's silence is limited. */
function streamBody(
  source: BodySource,
  deadlines: Deadlines,
  end: (outcome: Outcome) => void,
): ReadableStream<Uint8Array> {
  let isOver = false;
  /** Whoever reads may give up what has failed. */
  const endOnce = (outcome: Outcome) => {
    if (!isOver) end(outcome);
    isOver = true;
  };
  return streamOf({
    async read() {
      deadlines.await("idle");
      try {
        const chunk = await source.read();
        deadlines.rest();
        if (chunk === undefined) endOnce("success");
        return chunk;
      } catch (error) {
        endOnce("failure");
        throw error;
      }
    },
    cancel() {
      source.cancel();
      endOnce("unknown");
    },
    ...(source.release && { release: (chunk) => source.release?.(chunk) }),
  });
}
