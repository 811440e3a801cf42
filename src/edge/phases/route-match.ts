// Which route is a request for? Conditions are compiled once. A path that some other layer could read as another
// path is compared in every reading: if the readings lead to different routes, nobody may answer it. Routes that
// refuse are compared without regard to case, as functions are.

import type { FieldCondition, RoutingRule } from "../../contract/routing.ts";
import { readCookie } from "../../http/cookie.ts";
import { pathnameOf } from "../../http/pathname.ts";
import { type Captures, hasWildcard, matchPathPattern, parsePathPattern } from "../../pages/path-pattern.ts";
import { isPlainPathname, spellingsOf } from "../../pages/path-spellings.ts";
import { canonicalPath, mayLeavePrefix } from "./route-path.ts";

/** The rule that matched and its place in the list, none, or a path that has to be refused. */
export type RouteMatch =
  /** `isFolded`: only without regard to case. */
  | { kind: "hit"; index: number; rule: RoutingRule; isFolded: boolean }
  | { kind: "none" }
  | { kind: "ambiguous" };

interface CompiledRule {
  rule: RoutingRule;
  fits(path: string): boolean;
  /** With regard to case. */
  fitsExactly(path: string): boolean;
  holds(request: Request): boolean;
}

const NO_CAPTURES: Captures = new Map();
const NONE: RouteMatch = { kind: "none" };
const AMBIGUOUS: RouteMatch = { kind: "ambiguous" };

/** Compiles the routes of a site. */
export function createRouteMatcher(rules: readonly RoutingRule[]): (request: Request) => RouteMatch {
  const compiled = rules.map(compileRule);
  return (request) => {
    const pathname = pathnameOf(request.url);
    const find = (path: string) => compiled.findIndex(({ fits, holds }) => fits(path) && holds(request));
    const canonical = canonicalPath(pathname);
    const index = find(canonical);
    const { rule, fitsExactly } = compiled[index] ?? {};
    if (!isUnambiguous(pathname)) {
      if (readingsOf(pathname).some((path) => find(canonicalPath(path)) !== index)) return AMBIGUOUS;
      if (rule?.action.kind === "upstream" && mayLeavePrefix(pathname)) return AMBIGUOUS;
    }
    if (rule === undefined) return NONE;
    return { kind: "hit", index, rule, isFolded: fitsExactly?.(canonical) === false };
  };
}

/** What the wildcards of a route's path take of a request that it matched. */
export function createCapturer(path: string | undefined): (request: Request) => Captures {
  const pattern = path === undefined ? undefined : parsePathPattern(canonicalPath(path));
  if (path === undefined || pattern === undefined) return () => NO_CAPTURES;
  const inAnyCase = parsePathPattern(foldLiterals(canonicalPath(path))) ?? pattern;
  return (request) => {
    const text = canonicalPath(pathnameOf(request.url));
    return (
      matchPathPattern(pattern, text) ?? matchPathPattern(inAnyCase, text.toLowerCase(), text) ?? NO_CAPTURES
    );
  };
}

/** Compiles a test for paths that can be read in one way only, in which no rule is for them. */
export function createUnroutedFilter(rules: readonly RoutingRule[]): (pathname: string) => boolean {
  const compiled = rules.map(compileRule);
  return (pathname) =>
    compiled.length === 0 ||
    (isUnambiguous(pathname) && !compiled.some(({ fits }) => fits(canonicalPath(pathname))));
}

function isUnambiguous(pathname: string): boolean {
  return isPlainPathname(pathname) && !pathname.includes(";");
}

/** The spellings of a path, also as servers read it that take what follows a semicolon for parameters. */
function readingsOf(pathname: string): string[] {
  return spellingsOf(pathname).flatMap((path) => {
    const stripped = canonicalPath(path).replace(/(?:;|%3B)[^/]*/g, "");
    // `/;a/admin` has become `//admin`, which is read in several ways again.
    return [path, stripped, ...spellingsOf(stripped)];
  });
}

function compileRule(rule: RoutingRule): CompiledRule {
  const { path, hosts, methods, headers = [], cookies = [] } = rule.when;
  return {
    rule,
    fits: path === undefined ? () => true : createRuleTest(rule, canonicalPath(path)),
    fitsExactly: path === undefined ? () => true : createPathTest(canonicalPath(path)),
    holds: (request) =>
      (methods === undefined || matchesMethod(methods, request.method)) &&
      (hosts === undefined || matchesHost(hosts, request.url)) &&
      headers.every((condition) => matchesField(condition, request.headers.get(condition.name))) &&
      cookies.every((condition) =>
        matchesField(condition, readCookie(request.headers.get("cookie"), condition.name)),
      ),
  };
}

/**
 * Functions, and many servers, answer `/ADMIN` as `/admin`: a route that keeps a path from people must cover both.
 * Others are told apart, so that one can redirect to its own path in another case.
 */
function createRuleTest(rule: RoutingRule, path: string): (path: string) => boolean {
  if (!restricts(rule)) return createPathTest(path);
  const fitsFolded = createPathTest(foldLiterals(path));
  return (text) => fitsFolded(text.toLowerCase());
}

/** What such a route takes away of the site's guards it takes from its own paths only, see guard-requests.ts. */
function restricts({ action, auth, addresses, limits, csrf }: RoutingRule): boolean {
  return action.kind === "answer" || [auth, addresses, limits, csrf].some(Boolean);
}

/** HEAD asks for what GET would give, so it meets the same route (RFC 9110 §9.3.2). */
function matchesMethod(methods: readonly string[], method: string): boolean {
  return methods.includes(method) || (method === "HEAD" && methods.includes("GET"));
}

/** A pattern in lower case, less the names of its wildcards. */
function foldLiterals(pattern: string): string {
  return pattern.replace(/(:[A-Za-z]\w*)|[A-Z]+/g, (text, name?: string) => name ?? text.toLowerCase());
}

/** Most patterns are a path or a prefix, for which comparing texts is enough. */
function createPathTest(text: string): (path: string) => boolean {
  if (!hasWildcard(text)) return (path) => path === text;
  const prefix = text.slice(0, -1);
  if (text.endsWith("*") && !hasWildcard(prefix)) return (path) => path.startsWith(prefix);
  const pattern = parsePathPattern(text);
  return (path) => pattern !== undefined && matchPathPattern(pattern, path) !== undefined;
}

function matchesField({ value }: FieldCondition, actual: string | null | undefined): boolean {
  if (actual === null || actual === undefined) return false;
  return value === undefined || value === actual;
}

/** Names compare without case (URLs have them in lower case), port and the final dot of the DNS root. */
function matchesHost(hosts: readonly string[], url: string): boolean {
  const { hostname } = new URL(url);
  const name = hostname.replace(/\.$/, "");
  return hosts.some((host) => (host.startsWith("*.") ? name.endsWith(host.slice(1)) : name === host));
}
