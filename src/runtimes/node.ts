// Node: node:http and @hono/node-server in front of the edge.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Env } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { createLineLog } from "../observe/line-log.ts";
import { type ComposedSite, composeSite } from "./compose.ts";
import { BackgroundWork, RequestContext } from "./request-context.ts";
import type { Release, RunningServer, ServerOptions } from "./running-server.ts";
import { listen } from "./server/listen.ts";
import { installNodeResponse, NativeResponse } from "./server/node-response.ts";
import { writeResponse } from "./server/write-response.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** Default time that open requests get to finish when a server closes. */
const GRACE_MS = 1_000;

interface ActiveRelease {
  composed: ComposedSite;
  env: Env;
}

/** Starts an HTTP server for a release and resolves when it listens. */
export async function startNodeServer(options: ServerOptions): Promise<RunningServer> {
  const log = options.log ?? createLineLog((line) => process.stderr.write(`${line}\n`), { format: "text", clock: SYSTEM_CLOCK });
  const work = new BackgroundWork(log);
  let active = activate(options, options, log);
  const server = createServer({ keepAliveTimeout: 5_000 }, createListener(() => active, work, log));
  await listen(server, options.port, options.host);
  return {
    url: urlOf(server, options.host),
    swap(next) {
      active = activate(next, options, log);
    },
    close: (graceMs = GRACE_MS) => closeServer(server, work, graceMs),
  };
}

function activate(release: Release, options: ServerOptions, log: LogSink): ActiveRelease {
  const { accessLog, limits, middleware } = options;
  const composed = composeSite({
    site: release.site,
    bundle: release.bundle,
    platform: { runtime: "node", assets: release.store, log, clock: SYSTEM_CLOCK },
    ...(accessLog === undefined ? {} : { accessLog }),
    ...(limits === undefined ? {} : { limits }),
    ...(middleware === undefined ? {} : { middleware }),
  });
  return { composed, env: { ...release.site.vars, ...release.env } };
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
  return new NativeResponse(text, { status: status as number, headers: { "content-type": "text/plain;charset=UTF-8" } });
}

function urlOf(server: Server, host: string): URL {
  const { port } = server.address() as AddressInfo;
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return new URL(`http://${name}:${port}/`);
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
