// Which `_routes.json` fits a table of routes? What `wrangler pages deploy` would write for it.
// Pages docs, "Functions invocation routes". Rules are as short as the limits of the file demand.

import type { InvocationRules, RouteEntry } from "../contract/site.ts";
import { MAX_INVOCATION_RULE_LENGTH, MAX_INVOCATION_RULES } from "./invocation-rules.ts";

const EVERYTHING = "/*";

/** Lists what the routes and their middleware can answer; methods do not matter. */
export function generateInvocationRules(routes: readonly RouteEntry[]): InvocationRules {
  const rules = removeCovered(new Set(routes.map(ruleOf).map(shorten)));
  const include = rules.length > MAX_INVOCATION_RULES ? [EVERYTHING] : rules.sort(compareRules);
  return { version: 1, include, exclude: [] };
}

/** The route up to its first parameter; middleware answers for everything below it. */
function ruleOf({ routePath, middleware }: RouteEntry): string {
  const rule = routePath.replace(/:\w.*$/s, "*");
  if (middleware.length === 0 || rule.endsWith("*")) return rule;
  return rule.endsWith("/") ? `${rule}*` : `${rule}${EVERYTHING}`;
}

/** Ends a rule that is too long at the last slash that leaves room for a `*`. */
function shorten(rule: string): string {
  if (rule.length <= MAX_INVOCATION_RULE_LENGTH) return rule;
  const slash = rule.lastIndexOf("/", MAX_INVOCATION_RULE_LENGTH - EVERYTHING.length);
  return slash <= 0 ? EVERYTHING : `${rule.slice(0, slash)}${EVERYTHING}`;
}

/** Drops every rule below one that ends in `/*`. */
function removeCovered(rules: ReadonlySet<string>): string[] {
  return [...rules].filter((rule) => !prefixesOf(rule).some((prefix) => rules.has(`${prefix}${EVERYTHING}`)));
}

/** What stands before each slash of a rule, less the rule's own `/*`. */
function prefixesOf(rule: string): string[] {
  const own = rule.endsWith(EVERYTHING) ? rule.slice(0, -EVERYTHING.length) : rule;
  return [...own.matchAll(/\//g)].map(({ index }) => own.slice(0, index));
}

/** Fewer segments first, then by code units, so that every machine writes the same file. */
function compareRules(a: string, b: string): number {
  return a.split("/").length - b.split("/").length || (a < b ? -1 : a > b ? 1 : 0);
}
