// One access record per request, written when the answer is known.

import { type EdgeMiddleware, type EdgeServices, gatewayContextOf } from "../edge-context.ts";

export function logAccess({ platform }: EdgeServices): EdgeMiddleware {
  return async (context, next) => {
    const startedAt = platform.clock.monotonic();
    const gateway = gatewayContextOf(context);
    await next();
    const url = context.req.url;
    platform.log.access({
      requestId: gateway.requestId,
      method: context.req.raw.method,
      target: url.slice(url.indexOf("/", url.indexOf("://") + 3)),
      status: context.res.status,
      durationMs: platform.clock.monotonic() - startedAt,
      clientAddress: gateway.clientAddress,
    });
  };
}
