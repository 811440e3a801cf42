// The border where an exception becomes an answer: the client gets an id, the log gets the rest.

import type { GatewayContext } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";

/** Logs the error and returns the 500 for it; nothing of the error reaches the client. */
export function recover(error: unknown, context: GatewayContext, log: LogSink): Response {
  log.error("A request failed", error, { requestId: context.requestId });
  return new Response(`Internal Server Error\nRequest ${context.requestId}\n`, {
    status: 500,
    headers: {
      "content-type": "text/plain;charset=UTF-8",
      "cache-control": "no-store",
      "x-request-id": context.requestId,
    },
  });
}
