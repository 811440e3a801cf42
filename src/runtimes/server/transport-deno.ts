// Deno's transport: its fetch for HTTP/1.1, with a client for each server, which may be told the Host.

import type { Transport, UpstreamServer } from "../../contract/transport.ts";
import { createServerTransport } from "./transport.ts";
import { type FetchTraits, sendOverFetch } from "./transport-fetch.ts";

/** The little of Deno's own API that is used here. */
interface DenoApi {
  createHttpClient(options: {
    caCerts?: string[];
    cert?: string;
    key?: string;
    allowHost: boolean;
    proxy?: { transport: "unix"; path: string };
  }): unknown;
}

export function createDenoTransport(): Transport {
  const clients = new WeakMap<UpstreamServer, unknown>();
  const traits: FetchTraits = {
    // Its fetch frames every stream in chunks, which not every application understands.
    maxCollectedBytes: 1024 * 1024,
    decodesWhatIsAsked: true,
    settings: (server) => {
      if (!clients.has(server)) clients.set(server, createClient(server));
      return { client: clients.get(server) } as RequestInit;
    },
  };
  return createServerTransport(async () => ({
    send: (request, server, observer) => sendOverFetch(request, server, observer, traits),
    close: async () => {},
  }));
}

function createClient({ address, tls }: UpstreamServer): unknown {
  const deno = (globalThis as unknown as { Deno: DenoApi }).Deno;
  return deno.createHttpClient({
    allowHost: true,
    ...(tls?.ca === undefined ? {} : { caCerts: [tls.ca] }),
    ...(tls?.certificate === undefined || tls.key === undefined
      ? {}
      : { cert: tls.certificate, key: tls.key }),
    ...(address.kind === "unix" ? { proxy: { transport: "unix", path: address.path } } : {}),
  });
}
