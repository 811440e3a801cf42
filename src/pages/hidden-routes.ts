// Which handlers can never run, because a route that is tried before theirs matches all that they match?
// An index behind a catch-all is the usual case.

import type { Problem } from "../contract/problem.ts";
import type { RouteEntry } from "../contract/site.ts";
import type { CompiledRoute } from "./compiled-route.ts";
import { coversPattern } from "./pattern-cover.ts";
import { formatShape, type PatternSegment, type RoutePattern } from "./route-pattern.ts";

/** A route and the one that hides it. */
interface HiddenRoute {
  hidden: RouteEntry;
  by: RouteEntry;
}

/** Warns of each file that another hides; `routes` are the handler routes, best first. */
export function checkHiddenRoutes(routes: readonly CompiledRoute[], directory: string): Problem[] {
  return describe(findHidden(routes), directory);
}

/**
 * Two routes of one length are equal segment by segment, or the earlier one has a plain parameter where the
 * later has text around one: at the first segment of another kind the more specific route comes first. Any
 * other route that hides one has a catch-all.
 */
function findHidden(routes: readonly CompiledRoute[]): HiddenRoute[] {
  const seen = new Map<string, CompiledRoute[]>();
  const found: HiddenRoute[] = [];
  for (const route of routes) {
    const { segments } = route.pattern;
    const keys = [
      `=${formatShape(route.pattern)}`,
      `:${outlineOf(segments)}`,
      `*${firstLiteral(segments)}`,
      "*",
    ];
    const by = keys
      .flatMap((key) => seen.get(key) ?? [])
      .find((rival) => coversMethod(rival, route) && coversPattern(rival.pattern, route.pattern));
    if (by !== undefined) found.push({ hidden: route.entry, by: by.entry });
    else addTo(seen, keyOf(route.pattern), route);
  }
  return found;
}

function keyOf(pattern: RoutePattern): string {
  const { segments } = pattern;
  if (segments.some((segment) => segment.kind === "rest")) return `*${firstLiteral(segments)}`;
  const hasPlainParameter = segments.some((segment) => segment.kind === "param");
  return hasPlainParameter ? `:${outlineOf(segments)}` : `=${formatShape(pattern)}`;
}

function coversMethod(rival: CompiledRoute, route: CompiledRoute): boolean {
  return rival.entry.method === undefined || rival.entry.method === route.entry.method;
}

/** Empty if the first segment is not literal; then any first segment may be meant. */
function firstLiteral([first]: readonly PatternSegment[]): string {
  return first?.kind === "literal" ? first.shape : "";
}

/** Literal segments as they are, and what else a plain parameter could cover as one thing. */
function outlineOf(segments: readonly PatternSegment[]): string {
  return segments.map((segment) => (segment.kind === "literal" ? segment.shape : ":")).join("/");
}

function addTo(index: Map<string, CompiledRoute[]>, key: string, route: CompiledRoute): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [route]);
  else list.push(route);
}

function describe(hidden: readonly HiddenRoute[], directory: string): Problem[] {
  const byPair = Map.groupBy(hidden, (pair) => `${fileOf(pair.hidden)}\n${fileOf(pair.by)}`);
  return [...byPair.values()].flatMap((pairs) => {
    const [first] = pairs;
    if (first === undefined) return [];
    const methods = pairs.map((pair) => pair.hidden.method ?? "all methods").join(", ");
    return {
      severity: "warning",
      code: "hidden-route",
      message: `${directory}/${fileOf(first.by)} is tried first and matches every path of this file, which never runs (${methods})`,
      file: `${directory}/${fileOf(first.hidden)}`,
      remedy: remedyFor(first),
    };
  });
}

function remedyFor({ hidden, by }: HiddenRoute): string {
  if (!by.routePath.includes("*")) return "Rename one of the two, or constrain a parameter: [id=int].";
  return `Answer ${hidden.routePath} in ${fileOf(by)}, where the catch-all parameter may be absent, or move one of the two.`;
}

function fileOf(entry: RouteEntry): string {
  return entry.handlers[0]?.file ?? "";
}
