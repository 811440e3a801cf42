// Walks the tree of routes along a path: the best route for the whole of it, or all that match a beginning.

import { type FoldedPath, matchesSegment, matchWholePath } from "./match-pattern.ts";
import { type MixedEdges, type RankedPattern, type TrieNode, textKey } from "./route-trie.ts";

/** A search for the best route that `accepts` takes. */
interface Search<T extends RankedPattern> {
  target: FoldedPath;
  /** Without the one slash at the end that does not count. */
  end: number;
  accepts: (item: T) => boolean;
  best: T | undefined;
}

const SLASH = 0x2f;

/** The route of lowest rank that matches the whole path, is accepted, and ranks below `limit`. */
export function findBest<T extends RankedPattern>(
  root: TrieNode<T>,
  target: FoldedPath,
  accepts: (item: T) => boolean,
  limit?: T,
): T | undefined {
  const { path } = target;
  const length = path.length;
  const end = length > 0 && path.charCodeAt(length - 1) === SLASH ? length - 1 : length;
  const search: Search<T> = { target, end, accepts, best: limit };
  searchWhole(root, 0, search);
  return search.best;
}

/** The routes that may match a beginning of the path; those with catch-alls are yet to be tried. */
export function findPrefixes<T extends RankedPattern>(root: TrieNode<T>, target: FoldedPath): T[] {
  const found: T[] = [];
  searchPrefixes(root, 0, target, found);
  return found;
}

function searchWhole<T extends RankedPattern>(node: TrieNode<T>, position: number, search: Search<T>): void {
  if (node.minRank >= (search.best?.rank ?? Infinity)) return;
  if (position >= search.end) takeFirst(node.ends, search, undefined);
  else
    forEachChild(node, search.target, position, search.end, (child, end) => searchWhole(child, end, search));
  takeFirst(node.rests, search, search.target);
}

/** Takes the first item that beats what was found; with `target`, only one that matches it as a whole. */
function takeFirst<T extends RankedPattern>(
  items: readonly T[],
  search: Search<T>,
  target: FoldedPath | undefined,
): void {
  for (const item of items) {
    if (item.rank >= (search.best?.rank ?? Infinity)) return;
    if (target !== undefined && matchWholePath(item.pattern, target) === undefined) continue;
    if (!search.accepts(item)) continue;
    search.best = item;
    return;
  }
}

function searchPrefixes<T extends RankedPattern>(
  node: TrieNode<T>,
  position: number,
  target: FoldedPath,
  found: T[],
): void {
  for (const item of node.ends) found.push(item);
  for (const item of node.rests) found.push(item);
  const end = target.path.length;
  if (position >= end) return;
  forEachChild(node, target, position, end, (child, next) => searchPrefixes(child, next, target, found));
}

/** Visits the children whose segment is that after the slash at `position`. */
function forEachChild<T extends RankedPattern>(
  node: TrieNode<T>,
  target: FoldedPath,
  position: number,
  limit: number,
  visit: (child: TrieNode<T>, end: number) => void,
): void {
  const start = position + 1;
  const slash = target.path.indexOf("/", start);
  const end = slash === -1 || slash > limit ? limit : slash;
  if (end <= start) return;
  const literal = node.literals.get(target.folded.slice(start, end));
  if (literal !== undefined) visit(literal, end);
  for (const edges of node.mixed) visitMixed(edges, target, start, end, visit);
  if (node.param !== undefined) visit(node.param, end);
}

function visitMixed<T extends RankedPattern>(
  edges: MixedEdges<T>,
  target: FoldedPath,
  start: number,
  end: number,
  visit: (child: TrieNode<T>, end: number) => void,
): void {
  const { prefixLength, suffixLength, byText } = edges;
  if (end - start <= prefixLength + suffixLength) return;
  const prefix = target.folded.slice(start, start + prefixLength);
  const suffix = target.folded.slice(end - suffixLength, end);
  for (const { segment, node } of byText.get(textKey(prefix, suffix)) ?? []) {
    if (matchesSegment(segment, target, start, end)) visit(node, end);
  }
}
