// Node's transport: undici for HTTP/1.1, loaded by the first request that needs it.

import type { Transport } from "../../contract/transport.ts";
import { createServerTransport } from "./transport.ts";

export function createNodeTransport(): Transport {
  return createServerTransport(async () => {
    const { UndiciTransport } = await import("./transport-undici.ts");
    return new UndiciTransport();
  });
}
