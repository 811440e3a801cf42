// When does a connection take more?

import type { Socket } from "node:net";

/** Resolves when it takes more bytes, or is gone; that it is gone is the receiving side's to report. */
export function socketDrained(socket: Socket): Promise<void> {
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
