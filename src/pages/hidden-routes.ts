// Which handlers can never run, because a route that is tried before theirs matches all that they match?
// An index behind a catch-all is the usual case.

import type { Problem } from "../contract/problem.ts";
import type { RouteEntry } from "../contract/site.ts";
import type { CompiledRoute } from "./compiled-route.ts";
import { coversPattern } from "./pattern-cover.ts";
import { childrenCovering, createTrie, type TrieNode } from "./route-trie.ts";

/** A route and the one that hides it. */
interface HiddenRoute {
  hidden: RouteEntry;
  by: RouteEntry;
}

/** Warns of each file that another hides; `routes` are the handler routes, best first. */
export function checkHiddenRoutes(routes: readonly CompiledRoute[], directory: string): Problem[] {
  return describe(findHidden(routes), directory);
}

function findHidden(routes: readonly CompiledRoute[]): HiddenRoute[] {
  const trie = createTrie(routes);
  return routes.flatMap((route) => {
    const by = findHider(trie, route);
    return by === undefined ? [] : [{ hidden: route.entry, by: by.entry }];
  });
}

/** Follows the segments that match all that the route's own match, and the catch-alls on the way. */
function findHider(trie: TrieNode<CompiledRoute>, route: CompiledRoute): CompiledRoute | undefined {
  const { segments } = route.pattern;
  let best: CompiledRoute | undefined;
  visit(trie, 0);
  return best;

  function visit(node: TrieNode<CompiledRoute>, depth: number): void {
    if (node.minRank >= (best ?? route).rank) return;
    const segment = segments[depth];
    if (segment === undefined) consider(node.ends);
    else for (const child of childrenCovering(node, segment)) visit(child, depth + 1);
    consider(node.rests.filter((rival) => coversPattern(rival.pattern, route.pattern)));
  }

  function consider(rivals: readonly CompiledRoute[]): void {
    const rival = rivals.find((candidate) => coversMethod(candidate, route));
    if (rival !== undefined && rival.rank < (best ?? route).rank) best = rival;
  }
}

function coversMethod(rival: CompiledRoute, route: CompiledRoute): boolean {
  return rival.entry.method === undefined || rival.entry.method === route.entry.method;
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
