// An application that is a tree of function files: which functions run for a request, and the chain they form.

import type { FunctionBundle } from "../contract/bundle.ts";
import type { Env, Handler } from "../contract/handler.ts";
import type { PendingResponse } from "../contract/pending-response.ts";
import type { RouteEntry } from "../contract/site.ts";
import { pathnameOf } from "../http/pathname.ts";
import { loadOwnMatchers } from "../pages/param-matchers.ts";
import { createRouteTable, type RouteHit, type RouteTable } from "../pages/route-table.ts";
import { type AssetFetch, followRedirects } from "./assets-binding.ts";
import { type ChainStep, runChain } from "./chain.ts";
import type { EventContext } from "./event-context.ts";
import { type LoadedHandler, loadHandlers } from "./load-handlers.ts";

export interface FileRoutesParts {
  table: RouteTable;
  bundle: FunctionBundle;
  fetchAsset: AssetFetch;
  /** The answer for a path whose file belongs to a function. */
  fetchMissing: AssetFetch;
  /** Adds the static files to an env. */
  bindEnv(env: Env): EventContext["env"];
}

/** The routes of a tree of function files, with the project's own parameter matchers. */
export function createFileRouteTable(routes: readonly RouteEntry[], bundle: FunctionBundle): RouteTable {
  return createRouteTable(routes, { matchers: loadOwnMatchers(bundle.modules) });
}

/** Whether a function, be it middleware only, may run for a GET or HEAD of a path. */
export function claimsPath(table: RouteTable, pathname: string): boolean {
  return ["GET", "HEAD"].some((method) => {
    const { middleware, route, hidesFile } = table.match(method, pathname);
    return route !== undefined || middleware.length > 0 || hidesFile;
  });
}

/** Middleware in front of the one best route, static files behind it. */
export function serveFileRoutes(parts: FileRoutesParts): Handler {
  const { fetchAsset, fetchMissing, bindEnv, table } = parts;
  const endAtFiles = followRedirects(fetchAsset);
  const handlersOf = createHandlerIndex(parts.bundle);
  return (request, env, context) => {
    const pathname = pathnameOf(request.url);
    const match = table.match(request.method, pathname);
    if (context.trail !== undefined) context.trail.route = match.route?.entry.routePath ?? "static";
    const steps: ChainStep[] = [];
    for (const hit of match.middleware) pushSteps(steps, handlersOf(hit.entry).middleware, hit);
    if (match.route !== undefined) pushSteps(steps, handlersOf(match.route.entry).handlers, match.route);
    const [answerFile, end] = match.hidesFile ? [fetchMissing, fetchMissing] : [fetchAsset, endAtFiles];
    const answer =
      steps.length === 0
        ? answerFile(request)
        : runChain(steps, request, { env: bindEnv(env), context, end });
    return match.route === undefined ? withMethods(answer, table, pathname) : answer;
  };
}

function pushSteps(steps: ChainStep[], handlers: readonly LoadedHandler[], hit: RouteHit): void {
  const { params, functionPath } = hit;
  for (const { run, name } of handlers) steps.push({ run, name, params, functionPath });
}

/** A 405 of the static files names the methods that functions answer there too (RFC 9110 §15.5.6). */
async function withMethods(answer: PendingResponse, table: RouteTable, pathname: string): Promise<Response> {
  const response = await answer;
  const allowed = response.status === 405 ? response.headers.get("allow") : null;
  if (allowed === null) return response;
  const methods = new Set([...allowed.split(", "), ...table.allowedMethods(pathname)]);
  response.headers.set("allow", [...methods].join(", "));
  return response;
}

/** Handlers by route, taken out of the bundle once: a module that lacks one fails at the first request. */
function createHandlerIndex(bundle: FunctionBundle) {
  const index = new Map<RouteEntry, { middleware: LoadedHandler[]; handlers: LoadedHandler[] }>();
  return (entry: RouteEntry) => {
    let found = index.get(entry);
    if (found === undefined) {
      found = {
        middleware: loadHandlers(bundle, entry.middleware),
        handlers: loadHandlers(bundle, entry.handlers),
      };
      index.set(entry, found);
    }
    return found;
  };
}
