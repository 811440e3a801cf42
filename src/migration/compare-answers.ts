// Is one answer as good as the other? Status, header fields and bodies, under the rules of a route.

import type { Comparison, ComparisonRules, Difference } from "../contract/migration.ts";
import { compareBodies } from "./compare-bodies.ts";
import { compareFields } from "./compare-fields.ts";
import { decodeBody } from "./decode-body.ts";
import { excerpt } from "./excerpt.ts";

/** An answer as it came; `body` is undefined if it was too long to be kept. */
export interface CapturedAnswer {
  status: number;
  headers: Headers;
  body: Uint8Array | undefined;
}

/** What comes out of a comparison, before anybody says to which request it belongs. */
export type Verdict =
  | Exclude<Comparison, { kind: "different" }>
  | { kind: "different"; differences: Difference[] };

export interface ComparisonTerms {
  /** Of the request. */
  url: string;
  rules: ComparisonRules;
  maxBodyBytes: number;
}

const MAX_DIFFERENCES = 20;

/** Bodies that cannot be compared are no reason not to look at the rest. */
export async function compareAnswers(
  expected: CapturedAnswer,
  actual: CapturedAnswer,
  { url, rules, maxBodyBytes }: ComparisonTerms,
): Promise<Verdict> {
  const redirects = isRedirect(expected) && isRedirect(actual);
  const ignored = redirects ? [...rules.headers, "content-type"] : rules.headers;
  const heads = [
    ...compareStatus(expected.status, actual.status),
    ...compareFields(expected.headers, actual.headers, { url, ignored }),
  ];
  const bodies = redirects ? [] : await compareDecoded(expected, actual, rules, maxBodyBytes);
  const differences = [...heads, ...(Array.isArray(bodies) ? bodies : [])].slice(0, MAX_DIFFERENCES);
  if (differences.length > 0) {
    const named = differences.map(({ where, ...sides }) => ({ where: excerpt(where), ...sides }));
    return { kind: "different", differences: named };
  }
  return Array.isArray(bodies) ? { kind: "equal" } : { kind: "skipped", reason: bodies };
}

/** Clients follow the location; the note that some servers send along is for nobody. */
function isRedirect({ status, headers }: CapturedAnswer): boolean {
  return status > 300 && status < 400 && headers.has("location");
}

function compareStatus(expected: number, actual: number): Difference[] {
  if (expected === actual) return [];
  return [{ where: "status", expected: String(expected), actual: String(actual) }];
}

async function compareDecoded(
  expected: CapturedAnswer,
  actual: CapturedAnswer,
  rules: ComparisonRules,
  maxBytes: number,
): Promise<Difference[] | "too-large" | "content-coding"> {
  if (expected.body === undefined) return "too-large";
  const left = await decodeBody(expected.body, expected.headers.get("content-encoding"), maxBytes);
  if (left.kind !== "decoded") return left.kind === "unknown" ? "content-coding" : "too-large";
  if (actual.body === undefined) return [tooLong(left.bytes.length, maxBytes)];
  const right = await decodeBody(actual.body, actual.headers.get("content-encoding"), maxBytes);
  if (right.kind === "unknown") return "content-coding";
  if (right.kind === "too-large") return [tooLong(left.bytes.length, maxBytes)];
  return compareBodies(
    { bytes: left.bytes, type: expected.headers.get("content-type") },
    { bytes: right.bytes, type: actual.headers.get("content-type") },
    rules,
  );
}

function tooLong(length: number, maxBytes: number): Difference {
  return { where: "body", expected: `${length} bytes`, actual: `more than ${maxBytes} bytes` };
}
