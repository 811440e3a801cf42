// What of an application's answer may Bun, Deno and workerd get to send? They pass on fields that would break the
// connection, and over a control character in a value one of them ends its whole process.

import type { GatewayContext } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";
import { recover } from "../edge/recover.ts";
import { withMutableHeaders } from "../gateway/chain.ts";
import { isConnectionField, isFieldValue } from "../http/response-fields.ts";

/** The answer without fields of the connection, or the 500 for one that cannot be sent. */
export function makeSendable(response: Response, context: GatewayContext, log: LogSink): Response {
  const dropped: string[] = [];
  let unsendable: string | undefined;
  // forEach, because iterating takes some runtimes several times as long.
  response.headers.forEach((value, name) => {
    if (isConnectionField(name)) dropped.push(name);
    else if (!isFieldValue(value)) unsendable = name;
  });
  if (unsendable !== undefined) return refuse(response, unsendable, context, log);
  // The answer to an upgrade carries what the runtime needs for it.
  if (dropped.length === 0 || response.status === 101) return response;
  const changed = withMutableHeaders(response);
  for (const name of dropped) changed.headers.delete(name);
  return changed;
}

function refuse(response: Response, name: string, context: GatewayContext, log: LogSink): Response {
  response.body?.cancel().catch(() => {
    // It is not sent, so nobody is left to tell.
  });
  return recover(new TypeError(`The field "${name}" holds a control character`), context, log);
}
