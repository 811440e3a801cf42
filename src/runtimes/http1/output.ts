// When does an answer leave? At the end of the turn of the event loop in which it was made, together with the others:
// every write may wake a process that sleeps, and one that has much to read is woken once.

import type { WireSocket } from "./wire-socket.ts";
import { type JoinedPart, writeJoined } from "./write-joined.ts";

/** Answers that are ready. */
const ready: Output[] = [];
/** When the first of them became ready. */
let readySince = 0;
/** Longer nothing waits for the rest of a turn. */
const MAX_WAIT_MS = 1;

/** Bytes, text with a byte in each character, or a head with its body. */
type Part = string | Uint8Array | JoinedPart;

export class Output {
  readonly socket: WireSocket;
  readonly #parts: Part[] = [];

  constructor(socket: WireSocket) {
    this.socket = socket;
  }

  /** Sends soon. */
  send(part: Part): void {
    this.#parts.push(part);
    if (this.#parts.length > 1) return;
    ready.push(this);
    if (ready.length > 1) return;
    readySince = performance.now();
    setImmediate(sendReady);
  }

  /** Sends now, after what waits; false as a socket's `write`. */
  write(part: string | Uint8Array, onFlushed?: () => void): boolean {
    this.flush();
    const { socket } = this;
    return typeof part === "string" ? socket.write(part, "latin1", onFlushed) : socket.write(part, onFlushed);
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#parts.length === 0) return;
    const parts = this.#parts.splice(0);
    const { socket } = this;
    if (parts.length === 1) writePart(socket, parts[0] as Part);
    else {
      socket.cork();
      for (const part of parts) writePart(socket, part);
      socket.uncork();
    }
  }
}

/** Before something that may take long: sends what has waited long enough. */
export function sendOverdue(): void {
  if (ready.length > 0 && performance.now() - readySince > MAX_WAIT_MS) sendReady();
}

function sendReady(): void {
  for (const output of ready.splice(0)) output.flush();
}

function writePart(socket: WireSocket, part: Part): void {
  if (typeof part === "string") socket.write(part, "latin1");
  else if (part instanceof Uint8Array) socket.write(part);
  else writeJoined(socket, part);
}
