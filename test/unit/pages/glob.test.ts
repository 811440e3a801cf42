import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGlobMatcher } from "../../../src/pages/glob.ts";

describe("createGlobMatcher", () => {
  test.each<[string, string, boolean]>([
    ["/a", "/a", true],
    ["/a", "/a/", false],
    ["/a*", "/a", true],
    ["/a*", "/ab/c", true],
    ["/a*a", "/a", false],
    ["/a/*/c", "/a/b/b/c", true],
    ["/a/*/c", "/a/c", false],
    ["*", "", true],
    ["**", "x", true],
    ["/*b*b*", "/b", false],
    ["/*b*b*", "/xbyb", true],
    ["/a.c", "/abc", false],
    ["/a+(b)", "/a+(b)", true],
  ])("%j on %j: %s", (glob, text, expected) => {
    expect(createGlobMatcher(glob)(text)).toBe(expected);
  });

  test("agrees with the regular expression that the rule stands for", () => {
    const glob = fc.array(fc.constantFrom("a", "b", "/", "*"), { maxLength: 6 }).map((all) => all.join(""));
    const text = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 10 }).map((all) => all.join(""));
    fc.assert(
      fc.property(glob, text, (rule, path) => {
        expect(createGlobMatcher(rule)(path)).toBe(new RegExp(`^${rule.replaceAll("*", ".*")}$`).test(path));
      }),
      { numRuns: 3000 },
    );
  });
});
