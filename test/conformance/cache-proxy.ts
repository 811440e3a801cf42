// A reverse proxy as small as can be, with the shared cache in front of its forwarding: what the public
// suite for HTTP caches is run against.

import { createServer, type IncomingMessage, request as requestOrigin, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CacheRules } from "../../src/cache/cache-rules.ts";
import { createMemoryCache } from "../../src/cache/memory-cache.ts";
import { serveCached } from "../../src/cache/serve-cached.ts";
import { createSharedCache } from "../../src/cache/shared-cache.ts";
import type { Env, GatewayContext, Handler } from "../../src/contract/handler.ts";
import type { ResponseCache } from "../../src/contract/response-cache.ts";
import { removeHopByHop } from "../../src/http/hop-by-hop.ts";

export interface CacheProxy {
  url: string;
  close(): Promise<void>;
}

/** The context of one request; interim responses (1xx) go around the cache. */
interface ProxyContext extends GatewayContext {
  inform(status: number, headers: IncomingMessage["headers"]): void;
}

/** Forwards everything to `origin` (`http://127.0.0.1:port`) through a cache. */
export async function startCacheProxy(
  origin: string,
  rules: CacheRules = {},
  store: ResponseCache = createMemoryCache(),
): Promise<CacheProxy> {
  const cache = createSharedCache({ store, clock: { now: () => Date.now() } });
  const handler = serveCached(createForwarder(origin), { cache, ...rules });
  const server = createServer((incoming, outgoing) => void answer(handler, incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const response = await handler(toRequest(incoming, outgoing), {}, createContext(outgoing));
    outgoing.writeHead(response.status, response.statusText, [...response.headers].flat());
    if (response.body === null) outgoing.end();
    else await pipeline(Readable.fromWeb(response.body as never), outgoing);
  } catch {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end();
  }
}

function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const client = new AbortController();
  outgoing.on("close", () => client.abort());
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  return new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method as string,
    headers: toHeaders(incoming.rawHeaders),
    signal: client.signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" } : {}),
  } as RequestInit);
}

function createContext(outgoing: ServerResponse): ProxyContext {
  return {
    waitUntil: (work) => void work.catch(() => undefined),
    passThroughOnException: () => undefined,
    requestId: "",
    clientAddress: undefined,
    inform(status, headers) {
      if (status === 102) outgoing.writeProcessing();
      if (status === 103) outgoing.writeEarlyHints(headers as Record<string, string>);
    },
  };
}

function createForwarder(origin: string): Handler {
  return (request: Request, _env: Env, context: GatewayContext) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      removeHopByHop(headers);
      const outgoing = requestOrigin(`${origin}${pathname}${search}`, {
        method: request.method,
        headers: [...headers].flat(),
        signal: request.signal,
      });
      outgoing.on("error", reject);
      outgoing.on("information", ({ statusCode, headers: hints }) =>
        (context as ProxyContext).inform(statusCode, hints),
      );
      outgoing.on("response", (incoming) => resolve(toResponse(request, incoming)));
      if (request.body === null) outgoing.end();
      else Readable.fromWeb(request.body as never).pipe(outgoing);
    });
}

function toResponse(request: Request, incoming: IncomingMessage): Response {
  // Beyond 599 there are no statuses (RFC 9110 §15); the suite's origin says 999 for a failed test.
  const status = Math.min(incoming.statusCode as number, 599);
  const headers = toHeaders(incoming.rawHeaders);
  removeHopByHop(headers);
  const isEmpty = request.method === "HEAD" || [204, 205, 304].includes(status);
  if (isEmpty) incoming.resume();
  return new Response(isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream), {
    status,
    statusText: incoming.statusMessage as string,
    headers,
  });
}

function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index < raw.length; index += 2)
    headers.append(raw[index] as string, raw[index + 1] as string);
  return headers;
}
