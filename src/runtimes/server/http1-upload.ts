// The body of a request on its way to a server, framed as declared, no faster than the server takes it.
// RFC 9112 §6, §7.1.

import { formatFraming } from "../../http/format-request.ts";
import type { WireSocket } from "../http1/wire-socket.ts";
import type { Http1Exchange } from "./http1-exchange.ts";
import { socketDrained } from "./socket-drained.ts";

/** Up to here a chunk is copied behind what is written before it, so that both leave in one piece. */
const MAX_COPIED_BYTES = 16 * 1024;

/**
 * Sends head and body; the head does not wait for a body that is slow. Rejects if the body breaks off or is not as
 * long as declared. As soon as `isWanted` says no, the rest of the body is not read.
 */
export async function upload(
  exchange: Http1Exchange,
  socket: WireSocket,
  isWanted: () => boolean,
): Promise<void> {
  const { method, head, contentLength } = exchange;
  const reader = (exchange.body as ReadableStream<Uint8Array>).getReader();
  let unsent = `${head}${formatFraming(method, contentLength)}\r\n`;
  const takeUnsent = () => {
    const text = unsent;
    unsent = "";
    return text;
  };
  const early = setImmediate(() => {
    if (isWanted()) socket.write(takeUnsent(), "latin1");
  });
  let sent = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (!isWanted()) return void reader.cancel().catch(() => {});
      if (done) break;
      // In chunks, an empty one would be the end.
      if (value.length === 0) continue;
      sent += value.length;
      if (contentLength !== undefined && sent > contentLength) throw new LengthError(sent, contentLength);
      const isTaken =
        contentLength === undefined
          ? write(socket, `${takeUnsent()}${value.length.toString(16)}\r\n`, value, "\r\n")
          : write(socket, takeUnsent(), value, "");
      if (!isTaken) await socketDrained(socket);
    }
    if (contentLength !== undefined && sent < contentLength) throw new LengthError(sent, contentLength);
    if (contentLength !== undefined) return;
    // That there is no body can still be said if nothing else has been.
    const isEmpty = takeUnsent() !== "";
    socket.write(isEmpty ? `${head}${formatFraming(method, 0)}\r\n` : "0\r\n\r\n", "latin1");
  } catch (error) {
    reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    clearImmediate(early);
  }
}

/** A body is longer or shorter than declared. */
class LengthError extends Error {
  override readonly name = "LengthError";

  constructor(length: number, declared: number) {
    super(`The body has ${length > declared ? "more than " : `${length} of `}${declared} bytes`);
  }
}

/** Returns whether the connection takes more at once. */
function write(socket: WireSocket, before: string, chunk: Uint8Array, after: string): boolean {
  if (socket.destroyed) return true;
  if (before === "" && after === "") return socket.write(chunk);
  if (chunk.length <= MAX_COPIED_BYTES) {
    const joined = Buffer.allocUnsafe(before.length + chunk.length + after.length);
    joined.write(before, 0, "latin1");
    joined.set(chunk, before.length);
    joined.write(after, before.length + chunk.length, "latin1");
    return socket.write(joined);
  }
  socket.cork();
  socket.write(before, "latin1");
  let isTaken = socket.write(chunk);
  if (after !== "") isTaken = socket.write(after, "latin1");
  socket.uncork();
  return isTaken;
}
