import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ByteSpan, formatContentRange, selectByteRanges } from "../../../src/http/byte-range.ts";

const SIZE = 10_000;
const spans = (...pairs: [number, number][]) => ({
  kind: "spans",
  spans: pairs.map(([first, last]) => ({ start: first, end: last + 1 })),
});

describe("selectByteRanges", () => {
  test.each<[string, [number, number]]>([
    ["bytes=0-0", [0, 0]],
    ["bytes=500-999", [500, 999]],
    ["bytes=0-9999", [0, 9999]],
    ["bytes=9999-", [9999, 9999]],
    ["bytes=9990-20000", [9990, 9999]],
    ["bytes=-1", [9999, 9999]],
    ["bytes=-20000", [0, 9999]],
    ["bytes=0-18446744073709551616", [0, 9999]],
    ["BYTES=0-4", [0, 4]],
    ["bytes=0-4,", [0, 4]],
    ["bytes=,\t0-4", [0, 4]],
    ["bytes=0-4,20000-20001", [0, 4]],
    ["bytes=-0,0-4", [0, 4]],
    ["bytes=007-010", [7, 10]],
  ])("%s is one span", (field, pair) => {
    expect(selectByteRanges(field, SIZE)).toEqual(spans(pair));
  });

  test("keeps several disjoint spans in the order asked", () => {
    expect(selectByteRanges("bytes=5000-5004, 0-4\t,-1", SIZE)).toEqual(
      spans([5000, 5004], [0, 4], [9999, 9999]),
    );
  });

  test.each(["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=-0,-0", "bytes=9223372036854775808-"])(
    "%s lies outside",
    (field) => {
      expect(selectByteRanges(field, SIZE)).toEqual({ kind: "unsatisfiable" });
    },
  );

  test.each([
    "bytes=9999-0",
    "bytes=0x0-0x4",
    "bytes=-5-",
    "bytes=--5",
    "bytes=",
    "bytes=,",
    "bytes=-",
    "bytes 0-4",
    "bytes=0-4;x=y",
    "bytes=0-4,abc",
    "bytes=0-4,5-4",
    "bytes=0-4, bytes=10-14",
    "bytes=\u0660-\u0664",
    "bytes=0 -4",
    "bytes=+0-4",
    "bytes=1.0-4",
    "items=0-4",
    " bytes=0-4",
    "",
  ])("%j is ignored", (field) => {
    expect(selectByteRanges(field, SIZE)).toEqual({ kind: "whole" });
  });

  test("an empty file has no range, and a suffix of it is all of it", () => {
    expect(selectByteRanges("bytes=0-", 0)).toEqual({ kind: "unsatisfiable" });
    expect(selectByteRanges("bytes=-5", 0)).toEqual({ kind: "whole" });
  });

  test.each([
    ["overlap", "bytes=0-4,3-8"],
    ["are the same", "bytes=0-4,0-4"],
    ["are too many", `bytes=${Array.from({ length: 65 }, (_, index) => `${index * 4}-${index * 4}`)}`],
    ["add up to the whole", "bytes=0-4999,5000-9999"],
    ["are an attack", `bytes=${"0-,".repeat(200)}0-`],
  ])("spans that %s are answered by the whole", (_, field) => {
    expect(selectByteRanges(field, SIZE)).toEqual({ kind: "whole" });
  });

  test("never selects more bytes than there are, nor bytes that are not there", () => {
    const spec = fc.oneof(
      fc.tuple(fc.nat(200), fc.nat(200)).map(([first, more]) => `${first}-${first + more}`),
      fc.nat(200).map((first) => `${first}-`),
      fc.nat(200).map((suffix) => `-${suffix}`),
    );
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 6 }), fc.nat(150), (specs, size) => {
        const selection = selectByteRanges(`bytes=${specs}`, size);
        if (selection.kind !== "spans") return;
        expect(selection.spans.every(({ start, end }) => start >= 0 && start < end && end <= size)).toBe(
          true,
        );
        expect(selection.spans.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThanOrEqual(
          size,
        );
        expect(isDisjoint(selection.spans)).toBe(true);
      }),
    );
  });

  test("survives any text", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, size) => {
        expect(["whole", "unsatisfiable", "spans"]).toContain(selectByteRanges(`bytes=${text}`, size).kind);
      }),
    );
  });
});

describe("formatContentRange", () => {
  test("writes inclusive positions and the size", () => {
    expect(formatContentRange({ start: 0, end: 5 }, 10)).toBe("bytes 0-4/10");
    expect(formatContentRange(undefined, 10)).toBe("bytes */10");
  });
});

function isDisjoint(list: readonly ByteSpan[]): boolean {
  const sorted = list.toSorted((a, b) => a.start - b.start);
  return sorted.every((span, index) => index === 0 || span.start >= (sorted[index - 1] as ByteSpan).end);
}
