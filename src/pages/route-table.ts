// Which functions run for a request? Compiled once, so that matching costs the same for one route and for
// ten thousand. Pages docs, "Functions: Routing"; docs/routing.md has the rules and where we differ.

import { ROUTE_METHODS, type RouteEntry } from "../contract/site.ts";
import { type CompiledRoute, compileRoutes, isForMethod, type RouteHit } from "./compiled-route.ts";
import { createMiddlewareMatcher } from "./match-middleware.ts";
import { foldPath, matchWholePath, noParams } from "./match-pattern.ts";
import type { FoldedPath } from "./match-segment.ts";
import { findMatcher, type ParamMatchers } from "./param-matchers.ts";
import { isPlainPathname, spellingsOf } from "./path-spellings.ts";
import { normalizePathname } from "./path-text.ts";
import { formatShape } from "./route-pattern.ts";
import { createTrie } from "./route-trie.ts";
import { findBest } from "./search-trie.ts";

export type { RouteHit } from "./compiled-route.ts";

/** What runs for a request. */
export interface RouteMatch {
  /** In running order, outermost first. */
  middleware: RouteHit[];
  /** The one route whose handlers run; undefined: static files answer. */
  route: RouteHit | undefined;
  /**
   * Another spelling of the path is a catch-all's, which stands before everything below its directory: the file of
   * that path must not be served past it. Who names one path alone (`/hello`) has as on Pages no other.
   */
  hidesFile: boolean;
}

/** A site's routes, compiled. */
export interface RouteTable {
  /** What runs for that method and pathname (as a URL has it: percent-encoded, dot segments resolved). */
  match(method: string, pathname: string): RouteMatch;
  /** The methods that functions answer at that pathname, HEAD with GET; what a 405 names in Allow. */
  allowedMethods(pathname: string): string[];
}

export interface RouteTableOptions {
  /** A project's own parameter matchers, see loadOwnMatchers. */
  matchers?: ParamMatchers;
}

/** Compiles routes, which are in matching order. Throws a TypeError for a pattern that no build makes. */
export function createRouteTable(routes: readonly RouteEntry[], options: RouteTableOptions = {}): RouteTable {
  const lookup = (name: string) => findMatcher(name, options.matchers);
  const findRoute = createHandlerMatcher(compileRoutes(routes, "handlers", lookup));
  const findMiddleware = createMiddlewareMatcher(compileRoutes(routes, "middleware", lookup));
  return {
    match(method, pathname) {
      const target = foldPath(normalizePathname(pathname));
      const accepted = (candidate: CompiledRoute) => answers(candidate, method);
      const route = findRoute(target, accepted);
      const takesAll = (candidate: CompiledRoute) => accepted(candidate) && candidate.pattern.restCount > 0;
      const isTaken = (spelling: string) => findRoute(foldPath(spelling), takesAll) !== undefined;
      const hidesFile =
        route === undefined && !isPlainPathname(target.path) && spellingsOf(target.path).some(isTaken);
      const isHeadByGet = method === "HEAD" && route?.entry.method === "GET";
      const accepts = (guard: CompiledRoute) =>
        isHeadByGet ? answers(guard, "HEAD") : isForMethod(guard, method);
      return { middleware: findMiddleware(target, accepts), route: route && toHit(route, target), hidesFile };
    },
    allowedMethods(pathname) {
      const found: CompiledRoute[] = [];
      findRoute(foldPath(normalizePathname(pathname)), (candidate) => {
        found.push(candidate);
        return false;
      });
      return ROUTE_METHODS.filter((method) => found.some((candidate) => answers(candidate, method)));
    },
  };
}

type HandlerMatcher = (
  target: FoldedPath,
  accepts: (route: CompiledRoute) => boolean,
) => CompiledRoute | undefined;

/** Static routes are looked up in one map; the tree is walked only where it holds a route that comes before. */
function createHandlerMatcher(routes: readonly CompiledRoute[]): HandlerMatcher {
  const fixed = groupByPath(routes.filter((route) => route.pattern.isStatic));
  const trie = createTrie(routes.filter((route) => !route.pattern.isStatic));
  return (target, accepts) => {
    const best = fixed.get(withoutFinalSlash(target.folded))?.find(accepts);
    return findBest(trie, target, accepts, best);
  };
}

function groupByPath(routes: readonly CompiledRoute[]): Map<string, CompiledRoute[]> {
  const groups = new Map<string, CompiledRoute[]>();
  for (const route of routes) {
    const path = formatShape(route.pattern);
    const group = groups.get(path);
    if (group === undefined) groups.set(path, [route]);
    else group.push(route);
  }
  return groups;
}

/** The form of a static route's key: `/hello/` finds `/hello`, `//` finds `/`. */
function withoutFinalSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Whether the route runs for that method, GET standing in for a HEAD that nothing else claims. */
function answers(route: CompiledRoute, method: string): boolean {
  return isForMethod(route, method) || (method === "HEAD" && route.servesHead);
}

function toHit({ entry, pattern }: CompiledRoute, target: FoldedPath): RouteHit {
  const params = pattern.isStatic ? undefined : matchWholePath(pattern, target);
  return { entry, params: params ?? noParams(), functionPath: target.path };
}
