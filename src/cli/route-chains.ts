// Which middleware runs in front of a route, as far as the patterns tell (Pages docs, "Middleware").

import type { RouteEntry } from "../contract/site.ts";

/** The middleware entries that cover a route, outermost first: the reverse of the matching order. */
export function middlewareOf(route: RouteEntry, routes: readonly RouteEntry[]): RouteEntry[] {
  return routes.filter((entry) => entry.middleware.length > 0 && covers(entry, route)).reverse();
}

function covers(middleware: RouteEntry, route: RouteEntry): boolean {
  const sameMethod = middleware.method === undefined || middleware.method === route.method;
  return sameMethod && coversPath(segments(middleware.routePath), segments(route.routePath));
}

/** True if every path of the route's pattern lies below the middleware's. */
function coversPath([first, ...rest]: readonly string[], path: readonly string[]): boolean {
  if (first === undefined) return true;
  if (isCatchAll(first))
    return coversPath(rest, path) || (path.length > 0 && coversPath([first, ...rest], path.slice(1)));
  const [segment, ...below] = path;
  if (segment === undefined || isCatchAll(segment)) return false;
  const same = first.toLowerCase() === segment.toLowerCase() || /^:\w+$/.test(first);
  return same && coversPath(rest, below);
}

function segments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function isCatchAll(segment: string): boolean {
  return segment.startsWith(":") && segment.endsWith("*");
}
