// The pattern language of _headers and _redirects: `*` takes anything, `:name` stays inside a segment.
// Pages docs, "Headers" and "Redirects". Matching takes time in proportion to pattern × path, never more:
// rule files hold patterns like `/:a-:b-:c`, on which a backtracking regular expression could be stalled.

/** What the wildcards of a pattern took, by name; `*` is called `splat`. Values are as they stand in the URL. */
export type Captures = ReadonlyMap<string, string>;

/** Where a pattern stands: a `:name` ends at a slash, in host names at a dot too. */
export type PatternPlace = "path" | "host";

interface Wildcard {
  name: string;
  /** Characters that it cannot take; undefined for `*`, which may also take nothing. */
  stops: string | undefined;
}

type Token = string | Wildcard;

/** A parsed pattern. */
export interface PathPattern {
  readonly tokens: readonly Token[];
}

const WILDCARD = /\*|:([A-Za-z]\w*)/g;
const STOPS: Readonly<Record<PatternPlace, string>> = { path: "/", host: "/." };

/** Parses a pattern; undefined if two of its wildcards have one name, which also means two `*`. */
export function parsePathPattern(source: string, place: PatternPlace = "path"): PathPattern | undefined {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of source.matchAll(WILDCARD)) {
    if (match.index > end) tokens.push(source.slice(end, match.index));
    tokens.push(
      match[1] === undefined ? { name: "splat", stops: undefined } : { name: match[1], stops: STOPS[place] },
    );
    end = match.index + match[0].length;
  }
  if (end < source.length || tokens.length === 0) tokens.push(source.slice(end));
  const names = namesIn(tokens);
  return new Set(names).size === names.length ? { tokens } : undefined;
}

/** Whether a rule's source has a wildcard at all. */
export function hasWildcard(source: string): boolean {
  return source.search(WILDCARD) !== -1;
}

/** The names of a pattern's wildcards, in order. */
export function wildcardNames(pattern: PathPattern): string[] {
  return namesIn(pattern.tokens);
}

/**
 * Matches the whole text, case-sensitively. Earlier wildcards take as much as they can, of `original` if that
 * is what the client sent, letter for letter, where `text` was changed for comparing.
 */
export function matchPathPattern(
  { tokens }: PathPattern,
  text: string,
  original: string = text,
): Captures | undefined {
  const first = tokens[0] ?? "";
  const last = tokens.at(-1) ?? "";
  if (typeof first === "string" && !text.startsWith(first)) return undefined;
  if (typeof last === "string" && !text.endsWith(last)) return undefined;
  if (!hasLiteralsInOrder(tokens, text)) return undefined;
  const ends = tabulateEnds(tokens, text);
  return ends[0]?.[0] === -1 ? undefined : readCaptures(tokens, original, ends);
}

/**
 * Puts captured values where a template names them, each once: what came from a request is never read as
 * a template again. The longest known name counts, so `:title2` is `:title` followed by a 2 if need be.
 */
export function fillTemplate(template: string, captures: Captures): string {
  if (captures.size === 0) return template;
  return template.replace(/:([A-Za-z]\w*)/g, (text, word: string) => {
    for (let length = word.length; length > 0; length -= 1) {
      const value = captures.get(word.slice(0, length));
      if (value !== undefined) return value + word.slice(length);
    }
    return text;
  });
}

function namesIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => (typeof token === "string" ? [] : [token.name]));
}

/** A cheap look that spares most texts the table. */
function hasLiteralsInOrder(tokens: readonly Token[], text: string): boolean {
  let position = 0;
  for (const token of tokens) {
    if (typeof token !== "string") continue;
    const found = text.indexOf(token, position);
    if (found === -1) return false;
    position = found + token.length;
  }
  return true;
}

/** For each token: where its text ends if it begins at a position and all after it fits too, else -1. */
function tabulateEnds(tokens: readonly Token[], text: string): Int32Array[] {
  const table: Int32Array[] = [];
  let after = new Int32Array(text.length + 1).fill(-1);
  after[text.length] = text.length;
  for (const token of tokens.toReversed()) {
    after = typeof token === "string" ? literalEnds(token, text, after) : wildcardEnds(token, text, after);
    table.unshift(after);
  }
  return table;
}

function literalEnds(literal: string, text: string, after: Int32Array): Int32Array<ArrayBuffer> {
  const ends = new Int32Array(text.length + 1).fill(-1);
  for (let start = 0; start + literal.length <= text.length; start += 1) {
    const end = start + literal.length;
    if (after[end] !== -1 && text.startsWith(literal, start)) ends[start] = end;
  }
  return ends;
}

/** From right to left, so that the first end found for a run of allowed characters is the furthest. */
function wildcardEnds({ stops }: Wildcard, text: string, after: Int32Array): Int32Array<ArrayBuffer> {
  const ends = new Int32Array(text.length + 1).fill(-1);
  let furthest = -1;
  for (let start = text.length; start >= 0; start -= 1) {
    const end = stops === undefined ? start : start + 1;
    if (stops !== undefined && (end > text.length || stops.includes(text.charAt(start)))) furthest = -1;
    else {
      if (furthest === -1 && after[end] !== -1) furthest = end;
      ends[start] = furthest;
    }
  }
  return ends;
}

function readCaptures(tokens: readonly Token[], text: string, ends: readonly Int32Array[]): Captures {
  const captures = new Map<string, string>();
  let start = 0;
  for (const [index, token] of tokens.entries()) {
    const end = ends[index]?.[start] ?? start;
    if (typeof token !== "string") captures.set(token.name, text.slice(start, end));
    start = end;
  }
  return captures;
}
