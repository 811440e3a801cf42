// The gateway: a Handler in front of the application, whatever form it has (file routes or a Worker).

import type { FunctionBundle } from "../contract/bundle.ts";
import type { Env, GatewayContext, Handler } from "../contract/handler.ts";
import type { RouteEntry, Site } from "../contract/site.ts";
import { pathnameOf } from "../http/pathname.ts";
import { createRouteTable, type RouteHit, type RouteTable } from "../pages/route-table.ts";
import { type AssetFetch, type AssetsBinding, createAssetsBinding } from "./assets-binding.ts";
import { type ChainStep, type EventHandler, runChain } from "./chain.ts";
import { loadHandlers } from "./load-handlers.ts";
import { serveWorker } from "./worker-application.ts";

/** What the gateway is made of. */
export interface GatewayParts {
  site: Pick<Site, "application">;
  bundle: FunctionBundle;
  fetchAsset: AssetFetch;
  /** Name under which the application finds the static files in its env. */
  assetsBinding: string;
}

/** An application env: the site's variables and secrets plus the static files. */
type ApplicationEnv = Env & { ASSETS: AssetsBinding };

/** The application as a Handler. Rejects with what the application threw; the edge answers for it. */
export function createGateway(parts: GatewayParts): Handler {
  const { application } = parts.site;
  const assets = createAssetsBinding(parts.fetchAsset);
  const withAssets = createEnvBinder(parts.assetsBinding, assets);
  if (application.kind === "none") return (request) => parts.fetchAsset(request);
  if (application.kind === "worker") return serveWorker(parts.bundle.worker, withAssets);
  return serveFileRoutes(createRouteTable(application.routes), parts, assets, withAssets);
}

function serveFileRoutes(
  table: RouteTable,
  parts: GatewayParts,
  assets: AssetsBinding,
  withAssets: (env: Env) => ApplicationEnv,
): Handler {
  const handlersOf = createHandlerIndex(parts.bundle);
  return (request, env, context: GatewayContext) => {
    const match = table.match(request.method, pathnameOf(request.url));
    const steps: ChainStep[] = [];
    for (const hit of match.middleware) pushSteps(steps, handlersOf(hit.entry).middleware, hit);
    if (match.route !== undefined) pushSteps(steps, handlersOf(match.route.entry).handlers, match.route);
    if (steps.length === 0) return parts.fetchAsset(request);
    return runChain(steps, request, { env: withAssets(env), context, end: assets.fetch });
  };
}

function pushSteps(steps: ChainStep[], handlers: readonly EventHandler[], hit: RouteHit): void {
  for (const run of handlers) steps.push({ run, params: hit.params, functionPath: hit.functionPath });
}

/** Handlers by route, taken out of the bundle once: a module that lacks one fails at the first request. */
function createHandlerIndex(bundle: FunctionBundle) {
  const index = new Map<RouteEntry, { middleware: EventHandler[]; handlers: EventHandler[] }>();
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

/** Adds the assets binding to an env, once per env object. */
function createEnvBinder(name: string, assets: AssetsBinding): (env: Env) => ApplicationEnv {
  const bound = new WeakMap<Env, ApplicationEnv>();
  return (env) => {
    let found = bound.get(env);
    if (found === undefined) {
      found = { ...env, [name]: assets } as ApplicationEnv;
      bound.set(env, found);
    }
    return found;
  };
}
