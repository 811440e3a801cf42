// The public, runtime-neutral API: the types that the author of a function or a middleware imports.

export type { CacheRules } from "./cache/cache-rules.ts";
export { createMemoryCache, type MemoryCacheOptions } from "./cache/memory-cache.ts";
export {
  createPlatformCache,
  type PlatformCache,
  type PlatformCacheOptions,
} from "./cache/platform-cache.ts";
export { purgeCache } from "./cache/purge-cache.ts";
export { type ServeCachedOptions, serveCached } from "./cache/serve-cached.ts";
export { createAnswerSharing } from "./cache/share-answers.ts";
export { createSharedCache, type SharedCache, type SharedCacheOptions } from "./cache/shared-cache.ts";
export { createTieredCache, type TieredCacheOptions } from "./cache/tiered-cache.ts";
export { type CausewayConfig, defineConfig } from "./config/causeway-config.ts";
export type { FunctionBundle } from "./contract/bundle.ts";
export { CausewayError, type ErrorCode } from "./contract/errors.ts";
export type { Env, GatewayContext, Handler } from "./contract/handler.ts";
export type { RequestLimits } from "./contract/limits.ts";
export type { AssetStore, Clock, LogSink, Platform } from "./contract/platform.ts";
export type { Problem } from "./contract/problem.ts";
export type {
  PurgeSelection,
  ResponseCache,
  StoredBody,
  StoredHead,
  StoredResponse,
} from "./contract/response-cache.ts";
export type { Site } from "./contract/site.ts";
export type { EdgeMiddleware } from "./edge/edge-context.ts";
export type { EventContext, PagesFunction, PagesPluginFunction, Params } from "./gateway/event-context.ts";
export { validateApplication } from "./gateway/validate-application.ts";
