// Node: node:http and @hono/node-server in front of the edge.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Env } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { createApplicationEnv } from "./application-env.ts";
import { type ComposedSite, composeRelease } from "./compose.ts";
import { BackgroundWork, RequestContext } from "./request-context.ts";
import type { Release, RunningServer, ServerOptions } from "./running-server.ts";
import { listen } from "./server/listen.ts";
import { installNodeResponse, NativeResponse } from "./server/node-response.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { createServerLog } from "./server/server-log.ts";
import { serverUrl } from "./server/server-url.ts";
import { writeResponse } from "./server/write-response.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** Default time that open requests get to finish when a server closes. */
const GRACE_MS = 1_000;

interface ActiveRelease {
  composed: ComposedSite;
  env: Env;
}

/** Runs a build as a program of its own: what `dist/node.js` calls. */
export function runNode(location: BuildLocation): Promise<void> {
  return runBuild(startNodeServer, location);
}

/** Starts an HTTP server for a release and resolves when it listens. */
export async function startNodeServer(options: ServerOptions): Promise<RunningServer> {
  const log = options.log ?? createServerLog();
  const work = new BackgroundWork(log);
  // Composed before the port is bound: a site that cannot start must not look as if it had.
  const first = composeRelease("node", options, options, log);
  let active: ActiveRelease;
  const server = createServer(
    { keepAliveTimeout: 5_000 },
    createListener(() => active, work, log),
  );
  await listen(server, options.port, options.host);
  const url = serverUrl(options.host, (server.address() as AddressInfo).port);
  const activate = (release: Release, composed: ComposedSite): ActiveRelease => ({
    composed,
    env: createApplicationEnv(release.site, release.env ?? {}, url.origin),
  });
  active = activate(options, first);
  return {
    url,
    swap(next) {
      active = activate(next, composeRelease("node", next, options, log));
    },
    close: (graceMs = GRACE_MS) => closeServer(server, work, graceMs),
  };
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Tells the adapter that the answer has been written here. */
const ALREADY_WRITTEN = new NativeResponse(null, { headers: { "x-hono-already-sent": "true" } });

function createListener(getActive: () => ActiveRelease, work: BackgroundWork, log: LogSink): Listener {
  const listener = getRequestListener(
    async (request, bindings) => {
      const incoming = bindings.incoming as IncomingMessage;
      const outgoing = bindings.outgoing as ServerResponse;
      Object.defineProperty(request, "redirect", { value: "manual" });
      const context = new RequestContext(work, incoming.socket.remoteAddress);
      const { composed, env } = getActive();
      const response = await composed.handler(request, env, context);
      await writeResponse(response, outgoing, request.method).catch((error: unknown) => {
        log.error("A response body failed", error, { requestId: context.requestId });
      });
      return ALREADY_WRITTEN;
    },
    { hostname: "localhost", errorHandler: (error) => answerFailure(error, log) },
  );
  installNodeResponse();
  return listener;
}

/** What the adapter could not make a Request of is the client's mistake; anything else is ours. */
function answerFailure(error: unknown, log: LogSink): Response {
  const isClientMistake = error instanceof Error && error.name === "RequestError";
  if (!isClientMistake) log.error("A request failed outside the edge", error);
  const [status, text] = isClientMistake ? [400, "Bad Request\n"] : [500, "Internal Server Error\n"];
  return new NativeResponse(text, {
    status: status as number,
    headers: { "content-type": "text/plain;charset=UTF-8" },
  });
}

async function closeServer(server: Server, work: BackgroundWork, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([closed.then(() => work.settled()), deadline]);
  clearTimeout(timer);
  server.closeAllConnections();
  await closed;
}
