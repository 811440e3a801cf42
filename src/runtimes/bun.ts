// Bun: Bun.serve in front of the edge.

import type { Env } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { createApplicationEnv } from "./application-env.ts";
import { type ComposedSite, composeRelease } from "./compose.ts";
import { BackgroundWork, RequestContext } from "./request-context.ts";
import type { Release, RunningServer, ServerOptions } from "./running-server.ts";
import { explainListenError } from "./server/listen.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { createServerLog } from "./server/server-log.ts";
import { serverUrl } from "./server/server-url.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** The little of Bun's own API that is used here. */
interface BunServer {
  readonly port: number;
  stop(closeActiveConnections?: boolean): Promise<void>;
  requestIP(request: Request): { address: string } | null;
}
interface BunApi {
  serve(options: {
    hostname: string;
    port: number;
    idleTimeout: number;
    maxRequestBodySize: number;
    fetch(request: Request, server: BunServer): Promise<Response>;
    error(error: unknown): Response;
  }): BunServer;
}

/** Runs a build as a program of its own: what `dist/bun.js` calls. */
export function runBun(location: BuildLocation): Promise<void> {
  return runBuild(startBunServer, location);
}

/** Starts an HTTP server for a release. */
export async function startBunServer(options: ServerOptions): Promise<RunningServer> {
  const bun = (globalThis as unknown as { Bun: BunApi }).Bun;
  const log = options.log ?? createServerLog();
  const work = new BackgroundWork(log);
  // Composed before the port is bound: a site that cannot start must not look as if it had.
  const first = composeRelease("bun", options, options, log);
  let active: { composed: ComposedSite; env: Env };
  const server = bindServer(
    () =>
      bun.serve({
        hostname: options.host,
        port: options.port,
        idleTimeout: 0,
        // The edge's own limiter answers; this is only the runtime's last resort.
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
        async fetch(request, self) {
          const context = new RequestContext(work, self.requestIP(request)?.address);
          return active.composed.handler(request, active.env, context);
        },
        error: (error) => answerFailure(error, log),
      }),
    options,
  );
  const url = serverUrl(options.host, server.port);
  const activate = (release: Release, composed: ComposedSite) => ({
    composed,
    env: createApplicationEnv(release.site, release.env ?? {}, url.origin),
  });
  active = activate(options, first);
  return {
    url,
    swap(next) {
      active = activate(next, composeRelease("bun", next, options, log));
    },
    async close(graceMs = 1_000) {
      const stopped = server.stop(false).then(() => work.settled());
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, graceMs))]);
      await server.stop(true);
    },
  };
}

function bindServer(serve: () => BunServer, { host, port }: ServerOptions): BunServer {
  try {
    return serve();
  } catch (error) {
    throw explainListenError(error as NodeJS.ErrnoException, port, host);
  }
}

function answerFailure(error: unknown, log: LogSink): Response {
  log.error("A request failed outside the edge", error);
  return new Response("Internal Server Error\n", {
    status: 500,
    headers: { "content-type": "text/plain;charset=UTF-8" },
  });
}
