// Does one route pattern match every path that another one matches? Decided from their segments; where it
// cannot be told, the answer is no.

import type { PatternSegment, RoutePattern } from "./route-pattern.ts";

/** Whether every path of `covered` is one of `pattern`. */
export function coversPattern(pattern: RoutePattern, covered: RoutePattern): boolean {
  return coversFrom(pattern.segments, 0, covered.segments, 0, false);
}

/** Whether every path of `covered` begins with one of `pattern`, so that its middleware always runs. */
export function coversAsPrefix(pattern: RoutePattern, covered: RoutePattern): boolean {
  return coversFrom(pattern.segments, 0, covered.segments, 0, true);
}

function coversFrom(
  pattern: readonly PatternSegment[],
  index: number,
  covered: readonly PatternSegment[],
  at: number,
  mayLeaveRest: boolean,
): boolean {
  const segment = pattern[index];
  if (segment === undefined) return mayLeaveRest || at === covered.length;
  if (isAnything(segment)) {
    for (let next = covered.length; next >= at; next -= 1) {
      if (coversFrom(pattern, index + 1, covered, next, mayLeaveRest)) return true;
    }
    return false;
  }
  const other = covered[at];
  return (
    other !== undefined &&
    coversSegment(segment, other) &&
    coversFrom(pattern, index + 1, covered, at + 1, mayLeaveRest)
  );
}

/** A catch-all without a matcher and without text behind it. */
function isAnything(segment: PatternSegment): boolean {
  const [token, text] = segment.tokens;
  if (segment.kind !== "rest" || text !== undefined) return false;
  return token?.kind === "param" && token.matcher === undefined;
}

function coversSegment(segment: PatternSegment, other: PatternSegment): boolean {
  return segment.shape === other.shape || (segment.kind === "param" && other.kind !== "rest");
}
