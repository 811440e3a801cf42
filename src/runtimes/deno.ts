// Deno: what is its own about a server.

import { installRuntimeApis } from "./apis/install.ts";
import type { RunningServer, ServerOptions } from "./running-server.ts";
import { installNodeResponse, NativeResponse } from "./server/node-response.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { createSocketTransport } from "./server/transport-sockets.ts";
import { installServerRequest } from "./server-request.ts";
import { startSiteServer } from "./site-server.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** Runs a build as a program of its own: what `dist/deno.js` calls. */
export function runDeno(location: BuildLocation): Promise<void> {
  return runBuild({ prepare: prepareDeno, start: startDenoServer }, location);
}

/** Makes this process ready for functions: Request and Response of the server, the Workers APIs that Deno lacks. */
export function prepareDeno(): void {
  if (globalThis.Response !== NativeResponse) return;
  installServerRequest();
  installNodeResponse();
  installRuntimeApis();
}

/** Starts an HTTP server for a release and resolves when it listens. */
export function startDenoServer(options: ServerOptions): Promise<RunningServer> {
  prepareDeno();
  return startSiteServer({ runtime: "deno", transport: createSocketTransport() }, options);
}
