// The owner's routes: tried in order before static files and functions; the first that matches answers.

import type { Env, GatewayContext } from "../../contract/handler.ts";
import type { HeaderEdits, RoutingRule, RoutingSection } from "../../contract/routing.ts";
import { createProblemResponse } from "../../http/problem.ts";
import { type EdgeMiddleware, type EdgeServices, gatewayContextOf } from "../edge-context.ts";
import { limitBody } from "./limit-body.ts";
import { copyRequest, type RouteTargets, runAction } from "./route-action.ts";
import { checkAuth } from "./route-auth.ts";
import { createRouteMatcher, type RouteHit } from "./route-match.ts";

export function routeRequests(services: EdgeServices, { routes }: RoutingSection): EdgeMiddleware {
  const match = createRouteMatcher(routes);
  const runs = new Map(routes.map((rule) => [rule, createRun(rule, services)]));
  return async (context, next) => {
    const found = match(context.req.raw);
    if (found.kind === "none") return next();
    if (found.kind === "ambiguous") return createProblemResponse(context.req.raw, { status: 400 });
    const { hit } = found;
    const run = runs.get(hit.rule) as Run;
    const act = () => run(hit, context.req.raw, context.env, gatewayContextOf(context));
    if (hit.rule.maxBodyBytes === undefined) return act();
    const refused = await limitBody({ maxBodyBytes: hit.rule.maxBodyBytes })(context, async () => {
      context.res = await act();
    });
    return refused ?? undefined;
  };
}

type Run = (hit: RouteHit, request: Request, env: Env, context: GatewayContext) => Promise<Response>;

/** What is done for one route: who may, with which fields, by whom, and what is changed afterwards. */
function createRun(
  { action, auth, requestHeaders, responseHeaders, cache }: RoutingRule,
  services: EdgeServices,
): Run {
  const targets: RouteTargets = {
    application: services.application,
    fetchAsset: (request) => services.assets.fetch(request),
    upstreams: services.upstreams ?? new Map(),
    log: services.platform.log,
  };
  const { shareAnswers } = services;
  return async ({ captures }, request, env, context) => {
    const refused = auth && (await checkAuth(request, auth));
    if (refused !== undefined) return refused;
    const edited = requestHeaders === undefined ? request : editRequest(request, requestHeaders);
    const answer = (asked: Request) => runAction(action, captures, asked, env, context, targets);
    const isShared = shareAnswers !== undefined && (action.kind === "upstream" || action.kind === "function");
    const response = isShared
      ? await shareAnswers(answer, cache)(edited, env, context)
      : await answer(edited);
    return responseHeaders === undefined ? response : editResponse(response, responseHeaders);
  };
}

function editRequest(request: Request, edits: HeaderEdits): Request {
  const headers = new Headers(request.headers);
  applyEdits(headers, edits);
  return copyRequest(request, request.url, headers);
}

/** A copy: an answer may be one that is kept for others. The answer to an upgrade is the runtime's. */
function editResponse(response: Response, edits: HeaderEdits): Response {
  if (response.status === 101) return response;
  const headers = new Headers(response.headers);
  applyEdits(headers, edits);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

function applyEdits(headers: Headers, { set, remove }: HeaderEdits): void {
  for (const name of remove) headers.delete(name);
  for (const [name, value] of set) headers.set(name, value);
}
