// Puts a site together: asset server, gateway and edge, over the ports that a runtime filled.

import { type AssetServer, createAssetServer } from "../assets/serve-assets.ts";
import type { FunctionBundle } from "../contract/bundle.ts";
import type { Handler } from "../contract/handler.ts";
import { DEFAULT_LIMITS, type RequestLimits } from "../contract/limits.ts";
import type { Platform } from "../contract/platform.ts";
import type { Site } from "../contract/site.ts";
import { createEdge } from "../edge/create-edge.ts";
import type { EdgeMiddleware } from "../edge/edge-context.ts";
import { createGateway } from "../gateway/create-gateway.ts";

/** What a running site is made of. */
export interface SiteParts {
  site: Site;
  bundle: FunctionBundle;
  platform: Platform;
  limits?: Partial<RequestLimits>;
  middleware?: readonly EdgeMiddleware[];
  /** Log one record per request; off unless asked for. */
  accessLog?: boolean;
}

/** A site that answers, with the parts that a runtime may want to reach past the edge. */
export interface ComposedSite {
  site: Site;
  handler: Handler;
  assets: AssetServer;
}

export function composeSite(parts: SiteParts): ComposedSite {
  const { site, bundle, platform } = parts;
  const assets = createAssetServer(site.assets, platform.assets);
  const application = createGateway({
    site,
    bundle,
    fetchAsset: (request) => assets.fetch(request),
    assetsBinding: site.assets.binding ?? "ASSETS",
  });
  const handler = createEdge({
    site,
    platform,
    application,
    assets: { fetch: (request) => assets.fetch(request), answers: (request) => assets.answers(new URL(request.url)) },
    limits: { ...DEFAULT_LIMITS, ...parts.limits },
    middleware: parts.middleware ?? [],
    accessLog: parts.accessLog ?? false,
  });
  return { site, handler, assets };
}
