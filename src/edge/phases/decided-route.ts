// Whose guards has a request met? What they tell about a client, and the owner's middleware, may lead it to another
// route than the one whose guards it has met; then it has to meet those of that one, too.

import type { GatewayContext } from "../../contract/handler.ts";

/** Place of a route in the list; undefined for the guards of the site. */
const met = new WeakMap<GatewayContext, { index: number | undefined; isFolded: boolean }>();

/** The request of this context has met the guards of a route. */
export function noteGuards(context: GatewayContext, index: number | undefined, isFolded: boolean): void {
  met.set(context, { index, isFolded });
}

export function hasMetGuards(context: GatewayContext, index: number, isFolded: boolean): boolean {
  const found = met.get(context);
  return found !== undefined && found.index === index && found.isFolded === isFolded;
}
