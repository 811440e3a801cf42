import { createColors } from "picocolors";
import { describe, expect, test } from "vitest";
import { formatBytes } from "../../../src/cli/format-bytes.ts";
import { formatTable } from "../../../src/cli/format-table.ts";
import { formatProblems } from "../../../src/cli/report-problems.ts";
import type { Problem } from "../../../src/contract/problem.ts";

const warning: Problem = { severity: "warning", code: "w", message: "odd", file: "a.js", line: 3 };
const error: Problem = { severity: "error", code: "e", message: "wrong", remedy: "Mend it." };

describe("formatProblems", () => {
  test("puts errors before warnings and counts both", () => {
    expect(formatProblems([warning, error, error], createColors(false))).toBe(
      "error: wrong\n  Mend it.\nerror: wrong\n  Mend it.\na.js:3: warning: odd\n2 errors, 1 warning",
    );
  });

  test("says nothing without problems", () => {
    expect(formatProblems([], createColors(false))).toBe("");
  });

  test("colours the severity only where colours are shown", () => {
    expect(formatProblems([error], createColors(true))).toContain("\u001b[31merror\u001b[39m: wrong");
  });
});

test("formatTable pads all columns but the last", () => {
  expect(
    formatTable([
      ["a", "bb", "c"],
      ["aaa", "b", ""],
    ]),
  ).toBe("a    bb  c\naaa  b");
});

test("formatBytes uses decimal units with a digit below ten", () => {
  expect([0, 999, 1000, 12_345, 9_900_000, 12e9].map(formatBytes)).toEqual([
    "0 bytes",
    "999 bytes",
    "1.0 KB",
    "12 KB",
    "9.9 MB",
    "12 GB",
  ]);
});
