import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  fillTemplate,
  hasWildcard,
  matchPathPattern,
  parsePathPattern,
  wildcardNames,
} from "../../../src/pages/path-pattern.ts";

function capture(source: string, text: string, place: "path" | "host" = "path") {
  const pattern = parsePathPattern(source, place);
  if (pattern === undefined) throw new Error(`${source} is no pattern`);
  const captures = matchPathPattern(pattern, text);
  return captures && Object.fromEntries(captures);
}

describe("matchPathPattern", () => {
  test.each<[string, string, Record<string, string> | undefined]>([
    ["/a", "/a", {}],
    ["/a", "/a/", undefined],
    ["/a", "/ab", undefined],
    ["/a", "/A", undefined],
    ["/a.c", "/abc", undefined],
    ["/*", "/", { splat: "" }],
    ["/*", "/x/y", { splat: "x/y" }],
    ["/a/*", "/a/", { splat: "" }],
    ["/a/*", "/a", undefined],
    ["/*.jpg", "/x/y.jpg", { splat: "x/y" }],
    ["/*.jpg", "/.jpg", { splat: "" }],
    ["/old-*/end", "/old-x/y/end", { splat: "x/y" }],
    ["/old-*/end", "/old-/end/end", { splat: "/end" }],
    ["/:title", "/jaws", { title: "jaws" }],
    ["/:title", "/", undefined],
    ["/:title", "/a/b", undefined],
    ["/:a/:b", "/x/y", { a: "x", b: "y" }],
    ["/:a/:b", "/x/", undefined],
    ["/:a-:b", "/x-y-z", { a: "x-y", b: "z" }],
    ["/:a.:b", "/x.y.z", { a: "x.y", b: "z" }],
    ["/:a:b", "/xyz", { a: "xy", b: "z" }],
    ["/:a/*", "/x/", { a: "x", splat: "" }],
    ["/*/:last", "/a/b/c", { splat: "a/b", last: "c" }],
    ["/*/:last", "/a/b/", undefined],
    ["/pre:fix", "/prefoo", { fix: "foo" }],
    ["/:id/:idx", "/1/2", { id: "1", idx: "2" }],
    ["/:place_1", "/x", { place_1: "x" }],
    ["/a:80", "/a:80", {}],
    ["/:_x", "/:_x", {}],
    ["/x(y)+[z]$", "/x(y)+[z]$", {}],
    ["", "", {}],
  ])("%j on %j gives %j", (source, text, captures) => {
    expect(capture(source, text)).toEqual(captures);
  });

  test.each<[string, string, Record<string, string> | undefined]>([
    [":sub.example.test", "blue.example.test", { sub: "blue" }],
    [":sub.example.test", "a.b.example.test", undefined],
    ["*.example.test", "a.b.example.test", { splat: "a.b" }],
  ])("in a host name %j on %j gives %j", (source, text, captures) => {
    expect(capture(source, text, "host")).toEqual(captures);
  });

  test("agrees with the regular expression that the pattern stands for", () => {
    const piece = fc.constantFrom("a", "b", "/", "-", ".", "*", ":x", ":y", ":z");
    const source = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(""));
    const text = fc
      .array(fc.constantFrom("a", "b", "/", "-", "."), { maxLength: 12 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(source, text, (pattern, path) => {
        fc.pre(parsePathPattern(pattern) !== undefined);
        const expression = pattern
          .replace(/[.-]/g, "\\$&")
          .replace(/\*/g, "(?<splat>.*)")
          .replace(/:(\w+)/g, "(?<$1>[^/]+)");
        const expected = new RegExp(`^${expression}$`).exec(path);
        expect(capture(pattern, path)).toEqual(expected ? { ...expected.groups } : undefined);
      }),
      { numRuns: 3000 },
    );
  });

  test("takes linear time where backtracking would take the fourth power", () => {
    const pattern = parsePathPattern("/:a-:b-:c-:d-:e-:f/end");
    if (pattern === undefined) throw new Error("no pattern");
    const started = performance.now();
    expect(matchPathPattern(pattern, `/${"-".repeat(16_000)}x/end`)).toBeDefined();
    expect(matchPathPattern(pattern, `/${"-".repeat(16_000)}/x/end`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("parsePathPattern", () => {
  test.each(["/*/*", "/*/:splat", "/:a/:a", "/:splat/*"])(
    "refuses %j, which names a wildcard twice",
    (source) => {
      expect(parsePathPattern(source)).toBeUndefined();
    },
  );

  test("lists the names in order", () => {
    const pattern = parsePathPattern("/:a/x-:b/*");
    expect(pattern && wildcardNames(pattern)).toEqual(["a", "b", "splat"]);
  });

  test.each<[string, boolean]>([
    ["/a", false],
    ["/a:80", false],
    ["/*", true],
    ["/:a", true],
  ])("%j has a wildcard: %s", (source, expected) => {
    expect(hasWildcard(source)).toBe(expected);
  });
});

describe("fillTemplate", () => {
  const captures = new Map([
    ["title", "jaws"],
    ["id", "7"],
    ["splat", "a/b"],
    ["evil", ":title"],
  ]);

  test.each([
    ["/x/:title", "/x/jaws"],
    ["/:splat?id=:id", "/a/b?id=7"],
    ["/:unknown", "/:unknown"],
    ["/:idx", "/7x"],
    ["/:title2", "/jaws2"],
    ["https://host:8080/:id", "https://host:8080/7"],
    ["/:evil", "/:title"],
    ["plain", "plain"],
  ])("%j becomes %j", (template, text) => {
    expect(fillTemplate(template, captures)).toBe(text);
  });

  test("prefers the longest known name", () => {
    expect(
      fillTemplate(
        "/:idx",
        new Map([
          ["id", "1"],
          ["idx", "2"],
        ]),
      ),
    ).toBe("/2");
  });
});
