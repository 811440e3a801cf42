// What does a `_redirects` file say, and which of its lines say nothing? Pages docs, "Redirects".
// Every line that has no effect is reported; none stops a build, since real projects have them.

import type { Problem } from "../contract/problem.ts";
import type { HtmlHandling, RedirectRule, RedirectRules } from "../contract/site.ts";
import { hasWildcard } from "./path-pattern.ts";
import { parseRedirectLine } from "./redirect-line.ts";
import { findUnreachable } from "./redirect-shadows.ts";
import { describeLineFault, type LineFault, type RuleLine, readRuleLines } from "./rule-lines.ts";

/** Rules without wildcard above the first one with a wildcard. */
const MAX_STATIC_REDIRECTS = 2000;
/** The first rule with a wildcard and all below it. */
const MAX_DYNAMIC_REDIRECTS = 100;

export interface ParsedRedirectRules {
  rules: RedirectRules;
  problems: Problem[];
}

/**
 * Reads a `_redirects` file. From the first rule with a wildcard on all rules are tried in order; those
 * above it are looked up by their path, before any of the others.
 */
export function parseRedirectRules(
  text: string,
  file: string,
  htmlHandling: HtmlHandling = "pages",
): ParsedRedirectRules {
  const { lines, problems } = readRuleLines(text, file);
  const rules: RedirectRules = { exact: [], patterns: [] };
  const seen = new Map<string, number>();
  for (const line of lines) {
    const parsed = parseRedirectLine(line.text, htmlHandling);
    const fault =
      "fault" in parsed ? parsed.fault : addRule(rules, seen, { ...parsed.rule, line: line.number });
    if (fault !== undefined) problems.push(describeLineFault(file, line, fault));
  }
  problems.push(...describeUnreachable(rules, lines, file));
  return { rules, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function addRule(rules: RedirectRules, seen: Map<string, number>, rule: RedirectRule): LineFault | undefined {
  const earlier = seen.get(rule.from);
  if (earlier !== undefined) return describeRepeated(rule.from, earlier);
  const isExact = rules.patterns.length === 0 && !hasWildcard(rule.from);
  const list = isExact ? rules.exact : rules.patterns;
  if (list.length >= (isExact ? MAX_STATIC_REDIRECTS : MAX_DYNAMIC_REDIRECTS))
    return isExact ? TOO_MANY_STATIC : TOO_MANY_DYNAMIC;
  seen.set(rule.from, rule.line);
  list.push(rule);
  return undefined;
}

function describeUnreachable(rules: RedirectRules, lines: readonly RuleLine[], file: string): Problem[] {
  return findUnreachable(rules.patterns).map(({ rule, behind }) => {
    const line = lines.find((candidate) => candidate.number === rule.line) ?? {
      number: rule.line,
      text: rule.from,
    };
    return describeLineFault(file, line, {
      code: "redirect-unreachable",
      message: `The rule for "${rule.from}" can never match: "${behind.from}" on line ${behind.line} comes first and takes all its paths`,
      remedy: "Move the more special rule above the more general one, or remove it.",
    });
  });
}

function describeRepeated(from: string, line: number): LineFault {
  return {
    code: "redirect-repeated",
    message: `The rule is ignored: "${from}" has one on line ${line} already`,
    remedy: "Remove one of the two; the first one counts.",
  };
}

const TOO_MANY_STATIC: LineFault = {
  code: "redirect-limit",
  message: `The rule is ignored: a file may hold ${MAX_STATIC_REDIRECTS} rules without wildcard`,
  remedy: "Join rules with `*` or `:name`.",
};

const TOO_MANY_DYNAMIC: LineFault = {
  code: "redirect-limit",
  message: `The rule is ignored: only ${MAX_DYNAMIC_REDIRECTS} rules may stand from the first one with a wildcard on`,
  remedy: "Move rules without wildcard to the top of the file, where they count apart.",
};
