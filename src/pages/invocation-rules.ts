// Which paths reach the application at all? `_routes.json`: read, checked and applied.
// Pages docs, "Functions invocation routes".

import type { Problem } from "../contract/problem.ts";
import type { InvocationRules } from "../contract/site.ts";
import { createGlobMatcher } from "./glob.ts";

export const MAX_INVOCATION_RULES = 100;
export const MAX_INVOCATION_RULE_LENGTH = 100;

/** Reads a `_routes.json`. Pages refuses to deploy a faulty one, so every fault is an error. */
export function parseInvocationRules(
  text: string,
  file: string,
): { rules: InvocationRules | undefined; problems: Problem[] } {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\u{feff}/u, ""));
  } catch (error) {
    return { rules: undefined, problems: [describeSyntax(error as SyntaxError, file)] };
  }
  const rules = readShape(value);
  if (rules === undefined) return { rules, problems: [describe(file, NOT_THE_SHAPE)] };
  const problems = checkRules(rules).map(({ rule, ...fault }) => describe(file, fault, findLine(text, rule)));
  return { rules: problems.length === 0 ? rules : undefined, problems };
}

/** Compiles the rules: an exclude wins over every include; a path that nothing names is static. */
export function createInvocationFilter(rules: InvocationRules): (pathname: string) => boolean {
  const excludes = rules.exclude.map(createRuleMatcher);
  const includes = rules.include.map(createRuleMatcher);
  return (pathname) =>
    !excludes.some((matches) => matches(pathname)) && includes.some((matches) => matches(pathname));
}

/** `/a/*` holds for `/a` too, and a slash at the end never matters where no `*` stands. */
function createRuleMatcher(rule: string): (pathname: string) => boolean {
  if (rule === "/" || rule === "/*") return createGlobMatcher(rule);
  if (rule.endsWith("/*")) return either(createGlobMatcher(rule.slice(0, -2)), createGlobMatcher(rule));
  if (rule.endsWith("*")) return createGlobMatcher(rule);
  const bare = rule.endsWith("/") ? rule.slice(0, -1) : rule;
  return either(createGlobMatcher(bare), createGlobMatcher(`${bare}/`));
}

function either(a: (text: string) => boolean, b: (text: string) => boolean): (text: string) => boolean {
  return (text) => a(text) || b(text);
}

interface RuleFault {
  code: string;
  message: string;
  remedy: string;
  /** The rule it is about, to find its line. */
  rule?: string;
}

function readShape(value: unknown): InvocationRules | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, include, exclude } = value as Record<string, unknown>;
  return version === 1 && isTextList(include) && isTextList(exclude)
    ? { version, include, exclude }
    : undefined;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function checkRules({ include, exclude }: InvocationRules): RuleFault[] {
  const all = [...include, ...exclude];
  return [
    ...(include.length === 0 ? [NO_INCLUDE] : []),
    ...(all.length > MAX_INVOCATION_RULES ? [describeCount(all.length)] : []),
    ...all.flatMap(checkRule),
    ...[include, exclude].flatMap(findOverlaps),
  ];
}

function checkRule(rule: string): RuleFault[] {
  const faults: RuleFault[] = [];
  if (!rule.startsWith("/")) {
    faults.push({
      code: "routes-json-rule",
      message: `Cannot use the rule "${rule}": it does not begin with /`,
      remedy: `Write "/${rule}".`,
      rule,
    });
  }
  if (rule.length > MAX_INVOCATION_RULE_LENGTH) {
    faults.push({
      code: "routes-json-rule",
      message: `Cannot use the rule "${rule}": it is longer than ${MAX_INVOCATION_RULE_LENGTH} characters`,
      remedy: "End it earlier, with `/*`.",
      rule,
    });
  }
  return faults;
}

function findOverlaps(rules: readonly string[]): RuleFault[] {
  return rules
    .filter((rule) => rule.endsWith("/*"))
    .flatMap((general) =>
      rules
        .filter((rule) => rule !== general && rule.startsWith(general.slice(0, -1)))
        .map((rule) => ({
          code: "routes-json-overlap",
          message: `Cannot use the rule "${rule}": "${general}" of the same list covers it`,
          remedy: "Remove one of the two.",
          rule,
        })),
    );
}

function describeCount(count: number): RuleFault {
  return {
    code: "routes-json-limit",
    message: `Cannot use ${count} rules: include and exclude together may hold ${MAX_INVOCATION_RULES}`,
    remedy: "Join rules with `*`.",
  };
}

function describeSyntax(error: SyntaxError, file: string): Problem {
  const [, line] = /line (\d+)/.exec(error.message) ?? [];
  const fault = {
    code: "routes-json-syntax",
    message: `Cannot read the file as JSON: ${error.message}`,
    remedy: 'Write for example { "version": 1, "include": ["/*"], "exclude": [] }.',
  };
  return describe(file, fault, line === undefined ? undefined : Number(line));
}

function describe(file: string, { code, message, remedy }: RuleFault, line?: number): Problem {
  return { severity: "error", code, message, file, ...(line === undefined ? {} : { line }), remedy };
}

/** JSON.parse keeps no positions; the first place where the rule stands as a string is near enough. */
function findLine(text: string, rule: string | undefined): number | undefined {
  const index = rule === undefined ? -1 : text.indexOf(JSON.stringify(rule));
  return index === -1 ? undefined : text.slice(0, index).split("\n").length;
}

const NOT_THE_SHAPE: RuleFault = {
  code: "routes-json-shape",
  message: "Cannot use the file: it needs version 1 and the lists include and exclude, both of strings",
  remedy: 'Write for example { "version": 1, "include": ["/*"], "exclude": [] }.',
};

const NO_INCLUDE: RuleFault = {
  code: "routes-json-include",
  message: "Cannot use the file: include is empty, so that no path would reach a function",
  remedy: 'Add a rule such as "/api/*".',
};
