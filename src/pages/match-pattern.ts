// Does a path match a route pattern, and with which parameters? Pages docs, "Functions: Routing".
//
// Time is linear in the length of the path, whatever the pattern. A parameter stays inside its segment;
// one with text before it cannot run past the next such text, so two attempts of the same parameter never
// read the same characters; a catch-all goes from slash to slash. Only a second catch-all could be tried
// again and again from different starts: `dead` keeps the places where it has failed.

import type { ParamMatcher } from "./param-matchers.ts";
import type { ParamToken, PatternSegment, PatternToken, RestToken, RoutePattern } from "./route-pattern.ts";

/** Values by parameter name, undecoded; without prototype, since any name is allowed. */
export type RouteParams = Record<string, string | string[]>;

/** A pathname as a URL has it, and in lower case for comparing. */
export interface FoldedPath {
  readonly path: string;
  readonly folded: string;
}

/** What a middleware's pattern covers of a path. */
export interface PrefixMatch {
  params: RouteParams;
  /** Where the covered part ends; past a slash at the very end of the path. */
  end: number;
}

/** One attempt: the pattern's tokens against `path` up to `limit`. */
interface Attempt {
  readonly path: string;
  readonly folded: string;
  readonly tokens: readonly PatternToken[];
  readonly limit: number;
  /** Whether the pattern may end at this place. */
  readonly mayEnd: (attempt: Attempt, position: number) => boolean;
  /** Where each parameter's value begins and ends, two numbers per token. */
  readonly spans: number[];
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
  const attempt = startAttempt(pattern, target, isPathEnd);
  return matchFrom(attempt, 0, 0) ? readParams(attempt) : undefined;
}

/** Whether matchWholePath would match. */
export function isWholePath(pattern: RoutePattern, target: FoldedPath): boolean {
  return matchFrom(startAttempt(pattern, target, isPathEnd), 0, 0);
}

/** Matches the beginning of the path up to a border of segments, as middleware does. Undefined: no match. */
export function matchPathPrefix(pattern: RoutePattern, target: FoldedPath): PrefixMatch | undefined {
  const attempt = startAttempt(pattern, target, pattern.segments.length === 0 ? isAnyPlace : isSegmentEnd);
  if (!matchFrom(attempt, 0, 0)) return undefined;
  const { end } = attempt;
  const isFinalSlash = end === attempt.limit - 1 && isPathEnd(attempt, end);
  return { params: readParams(attempt), end: isFinalSlash ? end + 1 : end };
}

/** Whether one segment of a pattern matches the text between `start` and `end`. */
export function matchesSegment(
  segment: PatternSegment,
  target: FoldedPath,
  start: number,
  end: number,
): boolean {
  const { path, folded } = target;
  const { tokens } = segment;
  const attempt = { path, folded, tokens, limit: end, mayEnd: isLimit, spans: [], dead: undefined, end };
  return matchFrom(attempt, 0, start);
}

function startAttempt(pattern: RoutePattern, target: FoldedPath, mayEnd: Attempt["mayEnd"]): Attempt {
  const { path, folded } = target;
  const dead = pattern.restCount > 1 ? new Set<number>() : undefined;
  return { path, folded, tokens: pattern.tokens, limit: path.length, mayEnd, spans: [], dead, end: 0 };
}

/** Matches the tokens from `index` on against the text from `position` on. */
function matchFrom(attempt: Attempt, index: number, position: number): boolean {
  const token = attempt.tokens[index];
  if (token === undefined) {
    attempt.end = position;
    return attempt.mayEnd(attempt, position);
  }
  if (token.kind === "param") return matchParam(attempt, index, position, token);
  if (token.kind === "rest") return matchRest(attempt, index, position, token);
  const end = position + token.text.length;
  return (
    end <= attempt.limit &&
    attempt.folded.startsWith(token.text, position) &&
    matchFrom(attempt, index + 1, end)
  );
}

/** Takes the shortest value with which everything after it matches. */
function matchParam(attempt: Attempt, index: number, start: number, token: ParamToken): boolean {
  const last = segmentEnd(attempt, start);
  for (let end = start; end < last; ) {
    if (token.barred !== "" && attempt.folded.startsWith(token.barred, end)) return false;
    end = token.endsSegment && token.barred === "" ? last : end + 1;
    // The matcher comes last: the rest of the pattern leaves few candidates for it to read.
    if (!matchFrom(attempt, index + 1, end) || !fits(token.matcher, attempt, start, end)) continue;
    setSpan(attempt, index, start, end);
    return true;
  }
  return false;
}

function matchRest(attempt: Attempt, index: number, start: number, token: RestToken): boolean {
  if (isDead(attempt, index, start)) return false;
  return token.endsSegment
    ? matchSegments(attempt, index, start, token)
    : matchSegmentsBeforeText(attempt, index, start, token);
}

/** Takes as many whole segments as possible, down to none. */
function matchSegments(attempt: Attempt, index: number, start: number, token: RestToken): boolean {
  const ends = [start];
  for (let position = start; isSegmentStart(attempt, position); ) {
    const end = segmentEnd(attempt, position + 1);
    if (isDead(attempt, index, end) || !fits(token.matcher, attempt, position + 1, end)) break;
    ends.push(end);
    position = end;
  }
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    if (matchFrom(attempt, index + 1, end)) {
      setSpan(attempt, index, start, end);
      return true;
    }
    attempt.dead?.add(placeOf(attempt, index, end));
  }
  return false;
}

/** The case of `[[x]]text`: the last segment that is taken leaves the text over. */
function matchSegmentsBeforeText(attempt: Attempt, index: number, start: number, token: RestToken): boolean {
  for (let position = start; isSegmentStart(attempt, position) && !isDead(attempt, index, position); ) {
    attempt.dead?.add(placeOf(attempt, index, position));
    const last = segmentEnd(attempt, position + 1);
    for (let end = position + 2; end < last; end += 1) {
      if (!matchFrom(attempt, index + 1, end) || !fits(token.matcher, attempt, position + 1, end)) continue;
      setSpan(attempt, index, start, end);
      return true;
    }
    if (!fits(token.matcher, attempt, position + 1, last)) return false;
    position = last;
  }
  return false;
}

/** Where the segment that holds `position` ends. */
function segmentEnd(attempt: Attempt, position: number): number {
  const slash = attempt.path.indexOf("/", position);
  return slash === -1 || slash > attempt.limit ? attempt.limit : slash;
}

/** A slash with a segment behind it that is not empty. */
function isSegmentStart({ path, limit }: Attempt, position: number): boolean {
  return (
    position + 1 < limit && path.charCodeAt(position) === SLASH && path.charCodeAt(position + 1) !== SLASH
  );
}

function isPathEnd({ path, limit }: Attempt, position: number): boolean {
  return position === limit || (position === limit - 1 && path.charCodeAt(position) === SLASH);
}

function isSegmentEnd({ path, limit }: Attempt, position: number): boolean {
  return position === limit || path.charCodeAt(position) === SLASH;
}

function isLimit({ limit }: Attempt, position: number): boolean {
  return position === limit;
}

/** The root's middleware covers every path. */
function isAnyPlace(): boolean {
  return true;
}

function fits(matcher: ParamMatcher | undefined, attempt: Attempt, start: number, end: number): boolean {
  return matcher === undefined || matcher(attempt.path.slice(start, end));
}

function isDead(attempt: Attempt, index: number, position: number): boolean {
  return attempt.dead?.has(placeOf(attempt, index, position)) ?? false;
}

function placeOf(attempt: Attempt, index: number, position: number): number {
  return index * (attempt.limit + 1) + position;
}

function setSpan(attempt: Attempt, index: number, start: number, end: number): void {
  attempt.spans[2 * index] = start;
  attempt.spans[2 * index + 1] = end;
}

/** Makes an object without inherited properties, which unlike Object.create(null) stays fast to read and write. */
const EmptyParams = function EmptyParams() {} as unknown as new () => RouteParams;
EmptyParams.prototype = Object.create(null);

/** Of two parameters with one name the last that has a value wins. */
function readParams({ path, tokens, spans }: Attempt): RouteParams {
  const params = new EmptyParams();
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || token.kind === "literal") continue;
    const value = path.slice(spans[2 * index], spans[2 * index + 1]);
    if (token.kind === "param") params[token.name] = value;
    else if (value !== "") params[token.name] = value.slice(1).split("/");
  }
  return params;
}
