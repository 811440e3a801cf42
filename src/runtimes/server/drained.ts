// When does an answer take more? Waits for the client without waiting for one that is gone.

import type { ServerResponse } from "node:http";

/** Resolves when an answer takes more bytes, or when its client is gone. */
export function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      outgoing.off("close", done);
      resolve();
    };
    outgoing.once("drain", done);
    outgoing.once("close", done);
  });
}
