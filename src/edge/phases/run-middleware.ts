// The site owner's own Hono middleware, in front of all that follows.

import { Hono } from "hono";
import type { Handler } from "../../contract/handler.ts";
import { type EdgeServices, type EdgeTypes, gatewayContextOf } from "../edge-context.ts";
import { recover } from "../recover.ts";

/**
 * Runs the middleware of a site; one without any is spared the router. Hono empties answers to HEAD, from which
 * the servers still tell the length, so they get the answer as it was made.
 */
export function runMiddleware({ middleware, platform }: EdgeServices, next: Handler): Handler {
  if (middleware.length === 0) return next;
  const app = new Hono<EdgeTypes>();
  const answersToHead = new WeakMap<Request, Response>();
  app.use(async (context, proceed) => {
    const { raw } = context.req;
    await proceed();
    if (raw.method === "HEAD") answersToHead.set(raw, context.res);
  });
  app.use(...middleware);
  app.use(async (context) => next(context.req.raw, context.env, gatewayContextOf(context)));
  app.onError((error, context) => recover(error, gatewayContextOf(context), platform.log));
  return async (request, env, context) => {
    const answer = await app.fetch(request, env, context as never);
    return (request.method === "HEAD" && answersToHead.get(request)) || answer;
  };
}
