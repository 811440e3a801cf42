// Bun: what is its own about a server.

import { installBunHtmlRewriter } from "./apis/bun-html-rewriter.ts";
import { installRuntimeApis } from "./apis/install.ts";
import { acceptNatively } from "./bun-sockets/accept.ts";
import { connectToUpstream } from "./bun-sockets/connect.ts";
import type { RunningServer, ServerOptions } from "./running-server.ts";
import { installNodeResponse, NativeResponse } from "./server/node-response.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { createSocketTransport } from "./server/transport-sockets.ts";
import { installServerRequest } from "./server-request.ts";
import { startSiteServer } from "./site-server.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** Runs a build as a program of its own: what `dist/bun.js` calls. */
export function runBun(location: BuildLocation): Promise<void> {
  return runBuild({ prepare: prepareBun, start: startBunServer }, location);
}

/** Makes this process ready for functions: Request and Response of the server, the Workers APIs that Bun lacks. */
export function prepareBun(): void {
  if (globalThis.Response !== NativeResponse) return;
  installServerRequest();
  installNodeResponse();
  installBunHtmlRewriter(NativeResponse);
  installRuntimeApis();
}

/** Starts an HTTP server for a release and resolves when it listens. */
export function startBunServer(options: ServerOptions): Promise<RunningServer> {
  prepareBun();
  return startSiteServer(
    { runtime: "bun", transport: createSocketTransport(connectToUpstream), accept: acceptNatively },
    options,
  );
}
