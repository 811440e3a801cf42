// Binds a Node server to an address and says in our words why it could not.

import { rm, stat } from "node:fs/promises";
import { connect, type Server } from "node:net";
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

/** Listens on a unix socket; one that a dead process has left behind is replaced. */
export async function listenOnPath(server: Server, path: string): Promise<void> {
  if (await isAnswered(path)) {
    throw new CausewayError("port-in-use", `Cannot listen on "${path}": another process listens there`, {
      remedy: "Stop that process, or choose another path.",
    });
  }
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const message = `Cannot listen on "${path}": ${error.code ?? error.message}`;
      const remedy = "Choose a path of at most 100 characters in a folder that you may write to.";
      reject(new CausewayError("address-unavailable", message, { remedy, cause: error }));
    });
    server.listen(path, () => resolve());
  });
}

/** Whether a process accepts connections on a unix socket. Only sockets are asked, so only they are replaced. */
export async function isAnswered(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return false;
  if (!stats.isSocket()) {
    throw new CausewayError("address-unavailable", `Cannot listen on "${path}": it is no socket`, {
      remedy: "Choose another path.",
    });
  }
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
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
