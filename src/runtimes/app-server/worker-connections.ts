// The connections that the master hands to a worker, as if the worker's own server had accepted them.

import type { Socket } from "node:net";
import process from "node:process";
import type { HttpServer } from "../http1/http-server.ts";
import { monotonicMs, type Offer } from "./connection-dealer.ts";

/** Says which offers were seen, and which of them were left to other workers. */
export type TellTaken = (upTo: number, late: number[]) => void;

export class WorkerConnections {
  readonly #server: HttpServer;
  readonly #open = new Set<Socket>();
  readonly #tellTaken: TellTaken;
  #seen = 0;
  #late: number[] = [];
  #isTelling = false;

  constructor(server: HttpServer, tellTaken: TellTaken) {
    this.#server = server;
    this.#tellTaken = tellTaken;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Takes a connection, unless the master may have given it to another worker by now. */
  take(socket: Socket | undefined, offer: Offer): void {
    if (monotonicMs() > offer.takeUntil) {
      this.#late.push(offer.number);
      socket?.destroy();
    } else if (socket !== undefined) this.#serve(socket);
    this.#tell(offer.number);
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    // What a listening HTTP server does for the connections that it accepts itself.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.#server.serve(socket);
  }

  /** Before any other event of this turn: code that hangs must not keep the master from knowing. */
  #tell(number: number): void {
    this.#seen = number;
    if (this.#isTelling) return;
    this.#isTelling = true;
    process.nextTick(() => {
      this.#isTelling = false;
      this.#tellTaken(this.#seen, this.#late);
      this.#late = [];
    });
  }
}
