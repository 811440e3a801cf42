// Deno: Deno.serve in front of the edge.

import type { Env } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { installRuntimeApis } from "./apis/install.ts";
import { installUpgradeResponse } from "./apis/upgrade-response.ts";
import { PairedSocket, webSocketOf } from "./apis/web-socket-pair.ts";
import { createApplicationEnv } from "./application-env.ts";
import type { ComposedSite } from "./compose.ts";
import { createFetchRequest } from "./fetch-request.ts";
import { BackgroundWork, RequestContext } from "./request-context.ts";
import type { Release, RunningServer, ServerOptions } from "./running-server.ts";
import { makeSendable } from "./sendable-response.ts";
import { answerAtDoor } from "./server/answer-at-door.ts";
import { composeRelease } from "./server/compose-release.ts";
import { explainListenError } from "./server/listen.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { createServerLog } from "./server/server-log.ts";
import { serverUrl } from "./server/server-url.ts";
import { createDenoTransport } from "./server/transport-deno.ts";
import { installServerRequest } from "./server-request.ts";
import { withinGrace } from "./within-grace.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** The little of Deno's own API that is used here. */
interface DenoServer {
  readonly addr: { port: number };
  readonly finished: Promise<void>;
  shutdown(): Promise<void>;
}
interface ConnectionInfo {
  remoteAddr: { hostname?: string };
  /** Rejects if the answer could not be delivered. */
  completed: Promise<void>;
}
interface DenoApi {
  serve(
    options: {
      hostname: string;
      port: number;
      signal: AbortSignal;
      onListen(): void;
      onError(error: unknown): Response;
    },
    handler: (request: Request, info: ConnectionInfo) => Response | Promise<Response>,
  ): DenoServer;
  upgradeWebSocket(
    request: Request,
    options: { protocol?: string },
  ): { socket: WebSocket; response: Response };
}

/** Runs a build as a program of its own: what `dist/deno.js` calls. */
export function runDeno(location: BuildLocation): Promise<void> {
  return runBuild({ prepare: prepareDeno, start: startDenoServer }, location);
}

/** Makes this process ready for functions: the Workers APIs that Deno lacks, upgrade responses. */
export function prepareDeno(): void {
  installServerRequest();
  installRuntimeApis();
  installUpgradeResponse();
}

/** Starts an HTTP server for a release. */
export async function startDenoServer(options: ServerOptions): Promise<RunningServer> {
  const deno = (globalThis as unknown as { Deno: DenoApi }).Deno;
  const log = options.log ?? createServerLog();
  const work = new BackgroundWork(log);
  const platform = { runtime: "deno" as const, transport: createDenoTransport() };
  const abort = new AbortController();
  // Composed before the port is bound: a site that cannot start must not look as if it had.
  const first = composeRelease(platform, options, options, log);
  let active: { composed: ComposedSite; env: Env };
  const pass = async (request: Request, info: ConnectionInfo) => {
    const { composed, env } = active;
    const peer = { address: info.remoteAddr.hostname };
    const context = new RequestContext(work, peer);
    const served = createFetchRequest(request, peer, composed.trustedProxies, abortSignalOf(info));
    const response = makeSendable(await composed.handler(served, env, context), context, log);
    const client = webSocketOf(response);
    return client === undefined ? response : upgrade(deno, request, client, response.headers);
  };
  const server = bindServer(
    () =>
      deno.serve(
        {
          hostname: options.host,
          port: options.port,
          signal: abort.signal,
          onListen() {},
          onError: (error) => answerFailure(error, log),
        },
        (request, info) =>
          answerAtDoor(request, active.composed, () => info.remoteAddr.hostname) ?? pass(request, info),
      ),
    options,
  );
  const url = serverUrl(options.host, server.addr.port);
  const activate = (release: Release, composed: ComposedSite) => ({
    composed,
    env: createApplicationEnv(release.site, release.env ?? {}, url.origin),
  });
  active = activate(options, first);
  return {
    url,
    swap(next) {
      const composed = composeRelease(platform, next, options, log);
      active.composed.close();
      active = activate(next, composed);
    },
    async close(graceMs = 1_000) {
      const down = server.shutdown();
      const inTime = await withinGrace(Promise.all([down, work.settled()]), graceMs);
      // Only a server that still runs: aborting one that is down is an error of its own.
      if (!inTime) abort.abort();
      await server.finished;
    },
  };
}

/** Aborts when the client leaves. Deno's own signal aborts after every answer, and warns whoever asks for it. */
function abortSignalOf({ completed }: ConnectionInfo): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    controller ??= abortWith(completed);
    return controller.signal;
  };
}

function abortWith(completed: Promise<void>): AbortController {
  const controller = new AbortController();
  completed.catch(() => controller.abort(new DOMException("The client is gone", "AbortError")));
  return controller;
}

/** Ties the client's end to Deno's own socket, whose response carries the 101. */
function upgrade(deno: DenoApi, request: Request, client: PairedSocket, headers: Headers): Response {
  const protocol = headers.get("sec-websocket-protocol");
  let upgraded: ReturnType<DenoApi["upgradeWebSocket"]>;
  try {
    upgraded = deno.upgradeWebSocket(request, protocol === null ? {} : { protocol });
  } catch {
    // Deno refuses a request that is no valid handshake.
    return new Response("Expected a WebSocket handshake\n", { status: 400 });
  }
  const { socket, response } = upgraded;
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    const network = PairedSocket.couple(client, {
      send: (message) => socket.send(message),
      close: (code, reason) => socket.close(closeCode(code), reason),
    });
    socket.onmessage = ({ data }) => network.receive(data);
    socket.onerror = () => network.failed(new Error("The connection failed"));
    socket.onclose = ({ code, reason, wasClean }) => network.closed(code, reason, wasClean);
  };
  return response;
}

/** Deno's sockets close with 1000 or an application's own code only, as in a browser. */
function closeCode(code: number | undefined): number | undefined {
  return code === undefined || code === 1000 || code >= 3000 ? code : 1000;
}

function bindServer(serve: () => DenoServer, { host, port }: ServerOptions): DenoServer {
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
