// What does a `_headers` file say, and which of its lines say nothing? Pages docs, "Headers".
// Every line that has no effect is reported; none stops a build, since real projects have them.

import type { Problem } from "../contract/problem.ts";
import type { HeaderRule } from "../contract/site.ts";
import { findCombinedValues } from "./header-conflicts.ts";
import { type HeaderLine, isRuleStart, parseHeaderLine } from "./header-line.ts";
import { parsePathPattern } from "./path-pattern.ts";
import { formatRuleAddress, parseRuleAddress, type RuleAddress } from "./rule-address.ts";
import { describeLineFault, type LineFault, type RuleLine, readRuleLines } from "./rule-lines.ts";

/** Pages ignores what comes after so many rules. */
const MAX_HEADER_RULES = 100;

/** A rule's first line and the lines below it. */
interface Block {
  start: RuleLine | undefined;
  lines: RuleLine[];
}

/** Reads a `_headers` file. A path that comes twice counts once, with its last block, as on Pages. */
export function parseHeaderRules(text: string, file: string): { rules: HeaderRule[]; problems: Problem[] } {
  const { lines, problems } = readRuleLines(text, file);
  const rules = new Map<string, HeaderRule>();
  const report = (line: RuleLine, fault: LineFault) => problems.push(describeLineFault(file, line, fault));
  for (const block of splitBlocks(lines)) {
    const rule = parseBlock(block, report);
    if (rule === undefined || block.start === undefined) continue;
    const key = formatRuleAddress(rule);
    const earlier = rules.get(key);
    if (earlier !== undefined) report(block.start, describeRepeated(key, earlier.line));
    if (earlier === undefined && rules.size >= MAX_HEADER_RULES) report(block.start, TOO_MANY);
    else rules.set(key, rule);
  }
  const kept = [...rules.values()];
  problems.push(...findCombinedValues(kept, file));
  return { rules: kept, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function splitBlocks(lines: readonly RuleLine[]): Block[] {
  const blocks: Block[] = [{ start: undefined, lines: [] }];
  for (const line of lines) {
    if (isRuleStart(line.text)) blocks.push({ start: line, lines: [] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks;
}

/** The lines of a rule whose own line is wrong go with it, without a word for each. */
function parseBlock(
  { start, lines }: Block,
  report: (line: RuleLine, fault: LineFault) => void,
): HeaderRule | undefined {
  if (start === undefined) {
    for (const line of lines) report(line, NO_RULE_YET);
    return undefined;
  }
  const address = parseRuleAddress(start.text, "source");
  const fault = address === undefined ? NO_ADDRESS : checkAddress(address, start.text);
  if (address === undefined || fault !== undefined) {
    report(start, withLineCount(fault ?? NO_ADDRESS, lines.length));
    return undefined;
  }
  if (/\s#/.test(start.text)) report(start, TRAILING_COMMENT);
  const rule: HeaderRule = { ...address, detach: [], set: [], line: start.number };
  for (const line of lines) {
    const parsed = parseHeaderLine(line.text);
    if ("fault" in parsed) report(line, parsed.fault);
    else addLine(rule, parsed);
  }
  if (rule.set.length > 0 || rule.detach.length > 0) return rule;
  report(start, EMPTY_RULE);
  return undefined;
}

/** Values of one name join with a comma, but not cookies, which no comma may join (RFC 6265 §3). */
function addLine(rule: HeaderRule, line: HeaderLine): void {
  if (line.kind === "detach") {
    rule.detach.push(line.name);
    return;
  }
  const present = line.name === "set-cookie" ? undefined : rule.set.find(([name]) => name === line.name);
  if (present === undefined) rule.set.push([line.name, line.value]);
  else present[1] += `, ${line.value}`;
}

function checkAddress({ host, path }: RuleAddress, text: string): LineFault | undefined {
  if (host !== undefined && /:\d+$/.test(host)) return HAS_PORT;
  const source = `${host?.slice("https://".length) ?? ""}${path}`;
  if (parsePathPattern(source) !== undefined) return undefined;
  return {
    code: "header-rule-wildcards",
    message: `The rule "${text}" is ignored: it names a wildcard twice`,
    remedy: "Use one `*` and give every `:name` a name of its own; `:splat` is the name of `*`.",
  };
}

function withLineCount(fault: LineFault, count: number): LineFault {
  const lines = count === 1 ? "1 line" : `${count} lines`;
  return { ...fault, message: `${fault.message}, and so are its ${lines}` };
}

function describeRepeated(address: string, line: number): LineFault {
  return {
    code: "header-rule-repeated",
    message: `The rule for "${address}" replaces the one on line ${line}: of two with one path, only the last counts`,
    remedy: "Write all lines of the path into one rule.",
  };
}

const NO_RULE_YET: LineFault = {
  code: "header-line-without-rule",
  message: "The line is ignored: no path stands above it",
  remedy: "Begin a rule with a path on a line of its own, such as `/*`.",
};

const NO_ADDRESS: LineFault = {
  code: "header-rule-address",
  message: "The rule is ignored: it begins neither with `/` nor with `https://` and a host",
  remedy: "Write a path such as `/blog/*`, or `https://example.com/*` for one host.",
};

const HAS_PORT: LineFault = {
  code: "header-rule-port",
  message: "The rule is ignored: it names a port",
  remedy: "Leave the port out; the rule then holds for every port of the host.",
};

const TRAILING_COMMENT: LineFault = {
  code: "header-rule-comment",
  message: "The `#` is part of no path: the rule is read as if it ended in a space, and matches nothing",
  remedy: "Put the comment on a line of its own.",
};

const EMPTY_RULE: LineFault = {
  code: "header-rule-empty",
  message: "The rule is ignored: it has no valid line",
  remedy: "Write `Name: value`, or `! Name` to take a header away, on the lines below it.",
};

const TOO_MANY: LineFault = {
  code: "header-rule-limit",
  message: `The rule is ignored: a file may hold ${MAX_HEADER_RULES} rules`,
  remedy: "Join rules with `*` or `:name`.",
};
