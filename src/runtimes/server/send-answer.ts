// Sends an application's answer on Node; one that cannot be sent, or fails on the way, is logged.

import type { GatewayContext } from "../../contract/handler.ts";
import type { LogSink } from "../../contract/platform.ts";
import { recover } from "../../edge/recover.ts";
import { type PairedSocket, webSocketOf } from "../apis/web-socket-pair.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import { writeResponse } from "./write-response.ts";

/**
 * Sends a complete answer at once; else resolves when it is sent or given up. As long as nothing was sent, the
 * client gets a 500 instead.
 */
export function sendAnswer(
  response: Response,
  outgoing: OutgoingAnswer,
  method: string,
  context: GatewayContext,
  log: LogSink,
): Promise<void> | undefined {
  const onFailure = (error: unknown) => {
    if (!outgoing.headersSent && !outgoing.destroyed)
      return writeResponse(recover(error, context, log), outgoing, method);
    log.error("A response body failed", error, { requestId: context.requestId });
    return undefined;
  };
  const client = webSocketOf(response);
  // Nobody has asked to leave HTTP, or not in a way that can be done: the writer refuses the status.
  if (client !== undefined) giveUp(client);
  try {
    return writeResponse(response, outgoing, method)?.catch(onFailure);
  } catch (error) {
    return onFailure(error);
  }
}

/** Ends the side of the handler: the network's will never be there. */
export function giveUp(client: PairedSocket): void {
  client.accept();
  client.close(1002, "The handshake failed");
}
