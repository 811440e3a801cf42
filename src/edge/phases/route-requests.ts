// The owner's routes: tried in order before static files and functions; the first that matches answers.

import type { Handler } from "../../contract/handler.ts";
import { orRecover } from "../../contract/pending-response.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { HeaderEdits, RoutingAction, RoutingRule, RoutingSection } from "../../contract/routing.ts";
import { createProblemResponse } from "../../http/problem.ts";
import type { EdgeServices } from "../edge-context.ts";
import { recover } from "../recover.ts";
import { hasMetGuards } from "./decided-route.ts";
import { createRouteGuards } from "./guard-requests.ts";
import { copyRequest, type RouteTargets, runAction } from "./route-action.ts";
import { createCapturer, createRouteMatcher } from "./route-match.ts";
import { moveRoute, shadowRoute } from "./route-migration.ts";

export function routeRequests(services: EdgeServices, section: RoutingSection, next: Handler): Handler {
  const { routes } = section;
  const match = createRouteMatcher(routes);
  const handlers = routes.map((rule, index) => createCarefulHandler(rule, index, services));
  const inFrontOf = createRouteGuards(services, section);
  const guarded = handlers.map((handler, index) => inFrontOf?.(index, handler));
  return (request, env, context) => {
    const found = match(request);
    if (found.kind === "none") return next(request, env, context);
    if (found.kind === "ambiguous") return createProblemResponse(request, { status: 400 });
    if (context.trail !== undefined) context.trail.route = found.rule.when.path ?? "*";
    const { index, isFolded } = found;
    const behind = guarded[index];
    // On its way it has become a request for another route.
    if (behind !== undefined && !hasMetGuards(context, index, isFolded))
      return behind[isFolded ? "folded" : "exact"](request, env, context);
    return (handlers[index] as Handler)(request, env, context);
  };
}

/** What is thrown by a route becomes an answer in front of it. */
function createCarefulHandler(rule: RoutingRule, index: number, services: EdgeServices): Handler {
  const handler = createRouteHandler(rule, index, services);
  return (request, env, context) =>
    orRecover(
      () => handler(request, env, context),
      (error) => recover(error, context, services.platform.log),
    );
}

/** What is done for one route: with which fields, by whom, and what is changed afterwards. */
function createRouteHandler(rule: RoutingRule, index: number, services: EdgeServices): Handler {
  const { requestHeaders, responseHeaders } = rule;
  const answer = createAnswer(rule, index, services);
  if (requestHeaders === undefined && responseHeaders === undefined) return answer;
  return async (request, env, context) => {
    const edited = requestHeaders === undefined ? request : editRequest(request, requestHeaders);
    const response = await answer(edited, env, context);
    return responseHeaders === undefined ? response : editResponse(response, responseHeaders);
  };
}

/** The action of a route, behind the shared cache where there is one and the route leads to an application. */
function createAnswer(rule: RoutingRule, index: number, services: EdgeServices): Handler {
  const { action, when, cache, auth } = rule;
  const capture = createCapturer(when.path);
  const handlerOf = (done: RoutingAction, log: LogSink): Handler => {
    const targets: RouteTargets = {
      application: services.application,
      fetchAsset: (request) => services.assets.fetch(request),
      upstreams: services.upstreams ?? new Map(),
      log,
    };
    return (request, env, context) => runAction(done, () => capture(request), request, env, context, targets);
  };
  const isShareable = action.kind === "upstream" || action.kind === "function";
  const isPersonal = Boolean(auth ?? services.site?.routing?.guards?.auth);
  // As without guards: a route about which nothing was said guesses no lifetimes.
  const settings = isPersonal ? { ...(cache ?? { enabled: true, heuristicFraction: 0 }), isPersonal } : cache;
  const share = (handler: Handler, place: number) =>
    (isShareable && services.shareAnswers?.(handler, settings, place)) || handler;
  const plain = handlerOf(action, services.platform.log);
  const first = share(shadowRoute(rule, plain, handlerOf, services), index);
  // Answers of the one must not be kept for clients of the other.
  return moveRoute(rule, first, handlerOf, (other) => share(other, -1 - index), services);
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
