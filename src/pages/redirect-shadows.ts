// Which rules of `_redirects` stand behind one that takes all their paths?

import type { RedirectRule } from "../contract/site.ts";
import { matchPathPattern, parsePathPattern } from "./path-pattern.ts";
import { wildcardProbes } from "./wildcard-probes.ts";

/** A rule without effect and the rule in front of it. */
export interface ShadowedRule {
  rule: RedirectRule;
  behind: RedirectRule;
}

/** Finds rules, in the order in which they are tried, that an earlier one covers. */
export function findUnreachable(rules: readonly RedirectRule[]): ShadowedRule[] {
  return rules.flatMap((rule, index) => {
    const probes = wildcardProbes(rule.from);
    const behind = rules.slice(0, index).find((earlier) => covers(earlier, probes));
    return behind === undefined ? [] : [{ rule, behind }];
  });
}

function covers(rule: RedirectRule, paths: readonly string[]): boolean {
  const pattern = parsePathPattern(rule.from);
  return pattern !== undefined && paths.every((path) => matchPathPattern(pattern, path) !== undefined);
}
