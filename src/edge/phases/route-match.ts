// Which route is a request for? Conditions are compiled once. A path that some other layer could read as another
// path is compared in every reading: if the readings lead to different routes, nobody may answer it.

import type { FieldCondition, RoutingRule } from "../../contract/routing.ts";
import { readCookie } from "../../http/cookie.ts";
import { pathnameOf } from "../../http/pathname.ts";
import { type Captures, matchPathPattern, parsePathPattern } from "../../pages/path-pattern.ts";
import { isPlainPathname, spellingsOf } from "../../pages/path-spellings.ts";
import { canonicalPath, mayLeavePrefix } from "./route-path.ts";

/** The rule that matched, with what its wildcards took. */
export interface RouteHit {
  index: number;
  rule: RoutingRule;
  captures: Captures;
}

/** A hit, none, or a path that has to be refused. */
export type RouteMatch = { kind: "hit"; hit: RouteHit } | { kind: "none" } | { kind: "ambiguous" };

type PathMatcher = (pathname: string) => Captures | undefined;

interface CompiledRule {
  rule: RoutingRule;
  matchPath: PathMatcher;
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
    const candidates = compiled.map((rule) => rule.holds(request));
    const find = (path: string) => findRule(compiled, candidates, path);
    const hit = find(canonicalPath(pathname));
    if (isPlainPathname(pathname) && !pathname.includes(";"))
      return hit === undefined ? NONE : { kind: "hit", hit };
    const isSame = spellingsOf(pathname).every((path) => find(canonicalPath(path))?.index === hit?.index);
    if (!isSame) return AMBIGUOUS;
    if (hit === undefined) return NONE;
    return hit.rule.action.kind === "upstream" && mayLeavePrefix(pathname) ? AMBIGUOUS : { kind: "hit", hit };
  };
}

function findRule(
  compiled: readonly CompiledRule[],
  candidates: readonly boolean[],
  path: string,
): RouteHit | undefined {
  for (const [index, { rule, matchPath }] of compiled.entries()) {
    const captures = candidates[index] ? matchPath(path) : undefined;
    if (captures !== undefined) return { index, rule, captures };
  }
  return undefined;
}

function compileRule(rule: RoutingRule): CompiledRule {
  const { path, hosts, methods, headers = [], cookies = [] } = rule.when;
  const pattern = path === undefined ? undefined : parsePathPattern(canonicalPath(path));
  return {
    rule,
    matchPath: pattern === undefined ? () => NO_CAPTURES : (text) => matchPathPattern(pattern, text),
    holds: (request) =>
      (methods === undefined || methods.includes(request.method)) &&
      (hosts === undefined || matchesHost(hosts, request.url)) &&
      headers.every((condition) => matchesField(condition, request.headers.get(condition.name))) &&
      cookies.every((condition) =>
        matchesField(condition, readCookie(request.headers.get("cookie"), condition.name)),
      ),
  };
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
