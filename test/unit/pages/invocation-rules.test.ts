import { describe, expect, test } from "vitest";
import { createInvocationFilter, parseInvocationRules } from "../../../src/pages/invocation-rules.ts";

const FILE = "public/_routes.json";

function parse(value: unknown) {
  return parseInvocationRules(JSON.stringify(value), FILE);
}

describe("createInvocationFilter", () => {
  test.each<[string, string[], string[]]>([
    ["/", ["/"], ["/x", "/index", "//"]],
    ["/*", ["/", "/x", "/x/y"], []],
    [
      "/foo/*",
      ["/foo", "/foo/", "/foo/x", "/foo/x/y"],
      ["/fo", "/foobar", "/", "/FOO/x", "/f%6fo/x", "//foo/x"],
    ],
    ["/foo", ["/foo", "/foo/"], ["/foo/x", "/foobar", "/Foo"]],
    ["/foo/", ["/foo", "/foo/"], ["/foo/x"]],
    ["/foo*", ["/foo", "/foobar", "/foo/x"], ["/fo"]],
    ["/a/*/c", ["/a/b/c", "/a/b/b/c", "/a/b/c/"], ["/a/c", "/a/b/c/d"]],
    ["/a*/b/*", ["/a/b", "/ax/b", "/ax/b/c"], ["/b"]],
    ["/a.b", ["/a.b"], ["/axb"]],
    ["/a(b)+", ["/a(b)+"], ["/abb"]],
  ])("%s", (rule, matching, others) => {
    const isInvoked = createInvocationFilter({ version: 1, include: [rule], exclude: [] });
    expect(matching.filter((path) => !isInvoked(path))).toEqual([]);
    expect(others.filter((path) => isInvoked(path))).toEqual([]);
  });

  test("an exclude wins over every include", () => {
    const isInvoked = createInvocationFilter({ version: 1, include: ["/*", "/a/b"], exclude: ["/", "/a/*"] });
    expect(["/", "/a", "/a/b", "/x"].map(isInvoked)).toEqual([false, false, false, true]);
  });
});

describe("parseInvocationRules", () => {
  test("reads rules and does not mind other keys", () => {
    expect(parse({ version: 1, description: "d", include: ["/api/*"], exclude: [], extra: true })).toEqual({
      rules: { version: 1, include: ["/api/*"], exclude: [] },
      problems: [],
    });
  });

  test("allows 100 rules of 100 characters", () => {
    const include = Array.from({ length: 99 }, (_, index) => `/r${index}`);
    expect(parse({ version: 1, include, exclude: [`/${"z".repeat(99)}`] }).problems).toEqual([]);
  });

  test("allows a rule twice, and one rule in both lists", () => {
    expect(parse({ version: 1, include: ["/a/*", "/a/*"], exclude: ["/a/b"] }).problems).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["no object", 1, "routes-json-shape"],
    ["null", null, "routes-json-shape"],
    ["another version", { version: 2, include: ["/*"], exclude: [] }, "routes-json-shape"],
    ["a version in quotes", { version: "1", include: ["/*"], exclude: [] }, "routes-json-shape"],
    ["no version", { include: ["/*"], exclude: [] }, "routes-json-shape"],
    ["no list of includes", { version: 1, exclude: [] }, "routes-json-shape"],
    ["no exclude", { version: 1, include: ["/*"] }, "routes-json-shape"],
    ["an exclude that is no list", { version: 1, include: ["/*"], exclude: "/a" }, "routes-json-shape"],
    ["an include that is no list", { version: 1, include: "/*", exclude: [] }, "routes-json-shape"],
    ["a rule that is no text", { version: 1, include: [1], exclude: [] }, "routes-json-shape"],
    ["no include", { version: 1, include: [], exclude: ["/a"] }, "routes-json-include"],
    ["a rule without slash", { version: 1, include: ["api/*"], exclude: [] }, "routes-json-rule"],
    ["a long rule", { version: 1, include: [`/${"z".repeat(100)}`], exclude: [] }, "routes-json-rule"],
    ["overlapping includes", { version: 1, include: ["/a/*", "/a/b"], exclude: [] }, "routes-json-overlap"],
    [
      "overlapping excludes",
      { version: 1, include: ["/*"], exclude: ["/a/b/*", "/a/*"] },
      "routes-json-overlap",
    ],
    [
      "a rule for everything and another",
      { version: 1, include: ["/*", "/a"], exclude: [] },
      "routes-json-overlap",
    ],
  ])("refuses %s", (_name, value, code) => {
    const { rules, problems } = parse(value);
    expect(rules).toBeUndefined();
    expect(problems).toMatchObject([{ severity: "error", code, file: FILE }]);
  });

  test.each([
    [101, 0],
    [60, 41],
  ])("refuses more than 100 rules: %i to include and %i to exclude", (included, excluded) => {
    const [include, exclude] = [included, excluded].map((length, list) =>
      Array.from({ length }, (_, index) => `/r${list}-${index}`),
    );
    expect(parse({ version: 1, include, exclude }).problems).toMatchObject([{ code: "routes-json-limit" }]);
  });

  test("a rule that ends in a star without slash covers nothing else", () => {
    expect(parse({ version: 1, include: ["/a*", "/ab"], exclude: [] }).problems).toEqual([]);
  });

  test("names the line of every fault", () => {
    const text = '{\n  "version": 1,\n  "include": ["/a/*",\n    "/a/b",\n    "c"\n  ],\n  "exclude": []\n}';
    const { problems } = parseInvocationRules(text, FILE);
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ["routes-json-rule", 5],
      ["routes-json-overlap", 4],
    ]);
  });

  test("names the line of a syntax error", () => {
    const { rules, problems } = parseInvocationRules('{\n  "version": 1\n  "include": []\n}', FILE);
    expect(rules).toBeUndefined();
    expect(problems).toMatchObject([{ code: "routes-json-syntax", line: 3 }]);
  });

  test("reads a file that begins with a byte order mark", () => {
    expect(
      parseInvocationRules('\u{feff}{"version":1,"include":["/*"],"exclude":[]}', FILE).problems,
    ).toEqual([]);
  });
});
