// A head and a short body in one write, without new memory for each: what has left at once can be written over.

import type { WireSocket } from "./wire-socket.ts";

export interface JoinedPart {
  /** A byte in each character. */
  head: string;
  /** A text is sent as UTF-8. */
  body: string | Uint8Array;
  /** Of the body, in bytes. */
  length: number;
}

const MEMORY_BYTES = 64 * 1024;
/** On a runtime whose sockets always keep what they are given for a while, memory that is kept ready is of no use. */
const MAX_LOSSES = 16;

let memory: Buffer | undefined;
/** How often in a row a socket has kept the memory. */
let losses = 0;

export function writeJoined(socket: WireSocket, { head, body, length }: JoinedPart): void {
  const total = head.length + length;
  const isReused = total <= MEMORY_BYTES && losses < MAX_LOSSES;
  if (isReused) memory ??= Buffer.allocUnsafeSlow(MEMORY_BYTES);
  const bytes = isReused && memory !== undefined ? memory.subarray(0, total) : Buffer.allocUnsafe(total);
  bytes.write(head, 0, "latin1");
  if (typeof body === "string") bytes.write(body, head.length, "utf8");
  else bytes.set(body, head.length);
  socket.write(bytes);
  if (!isReused) return;
  // Corked, or not taken whole by the system: the memory is the socket's until it has left.
  if (socket.writableLength > 0) {
    memory = undefined;
    losses += 1;
  } else losses = 0;
}
