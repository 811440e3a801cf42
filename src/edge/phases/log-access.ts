// One access record per request, written when the answer is known.

import type { Handler } from "../../contract/handler.ts";
import type { EdgeServices } from "../edge-context.ts";

export function logAccess({ platform }: EdgeServices, next: Handler): Handler {
  return async (request, env, context) => {
    const startedAt = platform.clock.monotonic();
    const response = await next(request, env, context);
    const { method, url } = request;
    platform.log.access({
      requestId: context.requestId,
      method,
      target: url.slice(url.indexOf("/", url.indexOf("://") + 3)),
      status: response.status,
      durationMs: platform.clock.monotonic() - startedAt,
      clientAddress: context.clientAddress,
    });
    return response;
  };
}
