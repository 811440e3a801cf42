// Node: what is its own about a server.

import process from "node:process";
import type { Handler } from "../contract/handler.ts";
import { installRuntimeApis } from "./apis/install.ts";
import type { ComposedSite } from "./compose.ts";
import type { RunningServer, ServerOptions } from "./running-server.ts";
import { installNodeResponse, NativeResponse } from "./server/node-response.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { createSocketTransport } from "./server/transport-sockets.ts";
import { installServerRequest } from "./server-request.ts";
import { createSiteServer, type RequestGate, type SiteServer, startSiteServer } from "./site-server.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** Runs a build as a program of its own: what `dist/node.js` calls. */
export function runNode(location: BuildLocation): Promise<void> {
  return runBuild({ prepare: prepareNode, start: startNodeServer }, location);
}

/**
 * Makes this process ready for functions: Request and Response of the server, the Workers APIs that Node
 * lacks, stacks in terms of the source. Called before functions are loaded; again it changes nothing.
 */
export function prepareNode(): void {
  if (globalThis.Response !== NativeResponse) return;
  process.setSourceMapsEnabled(true);
  installServerRequest();
  installNodeResponse();
  installRuntimeApis();
}

/** Starts an HTTP server for a release and resolves when it listens. */
export function startNodeServer(options: ServerOptions): Promise<RunningServer> {
  prepareNode();
  return startSiteServer({ runtime: "node", transport: createSocketTransport() }, options);
}

/** Composes a release first: a site that cannot start must not look as if it had. */
export function createNodeServer(
  options: ServerOptions,
  gate?: RequestGate,
  select?: (composed: ComposedSite) => Handler,
): SiteServer {
  prepareNode();
  return createSiteServer({ runtime: "node", transport: createSocketTransport() }, options, gate, select);
}
