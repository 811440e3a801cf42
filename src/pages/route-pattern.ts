// What does a route path such as `/users/:id/:rest*` mean? Parsed once, for comparing and for matching.
// Pages docs, "Functions: Routing"; `:id:int` is a constrained parameter, which Pages does not have.

import type { ParamMatcher } from "./param-matchers.ts";
import { foldPathText } from "./path-text.ts";

/** Text that must stand there, percent-encoded as in a URL and in lower case. */
export interface LiteralToken {
  kind: "literal";
  text: string;
}

/** One or more characters of one segment. */
export interface ParamToken {
  kind: "param";
  /** Its place among the pattern's parameters. */
  index: number;
  matcher: ParamMatcher | undefined;
  /**
   * Text that the value cannot contain, or empty: what separates it from a parameter before it in the
   * same segment. So `[a]-[b]` reads `x-y-z` as `x-y` and `z`.
   */
  barred: string;
}

export type PatternToken = LiteralToken | ParamToken;

/** One segment of a route path. */
export interface PatternSegment {
  kind: "literal" | "param" | "mixed" | "rest";
  /** Literal text in comparable form, parameters without their names: equal shapes match the same. */
  shape: string;
  /** A catch-all is the first; it is then a parameter of the last segment that it takes. */
  tokens: PatternToken[];
}

/** A parsed route path. */
export interface RoutePattern {
  /** Empty for the root. */
  segments: PatternSegment[];
  params: { name: string; isRest: boolean }[];
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

/** Parses a route path. Throws a TypeError for one that no legal file name gives. */
export function parseRoutePattern(routePath: string, findMatcher: MatcherLookup): RoutePattern {
  const params: RoutePattern["params"] = [];
  const segments = routePath
    .split("/")
    .filter((text) => text !== "")
    .map((text) => parseSegment(text, params, findMatcher));
  return {
    segments,
    params,
    isStatic: params.length === 0,
    restCount: params.filter(({ isRest }) => isRest).length,
  };
}

/** The path of a pattern with the names of parameters left out: equal ones match the same paths. */
export function formatShape({ segments }: RoutePattern): string {
  return `/${segments.map(({ shape }) => shape).join("/")}`;
}

function parseSegment(
  source: string,
  params: RoutePattern["params"],
  findMatcher: MatcherLookup,
): PatternSegment {
  const tokens: PatternToken[] = [];
  let shape = "";
  let end = 0;
  let isRest = false;
  for (const match of source.matchAll(PARAMETER)) {
    const [text, name = "", constraint = "", star = ""] = match;
    const between = foldPathText(source.slice(end, match.index));
    end = match.index + text.length;
    checkPlace(text, between, tokens, star !== "");
    const matcher = constraint === "" ? undefined : findMatcher(constraint);
    if (constraint !== "" && matcher === undefined) throw new TypeError(unknownMatcher(text, constraint));
    const barred = tokens.length > 0 ? between : "";
    if (between !== "") tokens.push({ kind: "literal", text: between });
    tokens.push({ kind: "param", index: params.length, matcher, barred });
    params.push({ name, isRest: star !== "" });
    isRest ||= star !== "";
    shape += `${between}:${constraint}:${star}`;
  }
  const tail = foldPathText(source.slice(end));
  if (tail !== "") tokens.push({ kind: "literal", text: tail });
  return { kind: isRest ? "rest" : kindOfSegment(tokens), shape: shape + tail, tokens };
}

function checkPlace(text: string, between: string, before: readonly PatternToken[], isRest: boolean): void {
  if (between === "" ? before.length === 0 : !isRest) return;
  const fault = isRest ? "it must begin its segment" : "text must come before it";
  throw new TypeError(`Cannot use the route parameter "${text}": ${fault}`);
}

function unknownMatcher(text: string, name: string): string {
  return `Cannot use the route parameter "${text}": there is no matcher "${name}"`;
}

function kindOfSegment([first, ...others]: readonly PatternToken[]): PatternSegment["kind"] {
  if (others.length > 0 || first === undefined) return "mixed";
  if (first.kind === "literal") return "literal";
  return first.matcher === undefined ? "param" : "mixed";
}
