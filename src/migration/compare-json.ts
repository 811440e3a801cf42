// In which values do two JSON documents differ? Order of members and the spelling of numbers do not matter. RFC 8259.

import type { Difference } from "../contract/migration.ts";
import { excerptOf } from "./excerpt.ts";

/** Keys and indexes on the way to a value; null stands for any. */
type ValuePath = readonly (string | null)[];

const ABSENT = "(absent)";
const MAX_DIFFERENCES = 10;
/** Digits that every number of ours holds exactly. */
const EXACT_DIGITS = 15;

/** The differences, or undefined if one of the texts is no JSON, or JSON too deep to be looked at. */
export function compareJson(
  expected: string,
  actual: string,
  ignored: readonly ValuePath[],
): Difference[] | undefined {
  const found: Difference[] = [];
  try {
    compareValues(parse(expected), parse(actual), [], { ignored, found });
    return found;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Numbers with more digits than a double holds stay texts: they would be rounded to equal ones. */
function parse(text: string): unknown {
  const exact = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs, (token) => {
    const digits = token.replace(/[eE].*$/s, "").replace(/\D/g, "");
    return token.startsWith('"') || digits.length <= EXACT_DIGITS ? token : JSON.stringify(`number ${token}`);
  });
  return JSON.parse(exact.replace(/^\uFEFF/, ""));
}

interface Comparison {
  ignored: readonly ValuePath[];
  found: Difference[];
}

function compareValues(expected: unknown, actual: unknown, path: string[], comparison: Comparison): void {
  const { ignored, found } = comparison;
  if (found.length >= MAX_DIFFERENCES || ignored.some((pattern) => fits(pattern, path))) return;
  if (isContainer(expected) && isContainer(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    const [left, right] = [expected as Members, actual as Members];
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      compareValues(memberOf(left, key), memberOf(right, key), [...path, key], comparison);
    }
    return;
  }
  if (Object.is(expected, actual) || (expected === 0 && actual === 0)) return;
  const name = path.at(-1) ?? "";
  found.push({
    where: `body ${formatPath(path)}`,
    expected: show(name, expected),
    actual: show(name, actual),
  });
}

type Members = Record<string, unknown>;

function memberOf(value: Members, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function fits(pattern: ValuePath, path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((key, index) => key === null || key === path[index]);
}

function show(name: string, value: unknown): string {
  return value === undefined ? ABSENT : excerptOf(name, JSON.stringify(value));
}

function formatPath(path: readonly string[]): string {
  return `$${path.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join("")}`;
}
