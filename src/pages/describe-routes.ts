// The route table for people: what answers which path, and which middleware runs in front of it.

import type { HandlerReference, RouteEntry } from "../contract/site.ts";
import { type CompiledRoute, compileRoutes } from "./compiled-route.ts";
import { coversAsPrefix } from "./pattern-cover.ts";
import { findNoMatcher } from "./route-pattern.ts";

/** A file and the route that it answers. */
export interface RouteDescription {
  /** `/users/:id`, `/files/:path*`, `/posts/:id:int`. */
  pattern: string;
  /** `GET`, `POST`, …; `ANY` for a handler of every method. */
  methods: string[];
  /** Path below the functions directory. */
  file: string;
  /**
   * What runs before it whatever its parameters are, outermost first; of middleware for one method, what
   * runs with one of `methods`.
   */
  middleware: MiddlewareDescription[];
}

/** A middleware export and the paths that it runs for. */
export interface MiddlewareDescription {
  /** Everything at and below this path. */
  pattern: string;
  method: string;
  file: string;
  exportName: string;
}

const ANY = "ANY";

/** Describes handlers in matching order, one row for each file and pattern. */
export function describeRoutes(routes: readonly RouteEntry[]): RouteDescription[] {
  const guards = compileRoutes(routes, "middleware", findNoMatcher).reverse();
  const handlers = compileRoutes(routes, "handlers", findNoMatcher);
  const rows = Map.groupBy(handlers, ({ entry }) => `${entry.handlers[0]?.file}\n${entry.routePath}`);
  return [...rows.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : describeRow(first, group, guards);
  });
}

/** Describes all middleware in running order: also what guards only static files. */
export function describeMiddleware(routes: readonly RouteEntry[]): MiddlewareDescription[] {
  return compileRoutes(routes, "middleware", findNoMatcher).reverse().flatMap(describeGuard);
}

function describeRow(
  { entry, pattern }: CompiledRoute,
  group: readonly CompiledRoute[],
  guards: readonly CompiledRoute[],
): RouteDescription {
  const chain = guards.filter(
    (guard) => coversAsPrefix(guard.pattern, pattern) && group.some((route) => sharesMethod(guard, route)),
  );
  return {
    pattern: entry.routePath,
    methods: group.map((route) => route.entry.method ?? ANY),
    file: entry.handlers[0]?.file ?? "",
    middleware: chain.flatMap(describeGuard),
  };
}

function sharesMethod(guard: CompiledRoute, route: CompiledRoute): boolean {
  const [a, b] = [guard.entry.method, route.entry.method];
  return a === undefined || b === undefined || a === b;
}

function describeGuard({ entry }: CompiledRoute): MiddlewareDescription[] {
  return entry.middleware.map(({ file, exportName }: HandlerReference) => ({
    pattern: entry.routePath,
    method: entry.method ?? ANY,
    file,
    exportName,
  }));
}
