// Does the text of one path segment match the tokens of one pattern segment?
//
// Time is linear in the length of the segment: a parameter with text before it cannot run past the next such
// text, so two attempts of the same parameter never read the same characters.

import type { ParamMatcher } from "./param-matchers.ts";
import type { ParamToken, PatternToken } from "./route-pattern.ts";

/** A pathname as a URL has it, and in lower case for comparing. */
export interface FoldedPath {
  readonly path: string;
  readonly folded: string;
}

/** Where each parameter's value begins and ends: two numbers for each. */
export type Spans = number[];

/**
 * Whether the text between `start` and `end` matches the tokens. Each parameter takes the shortest value
 * with which everything after it matches, and `spans` then tells where it stands.
 */
export function matchSegment(
  tokens: readonly PatternToken[],
  target: FoldedPath,
  start: number,
  end: number,
  spans: Spans,
): boolean {
  return matchFrom({ tokens, target, limit: end, spans }, 0, start);
}

/** Whether the text between `start` and `end` is a value that the matcher takes; without one, anything is. */
export function fitsMatcher(
  matcher: ParamMatcher | undefined,
  { path }: FoldedPath,
  start: number,
  end: number,
): boolean {
  return matcher === undefined || matcher(path.slice(start, end));
}

interface Attempt {
  readonly tokens: readonly PatternToken[];
  readonly target: FoldedPath;
  readonly limit: number;
  readonly spans: Spans;
}

function matchFrom(attempt: Attempt, index: number, position: number): boolean {
  const token = attempt.tokens[index];
  if (token === undefined) return position === attempt.limit;
  if (token.kind === "param") return matchParam(attempt, index, position, token);
  const end = position + token.text.length;
  if (end > attempt.limit || !attempt.target.folded.startsWith(token.text, position)) return false;
  return matchFrom(attempt, index + 1, end);
}

function matchParam(attempt: Attempt, index: number, start: number, token: ParamToken): boolean {
  const { target, limit, spans, tokens } = attempt;
  const isLast = index === tokens.length - 1;
  for (let end = start; end < limit; ) {
    if (token.barred !== "" && target.folded.startsWith(token.barred, end)) return false;
    end = isLast && token.barred === "" ? limit : end + 1;
    // The matcher comes last: the rest of the segment leaves it few candidates to read.
    if (!matchFrom(attempt, index + 1, end) || !fitsMatcher(token.matcher, target, start, end)) continue;
    spans[2 * token.index] = start;
    spans[2 * token.index + 1] = end;
    return true;
  }
  return false;
}
