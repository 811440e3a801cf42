// How problems look on a terminal: errors first, then warnings, then how many there are.

import type { createColors } from "picocolors";
import { formatProblem, type Problem } from "../contract/problem.ts";

export type Colors = ReturnType<typeof createColors>;

/** All problems as one text that ends without a line feed; empty without problems. */
export function formatProblems(problems: readonly Problem[], colors: Colors): string {
  if (problems.length === 0) return "";
  const errors = problems.filter(isError);
  const warnings = problems.filter((problem) => !isError(problem));
  return [
    ...[...errors, ...warnings].map((problem) => colourProblem(problem, colors)),
    count(errors, warnings),
  ].join("\n");
}

/** Whether a problem stops the command. */
export function isError(problem: Problem): boolean {
  return problem.severity === "error";
}

/** The problems as `--strict` sees them. */
export function promoteWarnings(problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, severity: "error" }));
}

function colourProblem(problem: Problem, colors: Colors): string {
  const [head = "", ...details] = formatProblem(problem).split("\n");
  const at = head.indexOf(`${problem.severity}: `);
  const colour = isError(problem) ? colors.red : colors.yellow;
  const title = `${colors.bold(head.slice(0, at))}${colour(problem.severity)}${head.slice(at + problem.severity.length)}`;
  return [title, ...details.map((line) => colors.dim(line))].join("\n");
}

function count(errors: readonly Problem[], warnings: readonly Problem[]): string {
  const parts = [plural(errors.length, "error"), plural(warnings.length, "warning")];
  return parts.filter((part) => part !== undefined).join(", ");
}

function plural(amount: number, noun: string): string | undefined {
  return amount === 0 ? undefined : `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
