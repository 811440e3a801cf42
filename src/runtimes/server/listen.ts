// Binds a Node server to an address and says in our words why it could not.

import type { Server } from "node:net";
import { CausewayError } from "../../contract/errors.ts";

/** Resolves when the server listens; rejects with `port-in-use` or `address-unavailable`. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(explainListenError(error, port, host));
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      resolve();
    });
  });
}

/** The failure to bind an address as an error with a remedy. */
export function explainListenError(error: NodeJS.ErrnoException, port: number, host: string): CausewayError {
  if (error.code === "EADDRINUSE") {
    return new CausewayError("port-in-use", `Cannot listen on ${host}:${port}: port ${port} is in use`, {
      remedy: `Stop the program that holds it, or choose another with --port.`,
      cause: error,
    });
  }
  return new CausewayError(
    "address-unavailable",
    `Cannot listen on ${host}:${port}: ${error.code ?? error.message}`,
    {
      remedy: "Choose an address of this machine with --host and a port above 1023 with --port.",
      cause: error,
    },
  );
}
