// What does node:http bear from slow or verbose clients? Its own limits where they are right, ours beside them: a
// time for the whole request, as it has one, would cut slow uploads, and fields beyond its number it drops unseen.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ClientSettings } from "../../contract/guards.ts";
import { BodyPace, watchBody } from "./body-pace.ts";

type ServerSettings = Parameters<typeof createServer>[0] & object;

const DEFAULTS = {
  headerTimeoutMs: 60_000,
  keepAliveMs: 5_000,
  maxHeaderBytes: 16 * 1024,
  maxHeaderCount: 200,
  minBodyBytesPerSecond: 500,
  bodyWindowMs: 20_000,
} as const satisfies Required<ClientSettings>;

/** How often Node looks for heads that do not come, as a share of the time they have. */
const CHECKS_PER_TIMEOUT = 4;

/** A server with limits. They are those of its first release: a socket that listens keeps its own. */
export function createLimitedServer(clients: ClientSettings = {}, more: object = {}): Server {
  const { headerTimeoutMs, keepAliveMs, maxHeaderBytes, maxHeaderCount, ...body } = {
    ...DEFAULTS,
    ...clients,
  };
  const server = createServer({
    headersTimeout: headerTimeoutMs,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.max(50, Math.min(30_000, headerTimeoutMs / CHECKS_PER_TIMEOUT)),
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: maxHeaderBytes,
    ...more,
  } as ServerSettings);
  // One more than is allowed, so that too many can be told from just enough.
  server.maxHeadersCount = maxHeaderCount + 1;
  pace(server, new BodyPace({ minBytesPerSecond: body.minBodyBytesPerSecond, windowMs: body.bodyWindowMs }));
  return server;
}

/** Whether a request has more fields than it may. */
export function hasTooManyFields(
  rawHeaders: readonly string[],
  { maxHeaderCount }: ClientSettings = {},
): boolean {
  return rawHeaders.length / 2 > (maxHeaderCount ?? DEFAULTS.maxHeaderCount);
}

function pace(server: Server, bodies: BodyPace): void {
  const { everyMs } = bodies;
  if (everyMs === undefined) return;
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) =>
    watchBody(bodies, incoming, outgoing),
  );
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // A process that was stuck has not read: that is not the clients' time.
    bodies.look(Math.min(now - lookedAt, 2 * everyMs));
    lookedAt = now;
  }, everyMs);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}
