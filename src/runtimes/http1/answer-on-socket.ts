// An ordinary answer to a request that asked to leave HTTP: the connection closes after it.

import type { IncomingRequest } from "./incoming.ts";
import { OutgoingAnswer } from "./outgoing.ts";
import { Output } from "./output.ts";
import type { WireSocket } from "./wire-socket.ts";

/** The answer on a socket that no connection of the server owns any more. */
export function answerOn(socket: WireSocket, incoming: IncomingRequest): OutgoingAnswer {
  const output = new Output(socket);
  const outgoing = new OutgoingAnswer(output, incoming, undefined, () => {
    output.flush();
    socket.destroySoon();
  });
  socket.on("drain", () => outgoing.handleDrain());
  socket.once("close", () => outgoing.handleClose());
  // Whoever is answered sends nothing that matters, and who ends its side is gone.
  socket.once("end", () => socket.destroy());
  socket.resume();
  return outgoing;
}
