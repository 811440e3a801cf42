// The edge: the phases in their order, as one Handler.

import { Hono } from "hono";
import type { Handler } from "../contract/handler.ts";
import type { EdgeServices, EdgeTypes } from "./edge-context.ts";
import { gatewayContextOf } from "./edge-context.ts";
import { PHASES } from "./phases.ts";
import { recover } from "./recover.ts";

/** Builds the Hono router of a site. The chain is folded once; later changes need a new edge. */
export function createEdge(services: EdgeServices): Handler {
  const app = new Hono<EdgeTypes>();
  for (const phase of PHASES) for (const middleware of phase.create(services)) app.use(middleware);
  app.onError((error, context) => recover(error, gatewayContextOf(context), services.platform.log));
  return (request, env, context) => app.fetch(request, env, context as never);
}
