// The transport of Node, Bun and Deno: our client for HTTP/1.1, loaded by the first request that needs it.

import type { Transport } from "../../contract/transport.ts";
import { createServerTransport } from "./transport.ts";

export function createSocketTransport(): Transport {
  return createServerTransport(async () => {
    const { Http1Transport } = await import("./transport-http1.ts");
    return new Http1Transport();
  });
}
