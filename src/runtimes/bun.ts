// Bun: Bun.serve in front of the edge.

import type { Env } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { installBunResponse } from "./apis/bun-response.ts";
import { installRuntimeApis } from "./apis/install.ts";
import { installUpgradeResponse } from "./apis/upgrade-response.ts";
import { type NetworkSide, PairedSocket, webSocketOf } from "./apis/web-socket-pair.ts";
import { createApplicationEnv } from "./application-env.ts";
import type { ComposedSite } from "./compose.ts";
import { createFetchRequest } from "./fetch-request.ts";
import { answerLogged, describeHead, LoggedRequest } from "./logged-request.ts";
import { requestIdOf } from "./name-request.ts";
import { BackgroundWork, type Peer, RequestContext } from "./request-context.ts";
import type { Release, RunningServer, ServerOptions } from "./running-server.ts";
import { makeSendable } from "./sendable-response.ts";
import { answerAtDoor } from "./server/answer-at-door.ts";
import { composeRelease } from "./server/compose-release.ts";
import { explainListenError } from "./server/listen.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { createServerLog } from "./server/server-log.ts";
import { serverUrl } from "./server/server-url.ts";
import { createBunTransport } from "./server/transport-bun.ts";
import { installServerRequest } from "./server-request.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { withinGrace } from "./within-grace.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** The little of Bun's own API that is used here. */
interface BunServer {
  readonly port: number;
  stop(closeActiveConnections?: boolean): Promise<void>;
  requestIP(request: Request): { address: string } | null;
  upgrade(request: Request, options: { data: SocketData; headers: Headers }): boolean;
}

/** What Bun keeps for a connection: the client's end, and once it is open where to report what happens. */
interface SocketData {
  client: PairedSocket;
  network?: NetworkSide;
}
interface BunWebSocket {
  data: SocketData;
  send(message: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}
interface BunApi {
  serve(options: {
    hostname: string;
    port: number;
    idleTimeout: number;
    maxRequestBodySize: number;
    fetch(request: Request, server: BunServer): Response | undefined | Promise<Response | undefined>;
    error(error: unknown): Response;
    websocket: {
      maxPayloadLength: number;
      open(socket: BunWebSocket): void;
      message(socket: BunWebSocket, message: string | Uint8Array): void;
      close(socket: BunWebSocket, code: number, reason: string): void;
    };
  }): BunServer;
}

/** Runs a build as a program of its own: what `dist/bun.js` calls. */
export function runBun(location: BuildLocation): Promise<void> {
  return runBuild({ prepare: prepareBun, start: startBunServer }, location);
}

/** Makes this process ready for functions: the Workers APIs that Bun lacks, upgrade responses. */
export function prepareBun(): void {
  installServerRequest();
  installRuntimeApis();
  installBunResponse();
  installUpgradeResponse();
}

/** Starts an HTTP server for a release. */
export async function startBunServer(options: ServerOptions): Promise<RunningServer> {
  const bun = (globalThis as unknown as { Bun: BunApi }).Bun;
  const log = options.log ?? createServerLog();
  const work = new BackgroundWork(log);
  const platform = { runtime: "bun" as const, transport: createBunTransport() };
  // Composed before the port is bound: a site that cannot start must not look as if it had.
  const first = composeRelease(platform, options, options, log);
  let active: { composed: ComposedSite; env: Env };
  const pass = (request: Request, self: BunServer, trail?: LoggedRequest) => {
    const { composed, env } = active;
    const peer = new BunPeer(request, self);
    const { trustedProxies } = composed;
    const requestId = requestIdOf(peer, trustedProxies, (name) => request.headers.get(name));
    const context = new RequestContext(work, peer, { requestId, trail });
    if (trail !== undefined) trail.context = context;
    const served = createFetchRequest(request, peer, trustedProxies);
    const finish = (response: Response) => upgrade(request, makeSendable(response, context, log), self);
    const pending = composed.handler(served, env, context);
    return pending instanceof Promise ? pending.then(finish) : finish(pending);
  };
  const passLogged = (request: Request, self: BunServer) => {
    const trail = new LoggedRequest(log, SYSTEM_CLOCK);
    const { composed } = active;
    const head = describeHead(request, self.requestIP(request)?.address, composed.trustedProxies);
    return answerLogged(
      trail,
      head,
      () => answerAtDoor(request, composed, trail) ?? pass(request, self, trail),
    );
  };
  const server = bindServer(
    () =>
      bun.serve({
        hostname: options.host,
        port: options.port,
        idleTimeout: 0,
        // The edge's own limiter answers; this is only the runtime's last resort.
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
        fetch: options.accessLog
          ? passLogged
          : (request, self) => answerAtDoor(request, active.composed) ?? pass(request, self),
        websocket: WEB_SOCKET,
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
      const composed = composeRelease(platform, next, options, log);
      active.composed.close();
      active = activate(next, composed);
    },
    async close(graceMs = 1_000) {
      await withinGrace(Promise.all([server.stop(false), work.settled()]), graceMs);
      await server.stop(true);
    },
  };
}

/** Bun finds the address out when asked, which costs as much as the rest of a small answer. */
class BunPeer implements Peer {
  readonly #request: Request;
  readonly #server: BunServer;
  #address: string | undefined;
  #isKnown = false;

  constructor(request: Request, server: BunServer) {
    this.#request = request;
    this.#server = server;
  }

  get address(): string | undefined {
    if (!this.#isKnown) {
      this.#address = this.#server.requestIP(this.#request)?.address;
      this.#isKnown = true;
    }
    return this.#address;
  }
}

/** What Workers allow for one message. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

const WEB_SOCKET = {
  maxPayloadLength: MAX_MESSAGE_BYTES,
  open(socket: BunWebSocket) {
    socket.data.network = PairedSocket.couple(socket.data.client, {
      send: (message) => socket.send(message),
      close: (code, reason) => socket.close(code, reason),
    });
  },
  message(socket: BunWebSocket, message: string | Uint8Array) {
    socket.data.network?.receive(typeof message === "string" ? message : new Uint8Array(message).buffer);
  },
  close(socket: BunWebSocket, code: number, reason: string) {
    socket.data.network?.closed(code, reason, code !== 1006);
  },
};

/** Turns a response with a WebSocket into Bun's own upgrade, which sends the 101 itself. */
function upgrade(request: Request, response: Response, server: BunServer): Response | undefined {
  const client = webSocketOf(response);
  if (client === undefined) return response;
  const upgraded = server.upgrade(request, { data: { client }, headers: response.headers });
  return upgraded ? undefined : new Response("Expected a WebSocket handshake\n", { status: 400 });
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
