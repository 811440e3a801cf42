// One row of the route table made ready for matching: its pattern, its place in the order, its methods.

import type { RouteEntry } from "../contract/site.ts";
import type { RouteParams } from "./match-pattern.ts";
import { formatShape, type MatcherLookup, parseRoutePattern, type RoutePattern } from "./route-pattern.ts";

/** A route that matched, with what its functions get to see of the path. */
export interface RouteHit {
  entry: RouteEntry;
  /** Fresh for each request; values are undecoded, a catch-all's is an array. */
  params: RouteParams;
  /** Handlers: the whole pathname. Middleware: the part that its directory covers. */
  functionPath: string;
}

export interface CompiledRoute {
  entry: RouteEntry;
  pattern: RoutePattern;
  /** Its place in the order of routes: lower is tried first. */
  rank: number;
  /** A GET route whose route path leaves HEAD to it. */
  servesHead: boolean;
}

/** Whether the functions in question are handlers or middleware; a route may have both. */
export type RouteRole = "handlers" | "middleware";

/** Compiles the routes that have functions in that role; `routes` are in matching order. */
export function compileRoutes(
  routes: readonly RouteEntry[],
  role: RouteRole,
  findMatcher: MatcherLookup,
): CompiledRoute[] {
  const compiled = routes
    .map((entry, rank) => ({ entry, rank }))
    .filter(({ entry }) => entry[role].length > 0)
    .map(({ entry, rank }) => ({ entry, rank, pattern: parseRoutePattern(entry.routePath, findMatcher) }));
  const claimed = new Set(
    compiled.filter(({ entry }) => claimsHead(entry, role)).map(({ pattern }) => formatShape(pattern)),
  );
  return compiled.map((route) => ({
    ...route,
    servesHead: route.entry.method === "GET" && !claimed.has(formatShape(route.pattern)),
  }));
}

/** Whether the route runs for that method itself, without GET standing in for HEAD. */
export function isForMethod(route: CompiledRoute, method: string): boolean {
  return route.entry.method === undefined || route.entry.method === method;
}

/**
 * A handler for HEAD or for every method answers HEAD as on Pages. Middleware for every method runs
 * beside that for GET, so only middleware for HEAD takes its place.
 */
function claimsHead(entry: RouteEntry, role: RouteRole): boolean {
  return entry.method === "HEAD" || (entry.method === undefined && role === "handlers");
}
