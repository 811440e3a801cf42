// The connections that the master hands to a worker, as if the worker's own server had accepted them.

import type { Server } from "node:http";
import type { Socket } from "node:net";

export class WorkerConnections {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #onTaken: (total: number) => void;
  #taken = 0;
  #isTelling = false;

  /** `onTaken` hears, once in each turn of the event loop, how many connections were taken so far. */
  constructor(server: Server, onTaken: (total: number) => void) {
    this.#server = server;
    this.#onTaken = onTaken;
    // The server listens nowhere; this is what starts its checks for slow and idle clients.
    server.emit("listening");
  }

  get size(): number {
    return this.#open.size;
  }

  take(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    // What a listening HTTP server does for the connections that it accepts itself.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.#server.emit("connection", socket);
    this.#tell();
  }

  /** A connection that was gone before it arrived. */
  miss(): void {
    this.#tell();
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #tell(): void {
    this.#taken += 1;
    if (this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      this.#onTaken(this.#taken);
    });
  }
}
