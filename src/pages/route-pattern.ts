// What does a route path such as `/users/:id/:rest*` mean? Parsed once, into tokens and into segments.
// Pages docs, "Functions: Routing"; `:id:int` is a constrained parameter, which Pages does not have.

import type { ParamMatcher } from "./param-matchers.ts";

/** Text that must stand there, percent-encoded as in a URL and in lower case. */
export interface LiteralToken {
  kind: "literal";
  text: string;
}

/** One or more characters of one segment. */
export interface ParamToken {
  kind: "param";
  name: string;
  matcher: ParamMatcher | undefined;
  /** Ends its segment, so that its value is found without trying. */
  endsSegment: boolean;
  /**
   * Text that the value cannot contain, or empty: what separates it from a parameter before it in the
   * same segment. So `[a]-[b]` reads `x-y-z` as `x-y` and `z`.
   */
  barred: string;
}

/** Zero or more whole segments, each with its slash; at least one if text follows in the last segment. */
export interface RestToken {
  kind: "rest";
  name: string;
  matcher: ParamMatcher | undefined;
  endsSegment: boolean;
}

export type PatternToken = LiteralToken | ParamToken | RestToken;

/** One segment of a route path. */
export interface PatternSegment {
  kind: "literal" | "param" | "mixed" | "rest";
  /** Literal text in comparable form, parameters without their names: equal shapes match the same. */
  shape: string;
  tokens: PatternToken[];
}

/** A parsed route path. */
export interface RoutePattern {
  /** Empty for the root. */
  segments: PatternSegment[];
  /** The whole path, literal text of neighbouring segments joined with its slashes. */
  tokens: PatternToken[];
  isStatic: boolean;
  /** How many catch-alls it has. */
  restCount: number;
}

/** Finds the matcher of a constrained parameter; undefined refuses the pattern. */
export type MatcherLookup = (name: string) => ParamMatcher | undefined;

/** Finds a matcher of every name: for those to whom only the outline of a pattern matters. */
export function findNoMatcher(): ParamMatcher {
  return () => false;
}

/** Neither `:` nor `*` can be literal text: file names that hold them are refused. */
const PARAMETER = /:([A-Za-z0-9_]+)(?::([A-Za-z0-9_]+))?(\*)?/g;

/** What a URL parser percent-encodes in a path (URL Standard, path percent-encode set), `?` and `\` included. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the set begins with the C0 controls
const ENCODED_IN_PATHS = /[\x00-\x20"#<>?\\^`{}\x7f-\u{10ffff}]+/gu;

/** Parses a route path. Throws a TypeError for one that `parseFunctionFile` would refuse. */
export function parseRoutePattern(routePath: string, findMatcher: MatcherLookup): RoutePattern {
  const segments = routePath
    .split("/")
    .filter((text) => text !== "")
    .map((text) => parseSegment(text, findMatcher));
  return {
    segments,
    tokens: joinSegments(segments),
    isStatic: segments.every((segment) => segment.kind === "literal"),
    restCount: segments.filter((segment) => segment.kind === "rest").length,
  };
}

/**
 * Text of a file name, or of a decoded path, in the spelling that a URL's pathname has. Escapes that are
 * already there stay: a file called `a%20b.js` answers `/a%20b`, as on Pages.
 */
export function encodePathText(text: string): string {
  return text.replace(ENCODED_IN_PATHS, (run) => encodeURIComponent(run.toWellFormed()));
}

/** The form in which literal text is compared: ASCII case does not count, and encoding leaves only ASCII. */
export function foldPathText(text: string): string {
  return encodePathText(text).toLowerCase();
}

function parseSegment(source: string, findMatcher: MatcherLookup): PatternSegment {
  const tokens: PatternToken[] = [];
  let shape = "";
  let end = 0;
  for (const match of source.matchAll(PARAMETER)) {
    const [text, name = "", constraint = "", star = ""] = match;
    const between = foldPathText(source.slice(end, match.index));
    end = match.index + text.length;
    checkPlace(text, between, tokens, star !== "");
    const matcher = constraint === "" ? undefined : findMatcher(constraint);
    if (constraint !== "" && matcher === undefined) throw new TypeError(unknownMatcher(text, constraint));
    const barred = tokens.length > 0 ? between : "";
    if (between !== "") tokens.push({ kind: "literal", text: between });
    const parameter = { name, matcher, endsSegment: end === source.length };
    tokens.push(star !== "" ? { kind: "rest", ...parameter } : { kind: "param", ...parameter, barred });
    shape += `${between}:${constraint}:${star}`;
  }
  const tail = foldPathText(source.slice(end));
  if (tail !== "") tokens.push({ kind: "literal", text: tail });
  return { kind: kindOfSegment(tokens), shape: shape + tail, tokens };
}

function checkPlace(text: string, between: string, before: readonly PatternToken[], isRest: boolean): void {
  if (between === "" ? before.length === 0 : !isRest) return;
  throw new TypeError(
    `Cannot use the route parameter "${text}": ${isRest ? "it must begin its segment" : "text must come before it"}`,
  );
}

function unknownMatcher(text: string, name: string): string {
  return `Cannot use the route parameter "${text}": there is no matcher "${name}"`;
}

function kindOfSegment(tokens: readonly PatternToken[]): PatternSegment["kind"] {
  const [first] = tokens;
  if (first === undefined || (tokens.length === 1 && first.kind === "literal")) return "literal";
  if (first.kind === "rest") return "rest";
  return tokens.length === 1 && first.kind === "param" && first.matcher === undefined ? "param" : "mixed";
}

/** A catch-all brings its own slashes; before everything else stands one as literal text. */
function joinSegments(segments: readonly PatternSegment[]): PatternToken[] {
  const joined: PatternToken[] = segments.length === 0 ? [{ kind: "literal", text: "/" }] : [];
  for (const segment of segments) {
    if (segment.kind !== "rest") appendLiteral(joined, "/");
    for (const token of segment.tokens) {
      if (token.kind === "literal") appendLiteral(joined, token.text);
      else joined.push(token);
    }
  }
  return joined;
}

function appendLiteral(tokens: PatternToken[], text: string): void {
  const last = tokens.at(-1);
  if (last?.kind === "literal") tokens[tokens.length - 1] = { kind: "literal", text: last.text + text };
  else tokens.push({ kind: "literal", text });
}
