// The transport of Node, Bun and Deno: our client for HTTP/1.1, loaded by the first request that needs it.

import type { Transport } from "../../contract/transport.ts";
import type { PlainConnector } from "./open-upstream-socket.ts";
import { createServerTransport } from "./transport.ts";

/** `connect` opens plain connections for it; by default `node:net` does. */
export function createSocketTransport(connect?: PlainConnector): Transport {
  return createServerTransport(async () => {
    const { Http1Transport } = await import("./transport-http1.ts");
    return new Http1Transport(connect);
  });
}
