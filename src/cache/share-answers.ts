// The shared cache in front of the routes of a site: each keeps its own answers, also of one URL.

import type { Handler } from "../contract/handler.ts";
import type { RouteCacheSettings } from "../contract/routing.ts";
import { serveCached } from "./serve-cached.ts";
import type { SharedCache } from "./shared-cache.ts";
import { defaultKey } from "./visit.ts";

/** A route about which nothing was said keeps only what asks for it, and keeps nobody waiting who may be logged in. */
const UNASKED = { enabled: true, heuristicFraction: 0, collapsesWithCookies: false };

/**
 * Puts a cache in front of handlers. Without settings the answers decide by what they say; `route` tells apart
 * routes that answer the same URL, as `nameOf` calls them: a route that means something else than before needs
 * another name, or what was kept of it before is served.
 */
export function createAnswerSharing(
  cache: SharedCache,
  nameOf: (route: number) => string = String,
): (handler: Handler, settings: RouteCacheSettings | undefined, route: number) => Handler {
  return (handler, settings, route) => {
    if (settings?.enabled === false) return handler;
    const { enabled: _enabled, ...rules } = settings ?? UNASKED;
    const name = `route ${nameOf(route)}`;
    return serveCached(handler, { ...rules, cache, key: (request) => `${name}\n${defaultKey(request)}` });
  };
}
