// Puts a site together: asset server, gateway and edge, over the ports that a runtime filled.

import { type AssetServer, createAssetServer } from "../assets/serve-assets.ts";
import { nameRoute } from "../cache/route-name.ts";
import { createAnswerSharing } from "../cache/share-answers.ts";
import type { SharedCache } from "../cache/shared-cache.ts";
import type { FunctionBundle } from "../contract/bundle.ts";
import type { Env, Handler } from "../contract/handler.ts";
import { DEFAULT_LIMITS, type RequestLimits } from "../contract/limits.ts";
import type { LogSink, Platform } from "../contract/platform.ts";
import type { RouteEntry, Site } from "../contract/site.ts";
import { createEdge } from "../edge/create-edge.ts";
import type { EdgeMiddleware, EdgeServices } from "../edge/edge-context.ts";
import { requireVariables } from "../edge/guards/read-secret.ts";
import { createUnguardedFilter } from "../edge/phases/guard-requests.ts";
import type { AssetFetch } from "../gateway/assets-binding.ts";
import { createGateway, type GatewayParts } from "../gateway/create-gateway.ts";
import { claimsPath, createFileRouteTable } from "../gateway/file-routes.ts";
import { createScheduledRunner, type ScheduledRunner } from "../gateway/scheduled.ts";
import { validateApplication } from "../gateway/validate-application.ts";
import { TrustedProxies } from "../http/client-address.ts";
import type { ResponseCompressor } from "../http/compress-response.ts";
import { createFunctionPrefixFilter } from "../pages/function-prefixes.ts";
import type { RouteTable } from "../pages/route-table.ts";
import { composeUpstreams } from "./compose-upstreams.ts";
import { createEarlyHinter, type EarlyHinter } from "./early-hints.ts";
import { createHotFront, type HotFront } from "./hot-front.ts";

/** A development session that breaks more rules than this has said enough. */
const MAX_REPORTED_BREACHES = 1_000;

/** What a running site is made of. */
export interface SiteParts {
  site: Site;
  bundle: FunctionBundle;
  platform: Platform;
  limits?: Partial<RequestLimits>;
  middleware?: readonly EdgeMiddleware[];
  /** Variables and secrets beside those of the site. */
  env?: Env;
  /** Compresses what the application answers; absent where the network in front does. */
  compress?: ResponseCompressor;
  /** Answers in place of the bundle's functions, which run elsewhere. */
  application?: (fetchAsset: AssetFetch) => Handler;
  /** What routes share of their answers; without it they share nothing. */
  cache?: SharedCache;
  /** Watch the application for breaches of the gateway contract and log them; for development. */
  validate?: boolean;
}

/** A site that answers, with the parts that a runtime may want to reach past the edge. */
export interface ComposedSite {
  site: Site;
  handler: Handler;
  /** The functions alone, without the edge in front of them. */
  application: Handler;
  assets: AssetServer;
  /** Prepared answers that a runtime may send without asking the handler. */
  hot: HotFront;
  /** What is announced before functions answer; undefined for sites that do not want it. */
  earlyHints: EarlyHinter | undefined;
  /** Runs the Worker's `scheduled` handler; undefined without one. */
  scheduled: ScheduledRunner | undefined;
  /** Whose word about the client counts. */
  trustedProxies: TrustedProxies;
  /** Ends what the site does on its own: checks of upstreams. */
  close(): void;
}

export function composeSite(parts: SiteParts): ComposedSite {
  const { site, bundle, platform } = parts;
  const env = { ...site.vars, ...parts.env };
  requireVariables(site.routing, env);
  const isFunctionPath = createFunctionPrefixFilter(routesOf(site));
  const assets = createAssetServer(site.assets, platform.assets, { isFunctionPath });
  const table = parts.application === undefined ? compileRoutes(site, bundle) : undefined;
  const gateway: GatewayParts = {
    site,
    bundle,
    ...(table && { table }),
    fetchAsset: (request) => assets.fetch(request),
    fetchMissing: (request) => assets.fetchMissing(request),
    assetsBinding: site.assets.binding ?? "ASSETS",
  };
  const application = parts.application?.(gateway.fetchAsset) ?? createGateway(gateway);
  const claims = table && ((pathname: string) => claimsPath(table, pathname));
  const isUnguarded = createUnguardedFilter(site.routing);
  const upstreams = composeUpstreams(site, platform);
  const services: EdgeServices = {
    site,
    platform,
    env,
    application: parts.validate ? validated(application, platform.log) : application,
    ...(claims && { claims }),
    assets,
    upstreams: upstreams.handlers,
    limits: { maxBodyBytes: largestBody(site), ...parts.limits },
    middleware: parts.middleware ?? [],
    compress: parts.compress,
    ...(parts.cache && { shareAnswers: shareAnswersOf(site, parts.cache) }),
  };
  const scheduled = createScheduledRunner(gateway);
  const trustedProxies = new TrustedProxies(site.routing?.trustedProxies ?? []);
  const hot = createHotFront(services);
  const close = () => upstreams.close();
  return {
    site,
    handler: createEdge(services),
    application,
    assets,
    hot,
    // Who may not see a page must not hear of what is on it.
    earlyHints: createEarlyHinter(site, assets, claims && ((path) => isUnguarded(path) && claims(path))),
    scheduled,
    trustedProxies,
    close,
  };
}

/** A route may take more than the site as a whole does by default. */
function largestBody({ routing }: Site): number {
  const configured = [routing?.guards, ...(routing?.routes ?? [])].flatMap((one) => one?.maxBodyBytes ?? []);
  return Math.max(DEFAULT_LIMITS.maxBodyBytes, ...configured);
}

/** The routes of an earlier release are forgotten: what they kept is not for the routes of this one. */
function shareAnswersOf({ routing }: Site, cache: SharedCache) {
  cache.keyings.clear();
  return createAnswerSharing(cache, (route) => nameRoute(routing?.routes ?? [], route));
}

/** Read by the gateway and by the front of prepared answers. */
function compileRoutes({ application }: Site, bundle: FunctionBundle): RouteTable | undefined {
  return application.kind === "functions" ? createFileRouteTable(application.routes, bundle) : undefined;
}

function routesOf({ application }: Site): readonly RouteEntry[] {
  return application.kind === "functions" ? application.routes : [];
}

/** The application inside the validator; each breach of a path is logged once. */
function validated(application: Handler, log: LogSink): Handler {
  const seen = new Set<string>();
  return validateApplication(application, ({ rule, request, message }) => {
    const text = `Gateway contract ${rule}: ${request} ${message}`;
    if (seen.has(text) || seen.size >= MAX_REPORTED_BREACHES) return;
    seen.add(text);
    log.warn(text);
  });
}
