import { describe, expect, test } from "vitest";
import {
  BUILT_IN_MATCHERS,
  findMatcher,
  isMatcherName,
  loadOwnMatchers,
} from "../../../src/pages/param-matchers.ts";

const CASES: Record<string, { yes: string[]; no: string[] }> = {
  int: {
    yes: ["0", "7", "-7", "42", "999999999999999"],
    no: ["", "-0", "007", "+1", "1.0", "1e3", "1000000000000000", "a", "１", "-"],
  },
  digits: { yes: ["0", "007", "1234567890123456789012"], no: ["", "-1", "1a"] },
  alpha: { yes: ["a", "Zz"], no: ["", "a1", "é", "%41"] },
  alnum: { yes: ["a1", "Z"], no: ["", "a_1", "a-b"] },
  hex: { yes: ["0fA", "deadBEEF"], no: ["", "g", "0x1"] },
  slug: { yes: ["a", "my-post-2", "2026"], no: ["", "-a", "a-", "a--b", "A", "a_b"] },
  uuid: {
    yes: ["123e4567-e89b-12d3-a456-426614174000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"],
    no: ["", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
  },
  ulid: {
    yes: ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"],
    no: ["81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAU"],
  },
  date: {
    yes: ["2026-11-20", "2024-02-29", "0001-01-01"],
    no: ["2026-2-1", "2026-02-30", "2023-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "20261120"],
  },
};

describe("built-in matchers", () => {
  test("each has its cases here", () => {
    expect(Object.keys(BUILT_IN_MATCHERS).sort()).toEqual(Object.keys(CASES).sort());
  });

  test.each(Object.entries(CASES))("%s takes what it says and nothing else", (name, { yes, no }) => {
    const matcher = findMatcher(name);
    expect(yes.filter((value) => !matcher?.(value))).toEqual([]);
    expect(no.filter((value) => matcher?.(value))).toEqual([]);
  });

  test("long values are refused or taken in no time", () => {
    const long = `${"a-".repeat(50_000)}!`;
    const start = performance.now();
    for (const matcher of Object.values(BUILT_IN_MATCHERS)) matcher(long);
    expect(performance.now() - start).toBeLessThan(200);
  });

  test.each(["constructor", "toString", "__proto__", "nothing"])("%s is no matcher", (name) => {
    expect(findMatcher(name)).toBeUndefined();
  });
});

describe("a project's own matchers", () => {
  const own = loadOwnMatchers({
    "_matchers.ts": {
      even: (value: string) => Number(value) % 2 === 0,
      lang: /en|de/g,
      fails: () => {
        throw new Error("cannot read that");
      },
      int: () => true,
      limit: 3,
      default: () => true,
      onRequest: () => true,
    },
    "deep/_matchers.ts": { other: () => true },
    "users/[id=even].ts": { onRequest: () => true },
  });

  test("are the functions and regular expressions that the matchers file exports", () => {
    expect(Object.keys(own).sort()).toEqual(["even", "fails", "int", "lang"]);
    expect([own.even?.("4"), own.even?.("5")]).toEqual([true, false]);
  });

  test("a regular expression is of the whole value, and of each alike", () => {
    expect(["en", "en", "den", "enx"].map((value) => own.lang?.(value))).toEqual([true, true, false, false]);
  });

  test("one that throws says no", () => {
    expect(own.fails?.("x")).toBe(false);
  });

  test("come before built-in ones", () => {
    expect(findMatcher("int", own)?.("x")).toBe(true);
    expect(findMatcher("hex", own)?.("ff")).toBe(true);
  });

  test("are named by any export but handlers and the default", () => {
    expect(["even", "default", "onRequest", "onRequestGet"].filter(isMatcherName)).toEqual(["even"]);
  });
});
