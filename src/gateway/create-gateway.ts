// The gateway: a Handler in front of the application, whatever form it has (file routes or a Worker).

import type { FunctionBundle } from "../contract/bundle.ts";
import type { Env, Handler } from "../contract/handler.ts";
import type { Site } from "../contract/site.ts";
import type { RouteTable } from "../pages/route-table.ts";
import { type AssetFetch, type AssetsBinding, createAssetsBinding } from "./assets-binding.ts";
import { publishEnv } from "./current-env.ts";
import { createFileRouteTable, serveFileRoutes } from "./file-routes.ts";
import { serveWorker } from "./worker-application.ts";

/** What the gateway is made of. */
export interface GatewayParts {
  site: Pick<Site, "application">;
  bundle: FunctionBundle;
  /** The routes of file routes, where somebody else reads them as well. */
  table?: RouteTable;
  fetchAsset: AssetFetch;
  /** The answer for a path whose file belongs to a function. */
  fetchMissing: AssetFetch;
  /** Name under which the application finds the static files in its env. */
  assetsBinding: string;
}

/** An application env: the site's variables and secrets plus the static files. */
export type ApplicationEnv = Env & { ASSETS: AssetsBinding };

/** The application as a Handler. Rejects with what the application threw; the edge answers for it. */
export function createGateway(parts: GatewayParts): Handler {
  const { site, bundle, fetchAsset, fetchMissing } = parts;
  if (site.application.kind === "none") return (request) => fetchAsset(request);
  const assets = createAssetsBinding(fetchAsset);
  const bindEnv = createEnvBinder(parts.assetsBinding, assets);
  if (site.application.kind === "worker") return serveWorker(bundle.worker, bindEnv);
  const table = parts.table ?? createFileRouteTable(site.application.routes, bundle);
  return serveFileRoutes({ table, bundle, fetchAsset, fetchMissing, bindEnv });
}

/** Adds the assets binding to an env, once per env object. */
function createEnvBinder(name: string, assets: AssetsBinding): (env: Env) => ApplicationEnv {
  const bound = new WeakMap<Env, ApplicationEnv>();
  return (env) => {
    let found = bound.get(env);
    if (found === undefined) {
      found = { ...env, [name]: assets } as ApplicationEnv;
      bound.set(env, found);
      publishEnv(found);
    }
    return found;
  };
}
