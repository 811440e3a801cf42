// Which middleware runs in front of a path? All whose directory covers it, in any spelling of the path
// that another layer could read. Pages docs, "Functions: Middleware".

import type { CompiledRoute, RouteHit } from "./compiled-route.ts";
import { foldPath, matchPathPrefix } from "./match-pattern.ts";
import type { FoldedPath } from "./match-segment.ts";
import { collapseSlashes, isPlainPathname, spellingsOf, uncollapsedPrefix } from "./path-spellings.ts";
import { createTrie, type TrieNode } from "./route-trie.ts";
import { findPrefixes } from "./search-trie.ts";

/** Finds the middleware of a path, outermost first, of those that `accepts` takes. */
export type MiddlewareMatcher = (
  target: FoldedPath,
  accepts: (route: CompiledRoute) => boolean,
) => RouteHit[];

/** A hit with its place in the order of routes. */
interface RankedHit {
  rank: number;
  hit: RouteHit;
}

/** Compiles a site's middleware. */
export function createMiddlewareMatcher(routes: readonly CompiledRoute[]): MiddlewareMatcher {
  if (routes.length === 0) return () => [];
  const trie = createTrie(routes);
  return (target, accepts) => {
    const found = isPlainPathname(target.path)
      ? findHits(trie, target, target.path, accepts)
      : findInSpellings(trie, target.path, accepts);
    // The reverse of the order in which handlers are tried: the least specific directory is outermost.
    return found.sort((a, b) => b.rank - a.rank).map(({ hit }) => hit);
  };
}

/** Of a middleware that covers several spellings the first counts: parameters are as the client sent them. */
function findInSpellings(
  trie: TrieNode<CompiledRoute>,
  pathname: string,
  accepts: (route: CompiledRoute) => boolean,
): RankedHit[] {
  const found = new Map<number, RankedHit>();
  for (const spelling of spellingsOf(pathname)) {
    const isNew = (route: CompiledRoute) => !found.has(route.rank) && accepts(route);
    for (const ranked of findHits(trie, foldPath(spelling), pathname, isNew)) found.set(ranked.rank, ranked);
  }
  return [...found.values()];
}

function findHits(
  trie: TrieNode<CompiledRoute>,
  target: FoldedPath,
  pathname: string,
  accepts: (route: CompiledRoute) => boolean,
): RankedHit[] {
  const hits: RankedHit[] = [];
  for (const route of findPrefixes(trie, target)) {
    const match = accepts(route) ? matchPathPrefix(route.pattern, target) : undefined;
    if (match === undefined) continue;
    const functionPath = coveredPart(pathname, target.path, match.end);
    hits.push({ rank: route.rank, hit: { entry: route.entry, params: match.params, functionPath } });
  }
  return hits;
}

/** What is covered, as the client sent it where that can be told. */
function coveredPart(pathname: string, spelling: string, end: number): string {
  const isCollapsed = spelling !== pathname && spelling === collapseSlashes(pathname);
  return isCollapsed ? uncollapsedPrefix(pathname, end) : spelling.slice(0, end);
}
