// The body of an answer as long as it comes: its reader slows the connection down and gives it up, but has nothing to
// say about what the connection does afterwards.

import type { WireSocket } from "../http1/wire-socket.ts";
import { ChunkQueue, type ChunkSource } from "./chunk-queue.ts";

export class AnswerBody implements ChunkSource {
  readonly queue = new ChunkQueue(this);
  #socket: WireSocket | undefined;

  constructor(socket: WireSocket) {
    this.#socket = socket;
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  abort(): void {
    this.#socket?.destroy();
  }

  /** The answer is complete, or there will be no more of it. */
  detach(): void {
    this.#socket = undefined;
  }
}
