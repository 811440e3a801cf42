// What is borne from slow or verbose clients, unless it is configured otherwise?

import type { ClientSettings } from "../../contract/guards.ts";
import { type HttpListener, HttpServer } from "../http1/http-server.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import { BodyPace, watchBody } from "./body-pace.ts";

const DEFAULTS = {
  headerTimeoutMs: 60_000,
  keepAliveMs: 5_000,
  maxHeaderBytes: 16 * 1024,
  maxHeaderCount: 200,
  minBodyBytesPerSecond: 500,
  bodyWindowMs: 20_000,
} as const satisfies Required<ClientSettings>;

/** A server with limits. They are those of its first release: a socket that listens keeps its own. */
export function createLimitedServer(clients: ClientSettings = {}, listener: HttpListener): HttpServer {
  const { maxHeaderCount: _, ...limits } = { ...DEFAULTS, ...clients };
  const bodies = new BodyPace({
    minBytesPerSecond: limits.minBodyBytesPerSecond,
    windowMs: limits.bodyWindowMs,
  });
  const { everyMs } = bodies;
  if (everyMs === undefined) return new HttpServer(limits, listener);
  const request = (incoming: IncomingRequest, outgoing: OutgoingAnswer) => {
    if (!incoming.complete) watchBody(bodies, incoming, outgoing);
    listener.request(incoming, outgoing);
  };
  const server = new HttpServer(limits, { ...listener, request });
  lookAt(bodies, everyMs, server);
  return server;
}

/** Whether a request has more fields than it may. */
export function hasTooManyFields(
  fields: readonly string[],
  { maxHeaderCount }: ClientSettings = {},
): boolean {
  return fields.length / 2 > (maxHeaderCount ?? DEFAULTS.maxHeaderCount);
}

function lookAt(bodies: BodyPace, everyMs: number, { closed }: HttpServer): void {
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // A process that was stuck has not read: that is not the clients' time.
    bodies.look(Math.min(now - lookedAt, 2 * everyMs));
    lookedAt = now;
  }, everyMs);
  timer.unref();
  void closed.then(() => clearInterval(timer));
}
