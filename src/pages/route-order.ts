// From function files to routes in the order in which they are tried. Pages docs, "Functions: Routing":
// the first route that matches path and method runs.

import type { Problem } from "../contract/problem.ts";
import type { RouteEntry } from "../contract/site.ts";
import { checkExports, type FunctionFile } from "./check-exports.ts";
import { compileRoutes } from "./compiled-route.ts";
import { parseFileRoute } from "./file-route.ts";
import { findHandlers } from "./handler-exports.ts";
import { checkHiddenRoutes } from "./hidden-routes.ts";
import { compareDiscovery, mergeRoutes, type RoutedFile } from "./merge-routes.ts";
import { BUILT_IN_MATCHERS, isMatcherName, OWN_MATCHERS_FILE } from "./param-matchers.ts";
import { findNoMatcher } from "./route-pattern.ts";

/** What the order depends on. */
export type OrderedRoute = Pick<RouteEntry, "routePath" | "method">;

/** What a build needs to know of the function files. */
export interface BuiltRoutes {
  /** In matching order. */
  routes: RouteEntry[];
  problems: Problem[];
  /** The file with the project's own parameter matchers; its exports must be in the bundle. */
  matchersFile: string | undefined;
}

export interface BuildRoutesOptions {
  /** What problems call the functions directory; `functions` if not given. */
  directory?: string;
}

/** How specific a segment is: lower comes first. */
const LITERAL = 0;
const CONSTRAINED = 1;
const PARAMETER = 2;
const CONSTRAINED_CATCH_ALL = 3;
const CATCH_ALL = 4;

/** One locale, so that a build is the same on every machine; Pages takes that of the process. */
const LOCALE_ORDER = new Intl.Collator("en");

/** Builds the route table of a functions directory and tells what in it is wrong or without effect. */
export function buildRoutes(files: readonly FunctionFile[], options: BuildRoutesOptions = {}): BuiltRoutes {
  const { directory = "functions" } = options;
  const found = [...files].sort((a, b) => compareDiscovery(a.file, b.file));
  const own = found.find(({ file }) => OWN_MATCHERS_FILE.test(file));
  const matchers = new Set([
    ...Object.keys(BUILT_IN_MATCHERS),
    ...(own?.exports.filter(isMatcherName) ?? []),
  ]);
  const named = found.flatMap((file) => toRoutedFile(file, matchers, directory));
  const legal = named.filter(({ route }) => !route.problems.some(({ severity }) => severity === "error"));
  const merged = mergeRoutes(legal, directory);
  const routes = sortRoutes(merged.routes);
  const problems = [
    ...named.flatMap(({ route }) => route.problems),
    ...checkExports(found, directory),
    ...merged.problems,
    ...checkHiddenRoutes(compileRoutes(routes, "handlers", findNoMatcher), directory),
  ];
  return { routes, problems, matchersFile: own?.file };
}

/** A file without handlers is a helper module: its name is nobody's business. */
function toRoutedFile(
  { file, exports }: FunctionFile,
  matchers: ReadonlySet<string>,
  directory: string,
): RoutedFile[] {
  const handlers = findHandlers(exports);
  if (handlers.length === 0) return [];
  return [{ file, handlers, route: parseFileRoute(file, { matchers, directory }) }];
}

/**
 * Negative if `a` is tried before `b`: more segments first; then by the first segment of another kind
 * (text, constrained parameter, parameter, catch-all); then routes for one method; then by path.
 */
export function compareRoutes(a: OrderedRoute, b: OrderedRoute): number {
  return compareKeys(orderKey(a), orderKey(b));
}

/** The routes in the order in which they are tried; equal ones stay as they are. */
export function sortRoutes(routes: readonly RouteEntry[]): RouteEntry[] {
  return routes
    .map((route) => ({ route, key: orderKey(route) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ route }) => route);
}

interface OrderKey {
  kinds: number[];
  isForOneMethod: boolean;
  path: string;
}

function orderKey({ routePath, method }: OrderedRoute): OrderKey {
  const segments = routePath.split("/").filter((segment) => segment !== "");
  return { kinds: segments.map(kindOf), isForOneMethod: method !== undefined, path: routePath };
}

function kindOf(segment: string): number {
  if (!segment.includes(":")) return LITERAL;
  const isConstrained = /:\w+:/.test(segment);
  if (segment.includes("*")) return isConstrained ? CONSTRAINED_CATCH_ALL : CATCH_ALL;
  return isConstrained ? CONSTRAINED : PARAMETER;
}

function compareKeys(a: OrderKey, b: OrderKey): number {
  if (a.kinds.length !== b.kinds.length) return b.kinds.length - a.kinds.length;
  const differing = a.kinds.findIndex((kind, index) => kind !== b.kinds[index]);
  if (differing !== -1) return (a.kinds[differing] ?? 0) - (b.kinds[differing] ?? 0);
  if (a.isForOneMethod !== b.isForOneMethod) return a.isForOneMethod ? -1 : 1;
  return LOCALE_ORDER.compare(a.path, b.path) || compareCodeUnits(a.path, b.path);
}

function compareCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
