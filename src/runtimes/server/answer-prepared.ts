// How does Node send a prepared answer? As it is, before anything is made of the request.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { HotFront } from "../hot-front.ts";

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Sends what is prepared, and leaves everything else to `next`. */
export function answerPrepared(
  currentFront: () => HotFront,
  peerOf: (incoming: IncomingMessage) => string | undefined,
  next: Listener,
): Listener {
  return async (incoming, outgoing) => {
    const { method = "", url: target = "", headers } = incoming;
    const clientAddress = () => peerOf(incoming);
    const found = currentFront().answer({ method, target, headers }, clientAddress);
    if (found === undefined) return next(incoming, outgoing);
    outgoing.writeHead(found.status, found.fields as string[]);
    outgoing.end(found.body);
  };
}
