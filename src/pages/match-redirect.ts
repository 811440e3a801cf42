// Which rule of `_redirects` answers a request, and with which address? Pages docs, "Redirects".

import type { RedirectRule, RedirectRules } from "../contract/site.ts";
import { type Captures, fillTemplate, matchPathPattern, parsePathPattern } from "./path-pattern.ts";

/** A redirect for the client, or another path to serve under the same address. */
export type RedirectAnswer =
  | { kind: "redirect"; status: Exclude<RedirectRule["status"], 200>; location: string }
  | { kind: "rewrite"; pathname: string };

/** Looks a request's URL up; undefined if no rule holds. */
export type RedirectLookup = (url: URL) => RedirectAnswer | undefined;

interface Match {
  rule: RedirectRule;
  /** The rule's target with what its wildcards took. */
  to: string;
}

/** `scheme://`, or `//` and a host: the site owner wrote another origin on purpose. */
const EXTERNAL = /^(?:\w+:\/\/|\/\/[^/\\?#])/;

/** Compiles the rules once: a table for exact paths, then patterns in file order. */
export function createRedirectLookup(rules: RedirectRules): RedirectLookup {
  const exact = new Map(rules.exact.map((rule) => [rule.from, rule]));
  const matchers = rules.patterns.map(createPatternMatcher);
  return (url) => {
    const rule = exact.get(url.pathname);
    const match = rule === undefined ? firstMatch(matchers, url.pathname) : { rule, to: rule.to };
    return match && answer(match, url);
  };
}

function createPatternMatcher(rule: RedirectRule): (pathname: string) => Match | undefined {
  const pattern = parsePathPattern(rule.from);
  return (pathname) => {
    const captures = pattern && matchPathPattern(pattern, pathname);
    return captures && { rule, to: fillTarget(rule.to, captures) };
  };
}

function firstMatch(
  matchers: readonly ((pathname: string) => Match | undefined)[],
  pathname: string,
): Match | undefined {
  for (const match of matchers) {
    const found = match(pathname);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a client put into the path must not make a relative target lead to another host (`//evil.example`). */
function fillTarget(template: string, captures: Captures): string {
  const target = fillTemplate(template, captures);
  if (EXTERNAL.test(template)) return target;
  const pathEnd = target.search(/[?#]/);
  const path = pathEnd === -1 ? target : target.slice(0, pathEnd);
  return path.replace(/[/\\]+/g, "/") + target.slice(path.length);
}

/** Undefined if captures made an address that is none. */
function answer({ rule, to }: Match, url: URL): RedirectAnswer | undefined {
  const target = URL.parse(to, url);
  if (target === null) return undefined;
  if (rule.status === 200) return { kind: "rewrite", pathname: target.pathname };
  return { kind: "redirect", status: rule.status, location: formatLocation(target, url) };
}

/** Within the site the path alone; the request's query goes along unless the target has its own. */
function formatLocation(target: URL, url: URL): string {
  if (target.search === "") target.search = url.search;
  if (target.origin !== url.origin) return target.href;
  return `${target.pathname.replace(/^\/+/, "/")}${target.search}${target.hash}`;
}
