// Where a server of Bun gets its connections from.

import type { Acceptor } from "../server/accept.ts";
import { explainListenError } from "../server/listen.ts";
import { BunSocket } from "./bun-socket.ts";
import { listenNatively } from "./native.ts";

export const acceptNatively: Acceptor = async (server, port, host) => {
  try {
    const listener = listenNatively(host, port, (native) => {
      const socket = new BunSocket(native);
      server.serve(socket);
      return socket;
    });
    const listening = { port: listener.port, stop: () => listener.stop() };
    server.listenTo(listening);
    return listening;
  } catch (error) {
    throw explainListenError(error as NodeJS.ErrnoException, port, host);
  }
};
