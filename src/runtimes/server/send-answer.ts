// Sends an application's answer on Node; one that cannot be sent, or fails on the way, is logged.

import type { ServerResponse } from "node:http";
import type { GatewayContext } from "../../contract/handler.ts";
import type { LogSink } from "../../contract/platform.ts";
import { recover } from "../../edge/recover.ts";
import { writeResponse } from "./write-response.ts";

/** Resolves when the answer is sent or given up; as long as nothing was sent, the client gets a 500 instead. */
export async function sendAnswer(
  response: Response,
  outgoing: ServerResponse,
  method: string,
  context: GatewayContext,
  log: LogSink,
): Promise<void> {
  try {
    await writeResponse(response, outgoing, method);
  } catch (error) {
    if (!outgoing.headersSent && !outgoing.destroyed)
      return writeResponse(recover(error, context, log), outgoing, method);
    log.error("A response body failed", error, { requestId: context.requestId });
  }
}
