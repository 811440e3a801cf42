// The front of many sites: reads the head of each request, finds its site by the host, and passes it on. It loads
// no code of any site. A host that nobody has is answered 421 (RFC 9110 §15.5.20).

import type { LogSink } from "../../contract/platform.ts";
import type { OpenSocket } from "../app-server/drain-worker.ts";
import { FRONT_CLIENT_FIELD } from "../app-server/front-fields.ts";
import type { WorkerGate } from "../app-server/worker-gate.ts";
import { traceIdOf } from "../carry-trace.ts";
import { answerOn } from "../http1/answer-on-socket.ts";
import { answerPlainly } from "../http1/answer-plainly.ts";
import type { HttpServer } from "../http1/http-server.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import type { WireSocket } from "../http1/wire-socket.ts";
import { checkRequest, refuseMalformed } from "../server/check-request.ts";
import { createLimitedServer } from "../server/client-limits.ts";
import { asksForWebSocket } from "../server/node-upgrade.ts";
import { Http1Transport } from "../server/transport-http1.ts";
import { forwardToSite, type SiteAnswer, sendAsItIs, serverOnSocket } from "./forward-to-site.ts";
import { type FrontRoutes, type NamedHost, type RoutedSite, readHost } from "./front-routes.ts";
import type { SiteRoute } from "./site-route.ts";
import { tunnelToSite } from "./tunnel-to-site.ts";

/** Seconds after which a client may try a site again that cannot answer now. */
const RETRY_AFTER_SECONDS = { failing: "5", busy: "1" };

export interface FrontServer {
  server: HttpServer;
  /** Open WebSockets. */
  tunnels: Set<OpenSocket>;
  /** Requests go by these routes from now on. */
  route(routes: readonly SiteRoute[]): void;
}

export interface FrontOptions {
  routes: FrontRoutes;
  gate: WorkerGate;
  log: LogSink;
  accessLog: boolean;
}

/** A server that listens nowhere: connections come from its master. */
export function createFrontServer({ routes, gate, log, accessLog }: FrontOptions): FrontServer {
  const transport = new Http1Transport();
  const servers = new Map<string, ReturnType<typeof serverOnSocket>>();
  const tunnels = new Set<OpenSocket>();
  const serverFor = (socketPath: string) => {
    const server = servers.get(socketPath) ?? serverOnSocket(socketPath);
    servers.set(socketPath, server);
    return server;
  };
  /** Answers in place of a site; no site's log has a line for it. */
  const answerHere = (incoming: IncomingRequest, outgoing: OutgoingAnswer, answer: OwnAnswer) => {
    const { status, text, fields } = answer;
    answerPlainly(outgoing, status, text, fields);
    if (!accessLog) return;
    const { method, url: target, socket } = incoming;
    log.access({
      requestId: crypto.randomUUID(),
      method,
      target,
      status,
      durationMs: 0,
      bytes: method === "HEAD" ? 0 : Buffer.byteLength(text),
      clientAddress: socket.remoteAddress,
      route: undefined,
      upstream: undefined,
      cache: undefined,
      trace: traceIdOf(incoming.field("traceparent")),
    });
  };
  const forward = async (incoming: IncomingRequest, outgoing: OutgoingAnswer) => {
    const host = readHost(incoming.url, incoming.field("host"));
    const site = findOpen(routes, host);
    if ("status" in site) return answerHere(incoming, outgoing, site);
    site.open += 1;
    outgoing.once("close", () => {
      site.open -= 1;
    });
    const send = (answer: SiteAnswer) => {
      if (isEventStream(answer)) gate.noteEventStream(outgoing);
      return sendAsItIs(answer, outgoing);
    };
    const server = serverFor(site.socketPath);
    const introduction = { host: host.written ?? site.host, clientField: FRONT_CLIENT_FIELD };
    await forwardToSite(incoming, outgoing, introduction, server, transport, send).catch((error: unknown) => {
      log.error("A site broke a request off", error, { site: site.name });
      answerHere(incoming, outgoing, BROKEN_OFF);
    });
  };
  const listener = refuseMalformed(forward);
  const upgrade = (incoming: IncomingRequest, socket: WireSocket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const refuse = (answer: OwnAnswer) => answerHere(incoming, answerOn(socket, incoming), answer);
    if (typeof checkRequest(incoming) === "number") return refuse(MALFORMED);
    const host = readHost(incoming.url, incoming.field("host"));
    const site = findOpen(routes, host);
    if ("status" in site) return refuse(site);
    const introduction = { host: host.written ?? site.host, clientField: FRONT_CLIENT_FIELD };
    const place = { path: site.socketPath };
    tunnelToSite(incoming, socket, head, introduction, place, tunnels, () => refuse(BROKEN_OFF));
  };
  const server = createLimitedServer(undefined, {
    request: (incoming, outgoing) => gate.pass(incoming, outgoing, () => void listener(incoming, outgoing)),
    isUpgrade: asksForWebSocket,
    upgrade,
  });
  return {
    server,
    tunnels,
    route(next) {
      for (const socketPath of routes.replace(next)) {
        const gone = servers.get(socketPath);
        servers.delete(socketPath);
        if (gone !== undefined) void transport.forget(gone);
      }
    },
  };
}

function isEventStream({ fields }: SiteAnswer): boolean {
  const type = fields.findIndex((name, index) => index % 2 === 0 && name === "content-type");
  return type >= 0 && (fields[type + 1] as string).startsWith("text/event-stream");
}

interface OwnAnswer {
  status: number;
  text: string;
  fields?: readonly string[];
}

const MALFORMED: OwnAnswer = { status: 400, text: "Bad Request\n" };
const MISDIRECTED: OwnAnswer = { status: 421, text: "Misdirected Request\n" };
const BROKEN_OFF: OwnAnswer = { status: 502, text: "Bad Gateway\n" };
const FAILING = unavailable(RETRY_AFTER_SECONDS.failing);
const BUSY = unavailable(RETRY_AFTER_SECONDS.busy);

function unavailable(retryAfter: string): OwnAnswer {
  return { status: 503, text: "Service Unavailable\n", fields: ["retry-after", retryAfter] };
}

/** The site of a host if it may be asked, or what is to be said instead. */
function findOpen(routes: FrontRoutes, host: NamedHost): (RoutedSite & { socketPath: string }) | OwnAnswer {
  const site = routes.find(host);
  if (site === undefined) return MISDIRECTED;
  if (!isServed(site)) return FAILING;
  return site.open < site.maxOpen ? site : BUSY;
}

function isServed(site: RoutedSite): site is RoutedSite & { socketPath: string } {
  return site.socketPath !== undefined;
}
