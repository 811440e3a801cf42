// What the front of many sites tells a site's worker about a request: who its client is. The field is taken from
// clients before, and off the head before anything of the site sees it.

import type { IncomingMessage } from "node:http";

/** Never believed from outside. */
export const FRONT_CLIENT_FIELD = "x-causeway-front-client";

const clients = new WeakMap<IncomingMessage, string | undefined>();

/** The client that the front has named; the field is gone afterwards. */
export function takeFrontClient(incoming: IncomingMessage): string | undefined {
  if (clients.has(incoming)) return clients.get(incoming);
  const { headers, rawHeaders } = incoming;
  const client = headers[FRONT_CLIENT_FIELD]?.toString();
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === FRONT_CLIENT_FIELD) rawHeaders.splice(index, 2);
  }
  delete headers[FRONT_CLIENT_FIELD];
  clients.set(incoming, client);
  return client;
}
