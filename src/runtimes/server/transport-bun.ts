// Bun's transport: its fetch for HTTP/1.1, which reaches unix sockets and leaves coded bodies as they are.

import type { Transport, UpstreamServer } from "../../contract/transport.ts";
import { createServerTransport } from "./transport.ts";
import { type FetchTraits, sendOverFetch } from "./transport-fetch.ts";

const TRAITS: FetchTraits = {
  settings: ({ address, tls }: UpstreamServer) => ({
    decompress: false,
    timeout: false,
    ...(address.kind === "unix" ? { unix: address.path } : {}),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            rejectUnauthorized: tls.dangerouslyAcceptAnyCertificate !== true,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
            ...(tls.key === undefined ? {} : { key: tls.key }),
            ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
          },
        }),
  }),
};

export function createBunTransport(): Transport {
  return createServerTransport(async () => ({
    send: (request, server, observer) => sendOverFetch(request, server, observer, TRAITS),
    close: async () => {},
  }));
}
