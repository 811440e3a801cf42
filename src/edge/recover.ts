// The border where an exception becomes an answer: the client gets an id, the log gets the rest.

import type { GatewayContext } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { StoreError } from "../contract/store-error.ts";

/**
 * Logs the error and returns the 500 for it, or the 503 where it was a store that failed; nothing of the error
 * reaches the client.
 */
export function recover(error: unknown, context: GatewayContext, log: LogSink): Response {
  log.error("A request failed", error, { requestId: context.requestId });
  const isStoreDown = error instanceof StoreError;
  const title = isStoreDown ? "Service Unavailable" : "Internal Server Error";
  return new Response(`${title}\nRequest ${context.requestId}\n`, {
    status: isStoreDown ? 503 : 500,
    headers: {
      ...(isStoreDown ? { "retry-after": "1" } : {}),
      "content-type": "text/plain;charset=UTF-8",
      "cache-control": "no-store",
      "x-request-id": context.requestId,
    },
  });
}
