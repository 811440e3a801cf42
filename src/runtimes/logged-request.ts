// A request that will be a line of the access log, whatever answers it: what is learnt of it on its way, and the
// record when its answer has been sent.

import type { GatewayContext, RequestTrail } from "../contract/handler.ts";
import type { Clock, LogSink } from "../contract/platform.ts";
import type { TrustedProxies } from "../http/client-address.ts";
import { traceIdOf } from "./carry-trace.ts";
import { clientAddressOf } from "./name-client.ts";

/** What is known when a request comes in. */
export interface LoggedHead {
  method: string;
  /** Path and query as received. */
  target: string;
  clientAddress: string | undefined;
  traceId: string | undefined;
}

export class LoggedRequest implements RequestTrail {
  route: string | undefined;
  upstream: string | undefined;
  cache: string | undefined;
  /** Knows the request's id; a prepared answer is sent without one. */
  context: Pick<GatewayContext, "requestId"> | undefined;
  readonly #log: LogSink;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #isDone = false;

  constructor(log: LogSink, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** The answer has been sent, or will not be: writes the record, once. */
  done(head: LoggedHead, status: number, bytes: number): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const { method, target, clientAddress, traceId } = head;
    this.#log.access({
      requestId: this.context?.requestId ?? crypto.randomUUID(),
      method,
      target,
      status,
      durationMs: this.#clock.monotonic() - this.#startedAt,
      bytes,
      clientAddress,
      route: this.route,
      upstream: this.upstream,
      cache: this.cache,
      trace: traceId,
    });
  }
}

/** The head of a request, for its line. */
export function describeHead(
  { method, url, headers }: Request,
  peer: string | undefined,
  trusted: TrustedProxies,
): LoggedHead {
  return {
    method,
    target: url.slice(url.indexOf("/", url.indexOf("://") + 3)),
    clientAddress: clientAddressOf(peer, trusted, (name) => headers.get(name)),
    traceId: traceIdOf(headers.get("traceparent")),
  };
}

/** Answers a request through `answer` where the runtime does not tell what it has sent: the body is counted. */
export async function answerLogged<Answer extends Response | undefined>(
  logged: LoggedRequest,
  head: LoggedHead,
  answer: () => Answer | Promise<Answer>,
): Promise<Answer> {
  let response: Answer;
  try {
    response = await answer();
  } catch (error) {
    logged.done(head, 500, 0);
    throw error;
  }
  // The runtime has taken the connection over for a WebSocket.
  if (response === undefined) logged.done(head, 101, 0);
  return response === undefined ? response : (watchAnswer(response, logged, head) as Answer);
}

function watchAnswer(response: Response, logged: LoggedRequest, head: LoggedHead): Response {
  const { status, headers } = response;
  logged.cache = headers.get("cache-status") ?? undefined;
  const length = headers.get("content-length");
  if (head.method === "HEAD" || status === 101) logged.done(head, status, 0);
  // Who names a length sends as much; counting would keep files from their short way.
  else if (length !== null) logged.done(head, status, Number(length));
  else if (response.body === null) logged.done(head, status, 0);
  else
    return new Response(
      countBytes(response.body, (bytes) => logged.done(head, status, bytes)),
      response,
    );
  return response;
}

function countBytes(
  body: ReadableStream<Uint8Array>,
  ended: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            bytes += value.byteLength;
            return controller.enqueue(value);
          }
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        ended(bytes);
      },
      cancel(reason) {
        ended(bytes);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
