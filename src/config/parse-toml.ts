// Reads wrangler.toml: its value, its mistakes, and where each key stands (TOML v1.0).

import type { Problem } from "../contract/problem.ts";
import type { ParsedSettings } from "./settings-file.ts";
import { placeAtLine, type SourcePlace } from "./source-place.ts";

const HEADER = /^\s*\[{1,2}([^\]]+)\]/;
const KEY = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=/;
const KEY_PART = /"([^"]*)"|'([^']*)'|([\w-]+)/g;

/** Parses TOML; a syntax error becomes a problem with its place. */
export async function parseToml(text: string, file: string): Promise<ParsedSettings> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    const value = plainValue(parse(text)) as Record<string, unknown>;
    return { value, problems: [], locate: (keys) => locateKey(text, keys) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { value: undefined, problems: [syntaxProblem(error, text, file)], locate: () => ({}) };
  }
}

function syntaxProblem(
  error: { message: string; line: number; column: number },
  text: string,
  file: string,
): Problem {
  const reason = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
  return {
    severity: "error",
    code: "config-syntax",
    message: `Cannot read "${file}": ${reason}`,
    file,
    ...placeAtLine(text, error.line, error.column),
    remedy: "Correct the TOML at this place.",
  };
}

/** Dates become text (wrangler wants `compatibility_date` as text; vars must be JSON). */
function plainValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainValue(member)]));
}

/** The line whose key goes furthest along `keys`: inline tables are found by the key that holds them. */
function locateKey(text: string, keys: readonly string[]): SourcePlace {
  let best: SourcePlace = {};
  let bestDepth = 0;
  let table: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const header = HEADER.exec(line)?.[1];
    if (header !== undefined) table = splitKey(header);
    const key = header === undefined ? KEY.exec(line)?.[1] : "";
    if (key === undefined) continue;
    const path = [...table, ...splitKey(key)];
    const depth = Math.min(path.length, keys.length);
    if (depth <= bestDepth || path.slice(0, depth).some((part, index) => part !== keys[index])) continue;
    bestDepth = depth;
    best = placeAtLine(text, index + 1, line.search(/\S/) + 1);
  }
  return best;
}

function splitKey(text: string): string[] {
  return [...text.matchAll(KEY_PART)].map((part) => part[1] ?? part[2] ?? part[3] ?? "");
}
