// The edge: the phases in their order, as one Handler.

import type { Handler } from "../contract/handler.ts";
import { orRecover } from "../contract/pending-response.ts";
import type { EdgeServices } from "./edge-context.ts";
import { PHASES } from "./phases.ts";
import { recover } from "./recover.ts";

/**
 * Builds the edge of a site. The chain is folded once; later changes need a new edge. An answer to HEAD may have
 * a body: the servers drop it, and tell the length that GET's answer would have (RFC 9110 §9.3.2).
 */
export function createEdge(services: EdgeServices): Handler {
  const chain = PHASES.reduceRight<Handler>((next, phase) => phase.create(services, next), answerNobody);
  const { log } = services.platform;
  return (request, env, context) =>
    orRecover(
      () => chain(request, env, context),
      (error) => recover(error, context, log),
    );
}

/** The last phase answers whatever comes. */
function answerNobody(): never {
  throw new TypeError("No phase of the edge answers");
}
