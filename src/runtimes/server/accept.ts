// Where a server of Node and Deno gets its connections from: a listening socket.

import { type AddressInfo, createServer } from "node:net";
import type { HttpServer, Listening } from "../http1/http-server.ts";
import { listen } from "./listen.ts";

/** Makes a server listen. Rejects with `port-in-use` or `address-unavailable`. */
export type Acceptor = (server: HttpServer, port: number, host: string) => Promise<Listening>;

export const acceptConnections: Acceptor = async (server, port, host) => {
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.serve(socket));
  await listen(listener, port, host);
  const listening = { port: (listener.address() as AddressInfo).port, stop: () => void listener.close() };
  server.listenTo(listening);
  return listening;
};
