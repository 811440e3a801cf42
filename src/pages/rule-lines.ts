// The lines of _headers and _redirects that may hold a rule, and how one that does not is reported.
// Pages docs: LF or CRLF, indentation means nothing, `#` begins a comment line.

import type { Problem } from "../contract/problem.ts";

/** One line that is neither empty nor a comment, trimmed. */
export interface RuleLine {
  text: string;
  /** From 1. */
  number: number;
}

/** What is wrong with a line: the rule it breaks, a sentence, and how to mend it. */
export interface LineFault {
  code: string;
  message: string;
  remedy: string;
}

/** Pages ignores longer lines. */
export const MAX_LINE_LENGTH = 2000;

const MAX_EXCERPT_LENGTH = 120;

/** Splits a rule file; lines that are too long are reported and left out. */
export function readRuleLines(text: string, file: string): { lines: RuleLine[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const lines = text
    .split("\n")
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
  const short = lines.filter((line) => line.text.length <= MAX_LINE_LENGTH);
  for (const line of lines) {
    if (line.text.length > MAX_LINE_LENGTH) problems.push(describeLineFault(file, line, TOO_LONG));
  }
  return { lines: short, problems };
}

/** A warning about one line. */
export function describeLineFault(file: string, line: RuleLine, fault: LineFault): Problem {
  const { code, message, remedy } = fault;
  return { severity: "warning", code, message, file, line: line.number, remedy, excerpt: shorten(line.text) };
}

const TOO_LONG: LineFault = {
  code: "rule-line-too-long",
  message: `The line is ignored: it is longer than ${MAX_LINE_LENGTH} characters`,
  remedy: "Split the rule, or shorten its value.",
};

function shorten(text: string): string {
  return text.length <= MAX_EXCERPT_LENGTH ? text : `${text.slice(0, MAX_EXCERPT_LENGTH)}…`;
}
