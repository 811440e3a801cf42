import { describe, expect, test } from "vitest";
import { parseCpuLimit, parseDeadline, parseDuration, parseSize } from "../../../src/cli/parse-amount.ts";

describe("amounts with units", () => {
  test.each([
    ["90", { share: 0.9, windowMs: undefined }],
    ["150%", { share: 1.5, windowMs: undefined }],
    ["90%/60s", { share: 0.9, windowMs: 60_000 }],
    ["90/2m", { share: 0.9, windowMs: 120_000 }],
    ["0", undefined],
    ["90/500ms", undefined],
    ["90/", undefined],
    ["much", undefined],
  ])("%s of a processor", (text, expected) => {
    expect(parseCpuLimit(text)).toEqual(expected);
  });

  test("times, sizes and deadlines", () => {
    expect(["500ms", "60", "1.5m", "x"].map(parseDuration)).toEqual([500, 60_000, 90_000, undefined]);
    expect(["1", "2K", "1.5M", "1GiB", "x"].map(parseSize)).toEqual([
      1,
      2_048,
      1_572_864,
      1_073_741_824,
      undefined,
    ]);
    expect(parseDeadline("/reports/*=5m")).toEqual({ pattern: "/reports/*", limitMs: 300_000 });
    expect(parseDeadline("reports=5m")).toBeUndefined();
  });
});
