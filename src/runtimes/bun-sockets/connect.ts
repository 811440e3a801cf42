// How Bun reaches an upstream.

import type { PlainConnector } from "../server/open-upstream-socket.ts";
import { BunSocket } from "./bun-socket.ts";
import { connectNatively } from "./native.ts";

export const connectToUpstream: PlainConnector = (target) => {
  const socket = new BunSocket();
  const place = "path" in target ? { unix: target.path } : { hostname: target.host, port: target.port };
  connectNatively(place, socket).catch((error: Error) => socket.handleClose(error));
  return socket;
};
