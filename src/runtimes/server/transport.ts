// The transport of Node, Bun and Deno: each protocol to the part that speaks it.

import type {
  ExchangeObserver,
  Transport,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamServer,
} from "../../contract/transport.ts";
import { sendOverSocket } from "./transport-socket.ts";
import { openUpstreamWebSocket } from "./transport-web-socket.ts";

/** Sends over HTTP/1.1, the one protocol that runtimes have clients of their own for. */
export interface HttpSender {
  send(
    request: UpstreamRequest,
    server: UpstreamServer,
    observer: ExchangeObserver,
  ): Promise<UpstreamResponse>;
  close(): Promise<void>;
}

/** Puts a transport together. The HTTP client is made when the first request needs it. */
export function createServerTransport(loadHttp: () => Promise<HttpSender>): Transport {
  let http: Promise<HttpSender> | undefined;
  let ready: HttpSender | undefined;
  return {
    send(request, server, observer) {
      if (server.protocol !== "http") return sendOverSocket(request, server, observer);
      if (request.isUpgrade) return openUpstreamWebSocket(request, server, observer);
      if (ready !== undefined) return ready.send(request, server, observer);
      http ??= loadHttp();
      return http.then((loaded) => {
        ready = loaded;
        return loaded.send(request, server, observer);
      });
    },
    close: async () => (await http)?.close(),
  };
}
