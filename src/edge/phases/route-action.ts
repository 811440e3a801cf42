// What a route does with a request: hand it to an upstream, functions or static files, send the client elsewhere,
// or answer with a fixed text.

import type { Env, GatewayContext, Handler } from "../../contract/handler.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { RoutingAction } from "../../contract/routing.ts";
import { UpstreamUnreachableError } from "../../contract/transport.ts";
import { createProblemResponse } from "../../http/problem.ts";
import { type Captures, fillTemplate } from "../../pages/path-pattern.ts";
import { recover } from "../recover.ts";

/** What routes can lead to. */
export interface RouteTargets {
  application: Handler;
  fetchAsset(request: Request): Promise<Response>;
  upstreams: ReadonlyMap<string, Handler>;
  log: LogSink;
}

/** Runs a route's action for a request; `capture` tells what the wildcards of the route took. */
export function runAction(
  action: RoutingAction,
  capture: () => Captures,
  request: Request,
  env: Env,
  context: GatewayContext,
  targets: RouteTargets,
): Response | Promise<Response> {
  switch (action.kind) {
    case "upstream":
      return askUpstream(
        action.upstream,
        rewriteRequest(request, action.rewrite, capture),
        env,
        context,
        targets,
      );
    case "function":
      return runFunctions(rewriteRequest(request, action.rewrite, capture), env, context, targets);
    case "static":
      return targets.fetchAsset(rewriteRequest(request, action.rewrite, capture));
    case "redirect":
      return redirect(action.to, action.status, capture(), request);
    case "answer":
      return new Response(request.method === "HEAD" || hasNoBody(action.status) ? null : action.body, {
        status: action.status,
        headers: action.headers,
      });
  }
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

async function askUpstream(
  name: string,
  request: Request,
  env: Env,
  context: GatewayContext,
  { upstreams, log }: RouteTargets,
): Promise<Response> {
  const upstream = upstreams.get(name);
  if (upstream === undefined) throw new TypeError(`There is no upstream "${name}"`);
  try {
    return await upstream(request, env, context);
  } catch (error) {
    if (!(error instanceof UpstreamUnreachableError)) return recover(error, context, log);
    const { status } = error;
    return createProblemResponse(request, { status, requestId: context.requestId });
  }
}

async function runFunctions(
  request: Request,
  env: Env,
  context: GatewayContext,
  { application, log }: RouteTargets,
): Promise<Response> {
  try {
    return await application(request, env, context);
  } catch (error) {
    return recover(error, context, log);
  }
}

/** The request with another path, the query kept unless the template brings its own. */
function rewriteRequest(request: Request, template: string | undefined, capture: () => Captures): Request {
  if (template === undefined) return request;
  const { origin, search } = new URL(request.url);
  const path = fillTemplate(template, capture());
  return copyRequest(request, `${origin}${path}${template.includes("?") ? "" : search}`);
}

/** The same request for another URL or with other headers; its body is handed on, not read. */
export function copyRequest(request: Request, url: string, headers: Headers = request.headers): Request {
  const { method, body, signal } = request;
  return new Request(url, {
    method,
    headers,
    signal,
    redirect: "manual",
    ...(body === null || method === "GET" || method === "HEAD" ? {} : { body, duplex: "half" }),
  } as RequestInit);
}

/** What a wildcard took must not become a host: `//evil.test` stays a path of this site. */
function redirect(to: string, status: number, captures: Captures, request: Request): Response {
  const filled = fillTemplate(to, captures);
  const location = to.startsWith("/") ? filled.replace(/^[/\\]+/, "/") : filled;
  const { search } = new URL(request.url);
  return new Response(null, {
    status,
    headers: { location: location.includes("?") ? location : location + search },
  });
}
