// Do two bodies say the same? JSON compares by its values, text line by line, anything else byte by byte.

import type { ComparisonRules, Difference } from "../contract/migration.ts";
import { compareJson } from "./compare-json.ts";
import { excerpt } from "./excerpt.ts";

/** A body without content coding. */
export interface TypedBody {
  bytes: Uint8Array;
  /** The Content-Type field. */
  type: string | null;
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
const TEXT_TYPE =
  /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml|javascript|x-www-form-urlencoded)\b|image\/svg\+xml)/i;
const IGNORED = "…";

/** Compares bodies by the type of the expected one, if it has any. */
export function compareBodies(expected: TypedBody, actual: TypedBody, rules: ComparisonRules): Difference[] {
  if (isEqual(expected.bytes, actual.bytes)) return [];
  const type = expected.type ?? actual.type ?? "";
  const texts = TEXT_TYPE.test(type) ? [readText(expected), readText(actual)] : [];
  const [left, right] = texts;
  if (left === undefined || right === undefined) return compareBytes(expected.bytes, actual.bytes);
  const values = JSON_TYPE.test(type) ? compareJson(left, right, rules.json) : undefined;
  return values ?? compareLines(applyRules(left, rules), applyRules(right, rules));
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** Undefined if the bytes are no text in the charset that they claim. */
function readText({ bytes, type }: TypedBody): string | undefined {
  const charset = /;\s*charset="?([\w-]+)/i.exec(type ?? "")?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function applyRules(text: string, { text: patterns, whitespace }: ComparisonRules): string {
  const kept = patterns.reduce(
    (rest, { source, flags }) => rest.replace(new RegExp(source, withAll(flags)), IGNORED),
    text,
  );
  return whitespace ? kept.replace(/\s+/g, " ").trim() : kept;
}

function withAll(flags: string): string {
  return flags.includes("g") ? flags : `${flags}g`;
}

function compareLines(expected: string, actual: string): Difference[] {
  if (expected === actual) return [];
  const [left, right] = [expected.split("\n"), actual.split("\n")];
  const line = left.findIndex((text, index) => text !== right[index]);
  const index = line < 0 ? left.length : line;
  const [was = "", is = ""] = [left[index], right[index]];
  const start = Math.max(0, firstDifference(was, is) - 40);
  const show = (lines: string[], text: string) =>
    lines[index] === undefined ? "(the end)" : excerpt(`${start > 0 ? "…" : ""}${text.slice(start)}`);
  return [{ where: `body line ${index + 1}`, expected: show(left, was), actual: show(right, is) }];
}

function compareBytes(expected: Uint8Array, actual: Uint8Array): Difference[] {
  const at = firstDifference(expected, actual);
  const show = (bytes: Uint8Array) => {
    const some = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, "0"));
    return `${bytes.length} bytes, there ${some.join(" ") || "(the end)"}`;
  };
  return [{ where: `body byte ${at}`, expected: show(expected), actual: show(actual) }];
}

function firstDifference(left: string | Uint8Array, right: string | Uint8Array): number {
  const end = Math.min(left.length, right.length);
  for (let index = 0; index < end; index += 1) if (left[index] !== right[index]) return index;
  return end;
}
