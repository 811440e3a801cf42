// Composes a release for the runtimes that are processes of their own, with the options of their server.

import type { LogSink, Platform } from "../../contract/platform.ts";
import { createResponseCompressor } from "../../http/compress-response.ts";
import { type ComposedSite, composeSite } from "../compose.ts";
import { processCache } from "../process-cache.ts";
import type { Release, ServerOptions } from "../running-server.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { getRememberedBody } from "./node-response.ts";
import { ZLIB_ENCODERS } from "./zlib-encoders.ts";

/** Puts a release together; its functions' answers are compressed on their way out. */
export function composeRelease(
  { runtime, transport, limitCounters }: Pick<Platform, "runtime" | "transport" | "limitCounters">,
  { site, bundle, store, env }: Release,
  { limits, middleware, validate, application, migrations }: ServerOptions,
  log: LogSink,
): ComposedSite {
  return composeSite({
    site,
    bundle,
    platform: {
      runtime,
      assets: store,
      log,
      clock: SYSTEM_CLOCK,
      ...(transport && { transport }),
      ...(limitCounters && { limitCounters }),
      ...(migrations && { migrations }),
    },
    ...(env === undefined ? {} : { env }),
    cache: processCache(),
    compress: createResponseCompressor({ encoders: ZLIB_ENCODERS, completeBodyOf: getRememberedBody }),
    ...(application === undefined ? {} : { application }),
    ...(limits === undefined ? {} : { limits }),
    ...(middleware === undefined ? {} : { middleware }),
    ...(validate === undefined ? {} : { validate }),
  });
}
