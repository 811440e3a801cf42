// What an esbuild message means to the owner of a project: place, plain words and a remedy.

import { builtinModules } from "node:module";
import { isAbsolute, relative, sep } from "node:path";
import type { BuildFailure, Location, Message } from "esbuild";
import type { Problem } from "../contract/problem.ts";

interface Reading {
  pattern: RegExp;
  code: string;
  message?: (match: RegExpExecArray) => string;
  remedy: (match: RegExpExecArray) => string;
}

/** Messages of esbuild that deserve their own words, the first that fits. Others are syntax errors. */
const READINGS: Reading[] = [
  {
    pattern: /^No matching export in "causeway-injected:cloudflare-workers" for import "([^"]*)"/,
    code: "import-workers-only",
    message: ([, name]) => `"${name}" of "cloudflare:workers" exists on Workers only`,
    remedy: () => "Build for Workers alone (--target workers), or do without it.",
  },
  {
    pattern: new RegExp(`^Could not resolve "(${builtinModules.join("|")})"`),
    code: "import-unresolved",
    message: ([, name]) => `Cannot find the imported package "${name}"`,
    remedy: ([, name]) =>
      `For Node's module of that name add the compatibility flag nodejs_compat; for a package: npm install ${name}`,
  },
  {
    pattern: /^Could not resolve "(\.{0,2}\/[^"]*)"/,
    code: "import-unresolved",
    message: ([, path]) => `Cannot find the imported file "${path}"`,
    remedy: () => "Create the file or correct the path.",
  },
  {
    pattern: /^Could not resolve "((?:@[^/"]+\/)?[^/"]+)([^"]*)"/,
    code: "import-unresolved",
    message: ([, name, rest]) => `Cannot find the imported package "${name}${rest}"`,
    remedy: ([, name]) => `Install it: npm install ${name}`,
  },
  {
    pattern: /^No matching export in "([^"]*)" for import "([^"]*)"/,
    code: "export-missing",
    message: ([, file, name]) => `"${file}" has no export called "${name}"`,
    remedy: ([, , name]) =>
      name === "default"
        ? "Give it a default export, or import a name that it has."
        : "Export it there, or correct the name.",
  },
  {
    pattern: /^No loader is configured for "([^"]*)" files/,
    code: "import-unsupported",
    message: ([, extension]) => `Files ending in "${extension}" cannot be imported`,
    remedy: () => "Importable are JavaScript, TypeScript, JSX, .json, .txt, .html, .sql, .bin and .wasm.",
  },
];

/** Whether an error carries esbuild's messages, rather than being a fault of the call. */
export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

/** Turns messages into problems: without doubles, in the order of files and lines. */
export function toProblems(
  messages: readonly Message[],
  severity: Problem["severity"],
  root: string,
): Problem[] {
  const unique = new Map<string, Problem>();
  for (const message of messages) {
    const problem = toProblem(message, severity, root);
    unique.set([problem.file, problem.line, problem.column, problem.message].join("\0"), problem);
  }
  return [...unique.values()].sort(comparePlaces);
}

/** A Problem travels through esbuild as the `detail` of a plugin's message, to come out unchanged. */
export function toProblem(message: Message, severity: Problem["severity"], root: string): Problem {
  const place = toPlace(message.location, root);
  if (isProblem(message.detail)) return { ...message.detail, ...place };
  for (const reading of READINGS) {
    const match = reading.pattern.exec(message.text);
    if (match === null) continue;
    return {
      severity,
      code: reading.code,
      message: reading.message?.(match) ?? message.text,
      ...place,
      remedy: reading.remedy(match),
    };
  }
  const remedy = message.notes.find((note) => note.location === null)?.text;
  return {
    severity,
    code: severity === "error" ? "syntax-error" : "suspicious-code",
    message: message.text,
    ...place,
    remedy: remedy ?? "Correct the code at this place.",
  };
}

function toPlace(
  location: Location | null,
  root: string,
): Pick<Problem, "file" | "line" | "column" | "excerpt"> {
  if (location === null) return {};
  return {
    file: toProjectPath(location.file, root),
    line: location.line,
    column: location.column + 1,
    ...(location.lineText === "" ? {} : { excerpt: location.lineText }),
  };
}

/** A path as messages show it: relative to the project, with `/`. */
export function toProjectPath(path: string, root: string): string {
  return (isAbsolute(path) ? relative(root, path) : path).split(sep).join("/");
}

function isProblem(detail: unknown): detail is Problem {
  return typeof detail === "object" && detail !== null && "severity" in detail && "code" in detail;
}

function comparePlaces(a: Problem, b: Problem): number {
  const [left, right] = [a.file ?? "", b.file ?? ""];
  if (left !== right) return left < right ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
