// What is a route called in the keys of its answers? By its place and by what it does, so that a route which
// means something else after a change of the configuration does not find the old one's answers.

import type { RoutingRule } from "../contract/routing.ts";

/** A name for one of these routes; -1 - n stands for the one to which clients of route n are moved. */
export function nameRoute(routes: readonly RoutingRule[], route: number): string {
  const { when, action, requestHeaders, cutover } = routes[route < 0 ? -1 - route : route] ?? {};
  const answering = route < 0 ? cutover?.to : action;
  return `${route}-${digest(JSON.stringify([when, answering, requestHeaders]))}`;
}

/** FNV-1a. The place in front keeps the routes of one configuration apart whatever comes out of it. */
function digest(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(36);
}
