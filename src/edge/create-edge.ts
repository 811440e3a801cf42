// The edge: the phases in their order, as one Handler.

import { Hono } from "hono";
import type { Handler } from "../contract/handler.ts";
import type { EdgeServices, EdgeTypes } from "./edge-context.ts";
import { gatewayContextOf } from "./edge-context.ts";
import { PHASES } from "./phases.ts";
import { recover } from "./recover.ts";

/**
 * Builds the Hono router of a site. The chain is folded once; later changes need a new edge.
 * Hono empties the answer to a HEAD; the servers do that as well, and tell the length that GET's answer would
 * have (RFC 9110 §9.3.2), so they get the answer as it was made.
 */
export function createEdge(services: EdgeServices): Handler {
  const app = new Hono<EdgeTypes>();
  const answersToHead = new WeakMap<Request, Response>();
  app.use(async (context, next) => {
    const { raw } = context.req;
    await next();
    if (raw.method === "HEAD") answersToHead.set(raw, context.res);
  });
  for (const phase of PHASES) for (const middleware of phase.create(services)) app.use(middleware);
  app.onError((error, context) => recover(error, gatewayContextOf(context), services.platform.log));
  return (request, env, context) => {
    const answer = app.fetch(request, env, context as never);
    if (request.method !== "HEAD") return answer;
    return Promise.resolve(answer).then((emptied) => answersToHead.get(request) ?? emptied);
  };
}
