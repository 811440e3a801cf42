// When does an answer leave? At the end of the turn of the event loop in which it was made, together with the others:
// every write may wake a process that sleeps, and one that has much to read is woken once.

import type { WireSocket } from "./wire-socket.ts";
import { type JoinedPart, writeJoined } from "./write-joined.ts";

/** Answers that are ready. */
let ready: Output[] = [];
/** When the first of them became ready. */
let readySince = 0;
/** Longer nothing waits for the rest of a turn. */
const MAX_WAIT_MS = 1;

/** Bytes, text with a byte in each character, or a head with its body. */
type Part = string | Uint8Array | JoinedPart;

export class Output {
  readonly socket: WireSocket;
  /** What waits; mostly there is one part. */
  #first: Part | undefined;
  #others: Part[] | undefined;

  constructor(socket: WireSocket) {
    this.socket = socket;
  }

  /** Sends soon. */
  send(part: Part): void {
    if (this.#first !== undefined) {
      this.#others ??= [];
      this.#others.push(part);
      return;
    }
    this.#first = part;
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
    const first = this.#first;
    if (first === undefined) return;
    const others = this.#others;
    this.#first = undefined;
    this.#others = undefined;
    const { socket } = this;
    if (others === undefined) return void writePart(socket, first);
    socket.cork();
    writePart(socket, first);
    for (const part of others) writePart(socket, part);
    socket.uncork();
  }
}

/** Before something that may take long: sends what has waited long enough. */
export function sendOverdue(): void {
  if (ready.length > 0 && performance.now() - readySince > MAX_WAIT_MS) sendReady();
}

function sendReady(): void {
  const outputs = ready;
  ready = [];
  for (const output of outputs) output.flush();
}

function writePart(socket: WireSocket, part: Part): void {
  if (typeof part === "string") socket.write(part, "latin1");
  else if (part instanceof Uint8Array) socket.write(part);
  else writeJoined(socket, part);
}
