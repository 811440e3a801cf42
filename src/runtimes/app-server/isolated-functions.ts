// Functions in processes of their own, behind those that face the clients: how a request gets there and back.
// What the edge knows beside the request travels in two fields, which are taken from clients before.

import { departureOf } from "../../contract/cancellation.ts";
import { streamOf } from "../../contract/direct-body.ts";
import type { GatewayContext, Handler, RequestTrail } from "../../contract/handler.ts";
import type { LogSink } from "../../contract/platform.ts";
import {
  type Transport,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamServer,
} from "../../contract/transport.ts";
import { recover } from "../../edge/recover.ts";
import { withMutableHeaders } from "../../gateway/chain.ts";
import { isHopByHop, parseConnectionOptions } from "../../http/hop-by-hop.ts";
import { asksForWebSocket } from "../../proxy/forward-request.ts";
import { forwardResponse, hasNoBody } from "../../proxy/forward-response.ts";
import { CLIENT_FIELD as NAMED_CLIENT_FIELD } from "../name-client.ts";

const CLIENT_FIELD = "x-causeway-client-address";
const REQUEST_FIELD = "x-causeway-request-id";
/** Of a request: the edge logs and wants to know the route. Of an answer: the route. */
const ROUTE_FIELD = "x-causeway-route";
/** Fields by which the processes speak to each other; never believed from outside, never shown to functions. */
export const INTERNAL_FIELDS: readonly string[] = [CLIENT_FIELD, REQUEST_FIELD, ROUTE_FIELD];

const CONNECT_TIMEOUT_MS = 5_000;
/** What the connection and the transport settle between themselves. */
const OWN_FIELDS = new Set(["host", "content-length", "expect", ...INTERNAL_FIELDS]);

/** The edge's side: an application that is reached over a unix socket. */
export function createIsolatedApplication(path: string, transport: Transport, log: LogSink): Handler {
  const server: UpstreamServer = {
    id: `unix:${path}`,
    protocol: "http",
    address: { kind: "unix", path },
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBufferedBodyBytes: 0,
  };
  return async (request, _env, context) => {
    const interim = (status: number, fields: readonly string[]) => context.sendInterim?.(status, fields);
    const observer = { signal: departureOf(request), connected() {}, sent() {}, interim };
    try {
      const answer = takeRoute(await transport.send(toUpstream(request, context), server, observer), context);
      const { body, status } = answer;
      const isEmpty = body === null || hasNoBody(request.method, status);
      if (isEmpty && body !== null && !(body instanceof Uint8Array)) body.cancel();
      const content = isEmpty ? null : body instanceof Uint8Array ? body : streamOf(body);
      return forwardResponse(request.method, answer, content, []);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      log.error("A function's process broke off", error, { requestId: context.requestId });
      return badGateway(context);
    }
  };
}

/** The functions' side: the application alone, with the facts that the edge has sent along. */
export function serveIsolated(application: Handler, log: LogSink): Handler {
  return async (request, env, context) => {
    const clientAddress = request.headers.get(CLIENT_FIELD) ?? undefined;
    const requestId = request.headers.get(REQUEST_FIELD) ?? context.requestId;
    const trail = request.headers.has(ROUTE_FIELD) ? { route: undefined, upstream: undefined } : undefined;
    for (const name of INTERNAL_FIELDS) request.headers.delete(name);
    const gateway: GatewayContext = {
      clientAddress,
      requestId,
      trail,
      waitUntil: (work) => context.waitUntil(work),
      passThroughOnException() {},
    };
    try {
      return tellRoute(await application(request, env, gateway), trail);
    } catch (error) {
      return recover(error, gateway, log);
    }
  };
}

/** Sends the route back with the answer, in place of what a function may have written there. */
function tellRoute(response: Response, trail: RequestTrail | undefined): Response {
  if (trail === undefined || response.status === 101) return response;
  const changed = withMutableHeaders(response);
  changed.headers.set(ROUTE_FIELD, encodeURI(trail.route ?? "static"));
  return changed;
}

/** Takes the route out of an answer, for the log and from the client. */
function takeRoute(answer: UpstreamResponse, { trail }: GatewayContext): UpstreamResponse {
  if (trail === undefined) return answer;
  const index = answer.fields.findIndex((text, place) => place % 2 === 0 && text === ROUTE_FIELD);
  if (index < 0) return answer;
  trail.route = decodeURI(answer.fields[index + 1] as string);
  return { ...answer, fields: answer.fields.toSpliced(index, 2) };
}

function toUpstream(request: Request, { clientAddress, requestId, trail }: GatewayContext): UpstreamRequest {
  const { url, method, headers } = request;
  const pathStart = url.indexOf("/", url.indexOf("://") + 3);
  const host = headers.get("host") ?? url.slice(url.indexOf("://") + 3, pathStart);
  const named = parseConnectionOptions(headers.get("connection"));
  const fields = ["host", host, REQUEST_FIELD, requestId];
  if (clientAddress !== undefined) fields.push(CLIENT_FIELD, clientAddress);
  if (trail !== undefined) fields.push(ROUTE_FIELD, "wanted");
  for (const [name, value] of headers) {
    // Who asks is told by us: a client cannot have that taken off.
    const isDropped = named.includes(name) && name !== NAMED_CLIENT_FIELD;
    if (!OWN_FIELDS.has(name) && !isHopByHop(name) && !isDropped) fields.push(name, value);
  }
  const length = headers.get("content-length");
  return {
    method,
    target: url.slice(pathStart),
    fields,
    body: method === "GET" || method === "HEAD" ? null : request.body,
    contentLength: length === null ? undefined : Number(length),
    isUpgrade: asksForWebSocket(request),
    client: { address: clientAddress, scheme: url.startsWith("https:") ? "https" : "http", host },
  };
}

function badGateway({ requestId }: GatewayContext): Response {
  return new Response(`Bad Gateway\nRequest ${requestId}\n`, {
    status: 502,
    headers: {
      "content-type": "text/plain;charset=UTF-8",
      "cache-control": "no-store",
      "x-request-id": requestId,
    },
  });
}
