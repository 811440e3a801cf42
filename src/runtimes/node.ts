// Node: node:http and @hono/node-server in front of the edge.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { getRequestListener } from "@hono/node-server";
import type { WebSocket } from "ws";
import type { Env, Handler } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { installRuntimeApis } from "./apis/install.ts";
import { createApplicationEnv } from "./application-env.ts";
import type { ComposedSite } from "./compose.ts";
import { nameClientInHead } from "./name-client.ts";
import { BackgroundWork, RequestContext } from "./request-context.ts";
import type { Release, RunningServer, ServerOptions } from "./running-server.ts";
import { answerPrepared } from "./server/answer-prepared.ts";
import { refuseMalformed } from "./server/check-request.ts";
import { composeRelease } from "./server/compose-release.ts";
import { listen } from "./server/listen.ts";
import { installNodeResponse, NativeResponse } from "./server/node-response.ts";
import { asksForWebSocket, createUpgradeListener } from "./server/node-upgrade.ts";
import { type BuildLocation, runBuild } from "./server/run-build.ts";
import { sendAnswer } from "./server/send-answer.ts";
import { createServerLog } from "./server/server-log.ts";
import { serverUrl } from "./server/server-url.ts";
import { createNodeTransport } from "./server/transport-node.ts";

export type { Release, RunningServer, ServerOptions } from "./running-server.ts";

/** Default time that open requests get to finish when a server closes. */
const GRACE_MS = 1_000;

interface ActiveRelease {
  composed: ComposedSite;
  /** What answers requests: the whole site, or the part of it that its owner selects. */
  handler: Handler;
  env: Env;
}

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
  // The adapter replaces the globals when it makes its first listener.
  getRequestListener(() => NativeResponse.error());
  installNodeResponse();
  installRuntimeApis();
}

/** Starts an HTTP server for a release and resolves when it listens. */
export async function startNodeServer(options: ServerOptions): Promise<RunningServer> {
  const { server, webSockets, work, activate } = createNodeServer(options);
  await listen(server, options.port, options.host);
  const url = serverUrl(options.host, (server.address() as AddressInfo).port);
  activate(url);
  return {
    url,
    swap: (next) => activate(url, next),
    close: (graceMs = GRACE_MS) => closeServer(server, webSockets, work, graceMs),
  };
}

/** A server that is ready for connections but listens nowhere: they come from where its owner wants. */
export interface NodeServer {
  server: Server;
  webSockets: Set<WebSocket>;
  work: BackgroundWork;
  /** Serves a release (at first the one the server was made for) under a URL; before it, nothing answers. */
  activate(url: URL, next?: Release): void;
  /** Runs the site's `scheduled` handler as background work; what it throws is logged. */
  runScheduled(due: { cron: string; scheduledTime: number }): void;
}

/** Stands between the server and the answers: sees each request first and may answer it. */
export interface RequestGate {
  /** Calls `next`, which answers the request for the site, or answers itself. */
  pass(incoming: IncomingMessage, outgoing: ServerResponse, next: () => void): void;
  /** Who is at the other end, where the socket leads to somebody in between; may take fields off the head. */
  clientOf?(incoming: IncomingMessage): string | undefined;
  /** The answer is known and about to be written. */
  answered(response: Response, outgoing: ServerResponse): void;
}

/** Composes a release first: a site that cannot start must not look as if it had. */
export function createNodeServer(
  options: ServerOptions,
  gate?: RequestGate,
  select: (composed: ComposedSite) => Handler = selectSite,
): NodeServer {
  prepareNode();
  const log = options.log ?? createServerLog();
  const work = new BackgroundWork(log);
  const platform = { runtime: "node" as const, transport: createNodeTransport() };
  const first = composeRelease(platform, options, options, log);
  let active: ActiveRelease;
  const peerOf = (incoming: IncomingMessage) =>
    gate?.clientOf === undefined ? incoming.socket.remoteAddress : gate.clientOf(incoming);
  const answer: Answer = async (request, incoming) => {
    const context = new RequestContext(work, peerOf(incoming));
    return { context, response: await active.handler(request, active.env, context) };
  };
  const webSockets = new Set<WebSocket>();
  // shouldUpgradeCallback: later than the types; where Node lacks it the upgrade listener answers over HTTP.
  const server = createServer({
    keepAliveTimeout: 5_000,
    shouldUpgradeCallback: asksForWebSocket,
  } as ServerSettings);
  const nameClient = (incoming: IncomingMessage) => {
    // A server of a part stands behind one of the whole site, which has named the client.
    if (select !== selectSite) return;
    nameClientInHead(incoming, peerOf(incoming), active.composed.trustedProxies);
  };
  const answerRequest = createListener(answer, log, gate);
  const answerForSite: Listener = (incoming, outgoing) => {
    nameClient(incoming);
    return answerRequest(incoming, outgoing);
  };
  const listener = refuseMalformed(
    select === selectSite ? answerPrepared(() => active.composed.hot, peerOf, answerForSite) : answerForSite,
  );
  if (gate === undefined) server.on("request", listener);
  else
    server.on("request", (incoming, outgoing) =>
      gate.pass(incoming, outgoing, () => void listener(incoming, outgoing)),
    );
  server.on("upgrade", createUpgradeListener(answer, webSockets, nameClient, log));
  const activate = (url: URL, next?: Release) => {
    const { site, env } = next ?? options;
    const composed = next === undefined ? first : composeRelease(platform, next, options, log);
    if (next !== undefined) active.composed.close();
    active = { composed, handler: select(composed), env: createApplicationEnv(site, env ?? {}, url.origin) };
  };
  const runScheduled: NodeServer["runScheduled"] = (due) => {
    const { composed, env } = active;
    const context = new RequestContext(work, undefined);
    if (composed.scheduled !== undefined) context.waitUntil(composed.scheduled(due, env, context));
  };
  return { server, webSockets, work, activate, runScheduled };
}

function selectSite({ handler }: ComposedSite): Handler {
  return handler;
}

/** Runs the active release for one request. */
type Answer = (
  request: Request,
  incoming: IncomingMessage,
) => Promise<{ context: RequestContext; response: Response }>;

type ServerSettings = Parameters<typeof createServer>[0] & object;
type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Tells the adapter that the answer has been written here. */
const ALREADY_WRITTEN = new NativeResponse(null, { headers: { "x-hono-already-sent": "true" } });

function createListener(answer: Answer, log: LogSink, gate: RequestGate | undefined): Listener {
  return getRequestListener(
    async (request, bindings) => {
      const incoming = bindings.incoming as IncomingMessage;
      Object.defineProperty(request, "redirect", { value: "manual" });
      const outgoing = bindings.outgoing as ServerResponse;
      const { context, response } = await answer(request, incoming);
      gate?.answered(response, outgoing);
      await sendAnswer(response, outgoing, request.method, context, log);
      return ALREADY_WRITTEN;
    },
    {
      hostname: "localhost",
      overrideGlobalObjects: false,
      errorHandler: (error) => answerFailure(error, log),
    },
  );
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

async function closeServer(
  server: Server,
  webSockets: Set<WebSocket>,
  work: BackgroundWork,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // 1012, service restart (RFC 6455 §7.4.2, IANA registry).
  for (const webSocket of webSockets) webSocket.close(1012, "The server is stopping");
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([closed.then(() => work.settled()), deadline]);
  clearTimeout(timer);
  for (const webSocket of webSockets) webSocket.terminate();
  server.closeAllConnections();
  await closed;
}
