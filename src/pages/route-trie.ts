// Which of many routes can match a path? A tree of path segments: a map for literal ones, so that ten
// thousand routes cost what one costs; only segments that mix text and parameters are looked at one by one.

import type { PatternSegment, RoutePattern } from "./route-pattern.ts";

/** What the tree keeps: a pattern and its place in the order of routes, lower first. */
export interface RankedPattern {
  pattern: RoutePattern;
  rank: number;
}

/** One place in the tree. */
export interface TrieNode<T extends RankedPattern> {
  literals: Map<string, TrieNode<T>>;
  param: TrieNode<T> | undefined;
  mixed: MixedEdges<T>[];
  /** Patterns that end here, best first. */
  ends: T[];
  /** Patterns with a catch-all next: from here on each is tried as a whole, best first. */
  rests: T[];
  /** The best rank in this subtree. */
  minRank: number;
}

/**
 * Segments such as `post-[id].json`, all with as much text before their parameters and as much after, keyed
 * by the two together.
 */
export interface MixedEdges<T extends RankedPattern> {
  prefixLength: number;
  suffixLength: number;
  /** The last characters of all prefixes, which rule most groups out without a look into the map. */
  prefixEnds: Set<number>;
  byText: Map<string, { segment: PatternSegment; node: TrieNode<T> }[]>;
}

/** Builds the tree. */
export function createTrie<T extends RankedPattern>(items: readonly T[]): TrieNode<T> {
  const root = createNode<T>();
  for (const item of [...items].sort((a, b) => a.rank - b.rank)) insert(root, item);
  return root;
}

/** The children whose segments match whatever `segment` matches; a catch-all has none. */
export function childrenCovering<T extends RankedPattern>(
  node: TrieNode<T>,
  segment: PatternSegment,
): TrieNode<T>[] {
  if (segment.kind === "rest") return [];
  const same =
    segment.kind === "literal"
      ? node.literals.get(segment.shape)
      : segment.kind === "mixed"
        ? findMixedChild(node, segment)
        : undefined;
  return [same, node.param].filter((child) => child !== undefined);
}

function createNode<T extends RankedPattern>(): TrieNode<T> {
  return { literals: new Map(), param: undefined, mixed: [], ends: [], rests: [], minRank: Infinity };
}

function insert<T extends RankedPattern>(root: TrieNode<T>, item: T): void {
  let node = root;
  node.minRank = Math.min(node.minRank, item.rank);
  for (const segment of item.pattern.segments) {
    if (segment.kind === "rest") {
      node.rests.push(item);
      return;
    }
    node = childOf(node, segment);
    node.minRank = Math.min(node.minRank, item.rank);
  }
  node.ends.push(item);
}

function childOf<T extends RankedPattern>(node: TrieNode<T>, segment: PatternSegment): TrieNode<T> {
  if (segment.kind === "mixed") return mixedChildOf(node, segment);
  if (segment.kind === "param") {
    node.param ??= createNode();
    return node.param;
  }
  return getOrAdd(node.literals, segment.shape, createNode<T>);
}

function mixedChildOf<T extends RankedPattern>(node: TrieNode<T>, segment: PatternSegment): TrieNode<T> {
  const { prefix, suffix } = textAround(segment);
  let edges = findEdges(node, prefix, suffix);
  if (edges === undefined) {
    const lengths = { prefixLength: prefix.length, suffixLength: suffix.length };
    edges = { ...lengths, prefixEnds: new Set(), byText: new Map() };
    node.mixed.push(edges);
  }
  edges.prefixEnds.add(prefix.charCodeAt(prefix.length - 1));
  const siblings = getOrAdd(edges.byText, prefix + suffix, () => []);
  const known = siblings.find((edge) => edge.segment.shape === segment.shape);
  if (known !== undefined) return known.node;
  const added = { segment, node: createNode<T>() };
  siblings.push(added);
  return added.node;
}

function findMixedChild<T extends RankedPattern>(node: TrieNode<T>, segment: PatternSegment) {
  const { prefix, suffix } = textAround(segment);
  const siblings = findEdges(node, prefix, suffix)?.byText.get(prefix + suffix);
  return siblings?.find((edge) => edge.segment.shape === segment.shape)?.node;
}

function findEdges<T extends RankedPattern>(node: TrieNode<T>, prefix: string, suffix: string) {
  return node.mixed.find(
    (edges) => edges.prefixLength === prefix.length && edges.suffixLength === suffix.length,
  );
}

/** The text before the first and after the last parameter of a segment. */
function textAround({ tokens }: PatternSegment): { prefix: string; suffix: string } {
  const [first, last] = [tokens[0], tokens.at(-1)];
  return {
    prefix: first?.kind === "literal" ? first.text : "",
    suffix: last?.kind === "literal" ? last.text : "",
  };
}

function getOrAdd<V>(map: Map<string, V>, key: string, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
