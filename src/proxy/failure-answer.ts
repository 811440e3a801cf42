// What is a client told when no server has answered? 502 for what came back broken, 504 for what came too late;
// if nobody was reached, the handler throws, because then nothing has been executed. RFC 9110 §15.6.

import { TransportError, UpstreamUnreachableError } from "../contract/transport.ts";
import { createProblemResponse } from "../http/problem.ts";
import type { Failure } from "./exchange.ts";

/** nginx's number for clients that went away; nobody reads it but the log. */
const CLIENT_GONE_STATUS = 499;

/** The answer, or the error to throw; `failure` is undefined if no server could even be asked. */
export function answerFailure(
  upstream: string,
  request: Request,
  failure: Failure | undefined,
  requestId: string,
): Response | UpstreamUnreachableError {
  if (failure === undefined) {
    return new UpstreamUnreachableError(
      upstream,
      503,
      `No server of upstream "${upstream}" may be asked now`,
    );
  }
  switch (failure.reason) {
    case "unreachable":
    case "connect-timeout":
      return unreachable(upstream, failure);
    case "timeout":
      return createProblemResponse(request, { status: 504, requestId });
    case "broken":
      return createProblemResponse(request, { status: 502, requestId });
    case "unsendable":
      return createProblemResponse(request, { status: refusalOf(failure.error), requestId });
    case "client-gone":
      return new Response(null, { status: CLIENT_GONE_STATUS });
  }
}

function refusalOf(error: unknown): number {
  return error instanceof TransportError ? error.status : 400;
}

function unreachable(upstream: string, { reason, error }: Failure): UpstreamUnreachableError {
  const status = reason === "unreachable" ? 502 : 504;
  return new UpstreamUnreachableError(upstream, status, `Cannot reach upstream "${upstream}"`, error);
}
