// A site behind an HTTP server of ours, on sockets as Node, Bun and Deno all have them.

import type { WebSocket } from "ws";
import type { Env, GatewayContext, Handler } from "../contract/handler.ts";
import { afterResponse } from "../contract/pending-response.ts";
import type { LogSink } from "../contract/platform.ts";
import type { Transport } from "../contract/transport.ts";
import { createApplicationEnv } from "./application-env.ts";
import type { ComposedSite } from "./compose.ts";
import { CorrectedFields } from "./corrected-fields.ts";
import type { EarlyHinter } from "./early-hints.ts";
import type { HttpServer } from "./http1/http-server.ts";
import type { IncomingRequest } from "./http1/incoming.ts";
import { OutgoingAnswer } from "./http1/outgoing.ts";
import { sendOverdue } from "./http1/output.ts";
import { requestIdOf } from "./name-request.ts";
import { BackgroundWork, type Peer, RequestContext } from "./request-context.ts";
import type { Release, RunningServer, ServerOptions } from "./running-server.ts";
import { type Acceptor, acceptConnections } from "./server/accept.ts";
import { answerPrepared } from "./server/answer-prepared.ts";
import { type CheckedListener, refuseMalformed, urlOf } from "./server/check-request.ts";
import { createLimitedServer } from "./server/client-limits.ts";
import { composeRelease } from "./server/compose-release.ts";
import { ExchangeLog } from "./server/log-exchanges.ts";
import { createNodeRequest, type Departure, LineFields } from "./server/node-request.ts";
import { NativeResponse } from "./server/node-response.ts";
import { type Answer, asksForWebSocket, createUpgradeListener } from "./server/node-upgrade.ts";
import { sendAnswer } from "./server/send-answer.ts";
import { createServerLog } from "./server/server-log.ts";
import { serverUrl } from "./server/server-url.ts";
import { writeResponse } from "./server/write-response.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** RFC 8297. */
const EARLY_HINTS = 103;
/** Default time that open requests get to finish when a server closes. */
const GRACE_MS = 1_000;

interface ActiveRelease {
  composed: ComposedSite;
  /** What answers requests: the whole site, or the part of it that its owner selects. */
  handler: Handler;
  env: Env;
}

/** What tells the runtimes apart. */
export interface ServerPlatform {
  runtime: "node" | "bun" | "deno";
  transport: Transport;
  /** Where connections come from; by default from a socket of `node:net`. */
  accept?: Acceptor;
}

/** Starts an HTTP server for a release and resolves when it listens. */
export async function startSiteServer(
  platform: ServerPlatform,
  options: ServerOptions,
): Promise<RunningServer> {
  const { server, webSockets, work, activate } = createSiteServer(platform, options);
  const { accept = acceptConnections } = platform;
  const { port } = await accept(server, options.port, options.host);
  const url = serverUrl(options.host, port);
  activate(url);
  return {
    url,
    swap: (next) => activate(url, next),
    close: (graceMs = GRACE_MS) => closeServer(server, webSockets, work, graceMs),
  };
}

/** A server that is ready for connections but listens nowhere: they come from where its owner wants. */
export interface SiteServer {
  server: HttpServer;
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
  pass(incoming: IncomingRequest, outgoing: OutgoingAnswer, next: () => void): void;
  /** Who is at the other end, where the socket leads to somebody in between; may take fields off the head. */
  clientOf?(incoming: IncomingRequest): string | undefined;
  /** The answer is known and about to be written. */
  answered(response: Response, outgoing: OutgoingAnswer): void;
}

/** Composes a release first: a site that cannot start must not look as if it had. */
export function createSiteServer(
  { runtime, transport }: ServerPlatform,
  options: ServerOptions,
  gate?: RequestGate,
  select: (composed: ComposedSite) => Handler = selectSite,
): SiteServer {
  const log = options.log ?? createServerLog();
  const work = new BackgroundWork(log);
  const platform = {
    runtime,
    transport,
    ...(options.limitCounters && { limitCounters: options.limitCounters }),
  };
  const first = composeRelease(platform, options, options, log);
  let active: ActiveRelease;
  const peerOf = (incoming: IncomingRequest): Peer =>
    gate?.clientOf === undefined
      ? { address: incoming.socket.remoteAddress }
      : { address: gate.clientOf(incoming) };
  const exchanges = options.accessLog
    ? new ExchangeLog(log, SYSTEM_CLOCK, () => active.composed.trustedProxies, peerOf)
    : undefined;
  const answer: Answer = (incoming, outgoing, checked) => {
    const { composed, handler, env } = active;
    const { trustedProxies } = composed;
    const peer = peerOf(incoming);
    const lines = new LineFields(incoming.fields);
    // A server of a part stands behind one of the whole site, which has done that.
    const named = () => (checked.target.host === undefined ? undefined : checked.authority);
    const fields = select === selectSite ? new CorrectedFields(lines, peer, trustedProxies, named) : lines;
    const request = createNodeRequest(incoming, outgoing, urlOf(checked), fields);
    const trail = exchanges?.trailOf(incoming);
    const requestId = requestIdOf(peer, trustedProxies, (name) => lines.find(name));
    const context = new RequestContext(work, peer, { ending: outgoing, requestId, trail });
    if (trail !== undefined) trail.context = context;
    if (composed.earlyHints !== undefined) announce(composed.earlyHints, request, incoming, outgoing);
    return { context, response: handler(request, env, context) };
  };
  const webSockets = new Set<WebSocket>();
  const clients = options.site.routing?.clients;
  const answerForSite = createListener(answer, log, gate, exchanges);
  const listener = refuseMalformed(
    select === selectSite
      ? answerPrepared(() => active.composed.hot, answerForSite, exchanges?.prepared.bind(exchanges))
      : answerForSite,
    clients,
  );
  const answerUpgrade: Answer = (incoming, outgoing, checked) => {
    const done = exchanges?.beginUpgrade(incoming);
    const { context, response } = answer(incoming, outgoing, checked);
    const noted = afterResponse(response, (known) => {
      done?.(known.status);
      return known;
    });
    return { context, response: noted };
  };
  const upgrade = createUpgradeListener(answerUpgrade, webSockets, log, clients);
  const server = createLimitedServer(clients, {
    request(incoming, outgoing) {
      exchanges?.begin(incoming, outgoing);
      if (gate === undefined) listener(incoming, outgoing);
      else gate.pass(incoming, outgoing, () => listener(incoming, outgoing));
    },
    isUpgrade: asksForWebSocket,
    upgrade: (incoming, socket, rest) =>
      void upgrade(incoming, socket, rest).catch((error: unknown) => {
        log.error("An upgrade failed outside the edge", error);
        socket.destroy();
      }),
  });
  const activate = (url: URL, next?: Release) => {
    const { site, env } = next ?? options;
    const composed = next === undefined ? first : composeRelease(platform, next, options, log);
    if (next !== undefined) active.composed.close();
    active = { composed, handler: select(composed), env: createApplicationEnv(site, env ?? {}, url.origin) };
  };
  const runScheduled: SiteServer["runScheduled"] = (due) => {
    const { composed, env } = active;
    const context = new RequestContext(work, { address: undefined });
    if (composed.scheduled !== undefined) context.waitUntil(composed.scheduled(due, env, context));
  };
  return { server, webSockets, work, activate, runScheduled };
}

function selectSite({ handler }: ComposedSite): Handler {
  return handler;
}

function createListener(
  answer: Answer,
  log: LogSink,
  gate: RequestGate | undefined,
  exchanges: ExchangeLog | undefined,
): CheckedListener {
  const send = (
    incoming: IncomingRequest,
    outgoing: OutgoingAnswer,
    context: GatewayContext,
    response: Response,
  ) => {
    gate?.answered(response, outgoing);
    exchanges?.answered(incoming, response);
    return sendAnswer(response, outgoing, incoming.method, context, log);
  };
  const fail = (incoming: IncomingRequest, outgoing: OutgoingAnswer, error: unknown) => {
    log.error("A request failed outside the edge", error);
    if (outgoing.headersSent) outgoing.destroy();
    else void writeResponse(failureAnswer(), outgoing, incoming.method);
  };
  return (incoming, outgoing, checked) => {
    const onFailure = (error: unknown) => fail(incoming, outgoing, error);
    // Nobody knows how long a function takes.
    sendOverdue();
    try {
      const { context, response } = answer(incoming, outgoing, checked);
      const sent =
        response instanceof Promise
          ? response.then((known) => send(incoming, outgoing, context, known))
          : send(incoming, outgoing, context, response);
      sent?.catch(onFailure);
    } catch (error) {
      onFailure(error);
    }
  };
}

/** Sends a 103 before the answer; clients of HTTP/1.0 know no interim answers (RFC 9110 §15.2). */
function announce(hint: EarlyHinter, request: Request, incoming: IncomingRequest, outgoing: Departure): void {
  if (incoming.httpVersion === "1.0" || !(outgoing instanceof OutgoingAnswer)) return;
  const links = hint(request);
  if (links !== undefined) outgoing.writeInterim(EARLY_HINTS, ["Link", links.join(", ")]);
}

function failureAnswer(): Response {
  return new NativeResponse("Internal Server Error\n", {
    status: 500,
    headers: { "content-type": "text/plain;charset=UTF-8" },
  });
}

async function closeServer(
  server: HttpServer,
  webSockets: Set<WebSocket>,
  work: BackgroundWork,
  graceMs: number,
): Promise<void> {
  const closed = server.close();
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
