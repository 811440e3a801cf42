// Where a command's words go: results on standard output, problems on standard error, JSON if asked for.

import pico, { createColors } from "picocolors";
import { CausewayError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import { type Colors, formatProblems, isError, promoteWarnings } from "./report-problems.ts";

/** How much a command says, and in which form. */
export interface Manner {
  json: boolean;
  quiet: boolean;
  strict: boolean;
}

export interface Output extends Manner {
  colors: Colors;
  /** Prints what the command was asked for: `document` as one line of JSON, or `text`. */
  result(text: string, document: Record<string, unknown>): void;
  /** Prints what is good to know; silent with --quiet, and with --json unless it is an event. */
  note(text: string, event?: Record<string, unknown>): void;
  /** Prints problems without ending anything; with --json they become part of the next line. */
  report(problems: readonly Problem[]): void;
  /** Reports, and throws `invalid-project` if one of the problems is an error. */
  require(problems: readonly Problem[]): void;
  /** Prints what ends the command. */
  fail(problems: readonly Problem[]): void;
}

/** Output of this process. Colours only where a terminal shows them and NO_COLOR is not set. */
export function createOutput(manner: Manner): Output {
  const colors = pico.isColorSupported && process.stderr.isTTY ? pico : createColors(false);
  const severe = (problems: readonly Problem[]) =>
    manner.strict ? promoteWarnings(problems) : [...problems];
  let held: Problem[] = [];
  const writeDocument = (document: Record<string, unknown>) => {
    writeLine(JSON.stringify(held.length > 0 ? { ...document, problems: held } : document));
    held = [];
  };
  const report = (problems: readonly Problem[]) => {
    if (manner.json) held.push(...severe(problems));
    else if (problems.length > 0) process.stderr.write(`${formatProblems(severe(problems), colors)}\n`);
  };
  return {
    ...manner,
    colors,
    report,
    result(text, document) {
      if (manner.json) writeDocument(document);
      else writeLine(text);
    },
    note(text, event) {
      if (!manner.json && !manner.quiet) writeLine(text);
      else if (manner.json && event !== undefined) writeDocument(event);
    },
    require(problems) {
      const found = severe(problems);
      if (found.some(isError)) throw new CausewayError("invalid-project", "", { problems: found });
      report(found);
    },
    fail(problems) {
      report(problems);
      if (manner.json) writeDocument({ failed: true });
    },
  };
}

function writeLine(text: string): void {
  process.stdout.write(`${text}\n`);
}
