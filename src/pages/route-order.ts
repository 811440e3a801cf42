// In which order are routes tried? The first that matches path and method runs.
// Pages docs, "Functions: Routing".

import type { RouteEntry } from "../contract/site.ts";

/** What the order depends on. */
export type OrderedRoute = Pick<RouteEntry, "routePath" | "method">;

/** How specific a segment is: lower comes first. */
const LITERAL = 0;
const CONSTRAINED = 1;
const PARAMETER = 2;
const CONSTRAINED_CATCH_ALL = 3;
const CATCH_ALL = 4;

/** One locale, so that a build is the same on every machine; Pages takes that of the process. */
const LOCALE_ORDER = new Intl.Collator("en");

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
