import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CausewayError, ERROR_CODES } from "../../../src/contract/errors.ts";
import { parseSite } from "../../../src/contract/parse-site.ts";
import { formatProblem } from "../../../src/contract/problem.ts";

describe("the table of errors", () => {
  it("is the one in docs/errors.md", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+?) \| (\d+) \|$/gm)];
    const documented = rows.map(([, code, title, exitCode]) => [code, { title, exitCode: Number(exitCode) }]);
    expect(Object.fromEntries(documented)).toEqual(ERROR_CODES);
  });
});

describe("a problem as text", () => {
  it("has its place, what is wrong, the line itself and the remedy", () => {
    const text = formatProblem({
      severity: "error",
      code: "x",
      message: "Cannot read it",
      file: "functions/a.ts",
      line: 3,
      column: 7,
      excerpt: "   let a =",
      remedy: "Finish the line.",
    });
    expect(text).toBe("functions/a.ts:3:7: error: Cannot read it\n    let a =\n  Finish the line.");
  });

  it("names no column without a line, and no place without a file", () => {
    expect(formatProblem({ severity: "warning", code: "x", message: "odd", file: "a", column: 2 })).toBe(
      "a: warning: odd",
    );
    expect(formatProblem({ severity: "warning", code: "x", message: "odd" })).toBe("warning: odd");
  });
});

describe("reading a site document", () => {
  it("refuses what is none, and one of another version", () => {
    for (const document of [null, 1, {}, { format: "1" }]) {
      expect(() => parseSite(document)).toThrow(expect.objectContaining({ code: "site-format" }));
    }
    expect(() => parseSite({ format: 999 })).toThrow(/format 999/);
    expect(() => parseSite({ format: 999 })).toThrow(CausewayError);
  });
});
