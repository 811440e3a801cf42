// What the front of many sites tells a site's worker about a request: who its client is. The field is taken from
// clients before, and off the head before anything of the site sees it.

import type { IncomingRequest } from "../http1/incoming.ts";

/** Never believed from outside. */
export const FRONT_CLIENT_FIELD = "x-causeway-front-client";

const clients = new WeakMap<IncomingRequest, string | undefined>();

/** The client that the front has named; the field is gone afterwards. */
export function takeFrontClient(incoming: IncomingRequest): string | undefined {
  if (clients.has(incoming)) return clients.get(incoming);
  const { fields } = incoming;
  const client = incoming.field(FRONT_CLIENT_FIELD);
  for (let index = fields.length - 2; index >= 0; index -= 2) {
    if (fields[index] === FRONT_CLIENT_FIELD) fields.splice(index, 2);
  }
  clients.set(incoming, client);
  return client;
}
