// Which rules of `_headers` hold for a request, and what do they make of an answer's headers?
// Pages docs, "Headers": all that match apply in file order; in each, first detach, then set.

import type { HeaderRule } from "../contract/site.ts";
import { type Captures, fillTemplate, matchPathPattern, parsePathPattern } from "./path-pattern.ts";

/** Changes headers by the rules that hold for a host name and a pathname as the client sent them. */
export type HeaderRuleApplier = (headers: Headers, hostname: string, pathname: string) => void;

/** Tells what a rule's wildcards took; undefined if it does not hold. */
export type RuleMatcher = (hostname: string, pathname: string) => Captures | undefined;

const SCHEME = "https://";

/** Compiles the rules once; applying them costs a comparison for each that cannot match. */
export function createHeaderRuleApplier(rules: readonly HeaderRule[]): HeaderRuleApplier {
  const compiled = rules.map((rule) => ({
    matches: createRuleMatcher(rule),
    detach: rule.detach,
    set: encodeValues(rule.set),
  }));
  return (headers, hostname, pathname) => {
    const touched = new Set<string>();
    for (const { matches, detach, set } of compiled) {
      const captures = matches(hostname, pathname);
      if (captures === undefined) continue;
      for (const name of detach) headers.delete(name);
      for (const [name, value] of set) setOrAppend(headers, touched, name, fillTemplate(value, captures));
    }
  };
}

/** Compiles one rule's address. Scheme and port of the request never matter. */
export function createRuleMatcher(rule: Pick<HeaderRule, "host" | "path">): RuleMatcher {
  const path = parsePathPattern(rule.path);
  if (path === undefined) return () => undefined;
  if (rule.host === undefined) return (_hostname, pathname) => matchPathPattern(path, pathname);
  const host = parsePathPattern(rule.host.slice(SCHEME.length), "host");
  if (host === undefined) return () => undefined;
  return (hostname, pathname) => {
    const inHost = matchPathPattern(host, hostname);
    const inPath = inHost && matchPathPattern(path, pathname);
    return inPath && new Map([...inHost, ...inPath]);
  };
}

/** Compiles a test for hosts that some rule names, so that their answers may differ from other hosts'. */
export function createRuledHostFilter(rules: readonly HeaderRule[]): (hostname: string) => boolean {
  const matchers = rules
    .filter(({ host }) => host !== undefined)
    .map(({ host }) => createRuleMatcher({ host, path: "/*" }));
  return (hostname) => matchers.some((matches) => matches(hostname, "/") !== undefined);
}

/** The first rule to set a header replaces a default; later ones add to it. */
function setOrAppend(headers: Headers, touched: Set<string>, name: string, value: string): void {
  if (touched.has(name)) headers.append(name, value);
  else headers.set(name, value);
  touched.add(name);
}

function encodeValues(set: HeaderRule["set"]): HeaderRule["set"] {
  const takesUnicode = acceptsUnicode();
  return set.map(([name, value]) => [name, takesUnicode ? value : toByteString(value)]);
}

/** workerd writes header values as UTF-8 itself; elsewhere Headers holds bytes (Fetch standard). */
function acceptsUnicode(): boolean {
  try {
    new Headers({ "x-probe": "\u{2192}" });
    return true;
  } catch {
    return false;
  }
}

/** UTF-8, one character for each byte. */
function toByteString(value: string): string {
  return Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte)).join("");
}
