// Does a path match a route pattern, and with which parameters? Pages docs, "Functions: Routing".
//
// Time is linear in the length of the path, whatever the pattern: only catch-alls can be tried in more than
// one way, each goes from slash to slash, and where a pattern has several, the places where one has failed
// are kept, so that no other start leads there again.

import { type FoldedPath, fitsMatcher, matchSegment, type Spans } from "./match-segment.ts";
import type { PatternSegment, RoutePattern } from "./route-pattern.ts";

/** Values by parameter name, undecoded; without prototype, since any name is allowed. */
export type RouteParams = Record<string, string | string[]>;

/** What a middleware's pattern covers of a path. */
export interface PrefixMatch {
  params: RouteParams;
  /** Where the covered part ends: at a border of segments, past a slash at the very end of the path. */
  end: number;
}

/** One attempt at a path. */
interface Attempt {
  readonly pattern: RoutePattern;
  readonly target: FoldedPath;
  /** Whether the pattern has to reach the end of the path. */
  readonly isWhole: boolean;
  readonly spans: Spans;
  readonly dead: Set<number> | undefined;
  /** Where the pattern has ended. */
  end: number;
}

const SLASH = 0x2f;

/** Puts a pathname into the form that the matchers take. */
export function foldPath(pathname: string): FoldedPath {
  return { path: pathname, folded: pathname.toLowerCase() };
}

/** Matches the whole path, with one optional slash at its end. Undefined: no match. */
export function matchWholePath(pattern: RoutePattern, target: FoldedPath): RouteParams | undefined {
  const attempt = createAttempt(pattern, target, true);
  return matchFrom(attempt, 0, startOf(pattern)) ? readParams(attempt) : undefined;
}

/** Whether matchWholePath would match. */
export function isWholePath(pattern: RoutePattern, target: FoldedPath): boolean {
  return matchFrom(createAttempt(pattern, target, true), 0, startOf(pattern));
}

/** Matches the beginning of the path up to a border of segments, as middleware does. Undefined: no match. */
export function matchPathPrefix(pattern: RoutePattern, target: FoldedPath): PrefixMatch | undefined {
  const attempt = createAttempt(pattern, target, false);
  if (!matchFrom(attempt, 0, startOf(pattern))) return undefined;
  const { end } = attempt;
  return { params: readParams(attempt), end: isFinalSlash(target.path, end) ? end + 1 : end };
}

function createAttempt(pattern: RoutePattern, target: FoldedPath, isWhole: boolean): Attempt {
  const dead = pattern.restCount > 1 ? new Set<number>() : undefined;
  return { pattern, target, isWhole, spans: [], dead, end: 0 };
}

/** The root is the one pattern that ends behind a slash. */
function startOf(pattern: RoutePattern): number {
  return pattern.segments.length === 0 ? 1 : 0;
}

/** Matches the segments from `index` on against the text from `position` on, where a segment begins or the path ends. */
function matchFrom(attempt: Attempt, index: number, position: number): boolean {
  const { segments } = attempt.pattern;
  let start = position;
  for (let at = index; at < segments.length; at += 1) {
    const segment = segments[at] as PatternSegment;
    if (segment.kind === "rest") return matchRest(attempt, at, start, segment);
    if (!isSegmentStart(attempt.target.path, start)) return false;
    const end = segmentEnd(attempt.target.path, start + 1);
    if (!matchOne(attempt, segment, start + 1, end)) return false;
    start = end;
  }
  attempt.end = start;
  const { path } = attempt.target;
  return !attempt.isWhole || start === path.length || isFinalSlash(path, start);
}

function matchOne({ target, spans }: Attempt, segment: PatternSegment, start: number, end: number): boolean {
  if (segment.kind !== "literal") return matchSegment(segment.tokens, target, start, end, spans);
  return end - start === segment.shape.length && target.folded.startsWith(segment.shape, start);
}

function matchRest(attempt: Attempt, index: number, start: number, segment: PatternSegment): boolean {
  if (attempt.dead?.has(placeOf(attempt, index, start))) return false;
  return segment.tokens.length === 1
    ? matchWholeSegments(attempt, index, start, segment)
    : matchUpToText(attempt, index, start, segment);
}

/** Takes as many segments as possible, down to none. */
function matchWholeSegments(
  attempt: Attempt,
  index: number,
  start: number,
  segment: PatternSegment,
): boolean {
  const { path } = attempt.target;
  const ends = [start];
  for (let position = start; isSegmentStart(path, position); ) {
    const end = segmentEnd(path, position + 1);
    if (attempt.dead?.has(placeOf(attempt, index, end))) break;
    if (!fitsRest(attempt, segment, position + 1, end)) break;
    ends.push(end);
    position = end;
  }
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    if (matchFrom(attempt, index + 1, end)) return takeRest(attempt, segment, start, end);
    attempt.dead?.add(placeOf(attempt, index, end));
  }
  return false;
}

/** The case of `[[x]]text`: takes segments up to the first that ends with the text and lets the others match. */
function matchUpToText(attempt: Attempt, index: number, start: number, segment: PatternSegment): boolean {
  const { target, spans, dead } = attempt;
  for (let position = start; isSegmentStart(target.path, position); ) {
    const place = placeOf(attempt, index, position);
    if (dead?.has(place)) return false;
    dead?.add(place);
    const end = segmentEnd(target.path, position + 1);
    if (
      matchSegment(segment.tokens, target, position + 1, end, spans) &&
      matchFrom(attempt, index + 1, end)
    ) {
      return takeRest(attempt, segment, start, spans[2 * restIndex(segment) + 1] ?? end);
    }
    if (!fitsRest(attempt, segment, position + 1, end)) return false;
    position = end;
  }
  return false;
}

/** A value with the slash in front of each segment; always true. */
function takeRest({ spans }: Attempt, segment: PatternSegment, start: number, end: number): true {
  const index = restIndex(segment);
  spans[2 * index] = start;
  spans[2 * index + 1] = end;
  return true;
}

function restIndex({ tokens: [token] }: PatternSegment): number {
  return token?.kind === "param" ? token.index : 0;
}

function fitsRest(
  { target }: Attempt,
  { tokens: [token] }: PatternSegment,
  start: number,
  end: number,
): boolean {
  return token?.kind !== "param" || fitsMatcher(token.matcher, target, start, end);
}

function placeOf({ target }: Attempt, index: number, position: number): number {
  return index * (target.path.length + 1) + position;
}

/** A slash with a segment behind it that is not empty. */
function isSegmentStart(path: string, position: number): boolean {
  const next = path.charCodeAt(position + 1);
  return path.charCodeAt(position) === SLASH && next !== SLASH && !Number.isNaN(next);
}

function segmentEnd(path: string, position: number): number {
  const slash = path.indexOf("/", position);
  return slash === -1 ? path.length : slash;
}

function isFinalSlash(path: string, position: number): boolean {
  return position === path.length - 1 && path.charCodeAt(position) === SLASH;
}

/** Parameters of a pattern that has none. */
export function noParams(): RouteParams {
  return new EmptyParams();
}

/** Makes an object without inherited properties, which unlike Object.create(null) stays fast to fill. */
const EmptyParams = function EmptyParams() {} as unknown as new () => RouteParams;
EmptyParams.prototype = Object.create(null);

/** Of two parameters with one name the last that has a value wins. */
function readParams({ pattern, target, spans }: Attempt): RouteParams {
  const params = new EmptyParams();
  for (const [index, { name, isRest }] of pattern.params.entries()) {
    const value = target.path.slice(spans[2 * index], spans[2 * index + 1]);
    if (!isRest) params[name] = value;
    else if (value !== "") params[name] = value.slice(1).split("/");
  }
  return params;
}
