// A site owner's mistake: what, where, how to fix. Collected in lists so that all are reported at once.

export interface Problem {
  severity: "error" | "warning";
  /** Kebab-case name of the rule that was broken, stable across versions. */
  code: string;
  message: string;
  /** Path relative to the project, with `/` separators. */
  file?: string;
  /** From 1. */
  line?: number;
  /** From 1. */
  column?: number;
  /** One sentence: what to do. */
  remedy?: string;
  /** The offending source line, where showing it helps. */
  excerpt?: string;
}

/** Renders a problem as `file:line:column: severity: message` followed by the remedy on its own line. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, excerpt, remedy } = problem;
  const place = [file, line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined)
    .join(":");
  const head = `${place ? `${place}: ` : ""}${severity}: ${message}`;
  return [
    head,
    excerpt === undefined ? undefined : `    ${excerpt.trim()}`,
    remedy === undefined ? undefined : `  ${remedy}`,
  ]
    .filter((text) => text !== undefined)
    .join("\n");
}
