// Which bytes of a representation does a Range field ask for? RFC 9110 §14.1.2, §14.2.

/** `start` inclusive, `end` exclusive. */
export interface ByteSpan {
  start: number;
  end: number;
}

/** `whole`: ignore the field and send everything; `unsatisfiable`: 416; `spans`: 206, in the order asked. */
export type RangeSelection =
  | { kind: "whole" }
  | { kind: "unsatisfiable" }
  | { kind: "spans"; spans: [ByteSpan, ...ByteSpan[]] };

/** More parts than any document viewer asks for; beyond it a request is an attack or a mistake. */
const MAX_SPANS = 64;

const BYTES_SET = /^bytes=(.*)$/is;
const RANGE_SPEC = /^(\d*)-(\d*)$/;

/**
 * Applies a Range field to `size` bytes. Malformed sets and other units are ignored; so are sets that
 * overlap, that have too many members or that together cost as much as the whole (§14.2, §17.15).
 */
export function selectByteRanges(field: string, size: number): RangeSelection {
  const specs = parseSpecs(field);
  if (!specs) return { kind: "whole" };
  const [first, ...others] = specs.map((spec) => toSpan(spec, size)).filter((span) => span !== undefined);
  if (!first) return { kind: "unsatisfiable" };
  // An empty representation satisfies a suffix, but no Content-Range can say so.
  if (first.end === first.start) return { kind: "whole" };
  return isReasonable([first, ...others], size)
    ? { kind: "spans", spans: [first, ...others] }
    : { kind: "whole" };
}

/** Content-Range of a part, or of a 416 when no span is given. */
export function formatContentRange(span: ByteSpan | undefined, size: number): string {
  return `bytes ${span ? `${span.start}-${span.end - 1}` : "*"}/${size}`;
}

type RangeSpec = { first: number; last: number } | { suffix: number };

function parseSpecs(field: string): RangeSpec[] | undefined {
  const set = BYTES_SET.exec(field)?.[1];
  if (set === undefined) return undefined;
  const members = set.split(",").map(trimWhitespace);
  const specs = members.filter((member) => member !== "").map(parseSpec);
  return specs.length > 0 && specs.every((spec) => spec !== undefined) ? specs : undefined;
}

/** Positions beyond 2^53 lose digits, which is harmless: every one of them lies beyond any file. */
function parseSpec(text: string): RangeSpec | undefined {
  const match = RANGE_SPEC.exec(text);
  if (!match || text === "-") return undefined;
  const [, first, last] = match;
  if (first === "") return { suffix: Number(last) };
  const spec = { first: Number(first), last: last === "" ? Number.POSITIVE_INFINITY : Number(last) };
  return spec.first > spec.last ? undefined : spec;
}

function toSpan(spec: RangeSpec, size: number): ByteSpan | undefined {
  if ("suffix" in spec)
    return spec.suffix === 0 ? undefined : { start: Math.max(0, size - spec.suffix), end: size };
  return spec.first >= size ? undefined : { start: spec.first, end: Math.min(size, spec.last + 1) };
}

function isReasonable(spans: ByteSpan[], size: number): boolean {
  if (spans.length === 1) return true;
  if (spans.length > MAX_SPANS) return false;
  const sorted = spans.toSorted((a, b) => a.start - b.start);
  const overlaps = sorted.some((span, index) => index > 0 && span.start < (sorted[index - 1]?.end ?? 0));
  const total = spans.reduce((sum, span) => sum + span.end - span.start, 0);
  return !overlaps && total < size;
}

/** Optional whitespace of RFC 9110 §5.6.3: `trim` would also eat what is not allowed there. */
function trimWhitespace(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
