// Is a function file's name a legal route? What Pages refuses without saying where, and what it accepts and
// then fails on at every request, is refused here with a remedy.

import type { Problem } from "../contract/problem.ts";
import type { NamePart, ParameterPart, TextPart } from "./route-name.ts";

/** A fault of a name, not yet bound to its file. */
type Fault = Pick<Problem, "severity" | "code" | "message" | "remedy">;

const LEGAL_NAME = /^[A-Za-z0-9_]+$/;
/** What a route path would read as the end of the parameter's name before it. */
const NAME_CHARACTERS = /^[A-Za-z0-9_]+/;
/** What a URL parser takes for a dot segment and removes from every request. */
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;

/** The problems of a name; `file` is how they call it. With an error among them there is no route. */
export function checkRouteName(
  parts: readonly NamePart[],
  file: string,
  matchers: ReadonlySet<string>,
): Problem[] {
  const faults = parts.flatMap((part, index) =>
    part.kind === "text" ? checkText(part, parts[index - 1]) : checkParameter(part, parts, index, matchers),
  );
  return [...faults, ...checkDots(parts)].map((fault) => ({ ...fault, file }));
}

function checkDots(parts: readonly NamePart[]): Fault[] {
  const segments = parts
    .map((part) => part.source)
    .join("")
    .split("/");
  const dots = segments.find((segment) => DOT_SEGMENT.test(segment));
  if (dots === undefined) return [];
  const message = `The route can never match: "${dots}" is removed from the path of every request`;
  return [warning("unreachable-route", message, "Rename the file or directory.")];
}

function checkText(part: TextPart, before: NamePart | undefined): Fault[] {
  const reserved = /[:*]/.exec(part.source)?.[0];
  if (reserved !== undefined) {
    const message = `The name of a function file cannot contain "${reserved}"`;
    return [error("reserved-character", message, "Rename the file; a parameter is written [name].")];
  }
  const swallowed = NAME_CHARACTERS.exec(part.source)?.[0];
  return swallowed === undefined ? [] : checkSwallowed(before, swallowed);
}

/** Text that goes on where a parameter ends: `[id]px` is the route `:idpx`. */
function checkSwallowed(before: NamePart | undefined, swallowed: string): Fault[] {
  if (before?.kind !== "param") return [];
  const remedy = `Put another character between ${before.source} and "${swallowed}", such as "-" or ".".`;
  if (before.matcher !== undefined) {
    const message = `"${swallowed}" cannot follow ${before.source} at once`;
    return [error("text-after-parameter", message, remedy)];
  }
  const message = `${before.source}${swallowed} is one parameter with the name "${before.name}${swallowed}", as on Pages`;
  return [warning("merged-parameter-name", message, remedy)];
}

function checkParameter(
  part: ParameterPart,
  parts: readonly NamePart[],
  index: number,
  matchers: ReadonlySet<string>,
): Fault[] {
  const before = parts[index - 1];
  return [
    LEGAL_NAME.test(part.name) ? undefined : illegalName(part),
    part.matcher === undefined || matchers.has(part.matcher) ? undefined : unknownMatcher(part, matchers),
    touchesParameter(before, parts[index - 2]) ? adjacent(part) : undefined,
    part.kind === "rest" && before !== undefined && !before.source.endsWith("/")
      ? misplacedRest(part)
      : undefined,
  ].filter((fault) => fault !== undefined);
}

/** Directly, or because all text between is read as the name of the parameter before it: `[a]b[c]`. */
function touchesParameter(before: NamePart | undefined, beforeThat: NamePart | undefined): boolean {
  if (before === undefined) return false;
  if (before.kind !== "text") return true;
  return beforeThat?.kind === "param" && LEGAL_NAME.test(before.source);
}

function illegalName(part: ParameterPart): Fault {
  const isSpread = part.name.startsWith("...");
  const name = part.name.replace(/^\.\.\./, "").replace(/[^A-Za-z0-9_]+/g, "_") || "name";
  const suggestion = part.kind === "rest" || isSpread ? `[[${name}]]` : `[${name}]`;
  const message = `${part.source} is no legal parameter: a name consists of letters, digits and _`;
  return error("illegal-parameter-name", message, `Write ${suggestion}.`);
}

function unknownMatcher(part: ParameterPart, matchers: ReadonlySet<string>): Fault {
  const message = `${part.source} asks for the matcher "${part.matcher}", which does not exist`;
  const remedy = `Use one of ${[...matchers].join(", ")}, or export "${part.matcher}" from _matchers.js in the functions directory.`;
  return error("unknown-matcher", message, remedy);
}

function adjacent(part: ParameterPart): Fault {
  const message = `Nothing separates ${part.source} from the parameter before it`;
  return error("adjacent-parameters", message, 'Put text between the two, such as "-", or a slash.');
}

function misplacedRest(part: ParameterPart): Fault {
  const message = `The catch-all ${part.source} must begin its segment`;
  return error(
    "misplaced-catch-all",
    message,
    `Make it a name of its own: a directory, then ${part.source}.`,
  );
}

function error(code: string, message: string, remedy: string): Fault {
  return { severity: "error", code, message, remedy };
}

function warning(code: string, message: string, remedy: string): Fault {
  return { severity: "warning", code, message, remedy };
}
