// The first port, counting up, that nothing listens on.

import { type AddressInfo, createServer } from "node:net";
import { CausewayError } from "../contract/errors.ts";
import { listen } from "../runtimes/server/listen.ts";

const ATTEMPTS = 100;

/** Calls `start` with the wanted port and, as long as that is in use, with the ones after it. */
export async function startOnFreePort<T>(wanted: number, start: (port: number) => Promise<T>): Promise<T> {
  for (let port = wanted; ; port++) {
    try {
      return await start(port);
    } catch (error) {
      const taken = error instanceof CausewayError && error.code === "port-in-use";
      if (!taken || port >= Math.min(wanted + ATTEMPTS, 65_535)) throw error;
    }
  }
}

/** Binds and releases a port, for processes that cannot tell why they failed; 0 becomes a free port. */
export async function reservePort(port: number, host: string): Promise<number> {
  const probe = createServer();
  await listen(probe, port, host);
  const address = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return address.port;
}
