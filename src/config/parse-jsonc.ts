// Reads wrangler.json and wrangler.jsonc: the value, the mistakes, and where each key stands.
// Both allow comments and trailing commas, as wrangler does.

import type { Node, ParseError } from "jsonc-parser";
import type { Problem } from "../contract/problem.ts";
import type { ParsedSettings } from "./settings-file.ts";
import { placeAtOffset } from "./source-place.ts";

type Parser = typeof import("jsonc-parser");

/** Parses JSON with comments; each line with a syntax error becomes a problem. */
export async function parseJsonc(text: string, file: string): Promise<ParsedSettings> {
  const parser = await import("jsonc-parser");
  const errors: ParseError[] = [];
  const root = parser.parseTree(text, errors, { allowTrailingComma: true });
  const problems = errors.map((error) => syntaxProblem(parser, error, text, file)).filter(isFirstOfItsLine);
  if (root === undefined || problems.length > 0) return { value: undefined, problems, locate: () => ({}) };
  if (root.type !== "object") return { value: undefined, problems: [notAnObject(file)], locate: () => ({}) };
  return {
    value: parser.getNodeValue(root),
    problems,
    locate: (keys) => {
      const node = deepestNode(parser, root, keys);
      return node === undefined ? {} : placeAtOffset(text, node.offset);
    },
  };
}

function syntaxProblem(parser: Parser, error: ParseError, text: string, file: string): Problem {
  const reason = parser
    .printParseErrorCode(error.error)
    .replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return {
    severity: "error",
    code: "config-syntax",
    message: `Cannot read "${file}": ${reason.toLowerCase()}`,
    file,
    ...placeAtOffset(text, error.offset),
    remedy: "Correct the JSON at this place.",
  };
}

/** One mistake often makes the tolerant parser complain several times about the same line. */
function isFirstOfItsLine(problem: Problem, index: number, all: Problem[]): boolean {
  return all.findIndex((other) => other.line === problem.line) === index;
}

function notAnObject(file: string): Problem {
  return {
    severity: "error",
    code: "config-syntax",
    message: `Cannot read "${file}": it holds no object`,
    file,
    line: 1,
    remedy: "Write the settings between { and }.",
  };
}

/** The property of the longest part of `keys` that exists. */
function deepestNode(parser: Parser, root: Node, keys: readonly string[]): Node | undefined {
  for (let depth = keys.length; depth > 0; depth--) {
    const value = parser.findNodeAtLocation(root, keys.slice(0, depth));
    if (value !== undefined) return value.parent?.type === "property" ? value.parent : value;
  }
  return undefined;
}
