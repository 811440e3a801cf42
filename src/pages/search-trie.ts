// Walks the tree of routes along a path: the best route for the whole of it, or all that match a beginning.

import { isWholePath } from "./match-pattern.ts";
import { type FoldedPath, matchSegment } from "./match-segment.ts";
import type { MixedEdges, RankedPattern, TrieNode } from "./route-trie.ts";

/** One walk; `visit` is called for each node that the path leads to. */
interface Walk<T extends RankedPattern> {
  readonly target: FoldedPath;
  /** Where the path ends. */
  readonly end: number;
  readonly visit: (node: TrieNode<T>, position: number) => void;
}

const SLASH = 0x2f;

/** The route of lowest rank that matches the whole path, is accepted, and ranks below `limit`. */
export function findBest<T extends RankedPattern>(
  root: TrieNode<T>,
  target: FoldedPath,
  accepts: (item: T) => boolean,
  limit: T | undefined,
): T | undefined {
  let best = limit;
  const end = withoutFinalSlash(target.path);
  const walk: Walk<T> = { target, end, visit };
  visit(root, 0);
  return best;

  function visit(node: TrieNode<T>, position: number): void {
    if (best !== undefined && node.minRank >= best.rank) return;
    if (position >= end) takeFirst(node.ends, false);
    else visitChildren(node, position, walk);
    takeFirst(node.rests, true);
  }

  function takeFirst(items: readonly T[], isUntried: boolean): void {
    for (const item of items) {
      if (best !== undefined && item.rank >= best.rank) return;
      if (isUntried && !isWholePath(item.pattern, target)) continue;
      if (!accepts(item)) continue;
      best = item;
      return;
    }
  }
}

/** The routes that match a beginning of the path, and those with catch-alls that may. */
export function findPrefixes<T extends RankedPattern>(root: TrieNode<T>, target: FoldedPath): T[] {
  const found: T[] = [];
  const end = target.path.length;
  const walk: Walk<T> = { target, end, visit };
  visit(root, 0);
  return found;

  function visit(node: TrieNode<T>, position: number): void {
    for (const item of node.ends) found.push(item);
    for (const item of node.rests) found.push(item);
    if (position < end) visitChildren(node, position, walk);
  }
}

/** Visits the children whose segment is that after the slash at `position`. */
function visitChildren<T extends RankedPattern>(node: TrieNode<T>, position: number, walk: Walk<T>): void {
  const { target, visit } = walk;
  const start = position + 1;
  const slash = target.path.indexOf("/", start);
  const end = slash === -1 || slash > walk.end ? walk.end : slash;
  if (end <= start) return;
  if (node.literals.size > 0) {
    const literal = node.literals.get(target.folded.slice(start, end));
    if (literal !== undefined) visit(literal, end);
  }
  for (const edges of node.mixed) visitMixed(edges, start, end, walk);
  if (node.param !== undefined) visit(node.param, end);
}

function visitMixed<T extends RankedPattern>(
  { prefixLength, suffixLength, prefixEnds, byText }: MixedEdges<T>,
  start: number,
  end: number,
  { target, visit }: Walk<T>,
): void {
  if (end - start <= prefixLength + suffixLength) return;
  if (prefixLength > 0 && !prefixEnds.has(target.folded.charCodeAt(start + prefixLength - 1))) return;
  const prefix = target.folded.slice(start, start + prefixLength);
  const suffix = target.folded.slice(end - suffixLength, end);
  for (const { segment, node } of byText.get(prefix + suffix) ?? []) {
    if (matchSegment(segment.tokens, target, start, end, [])) visit(node, end);
  }
}

function withoutFinalSlash(path: string): number {
  const last = path.length - 1;
  return path.charCodeAt(last) === SLASH ? last : path.length;
}
