// When does a connection take more?

import type { WireSocket } from "../http1/wire-socket.ts";

/** Resolves when it takes more bytes, or is gone; that it is gone is the receiving side's to report. */
export function socketDrained(socket: WireSocket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.once("drain", done);
    socket.once("close", done);
  });
}
