// Workers' transport: the platform's fetch, over TCP only. It names the server's host by itself, verifies TLS with
// the public authorities, and carries WebSockets.

import { toAbortSignal } from "../../contract/cancellation.ts";
import {
  type ExchangeObserver,
  type Transport,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamServer,
} from "../../contract/transport.ts";
import { originOf, sendOverFetch, toHeaders } from "./transport-fetch.ts";

const TRAITS = { decodesWhatIsAsked: true, maxCollectedBytes: 1024 * 1024 };

export function createWorkersTransport(): Transport {
  return {
    async send(request, server, observer) {
      if (server.protocol !== "http" || server.address.kind === "unix") {
        throw new TransportError("unreachable", `Workers cannot reach ${server.id}`);
      }
      return request.isUpgrade
        ? openWebSocket(request, server, observer)
        : sendOverFetch(request, server, observer, TRAITS);
    },
    async close() {},
  };
}

/** A fetch with the field Upgrade gives the client's end of a WebSocket (Workers docs, "WebSockets"). */
async function openWebSocket(
  request: UpstreamRequest,
  server: UpstreamServer,
  observer: ExchangeObserver,
): Promise<UpstreamResponse> {
  const headers = toHeaders(request, TRAITS);
  headers.set("upgrade", "websocket");
  const init: RequestInit = { headers, redirect: "manual", signal: toAbortSignal(observer.signal) };
  const response: Response & { webSocket?: unknown } = await fetch(
    `${originOf(server)}${request.target}`,
    init,
  );
  observer.connected();
  const { status, statusText, webSocket } = response;
  const fields = [...response.headers].flat();
  if (webSocket) return { status, statusText, fields, body: null, contentLength: undefined, webSocket };
  const body = new Uint8Array(await response.arrayBuffer());
  return { status, statusText, fields, body, contentLength: body.length };
}
