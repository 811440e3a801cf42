// Composes a release for the runtimes that are processes of their own, with the options of their server.

import type { LogSink, Platform } from "../../contract/platform.ts";
import { createResponseCompressor } from "../../http/compress-response.ts";
import { type ComposedSite, composeSite } from "../compose.ts";
import type { Release, ServerOptions } from "../running-server.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { getPlainBody } from "./node-response.ts";
import { ZLIB_ENCODERS } from "./zlib-encoders.ts";

/** Puts a release together; its functions' answers are compressed on their way out. */
export function composeRelease(
  { runtime, transport }: Pick<Platform, "runtime" | "transport">,
  { site, bundle, store }: Release,
  { accessLog, limits, middleware, validate, application, migrations }: ServerOptions,
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
      ...(migrations && { migrations }),
    },
    compress: createResponseCompressor({ encoders: ZLIB_ENCODERS, completeBodyOf: getPlainBody }),
    ...(application === undefined ? {} : { application }),
    ...(accessLog === undefined ? {} : { accessLog }),
    ...(limits === undefined ? {} : { limits }),
    ...(middleware === undefined ? {} : { middleware }),
    ...(validate === undefined ? {} : { validate }),
  });
}
