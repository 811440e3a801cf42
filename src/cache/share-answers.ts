// The shared cache in front of the routes of a site: each keeps its own answers, also of one URL.

import type { Handler } from "../contract/handler.ts";
import type { RouteCacheSettings } from "../contract/routing.ts";
import { serveCached } from "./serve-cached.ts";
import type { SharedCache } from "./shared-cache.ts";
import { defaultKey } from "./visit.ts";

/**
 * Puts a cache in front of handlers. Without settings the answers decide by what they say; `route` tells apart
 * routes that answer the same URL.
 */
export function createAnswerSharing(
  cache: SharedCache,
): (handler: Handler, settings: RouteCacheSettings | undefined, route: number) => Handler {
  return (handler, settings, route) => {
    if (settings?.enabled === false) return handler;
    const { defaultSeconds, isPersonal = false } = settings ?? {};
    return serveCached(handler, {
      cache,
      key: (request) => `route ${route}\n${defaultKey(request)}`,
      isPersonal,
      ...(defaultSeconds === undefined ? {} : { defaultSeconds }),
    });
  };
}
