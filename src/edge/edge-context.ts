// What the phases of the edge share: the services of the site, and how the owner's Hono middleware sees it.

import type { Context, MiddlewareHandler } from "hono";
import type { AssetServer } from "../assets/serve-assets.ts";
import type { Env, GatewayContext, Handler } from "../contract/handler.ts";
import type { RequestLimits } from "../contract/limits.ts";
import type { Platform } from "../contract/platform.ts";
import type { RouteCacheSettings } from "../contract/routing.ts";
import type { Site } from "../contract/site.ts";
import type { ResponseCompressor } from "../http/compress-response.ts";

/** Hono's type parameters for the edge: bindings are the application's env. */
export interface EdgeTypes {
  Bindings: Env;
}

export type EdgeContext = Context<EdgeTypes>;
export type EdgeMiddleware = MiddlewareHandler<EdgeTypes>;

/** The parts that a phase may be built from. */
export interface EdgeServices {
  site: Site;
  platform: Platform;
  /** Variables and secrets, from which guards have theirs. */
  env?: Env;
  limits: RequestLimits;
  /** The application behind the gateway. */
  application: Handler;
  /** Whether functions may run for a GET or HEAD of a path; unknown: for every path. */
  claims?: (pathname: string) => boolean;
  assets: AssetServer;
  /** What routes can lead to, by name. */
  upstreams?: ReadonlyMap<string, Handler>;
  /**
   * Puts the shared cache in front of a route's handler, once for each route. Two routes may answer one URL, by
   * fields or cookies of the request: the number of the route belongs into the key.
   */
  shareAnswers?: (handler: Handler, settings: RouteCacheSettings | undefined, route: number) => Handler;
  /** A site owner's own Hono middleware, in order. */
  middleware: readonly EdgeMiddleware[];
  /** Compresses what the application answers. */
  compress: ResponseCompressor | undefined;
}

/** The gateway context that the runtime made for this request. */
export function gatewayContextOf(context: EdgeContext): GatewayContext {
  return context.executionCtx as unknown as GatewayContext;
}
